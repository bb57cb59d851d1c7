// Routes of an IdP's certificates: trusted ones, and those in quarantine.
import * as z from 'zod/mini'
import { editConnection, readCertificates } from '../connections/operations.ts'
import {
  listCertificates,
  refuseCertificate,
  trustCertificate,
} from '../connections/certificates/operations.ts'
import { WORDS } from '../error-words.ts'
import type { CertificateCode } from '../saml/refusal.ts'
import { certificateLists, trustedCertificate } from './certificate-schema.ts'
import { CHANGE_QUERY, connectionChange } from './connection-schema.ts'
import { editOptions, showChange } from './connection-view.ts'
import { route } from './engine/route.ts'
import { about, flag, named } from './engine/schema.ts'

const tag = 'Certificates'
const KEY_PROBLEMS = Object.keys(WORDS.certificate) as CertificateCode[]

const certificate = named(
  'CertificateUpload',
  z.strictObject({
    certificate: about(z.string(), 'PEM (one or several certificates), or the DER in base64.', {
      examples: ['-----BEGIN CERTIFICATE-----\nMII…\n-----END CERTIFICATE-----'],
    }),
  }),
)

const changeQuery = z.strictObject(CHANGE_QUERY)

export const CERTIFICATE_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/certificates',
    operationId: 'listCertificates',
    summary: 'List the certificates of the IdP, trusted and quarantined',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: {
      verb: 'connection certificates',
      takes: ['connection'],
      columns: {
        Fingerprint: 'fingerprint',
        Trust: 'trust',
        Subject: 'subject',
        Key: 'key',
        Until: 'notAfter',
        'Last used': 'lastUsedAt',
        Warnings: 'warnings',
      },
    },
    status: 200,
    answer: certificateLists,
    handle: ({ context, params }) => listCertificates(context, params.connection),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/certificates',
    operationId: 'addCertificates',
    summary: 'Trust certificates of the IdP',
    description: 'Certificates that are already trusted stay. The connection keeps its state.',
    tag,
    who: 'tenants',
    permission: 'configure',
    query: changeQuery,
    body: certificate,
    raw: {
      types: ['application/pkix-cert', 'application/x-pem-file', 'application/octet-stream'],
      limit: 512 * 1024,
      read: (bytes) => ({ certificate: bytes }),
    },
    cli: {
      verb: 'connection add-certificate',
      takes: ['connection', 'certificate'],
      flags: {
        certificate: {
          value: 'FILE',
          from: 'certificate',
          about: 'certificates as PEM, base64 or DER; - reads standard input',
        },
      },
    },
    status: 200,
    answer: connectionChange,
    reads: ['certificate'],
    problems: [...KEY_PROBLEMS, 'limit_reached'],
    ifMatch: true,
    tagged: (answer) => answer.connection,
    handle: async (call) => {
      const { context, params, body } = call
      const read = await readCertificates(body.certificate)
      if (!read.ok) return read
      const edit = { addCertificates: read.value }
      const edited = await editConnection(context, params.connection, edit, editOptions(call))
      return showChange(call, params.connection, edited)
    },
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/certificates/{fingerprint}',
    operationId: 'removeCertificate',
    summary: 'Stop trusting a certificate of the IdP, from the next login on',
    tag,
    who: 'tenants',
    permission: 'configure',
    query: z.strictObject({
      ...CHANGE_QUERY,
      compromised: flag(
        'Its key is in other hands: end the sessions that it has opened, whatever ' +
          '`endSessionsOn` says.',
      ),
    }),
    cli: { verb: 'connection remove-certificate', takes: ['connection', 'fingerprint'] },
    status: 200,
    answer: connectionChange,
    problems: ['certificate_unknown', 'edit_cuts_off', 'limit_reached'],
    ifMatch: true,
    tagged: (answer) => answer.connection,
    handle: async (call) => {
      const { context, params, query } = call
      const { compromised } = query
      const edit = { removeCertificates: [params.fingerprint], compromised }
      const edited = await editConnection(context, params.connection, edit, editOptions(call))
      return showChange(call, params.connection, edited)
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/quarantined-certificates/{fingerprint}/trust',
    operationId: 'trustCertificate',
    summary: 'Trust a quarantined certificate',
    tag,
    who: 'tenants',
    permission: 'configure',
    cli: { verb: 'connection trust-certificate', takes: ['connection', 'fingerprint'] },
    status: 200,
    answer: trustedCertificate,
    reads: ['certificate'],
    problems: ['certificate_unknown', 'limit_reached', 'revision_changed', 'waits_for_operator'],
    handle: ({ context, params }) =>
      trustCertificate(context, params.connection, params.fingerprint),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/quarantined-certificates/{fingerprint}/refuse',
    operationId: 'refuseCertificate',
    summary: 'Refuse a quarantined certificate',
    description: 'It is not offered again while the metadata contains it.',
    tag,
    who: 'tenants',
    permission: 'configure',
    cli: { verb: 'connection refuse-certificate', takes: ['connection', 'fingerprint'] },
    status: 204,
    answer: null,
    problems: ['certificate_unknown', 'revision_changed'],
    handle: ({ context, params }) =>
      refuseCertificate(context, params.connection, params.fingerprint),
  }),
]
