// The two cookies of a login. Both are host-only, secure and out of reach of scripts.
import { getCookie, setCookie, deleteCookie } from 'hono/cookie'
import { createSecret, hashSecret, isSecret } from '../secret.ts'
import type { AppContext } from '../web/http.ts'

const LOGIN = 'login'
const SESSION = 'session'
const RESTARTED = 'restarted'
const LOGIN_SECONDS = 600
const OPTIONS = {
  prefix: 'host',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
} as const

/**
 * Binds a login to this browser: returns the hash of its login cookie. A browser keeps its value over several logins, so
 * that two tabs do not undo each other; nobody but this host can have set it.
 */
export async function bindBrowser(c: AppContext): Promise<string> {
  const present = getCookie(c, LOGIN, 'host')
  const secret = isSecret(present) ? present : createSecret()
  setCookie(c, LOGIN, secret, { ...OPTIONS, maxAge: LOGIN_SECONDS })
  return hashSecret(secret)
}

/** The hash of this browser's login cookie, or undefined where it has none. */
export async function browserHash(c: AppContext): Promise<string | undefined> {
  const secret = getCookie(c, LOGIN, 'host')
  return isSecret(secret) ? hashSecret(secret) : undefined
}

/** Notes that an IdP-initiated login was restarted; false where that had just happened before. */
export function noteRestart(c: AppContext): boolean {
  if (getCookie(c, RESTARTED, 'host')) return false
  setCookie(c, RESTARTED, '1', { ...OPTIONS, maxAge: 30 })
  return true
}

/** A new session never takes over a cookie that was there before it. */
export function setSession(c: AppContext, token: string, seconds: number): void {
  setCookie(c, SESSION, token, { ...OPTIONS, maxAge: seconds })
}

export async function sessionHash(c: AppContext): Promise<string | undefined> {
  const token = getCookie(c, SESSION, 'host')
  return isSecret(token) ? hashSecret(token) : undefined
}

export function clearSession(c: AppContext): void {
  deleteCookie(c, SESSION, OPTIONS)
}
