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
  const secret = loginSecrets(c)[0] ?? createSecret()
  const hash = await hashSecret(secret)
  // Two tabs that begin at the same moment get a cookie each: under one name, one of them would undo the other.
  setCookie(c, `${LOGIN}-${hash.slice(0, 8)}`, secret, { ...OPTIONS, maxAge: LOGIN_SECONDS })
  return hash
}

/** The hashes of this browser's login cookies: usually one, at most eight. */
export function browserHashes(c: AppContext): Promise<string[]> {
  return Promise.all(loginSecrets(c).map(hashSecret))
}

function loginSecrets(c: AppContext): string[] {
  return Object.entries(getCookie(c))
    .filter(([name, value]) => name.startsWith(`__Host-${LOGIN}-`) && isSecret(value))
    .map(([, value]) => value)
    .slice(0, 8)
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
