// The two cookies of a login. Both are host-only, secure and out of reach of scripts.
import { getCookie, setCookie, deleteCookie } from 'hono/cookie'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import type { AppContext } from '../platform/http/http.ts'

const LOGIN = 'login'
const SESSION = 'session'
const RESTARTED = 'restarted'
const LOGIN_SECONDS = 600
/** The session cookie keeps this many tokens. */
const MOST_SESSIONS = 8
const OPTIONS = {
  prefix: 'host',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
} as const

/**
 * Binds a login to this browser: returns the hash of its login cookie. The value stays the same
 * over several logins, so that two tabs do not break each other. Only this host can set a `__Host-`
 * cookie.
 */
export async function bindBrowser(c: AppContext): Promise<string> {
  const secret = loginSecrets(c)[0] ?? createSecret()
  const hash = await hashSecret(secret)
  // Two tabs that begin at the same moment get a cookie each. With one name, the second would
  // overwrite the first.
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

/** Notes a restart of an IdP-initiated login. False within 30 seconds of the previous one. */
export function noteRestart(c: AppContext): boolean {
  if (getCookie(c, RESTARTED, 'host')) return false
  setCookie(c, RESTARTED, '1', { ...OPTIONS, maxAge: 30 })
  return true
}

/**
 * A new session always has a new token. Earlier tokens stay behind it in the cookie and open
 * nothing: signing out must end their sessions too, because apps still use them.
 */
export function setSession(c: AppContext, token: string, seconds: number): void {
  const tokens = [token, ...sessionTokens(c)].slice(0, MOST_SESSIONS)
  setCookie(c, SESSION, tokens.join('.'), { ...OPTIONS, maxAge: seconds })
}

/** The hash of this browser's session token. */
export async function sessionHash(c: AppContext): Promise<string | undefined> {
  const [token] = sessionTokens(c)
  return token && hashSecret(token)
}

/**
 * The hashes of this session and the earlier ones, newest first. Earlier ones may still be open.
 */
export function sessionHashes(c: AppContext): Promise<string[]> {
  return Promise.all(sessionTokens(c).map(hashSecret))
}

function sessionTokens(c: AppContext): string[] {
  const tokens = (getCookie(c, SESSION, 'host') ?? '').split('.', MOST_SESSIONS)
  return tokens.every(isSecret) ? tokens : []
}

export function clearSession(c: AppContext): void {
  deleteCookie(c, SESSION, OPTIONS)
}
