// Tells the IdP whom it may expect, where its documentation says that it listens. Pure.
//
// SAML's own way is a Subject in the AuthnRequest (Core §3.4.1). It is not taken: to a conforming
// IdP it is a condition, not a suggestion, so that people with another address there cannot sign
// in; and Entra ID refuses requests that have one.
import type { PresetID } from '../connections/presets/preset.ts'

/**
 * Both take `login_hint` in the query of the SSO URL, beside the message and outside its signature.
 */
const LISTENERS: ReadonlySet<PresetID> = new Set<PresetID>(['entra-id', 'auth0'])

export function addLoginHint(url: string, preset: PresetID, email: string | undefined): string {
  if (email === undefined || !LISTENERS.has(preset)) return url
  return `${url}${url.includes('?') ? '&' : '?'}login_hint=${encodeURIComponent(email)}`
}
