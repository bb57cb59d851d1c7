// Tells the IdP whom it may expect, where its documentation says that it listens. Pure.
//
// SAML's own way is a Subject in the AuthnRequest (Core §3.4.1). It is not taken: to a conforming IdP it is a condition, not a
// suggestion, so that whoever has another address there cannot sign in; and Entra ID refuses requests that have one.
import type { BrandID } from '../connections/presets/brand.ts'

/** Both take `login_hint` in the query of the SSO URL, beside the message and outside its signature. */
const LISTENERS: ReadonlySet<BrandID> = new Set<BrandID>(['entra-id', 'auth0'])

export function addLoginHint(url: string, brand: BrandID, email: string | undefined): string {
  if (email === undefined || !LISTENERS.has(brand)) return url
  return `${url}${url.includes('?') ? '&' : '?'}login_hint=${encodeURIComponent(email)}`
}
