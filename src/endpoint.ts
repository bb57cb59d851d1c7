// Decides which URLs may be an endpoint of an IdP. Pure: reachability is checked elsewhere.

/**
 * True for an https URL without credentials, of at most 2,048 characters; `allowHttp`: also http.
 */
export function isEndpoint(location: string, allowHttp: boolean): boolean {
  if (location.length > 2048 || !URL.canParse(location)) return false
  const url = new URL(location)
  return (
    (url.protocol === 'https:' || (allowHttp && url.protocol === 'http:')) &&
    url.username === '' &&
    url.password === ''
  )
}
