// Routes of an IdP's metadata: taken in once, or read again from a URL for as long as the connection lives.
import * as z from 'zod/mini'
import { importMetadata, importMetadataFromURL } from '../../connections/operations.ts'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import { connectionChange } from './connection-schema.ts'
import { editOptions, showChange } from './connection-view.ts'
import { route } from './route.ts'
import { about, flag, named } from './schema.ts'

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
      const { request, params, query, body } = call
      const { connection } = params
      const options = { ...editOptions(call), entityID: query.entityID }
      const changed =
        'url' in body
          ? await importMetadataFromURL(request, connection, body.url, options)
          : await importMetadata(request, connection, bytesOf(body), options)
      return showChange(call, connection, changed)
    },
  }),
]

function bytesOf(body: { xml: string } | { bytes: Uint8Array<ArrayBuffer> }) {
  return 'bytes' in body ? body.bytes : new TextEncoder().encode(body.xml)
}
