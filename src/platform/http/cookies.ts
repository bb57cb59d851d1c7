// All cookies: names and flags follow from the configured origin. No other file sets or reads one.
import { getCookie, setCookie } from 'hono/cookie'
import { isLoopback, type Config } from '../../env.ts'
import type { AppContext } from './http.ts'

type CookieKind = { prefix: '__Host-' | 'local-'; secure: boolean }

/**
 * Only this host, over https, can set a `__Host-` cookie (RFC 6265bis §4.1.3.2). WebKit keeps no
 * Secure cookie of `http://localhost`, so a plain http origin on this machine gets cookies of
 * another name without the flag. `origin` is the setting, never what a request says.
 */
export function cookieKind(origin: string): CookieKind {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'http:' && isLoopback(hostname)
    ? { prefix: 'local-', secure: false }
    : { prefix: '__Host-', secure: true }
}

const kinds = new WeakMap<Config, CookieKind>()

function kindOf(c: AppContext): CookieKind {
  const config = c.get('config')
  let kind = kinds.get(config)
  if (!kind) kinds.set(config, (kind = cookieKind(config.origin)))
  return kind
}

/**
 * Sets a cookie of this host alone, out of reach of scripts. `name` is without its prefix. `None`
 * is for a cookie that says nothing about a person and must come with the post of an IdP. On this
 * machine it is Lax: an IdP there is the same site.
 */
export function writeCookie(
  c: AppContext,
  name: string,
  value: string,
  seconds: number,
  site: 'Lax' | 'None' = 'Lax',
): void {
  const { prefix, secure } = kindOf(c)
  const sameSite = secure ? site : 'Lax'
  const options = { path: '/', secure, httpOnly: true, sameSite } as const
  setCookie(c, prefix + name, value, { ...options, maxAge: seconds })
}

export function deleteCookie(c: AppContext, name: string): void {
  writeCookie(c, name, '', 0)
}

/** The value of a cookie. `name` is without its prefix. */
export function readCookie(c: AppContext, name: string): string | undefined {
  return getCookie(c, kindOf(c).prefix + name)
}

/** The cookies whose name begins with `start`: what follows it, and the value. */
export function readCookies(c: AppContext, start: string): { rest: string; value: string }[] {
  const full = kindOf(c).prefix + start
  return Object.entries(getCookie(c))
    .filter(([name]) => name.startsWith(full))
    .map(([name, value]) => ({ rest: name.slice(full.length), value }))
}
