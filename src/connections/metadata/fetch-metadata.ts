// Fetches IdP metadata from a URL that an administrator has entered. The document is not trusted.
import type { OperationContext } from '../../events/operation-context.ts'
import { AGGREGATE_BYTES } from '../../saml/metadata/idp-metadata.ts'
import { fetchPublic, type FetchFailure } from '../../platform/network/fetch-public.ts'

/** What an administrator should have entered. */
export const PUBLIC_METADATA = 'metadata at a public https URL'

/**
 * A federation's file may take so many times what another URL is given: 20 seconds where that has
 * 5.
 */
const PATIENCE = 4

export type FetchedMetadata =
  /** No document: it is what it was when the validators were given (RFC 9110 §15.4.5). */
  { ok: true; document: MetadataDocument | null } | FetchFailure

export type MetadataDocument = Validators & { body: Uint8Array<ArrayBuffer> }

/** What a server gave with the document before (RFC 9110 §8.8), to be sent back to it. */
type Validators = { etag: string | null; lastModified: string | null }

/** Longer ones are not worth keeping. */
const VALIDATOR_LENGTH = 256

/**
 * Never rejects. Any status but 200, and 304 where validators were sent, is `endpoint_unreachable`.
 */
export async function fetchMetadata(
  url: string,
  network: OperationContext['network'],
  known: Validators = { etag: null, lastModified: null },
  maximumBytes = AGGREGATE_BYTES,
): Promise<FetchedMetadata> {
  const conditions = {
    ...(known.etag && { 'if-none-match': known.etag }),
    ...(known.lastModified && { 'if-modified-since': known.lastModified }),
  }
  const fetched = await fetchPublic(url, {
    ...network,
    timeoutSeconds: network.timeoutSeconds * PATIENCE,
    headers: { accept: 'application/samlmetadata+xml, application/xml, text/xml', ...conditions },
    maximumBytes,
  })
  if (!fetched.ok) return fetched
  const { status, headers, body } = fetched
  if (status === 304 && Object.keys(conditions).length > 0) return { ok: true, document: null }
  if (status !== 200)
    return { ok: false, code: 'endpoint_unreachable', reason: `it answers ${status}` }
  const etag = validator(headers, 'etag')
  return { ok: true, document: { body, etag, lastModified: validator(headers, 'last-modified') } }
}

function validator(headers: Headers, name: string): string | null {
  const value = headers.get(name)
  return value !== null && value.length <= VALIDATOR_LENGTH ? value : null
}
