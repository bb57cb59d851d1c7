// The fields of a client as operators enter them, each with its check (OpenID Connect Dynamic Client Registration 1.0 §2, RFC
// 9700 §2.1 and §4.1). Pure: whether a name leads to a private address is asked elsewhere.
import {
  isLoopbackAddress,
  isLoopbackName,
  isPrivateName,
  isPublicAddress,
  literalAddress,
} from '../platform/network/public-address.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { cut } from '../saml/refusal.ts'
import { AUTH_METHODS, type ClientView } from './client.ts'

/** What may be edited. The `client_id` and the secret may not. */
const CLIENT_FIELDS = [
  'name',
  'tokenEndpointAuthMethod',
  'redirectURIs',
  'postLogoutRedirectURIs',
  'returnOrigins',
  'passwordLoginURL',
  'initiateLoginURI',
  'backchannelLogoutURI',
  'isDefault',
] as const satisfies readonly (keyof ClientView)[]
export type ClientFields = Pick<ClientView, (typeof CLIENT_FIELDS)[number]>

export function fieldsOf(client: ClientView): ClientFields {
  return Object.fromEntries(CLIENT_FIELDS.map((field) => [field, client[field]])) as ClientFields
}

/** As many of each kind, and as long. */
export const MOST_URIS = 20
export const URI_LENGTH = 1024

const WEB =
  'an https URL (http for localhost alone) without wildcard, fragment, user name or password'
const HTTPS = 'an https URL without wildcard, fragment, user name or password'
const ORIGIN = 'an origin like https://app.example.com (http for localhost alone), without a path'

type IsAllowed = (value: string, allowLocal: boolean) => boolean

/** A row a field of URLs: what is expected, and the rule. */
const URLS: Readonly<Record<UrlField, { expected: string; check: IsAllowed; least?: number }>> = {
  // What the browser is sent to carries codes. Loopback by http is the app on a developer's machine (RFC 8252 §7.3); its port is
  // compared like everything else.
  redirectURIs: { expected: WEB, check: isWebURL, least: 1 },
  postLogoutRedirectURIs: { expected: WEB, check: isWebURL },
  returnOrigins: { expected: ORIGIN, check: isOrigin },
  // The front door's policy of form targets lets the browser go on to https alone.
  passwordLoginURL: { expected: HTTPS, check: isHttps },
  // "The URI MUST use the https scheme" (Dynamic Client Registration §2).
  initiateLoginURI: { expected: HTTPS, check: isHttps },
  // No fragment: Back-Channel Logout 1.0 §2.2.
  backchannelLogoutURI: { expected: HTTPS, check: isHttps },
}

type UrlField = Exclude<keyof ClientFields, 'name' | 'tokenEndpointAuthMethod' | 'isDefault'>

/**
 * Refuses `input` and `endpoint_url`, naming the field, and `endpoint_private` for an address of ours that is reached from no
 * Internet. `allowLocal`: on a developer's machine everything may be by http on localhost.
 */
export function checkClient(
  fields: ClientFields,
  allowLocal: boolean,
): Result<ClientFields, Problem> {
  const { name, tokenEndpointAuthMethod, isDefault, initiateLoginURI } = fields
  if (name.trim() !== name || name.length < 1 || name.length > 200)
    return problem('input', '1 to 200 characters', cut(name, 200), 'name')
  if (!AUTH_METHODS.includes(tokenEndpointAuthMethod)) {
    const received = cut(tokenEndpointAuthMethod, 200)
    return problem('input', AUTH_METHODS.join(', '), received, 'tokenEndpointAuthMethod')
  }
  for (const [field, { expected, check, least = 0 }] of Object.entries(URLS)) {
    const value = fields[field as UrlField]
    const values = value === null ? [] : typeof value === 'string' ? [value] : value
    if (values.length < least || values.length > MOST_URIS)
      return problem('input', `${least} to ${MOST_URIS} of them`, `${values.length}`, field)
    const wrong = values.find((one) => !check(one, allowLocal))
    if (wrong !== undefined) return problem('endpoint_url', expected, cut(wrong, 200), field)
    const repeated = values.find((one, index) => values.indexOf(one) !== index)
    if (repeated !== undefined)
      return problem('input', 'each of them once', cut(repeated, 200), field)
  }
  const { backchannelLogoutURI } = fields
  if (backchannelLogoutURI !== null && !isPublic(backchannelLogoutURI, allowLocal)) {
    const { host } = new URL(backchannelLogoutURI)
    return problem('endpoint_private', 'a public address', cut(host), 'backchannelLogoutURI')
  }
  if (isDefault && initiateLoginURI === null) {
    const expected = 'where logins that begin at an IdP go on, for the default app'
    return problem('input', expected, 'nothing', 'initiateLoginURI')
  }
  return ok(fields)
}

/**
 * Written as a browser writes it, so that what is compared byte for byte is what is followed; the slash alone of a bare origin
 * may be left out. No `*`: nothing is a pattern here, and whoever writes one means one.
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

function isHttps(text: string, allowLocal: boolean): boolean {
  return isURL(text) && isSecure(new URL(text), allowLocal)
}

function isOrigin(text: string): boolean {
  return isWebURL(text) && new URL(text).origin === text
}

function isSecure({ protocol, hostname }: URL, allowLocal: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && allowLocal && isLoopback(hostname))
}

/** By its name alone. */
function isPublic(text: string, allowLocal: boolean): boolean {
  const { hostname } = new URL(text)
  if (allowLocal && isLoopback(hostname)) return true
  const literal = literalAddress(hostname)
  return literal === undefined ? !isPrivateName(hostname) : isPublicAddress(literal)
}

function isLoopback(hostname: string): boolean {
  const literal = literalAddress(hostname)
  return literal === undefined ? isLoopbackName(hostname) : isLoopbackAddress(literal)
}
