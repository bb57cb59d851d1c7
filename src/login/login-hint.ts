// Adds a login hint for IdPs whose documentation says that they read one. Pure.
//
// SAML's own way, a Subject in the AuthnRequest (Core §3.4.1), does not work here. A conforming IdP
// takes it as a condition, so people with another address there could not sign in. Entra ID refuses
// requests with a Subject.
import type { PresetID } from '../connections/presets/preset.ts'

/** Both read `login_hint` in the query of the SSO URL, outside the signature. */
const LISTENERS: ReadonlySet<PresetID> = new Set<PresetID>(['entra-id', 'auth0'])

export function addLoginHint(url: string, preset: PresetID, email: string | undefined): string {
  if (email === undefined || !LISTENERS.has(preset)) return url
  return `${url}${url.includes('?') ? '&' : '?'}login_hint=${encodeURIComponent(email)}`
}
