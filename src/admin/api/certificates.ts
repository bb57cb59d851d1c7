// Routes of an IdP's certificates: those that logins trust, and those that wait for somebody to decide.
import * as z from 'zod/mini'
import { editConnection, readCertificates } from '../../connections/operations.ts'
import { encodeBase64 } from '../../saml/base64.ts'
import { connectionChange } from './connection-schema.ts'
import { editOptions, showChange } from './connection-view.ts'
import { route } from './route.ts'
import { about, flag, named } from './schema.ts'

const tag = 'Certificates'
const KEY_PROBLEMS = [
  'certificate_malformed',
  'certificate_private_key',
  'signature_key_weak',
  'signature_key_unsupported',
] as const

const certificate = named(
  'CertificateUpload',
  z.strictObject({
    certificate: about(z.string(), 'PEM (also several), or bare base64 of the DER.', {
      examples: ['-----BEGIN CERTIFICATE-----\nMII…\n-----END CERTIFICATE-----'],
    }),
  }),
)

const previewQuery = z.strictObject({ preview: flag('Change nothing, and say what would change.') })

/** A file as it is uploaded: PEM and base64 are text, and DER is made so. */
function toText(bytes: Uint8Array<ArrayBuffer>): string {
  return bytes.every((byte) => byte < 0x80) ? new TextDecoder().decode(bytes) : encodeBase64(bytes)
}

export const CERTIFICATE_ROUTES = [
  route({
    method: 'POST',
    path: '/connections/{connection}/certificates',
    operationId: 'addCertificates',
    summary: 'Trust certificates of the IdP',
    description: 'Those that are trusted already stay. The state of the connection is kept.',
    tag,
    who: 'tenants',
    query: previewQuery,
    body: certificate,
    raw: {
      types: ['application/pkix-cert', 'application/x-pem-file', 'application/octet-stream'],
      limit: 512 * 1024,
      read: (bytes) => ({ certificate: toText(bytes) }),
    },
    status: 200,
    answer: connectionChange,
    problems: KEY_PROBLEMS,
    ifMatch: true,
    tagged: (answer) => answer.connection,
    handle: async (call) => {
      const { request, params, body } = call
      const read = await readCertificates(body.certificate)
      if (!read.ok) return read
      const edit = { addCertificates: read.value }
      const edited = await editConnection(request, params.connection, edit, editOptions(call))
      return showChange(call, params.connection, edited)
    },
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/certificates/{fingerprint}',
    operationId: 'removeCertificate',
    summary: 'Trust a certificate of the IdP no more, from the next login on',
    tag,
    who: 'tenants',
    query: previewQuery,
    status: 200,
    answer: connectionChange,
    problems: ['certificate_unknown'],
    ifMatch: true,
    tagged: (answer) => answer.connection,
    handle: async (call) => {
      const { request, params } = call
      const edit = { removeCertificates: [params.fingerprint] }
      const edited = await editConnection(request, params.connection, edit, editOptions(call))
      return showChange(call, params.connection, edited)
    },
  }),
]
