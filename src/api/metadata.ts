// Routes of an IdP's metadata: taken in once, or read again from a URL for as long as the connection lives.
import * as z from 'zod/mini'
import { importMetadata, importMetadataFromURL } from '../connections/operations.ts'
import {
  getMetadataSource,
  refreshMetadata,
  removeMetadataSource,
  setMetadataSource,
} from '../connections/metadata/operations.ts'
import { CATALOGUE, type ErrorCode } from '../errors.ts'
import { problem } from '../problem.ts'
import { ok } from '../result.ts'
import { connectionChange } from './connection-schema.ts'
import { editOptions, showChange } from './connection-view.ts'
import { route } from './engine/route.ts'
import { about, flag, instant, named, sid } from './engine/schema.ts'

const tag = 'Metadata'

/** What a document may be refused with: it is XML, in which there are certificates. */
const DOCUMENT_PROBLEMS = (Object.keys(CATALOGUE) as ErrorCode[]).filter((code) =>
  /^(?:xml|metadata|certificate|signature|readers)_(?!unknown|key_quarantined)/.test(code),
)
const URL_PROBLEMS = ['endpoint_url', 'endpoint_private', 'endpoint_unreachable'] as const

/** A federation's file. */
const XML_BYTES = 20 * 1024 * 1024
/** One IdP's metadata, escaped in JSON. */
const JSON_BYTES = 2 * 1024 * 1024

const upload = named(
  'MetadataUpload',
  z.union([
    z.strictObject({ xml: about(z.string(), 'The metadata itself.') }),
    z.strictObject({ url: about(z.string(), 'Where it is: public, https.') }),
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
      'Pinned: signs this metadata. Only with one are new keys trusted without a person.',
    ),
    difference: about(
      z.nullable(z.object({ before: someFields, after: someFields })),
      'What it says otherwise than the connection, keys aside.',
    ),
    missing: about(
      z.nullable(z.array(z.string())),
      'Fingerprints of trusted certificates that it has no more.',
    ),
    fetchedAt: about(z.nullable(instant), 'When it was read and understood last.'),
    failure: about(
      z.nullable(z.object({ code: z.string(), reason: z.string() })),
      'Why the last refresh failed. What was read before stays in force.',
    ),
    refreshAt: about(instant, 'When the next refresh is due.'),
    createdAt: instant,
  }),
)

const sourceEdit = named(
  'MetadataSourceEdit',
  z.strictObject({
    url: about(z.string(), 'Public, https.'),
    signingCertificate: z.exactOptional(
      about(
        z.nullable(z.string()),
        'PEM or base64. Null takes the pinned one away; absent, it stays as it is.',
      ),
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
      'Identifier, URLs and certificates are taken; certificates that it does not have stay. Up to 20 MiB as XML, where a federation’s file has to be sent.',
    tag,
    who: 'tenants',
    query: z.strictObject({
      preview: flag('Change nothing, and say what would change.'),
      entityID: z.exactOptional(about(z.string(), 'Chooses one of several entities.')),
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
    problems: [...DOCUMENT_PROBLEMS, ...URL_PROBLEMS, 'identifier'],
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
    summary: 'Get the URL from which metadata is read again, and what came of it last',
    tag,
    who: 'tenants',
    cli: { verb: 'connection metadata-url', takes: ['connection'] },
    status: 200,
    answer: source,
    handle: async ({ context, params }) => {
      const found = await getMetadataSource(context, params.connection)
      if (!found.ok) return found
      return found.value ? ok(found.value) : problem('not_there', 'a metadata URL', 'none')
    },
  }),
  route({
    method: 'PUT',
    path: '/connections/{connection}/metadata-source',
    operationId: 'setMetadataSource',
    summary: 'Read metadata from a URL, now and from then on',
    tag,
    who: 'tenants',
    body: sourceEdit,
    cli: {
      verb: 'connection set-metadata-url',
      takes: ['connection', 'url'],
      flags: {
        signingCertificate: {
          value: 'FILE',
          from: 'certificate',
          about:
            'the certificate that signs the metadata: new keys are then trusted without a person',
        },
      },
    },
    status: 200,
    answer: source,
    problems: [
      ...DOCUMENT_PROBLEMS,
      ...URL_PROBLEMS,
      'identifier',
      'lifecycle',
      'revision_changed',
    ],
    handle: ({ context, params, body }) => setMetadataSource(context, params.connection, body),
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/metadata-source',
    operationId: 'removeMetadataSource',
    summary: 'Read metadata from there no more; what it brought stays',
    tag,
    who: 'tenants',
    cli: {
      verb: 'connection set-metadata-url',
      takes: ['connection'],
      when: { name: 'remove', about: 'stop reading metadata from its URL' },
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
    description: 'Whether that failed is in `failure`.',
    tag,
    who: 'tenants',
    status: 200,
    answer: source,
    problems: ['lifecycle', 'revision_changed'],
    handle: ({ context, params }) => refreshMetadata(context, params.connection),
  }),
]

function bytesOf(body: { xml: string } | { bytes: Uint8Array<ArrayBuffer> }) {
  return 'bytes' in body ? body.bytes : new TextEncoder().encode(body.xml)
}
