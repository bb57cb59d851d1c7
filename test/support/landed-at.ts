/** Where a form leads, with the code of the notice that is shown there: `/console/tenants (saved)`. */
export function landedAt(response: Response): string {
  const location = response.headers.get('location') ?? `no location, ${response.status}`
  const notice = response.headers
    .getSetCookie()
    .map((line) => /^(?:__Host-|local-)notice=([^;]+);/.exec(line)?.[1])
    .find((code) => code !== undefined)
  return notice ? `${location} (${notice})` : location
}
