// Reads the pending authorization request: the one that a login returns to. src/oidc checks it
// before and after the login. Pure.
import type { Client } from '../clients/client.ts'

export const AUTHORIZATION_PATH = '/oauth2/authorize'

/**
 * A parameter that we add when we send the user to a login: the time, in milliseconds since 1970.
 * If the new session does not serve the request either, the client gets an error and no redirect
 * loop starts.
 */
export const AUTHENTICATED_AFTER = 'authenticated_after'

/** The parameters of the request that `return_to` leads to. Undefined: it leads elsewhere. */
export function pendingRequestOf(
  returnTo: string | undefined,
  origin: string,
): URLSearchParams | undefined {
  if (returnTo === undefined || !URL.canParse(returnTo, origin)) return undefined
  const url = new URL(returnTo, origin)
  return url.origin === origin && url.pathname === AUTHORIZATION_PATH ? url.searchParams : undefined
}

/** The app whose request `return_to` leads to. */
export function clientSidOfTarget(returnTo: string, origin: string): string | undefined {
  return pendingRequestOf(returnTo, origin)?.get('client_id') ?? undefined
}

/**
 * What is asked of the IdP. `new` and `recent` both ask by ForceAuthn. With `new` the ACS refuses
 * an authentication from before the request; with `recent` the app's `max_age` says what is too
 * old, and src/oidc judges it.
 */
export type WantedAuthentication = 'any' | 'recent' | 'new'

/**
 * `prompt` and `max_age` ask for an authentication even with a session at the IdP (OpenID Connect
 * Core 1.0 §3.1.2.1).
 */
export function wantedAuthentication(parameters: URLSearchParams): WantedAuthentication {
  if ((parameters.get('prompt') ?? '').split(' ').includes('login')) return 'new'
  return parameters.get('max_age') ? 'recent' : 'any'
}

/** Reads `force_authn` of a link that begins a login. Without a known value it asks for `new`. */
export function readWantedAuthentication(forceAuthn: string | undefined): WantedAuthentication {
  if (forceAuthn === undefined) return 'any'
  return forceAuthn === 'recent' ? 'recent' : 'new'
}

/**
 * The client's own password page, with the request as it came. Undefined if the client has none.
 * Also undefined if `redirect_uri` is not registered: the password page may trust what it gets.
 */
export function passwordLoginURL(
  client: Pick<Client, 'passwordLoginURL' | 'redirectURIs' | 'disabledAt'> | undefined,
  parameters: URLSearchParams,
  added: URLSearchParams,
): string | undefined {
  if (!client || client.disabledAt !== null || client.passwordLoginURL === null) return undefined
  if (!client.redirectURIs.includes(parameters.get('redirect_uri') ?? '')) return undefined
  const url = new URL(client.passwordLoginURL)
  // The URL's own parameters stay. Of a repeated parameter the first counts: it was checked.
  for (const [name, value] of parameters)
    if (name !== AUTHENTICATED_AFTER && !url.searchParams.has(name))
      url.searchParams.append(name, value)
  for (const [name, value] of added) url.searchParams.set(name, value)
  return url.href
}
