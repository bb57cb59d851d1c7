// What logins are matched by.
import { normalizeEmail } from '../saml/response/principal.ts'

/**
 * The key of a login e-mail: the normalized address in lower case, or undefined where it is no
 * plain ASCII address. No mail system in use tells `Ann@` from `ann@`, and an import and an IdP
 * rarely agree on it.
 */
export function emailKey(email: string): string | undefined {
  return normalizeEmail(email)?.toLowerCase()
}

/** Of an address that has a key, or of the key itself. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1)
}
