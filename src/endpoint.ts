// Decides which URLs may be an endpoint of an IdP. Pure: reachability is checked elsewhere.

/** White space, a backslash or an invisible character: a URL parser would drop or change it. */
const UNSAFE = /[\s\\\p{Cc}\p{Cf}\p{Z}]/u

/**
 * The URL as a browser writes it, without white space around it (XML Schema Part 2 §3.2.17): host
 * in lower case and ASCII, other letters escaped. A bare origin gets no slash. Text that is no URL,
 * or has white space within, stays as it is, and no rule accepts it.
 */
export function writtenURL(text: string): string {
  const trimmed = text.trim()
  if (UNSAFE.test(trimmed) || !URL.canParse(trimmed)) return text
  const { href } = new URL(trimmed)
  return href === `${trimmed}/` ? trimmed : href
}

/**
 * True for an https URL without credentials, of at most 2,048 characters, in the form that
 * `writtenURL` makes; `allowHttp`: also http.
 */
export function isEndpoint(location: string, allowHttp: boolean): boolean {
  if (location.length > 2048 || UNSAFE.test(location) || !URL.canParse(location)) return false
  const url = new URL(location)
  return (
    (url.href === location || url.href === `${location}/`) &&
    (url.protocol === 'https:' || (allowHttp && url.protocol === 'http:')) &&
    url.username === '' &&
    url.password === ''
  )
}
