// Fetches and reads the metadata of a connection's IdP: whole, unexpired, and signed where a
// signing certificate is pinned.
import type { OperationContext } from '../../events/operation-context.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import type { Refusal } from '../../saml/refusal.ts'
import { encodeBase64 } from '../../base64.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
import {
  AGGREGATE_BYTES,
  METADATA_BYTES,
  parseIdpMetadata,
  type IdpMetadata,
} from '../../saml/metadata/idp-metadata.ts'
import { verifyMetadataSignature } from '../../saml/metadata/metadata-signature.ts'
import type { Connection } from '../connection.ts'
import { fetchMetadata, PUBLIC_METADATA } from './fetch-metadata.ts'
import type { Reading } from './metadata-refresh.ts'
import type { MetadataSource } from './store.ts'

export type ReadMetadata =
  /** Null: it is the one that was read before. */
  { ok: true; reading: Reading | null } | ({ ok: false } & Omit<Problem, 'field'>)

/**
 * Never rejects for what the other side does. Refuses the `endpoint_*`, `metadata_*`, `xml_*`,
 * `certificate_*` and `signature_*` codes.
 */
export async function readMetadata(
  context: OperationContext,
  connection: Connection,
  source: MetadataSource,
): Promise<ReadMetadata> {
  // A signature is over the whole: what was cut out of an aggregate is not what was signed.
  const maximumBytes = source.signingCertificate === null ? AGGREGATE_BYTES : METADATA_BYTES
  const fetched = await fetchMetadata(source.url, context.network, source, maximumBytes)
  if (!fetched.ok)
    return { ok: false, code: fetched.code, expected: PUBLIC_METADATA, received: fetched.reason }
  if (!fetched.document) return { ok: true, reading: null }
  const { body, etag, lastModified } = fetched.document
  const metadata = await readOfConnection(body, context, connection, source)
  if (!metadata.ok) return { ok: false, ...metadata.error }
  return {
    ok: true,
    reading: { metadata: metadata.value, etag, lastModified, digest: await digestOf(body) },
  }
}

/**
 * The entity of the connection, or else the only one there is, so that a changed entityID is
 * reported.
 */
async function readOfConnection(
  body: Uint8Array,
  context: OperationContext,
  { entityID }: Connection,
  source: MetadataSource,
): Promise<Result<IdpMetadata, Refusal>> {
  if (entityID === '') return readBody(body, context, source)
  const own = await readBody(body, context, source, entityID)
  if (own.ok || own.error.code !== 'metadata_no_entity' || body.length > METADATA_BYTES) return own
  const only = await readBody(body, context, source)
  return only.ok ? only : own
}

async function readBody(
  body: Uint8Array,
  { now, network }: OperationContext,
  { signingCertificate }: MetadataSource,
  entityID?: string,
): Promise<Result<IdpMetadata, Refusal>> {
  const options = { now, allowHttp: network.allowLocal, ...(entityID && { entityID }) }
  if (signingCertificate === null) return parseIdpMetadata(body, options)
  const pinned = await parseCertificate(signingCertificate)
  if (!pinned.ok) return pinned
  const signed = await verifyMetadataSignature(body, { ...options, certificates: [pinned.value] })
  return signed.ok ? { ok: true, value: signed.value.metadata } : signed
}

async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
  return encodeBase64(digest).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
