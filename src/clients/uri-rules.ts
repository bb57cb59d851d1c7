// The URLs that a client may register (OpenID Connect Dynamic Client Registration 1.0 §2, RFC 9700
// §2.1 and §4.1). Pure: the address that a name resolves to is checked elsewhere.
import type { UrlRule } from '../platform/fields/field.ts'
import {
  isLoopbackAddress,
  isLoopbackName,
  isPrivateName,
  isPublicAddress,
  literalAddress,
} from '../platform/network/public-address.ts'

export const URI_LENGTH = 1024

/**
 * URLs that the browser is sent to carry codes. Loopback by http is the app on a developer's
 * machine (RFC 8252 §7.3); its port is compared like everything else.
 */
export const WEB: UrlRule = {
  expected:
    'an https URL as a browser writes it (http for localhost alone), without white space, ' +
    'wildcard, fragment, user name or password',
  accepts: isWebURL,
}

export const HTTPS: UrlRule = {
  expected: 'an https URL without white space, wildcard, fragment, user name or password',
  accepts: (text, allowLocal) => isURL(text) && isSecure(new URL(text), allowLocal),
}

export const ORIGIN: UrlRule = {
  expected: 'an origin like https://app.example.com (http for localhost alone), without a path',
  accepts: (text) => isWebURL(text) && new URL(text).origin === text,
}

/**
 * The URL must be in the browser's form, so that the compared bytes are the followed bytes. Only
 * the slash of a bare origin may be omitted. `*` is refused: there are no patterns.
 */
function isURL(text: string): boolean {
  if (text.length > URI_LENGTH || !/^[\x21-\x7e]+$/.test(text) || /[#*]/.test(text)) return false
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return (
    (url.href === text || url.href === `${text}/`) && url.username === '' && url.password === ''
  )
}

function isWebURL(text: string): boolean {
  return isURL(text) && isSecure(new URL(text), true)
}

function isSecure({ protocol, hostname }: URL, allowLocal: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && allowLocal && isLoopback(hostname))
}

/** Judged by its name only. */
export function isPublic(text: string, allowLocal: boolean): boolean {
  const { hostname } = new URL(text)
  if (allowLocal && isLoopback(hostname)) return true
  const literal = literalAddress(hostname)
  return literal === undefined ? !isPrivateName(hostname) : isPublicAddress(literal)
}

function isLoopback(hostname: string): boolean {
  const literal = literalAddress(hostname)
  return literal === undefined ? isLoopbackName(hostname) : isLoopbackAddress(literal)
}
