// The two cookies of a login. Both are host-only, secure and out of reach of scripts.
import { getCookie, setCookie, deleteCookie } from 'hono/cookie'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import type { AppContext } from '../platform/http/http.ts'

const LOGIN = 'login'
const SESSION = 'session'
const RESTARTED = 'restarted'
const LOGIN_SECONDS = 600
/** So many sessions of its own a browser keeps in mind. */
const MOST_SESSIONS = 8
const OPTIONS = {
  prefix: 'host',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
} as const

/**
 * Binds a login to this browser: returns the hash of its login cookie. A browser keeps its value
 * over several logins, so that two tabs do not undo each other; nobody but this host can have set
 * it.
 */
export async function bindBrowser(c: AppContext): Promise<string> {
  const secret = loginSecrets(c)[0] ?? createSecret()
  const hash = await hashSecret(secret)
  // Two tabs that begin at the same moment get a cookie each: under one name, one of them would
  // undo the other.
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

/**
 * A new session never takes over a token that was there before it. Those stay behind it and open
 * nothing: signing out must be able to end them, because apps still use them.
 */
export function setSession(c: AppContext, token: string, seconds: number): void {
  const tokens = [token, ...sessionTokens(c)].slice(0, MOST_SESSIONS)
  setCookie(c, SESSION, tokens.join('.'), { ...OPTIONS, maxAge: seconds })
}

/** Of the session that this browser has. */
export async function sessionHash(c: AppContext): Promise<string | undefined> {
  const [token] = sessionTokens(c)
  return token && hashSecret(token)
}

/** And of those that it had before, which may be open still: the newest first. */
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
