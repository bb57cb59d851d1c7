// Where a login may lead: our own pages, and apps whose origin is on the list. Pure.

const MAX_LENGTH = 2048
/** Of our own paths: one of them carries a whole authorization request. */
const MAX_PATH_LENGTH = 6144

/**
 * The absolute URL of a return target, or undefined where it may not be followed. A path stays on
 * `origin`; an absolute URL must be http(s) and have exactly one of `allowedOrigins`.
 */
export function parseReturnTo(
  target: string,
  origin: string,
  allowedOrigins: readonly string[],
): string | undefined {
  const isPath = /^\/(?!\/)/.test(target)
  if (target.length > (isPath ? MAX_PATH_LENGTH : MAX_LENGTH)) return undefined
  // Browsers read back slashes and control characters in ways of their own: no target needs them.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(target)) return undefined
  if (!isPath && !/^https?:\/\/[^/]/i.test(target)) return undefined
  if (!URL.canParse(target, origin)) return undefined
  const url = new URL(target, origin)
  if (url.username !== '' || url.password !== '') return undefined
  const allowed = isPath ? [origin] : allowedOrigins
  return allowed.includes(url.origin) ? url.href : undefined
}
