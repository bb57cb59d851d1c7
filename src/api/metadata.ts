// Routes of an IdP's metadata: imported once, or read regularly from a URL.
import * as z from 'zod/mini'
import { importMetadata, importMetadataFromURL } from '../connections/metadata/import-metadata.ts'
import {
  getMetadataSource,
  refreshMetadata,
  removeMetadataSource,
  setMetadataSource,
  type MetadataSource,
} from '../connections/metadata/operations.ts'
import { WORDS, wordsFor } from '../error-words.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { MetadataCode } from '../saml/refusal.ts'
import { CHANGE_QUERY, connectionChange, leftOut } from './connection-schema.ts'
import { editOptions, showChange } from './connection-view.ts'
import { route } from './engine/route.ts'
import { about, instant, named, sid } from './engine/schema.ts'

const tag = 'Metadata'

/** Codes of metadata documents: they are XML and contain certificates. */
const DOCUMENT_PROBLEMS = Object.keys(WORDS.metadata) as MetadataCode[]
const URL_PROBLEMS = ['endpoint_url', 'endpoint_private', 'endpoint_unreachable'] as const

/** Enough for a federation's aggregate. */
const XML_BYTES = 20 * 1024 * 1024
/** Enough for one IdP's metadata, escaped in JSON. */
const JSON_BYTES = 2 * 1024 * 1024

const upload = named(
  'MetadataUpload',
  z.union([
    z.strictObject({ xml: about(z.string(), 'The metadata document.') }),
    z.strictObject({ url: about(z.string(), 'The URL of the metadata: https, public.') }),
  ]),
)

const someFields = z.record(z.string(), z.unknown())

const source = named(
  'MetadataSource',
  z.object({
    connectionSid: sid('CN', 'the connection'),
    url: z.string(),
    signingCertificate: about(
      z.nullable(z.string()),
      'The certificate that must sign the metadata. With it, new keys are trusted automatically.',
    ),
    difference: about(
      z.nullable(z.object({ before: someFields, after: someFields })),
      'How the metadata differs from the connection, certificates aside.',
    ),
    missing: about(
      z.nullable(z.array(z.string())),
      'Fingerprints of trusted certificates that are no longer in the metadata.',
    ),
    leftOut: about(
      z.nullable(z.array(leftOut)),
      'Keys and endpoints that cannot be used, beside others that can.',
    ),
    fetchedAt: about(z.nullable(instant), 'When it was last read without a failure.'),
    failure: about(
      z.nullable(
        z.object({
          code: z.string(),
          title: z.string(),
          reason: z.string(),
          remedy: z.string(),
        }),
      ),
      'Why the last refresh failed. What was read before stays valid.',
    ),
    refreshAt: about(instant, 'When the next refresh is due.'),
    createdAt: instant,
  }),
)

const sourceEdit = named(
  'MetadataSourceEdit',
  z.strictObject({
    url: about(z.string(), 'The URL of the metadata: https, public.'),
    signingCertificate: z.exactOptional(
      about(z.nullable(z.string()), 'PEM or base64; null: none. If absent, the present one stays.'),
    ),
  }),
)

export const METADATA_ROUTES = [
  route({
    method: 'POST',
    path: '/connections/{connection}/metadata',
    operationId: 'importMetadata',
    summary: 'Fill a connection from the metadata of its IdP',
    description:
      'Sets identifier and URLs and adds certificates. Certificates that the metadata does not ' +
      'have stay. Send a large file, up to 20 MiB, as XML.',
    tag,
    who: 'tenants',
    permission: 'configure',
    query: z.strictObject({
      ...CHANGE_QUERY,
      entityID: z.exactOptional(
        about(z.string(), 'The entity to use, if the metadata has several.'),
      ),
    }),
    body: upload,
    jsonLimit: JSON_BYTES,
    raw: {
      types: ['application/samlmetadata+xml', 'application/xml', 'text/xml'],
      limit: XML_BYTES,
      read: (bytes) => ({ bytes }),
    },
    status: 200,
    answer: connectionChange,
    reads: ['metadata'],
    problems: [
      ...DOCUMENT_PROBLEMS,
      ...URL_PROBLEMS,
      'identifier',
      'edit_cuts_off',
      'limit_reached',
    ],
    ifMatch: true,
    tagged: (answer) => answer.connection,
    handle: async (call) => {
      const { context, params, query, body } = call
      const { connection } = params
      const options = { ...editOptions(call), entityID: query.entityID }
      const changed =
        'url' in body
          ? await importMetadataFromURL(context, connection, body.url, options)
          : await importMetadata(context, connection, bytesOf(body), options)
      return showChange(call, connection, changed)
    },
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/metadata-source',
    operationId: 'getMetadataSource',
    summary: 'Get the metadata URL of a connection, and the result of the last refresh',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'connection metadata-url', takes: ['connection'] },
    status: 200,
    answer: source,
    handle: async ({ context, params }) => {
      const found = await getMetadataSource(context, params.connection)
      if (!found.ok) return found
      return found.value ? show(ok(found.value)) : problem('not_there', 'a metadata URL', 'none')
    },
  }),
  route({
    method: 'PUT',
    path: '/connections/{connection}/metadata-source',
    operationId: 'setMetadataSource',
    summary: 'Set the metadata URL of a connection, which is read now and regularly',
    tag,
    who: 'tenants',
    permission: 'configure',
    body: sourceEdit,
    cli: {
      verb: 'connection set-metadata-url',
      takes: ['connection', 'url'],
      flags: {
        signingCertificate: {
          value: 'FILE',
          from: 'certificate',
          about:
            'the certificate that must sign the metadata; new keys are then trusted automatically',
        },
      },
    },
    status: 200,
    answer: source,
    reads: ['metadata', 'certificate'],
    problems: [
      ...DOCUMENT_PROBLEMS,
      ...URL_PROBLEMS,
      'identifier',
      'lifecycle',
      'revision_changed',
      'waits_for_operator',
    ],
    handle: async ({ context, params, body }) =>
      show(await setMetadataSource(context, params.connection, body)),
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/metadata-source',
    operationId: 'removeMetadataSource',
    summary: 'Remove the metadata URL; what was read from it stays',
    tag,
    who: 'tenants',
    permission: 'configure',
    cli: {
      verb: 'connection set-metadata-url',
      takes: ['connection'],
      when: { name: 'remove', about: 'remove the metadata URL' },
    },
    status: 204,
    answer: null,
    handle: ({ context, params }) => removeMetadataSource(context, params.connection),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/metadata-source/refresh',
    operationId: 'refreshMetadata',
    summary: 'Read metadata from its URL now',
    description: 'If the refresh failed, `failure` says why.',
    tag,
    who: 'tenants',
    permission: 'configure',
    status: 200,
    answer: source,
    reads: ['metadata'],
    problems: ['lifecycle', 'revision_changed'],
    handle: async ({ context, params }) => show(await refreshMetadata(context, params.connection)),
  }),
]

/** With the words for a failure. */
function show(found: Result<MetadataSource, Problem>) {
  if (!found.ok) return found
  const { failure, ...source } = found.value
  return ok({
    ...source,
    failure: failure && { ...failure, ...wordsFor({ ...failure, ...METADATA }, 'operator', 'api') },
  })
}

const METADATA = { context: 'metadata' } as const

function bytesOf(body: { xml: string } | { bytes: Uint8Array<ArrayBuffer> }) {
  return 'bytes' in body ? body.bytes : new TextEncoder().encode(body.xml)
}
