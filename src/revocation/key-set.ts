// The IdP's public keys: read from its JWKS, kept for an hour, and asked for at most once a minute.
import { createLocalJWKSet, type CryptoKey, type JWK, type JWSHeaderParameters } from 'jose'
import { cut } from '../cut.ts'
import { fetchPublic, type PublicFetchOptions } from '../platform/network/fetch-public.ts'
import type { Database } from '../platform/db/client.ts'
import { claimFetch, keepFailure, keepKeys, type RevocationSource } from './store.ts'
import { MINUTE } from '../durations.ts'

/** After an hour a key that the IdP has withdrawn does not count any more. */
const FRESH = 60 * MINUTE
/** Where the IdP does not answer, a day: to end sessions late is worse than by an older key. */
const USABLE = 24 * FRESH
const MAX_BYTES = 64 * 1024
const MAX_KEYS = 20
const MAX_LENGTH = 2048

export type KeyFailure = 'key_unknown' | 'keys_unreachable'

type KeyRequest = { db: Database; now: number; network: PublicFetchOptions }

/**
 * The key of a token, by its `kid`. An unknown one has the key set read again, if nobody has asked
 * for it in the last minute.
 */
export async function findKey(
  { db, now, network }: KeyRequest,
  source: RevocationSource,
  header: JWSHeaderParameters,
): Promise<CryptoKey | KeyFailure> {
  const { connectionSid, revocationKeysURL: url } = source
  const isOurs = source.keysURL === url
  const age = isOurs && source.fetchedAt !== null ? now - source.fetchedAt : Infinity
  const kept = age < USABLE ? (source.keySet ?? []) : []
  const known = await keyOf(kept, header)
  if (known && age < FRESH) return known
  if (!(await claimFetch(db, { connectionSid, url, now, before: now - MINUTE })))
    return known ?? 'key_unknown'
  const fetched = await fetchKeys(url, network)
  if (typeof fetched === 'string') {
    await keepFailure(db, connectionSid, fetched)
    return known ?? 'keys_unreachable'
  }
  await keepKeys(db, connectionSid, fetched, now)
  return (await keyOf(fetched, header)) ?? 'key_unknown'
}

async function keyOf(keys: JWK[], header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
  // Without a kid, jose would take the only key that fits.
  const named = keys.filter(({ kid }) => kid === header.kid)
  try {
    return await createLocalJWKSet({ keys: named })({ ...header, alg: 'RS256' })
  } catch {
    return undefined
  }
}

/** The RSA keys of a JWKS (RFC 7517 §5), without what we do not need; text: why not. */
async function fetchKeys(url: string, network: PublicFetchOptions): Promise<JWK[] | string> {
  const headers = { accept: 'application/json' }
  const fetched = await fetchPublic(url, { ...network, headers, maximumBytes: MAX_BYTES })
  if (!fetched.ok) return cut(fetched.reason)
  if (fetched.status !== 200) return `it answers ${fetched.status}`
  let body: { keys?: unknown } | null = null
  try {
    body = JSON.parse(new TextDecoder().decode(fetched.body))
  } catch {}
  const keys = Array.isArray(body?.keys) ? (body.keys as unknown[]).slice(0, MAX_KEYS) : []
  const read = keys.flatMap((key) => readKey(key) ?? [])
  return read.length > 0 ? read : 'it has no RSA key for signatures with a kid'
}

function readKey(value: unknown): JWK | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { kty, kid, n, e, use = 'sig', alg = 'RS256' } = value as Record<string, unknown>
  const isText = (one: unknown): one is string => typeof one === 'string' && one.length < MAX_LENGTH
  const fits = kty === 'RSA' && use === 'sig' && alg === 'RS256'
  return fits && isText(kid) && isText(n) && isText(e) ? { kty: 'RSA', kid, n, e } : undefined
}
