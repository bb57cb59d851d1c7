// What may be done with the URL at which a connection's IdP publishes its metadata: set it, read it again, take it away.
import type { metadataSources } from '../db/schema.ts'
import { done, problem, type Outcome, type Request } from '../outcome.ts'

export type MetadataSource = typeof metadataSources.$inferSelect

/** Null where the connection has none. Refuses `not_there`. */
export async function getMetadataSource(
  _request: Request,
  _connectionSid: string,
): Promise<Outcome<MetadataSource | null>> {
  return done(null)
}

/**
 * Fetches and checks the metadata at once, and from then on regularly. `signingCertificate` is PEM or base64; null takes the
 * pinned one away, undefined keeps it.
 */
export async function setMetadataSource(
  _request: Request,
  connectionSid: string,
  _input: { url: string; signingCertificate?: string | null | undefined },
): Promise<Outcome<MetadataSource>> {
  return problem('not_there', 'a connection', connectionSid)
}

/** What it brought stays. Refuses `not_there` and `forbidden`. */
export async function removeMetadataSource(
  _request: Request,
  _connectionSid: string,
): Promise<Outcome<null>> {
  return done(null)
}

/** Reads it now. Whether that failed is in `failure`. Refuses `not_there`, `forbidden` and `lifecycle`. */
export async function refreshMetadata(
  _request: Request,
  connectionSid: string,
): Promise<Outcome<MetadataSource>> {
  return problem('not_there', 'a metadata URL', connectionSid)
}
