// What a login knows of the authorization request that it leads back to (src/oidc judges it, before
// and after). Pure.
import type { Client } from '../clients/client.ts'

export const AUTHORIZATION_PATH = '/oauth2/authorize'

/**
 * Ours, in a request that comes back from a login: when it went there, in milliseconds since 1970.
 * A session that does not serve it then never will, and so nothing goes in circles.
 */
export const AUTHENTICATED_AFTER = 'authenticated_after'

/**
 * The parameters of the request that a return target leads back to; undefined: it leads elsewhere.
 */
export function pendingRequestOf(
  returnTo: string | undefined,
  origin: string,
): URLSearchParams | undefined {
  if (returnTo === undefined || !URL.canParse(returnTo, origin)) return undefined
  const url = new URL(returnTo, origin)
  return url.origin === origin && url.pathname === AUTHORIZATION_PATH ? url.searchParams : undefined
}

/**
 * True if a person who is signed in at the IdP must sign in there again (OpenID Connect Core 1.0
 * §3.1.2.1, `prompt` and `max_age`).
 */
export function wantsForceAuthn(parameters: URLSearchParams): boolean {
  return (
    Boolean(parameters.get('max_age')) ||
    (parameters.get('prompt') ?? '').split(' ').includes('login')
  )
}

/**
 * Where somebody with a password goes on: the client's own page, with the request as it came.
 * Undefined where the client has none, or has never registered where this request wants to return
 * to: what is passed on may be believed.
 */
export function passwordLoginURL(
  client: Pick<Client, 'passwordLoginURL' | 'redirectURIs' | 'disabledAt'> | undefined,
  parameters: URLSearchParams,
  added: URLSearchParams,
): string | undefined {
  if (!client || client.disabledAt !== null || client.passwordLoginURL === null) return undefined
  if (!client.redirectURIs.includes(parameters.get('redirect_uri') ?? '')) return undefined
  const url = new URL(client.passwordLoginURL)
  // What the page has of its own stays, and of what comes twice the first: it is the one that was
  // checked.
  for (const [name, value] of parameters)
    if (name !== AUTHENTICATED_AFTER && !url.searchParams.has(name))
      url.searchParams.append(name, value)
  for (const [name, value] of added) url.searchParams.set(name, value)
  return url.href
}
