// A client: an app of the vendor's that signs its users in through Gatepost by OpenID Connect.
// Pure.
import type { clients } from './tables.ts'

/** The row. */
export type Client = typeof clients.$inferSelect

/** The fields that may be shown: without the hashes of secrets. */
export type ClientView = Omit<Client, 'secretHash' | 'previousSecretHash'> & {
  /** Where a login may return because this client says so. */
  returnOrigins: string[]
}

export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

/**
 * What client secrets begin with, so that scanners of repositories and logs know one when they see
 * it.
 */
export const CLIENT_SECRET_PREFIX = 'gpc_'

/** What the app's developer tells the library: the rest is read there. */
export function issuerSide(origin: string) {
  return { issuer: origin, discoveryURL: `${origin}/.well-known/openid-configuration` }
}

/**
 * Where a login that began at an IdP goes on: the app asks us for an authorization there and then,
 * with a `state` of its own (OpenID Connect Core 1.0 §4). Undefined for a client that has not said
 * where.
 */
export function initiateLoginURL(
  { initiateLoginURI }: Pick<Client, 'initiateLoginURI'>,
  issuer: string,
  targetLinkURI?: string,
): string | undefined {
  if (initiateLoginURI === null) return undefined
  const url = new URL(initiateLoginURI)
  url.searchParams.set('iss', issuer)
  if (targetLinkURI !== undefined) url.searchParams.set('target_link_uri', targetLinkURI)
  return url.href
}
