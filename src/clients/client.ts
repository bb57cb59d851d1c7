// A client: an app of the vendor that signs its users in through Gatepost by OpenID Connect. Pure.
import type { clients } from './tables.ts'

/** The row. */
export type Client = typeof clients.$inferSelect

/** The row without the hashes of its secrets. */
export type ClientView = Omit<Client, 'secretHash' | 'previousSecretHash'> & {
  /** Origins that a login may return to because this client names them. */
  returnOrigins: string[]
}

/** The algorithms of ID tokens. OpenID Connect Discovery 1.0 §3 demands RS256. */
export const ID_TOKEN_ALGORITHMS = ['RS256', 'ES256'] as const
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number]

/** The prefix of client secrets, for secret scanners of repositories and logs. */
export const CLIENT_SECRET_PREFIX = 'gpc_'

/** The settings of an OIDC library: it reads the rest from the discovery document. */
export function issuerSide(origin: string) {
  return { issuer: origin, discoveryURL: `${origin}/.well-known/openid-configuration` }
}

/**
 * The URL that continues an IdP-initiated login: there the app sends us an authorization request
 * with its own `state` (OpenID Connect Core 1.0 §4). Undefined if the client has no
 * `initiate_login_uri`.
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
