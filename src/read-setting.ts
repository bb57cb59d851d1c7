// Reads one setting of the environment, or says by name what is wrong with it. Pure.

/** Names a missing or wrong setting. The message is for the log, never for a page. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}

export function readWhole(
  name: string,
  text: string | undefined,
  [minimum, maximum]: readonly [number, number],
  fallback: number,
): number {
  if (!text) return fallback
  const whole = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (!(whole >= minimum && whole <= maximum))
    throw new ConfigError(`${name} is not a whole number from ${minimum} to ${maximum}`)
  return whole
}

export function readGigabytes(name: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback
  const gigabytes = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (!(gigabytes > 0)) throw new ConfigError(`${name} is not a number of GB like 10 or 0.5`)
  return gigabytes
}

/** At most 100 characters, all of which XML allows. */
export function readName(text = ''): string {
  const allowed = text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ').trim()
  return Array.from(allowed).slice(0, 100).join('')
}

export function readAddress(name: string, text: string | undefined): string | null {
  if (!text) return null
  if (text.length > 254 || !/^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(text))
    throw new ConfigError(`${name} is not an address like sso-support@example.com`)
  return text
}

export function readColor(name: string, text: string | undefined): string | null {
  if (!text) return null
  const color = text.toLowerCase()
  if (!/^#[0-9a-f]{6}$/.test(color)) throw new ConfigError(`${name} is not a colour like #1f5fbf`)
  return color
}

export function readPage(name: string, text: string | undefined): string | null {
  if (!text) return null
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!url || !isSafe || url.username || url.password || url.hash)
    throw new ConfigError(`${name} is not a URL like https://app.example.com/page`)
  return url.href
}

export function readOrigin(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.origin !== text)
    throw new ConfigError(`${name} is not an origin like https://sso.example.com`)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new ConfigError(`${name} must be https: only localhost may be http`)
  return url.origin
}
