// A cookie jar that keeps a browser's rules (RFC 6265bis): by host and never by port, prefixes,
// Secure, SameSite. Cookies that break a rule are silently dropped or not sent, as in a browser.

type SameSite = 'strict' | 'lax' | 'none'

type Cookie = {
  name: string
  value: string
  domain: string
  /** No Domain attribute: the very host only. */
  hostOnly: boolean
  path: string
  secure: boolean
  sameSite: SameSite
  /** Milliseconds since 1970; undefined: until the browser ends. */
  expiresAt: number | undefined
}

/**
 * A navigation of the top-level window. `initiator` is the page that caused it; undefined: the
 * person typed the URL.
 */
export type Navigation = { url: URL; method: string; initiator: URL | undefined }

export function createCookieJar(now: () => number = Date.now) {
  const cookies = new Map<string, Cookie>()

  return {
    /** Takes the Set-Cookie headers of a response. */
    store(url: URL, headers: string[]): void {
      for (const header of headers) {
        const cookie = parseCookie(header, url, now())
        if (!cookie) continue
        const key = [cookie.domain, cookie.hostOnly, cookie.path, cookie.name].join(' ')
        if (cookie.expiresAt !== undefined && cookie.expiresAt <= now()) cookies.delete(key)
        else cookies.set(key, cookie)
      }
    },

    /** The Cookie header of a navigation; empty: none. */
    header(navigation: Navigation): string {
      return [...cookies.values()]
        .filter((cookie) => cookie.expiresAt === undefined || cookie.expiresAt > now())
        .filter((cookie) => isFor(cookie, navigation.url) && isAllowed(cookie, navigation))
        .toSorted((one, other) => other.path.length - one.path.length)
        .map((cookie) => `${cookie.name}=${cookie.value}`)
        .join('; ')
    },
  }
}

/** Whether two URLs are of one site: scheme and registrable domain, whatever the port. */
export function isSameSite(one: URL, other: URL): boolean {
  return one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname)
}

function siteOf(hostname: string): string {
  // Two labels stand for the public suffix list: right for localhost, for addresses and for the
  // likes of example.com.
  const isAddress = /^[\d.]+$|^\[/.test(hostname)
  return isAddress ? hostname : hostname.split('.').slice(-2).join('.')
}

function isFor(cookie: Cookie, url: URL): boolean {
  const isHost = cookie.hostOnly
    ? url.hostname === cookie.domain
    : isWithin(url.hostname, cookie.domain)
  const prefix = cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`
  const isPath = url.pathname === cookie.path || url.pathname.startsWith(prefix)
  return isHost && isPath && (!cookie.secure || url.protocol === 'https:')
}

/**
 * Redirects keep the initiator: the GET after a cross-site POST is still cross-site, and Lax is for
 * just that.
 */
function isAllowed(cookie: Cookie, { url, method, initiator }: Navigation): boolean {
  if (cookie.sameSite === 'none' || !initiator || isSameSite(initiator, url)) return true
  return cookie.sameSite === 'lax' && (method === 'GET' || method === 'HEAD')
}

function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`)
}

function parseCookie(header: string, url: URL, now: number): Cookie | undefined {
  const [pair = '', ...rest] = header.split(';')
  const equals = pair.indexOf('=')
  if (equals < 1) return undefined
  const name = pair.slice(0, equals).trim()
  const attributes = new Map(rest.map(parseAttribute))

  const secure = attributes.has('secure')
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase()
  const givenPath = attributes.get('path')
  const path = givenPath?.startsWith('/') ? givenPath : '/' + directoryOf(url.pathname)
  const given = attributes.get('samesite')?.toLowerCase()
  const sameSite = given === 'strict' || given === 'none' ? given : 'lax'

  if (
    domain &&
    (!isWithin(url.hostname, domain) || (domain !== url.hostname && !domain.includes('.')))
  )
    return undefined
  // WebKit's rule. Chromium and Firefox keep such cookies of http://localhost.
  if (secure && url.protocol !== 'https:') return undefined
  if (sameSite === 'none' && !secure) return undefined
  if (/^__(Host|Secure)-/i.test(name) && !secure) return undefined
  if (/^__Host-/i.test(name) && (domain || givenPath !== '/')) return undefined
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    domain: domain || url.hostname,
    hostOnly: !domain,
    path,
    secure,
    sameSite,
    expiresAt: expiryOf(attributes, now),
  }
}

function parseAttribute(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals < 0) return [text.trim().toLowerCase(), '']
  return [text.slice(0, equals).trim().toLowerCase(), text.slice(equals + 1).trim()]
}

/** RFC 6265bis §5.1.4, the default path, without its leading slash. */
function directoryOf(pathname: string): string {
  return pathname.split('/').slice(1, -1).join('/')
}

function expiryOf(attributes: Map<string, string>, now: number): number | undefined {
  const maxAge = Number(attributes.get('max-age') || NaN)
  if (!Number.isNaN(maxAge)) return now + maxAge * 1000
  const expires = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(expires) ? undefined : expires
}
