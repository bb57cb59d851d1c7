// The cookies of a login and its session. platform/http/cookies.ts gives their names and flags.
import { deleteCookie, readCookie, writeCookie } from '../platform/http/cookies.ts'
import { isLocatedSecret, readLocatedSecret } from '../platform/located-secret.ts'
import type { SessionKey } from '../sessions/store/session.ts'
import type { AppContext } from '../platform/http/http.ts'

const SESSION = 'session'
const RESTARTED = 'restarted'
/** The session cookie keeps this many tokens. */
const MOST_SESSIONS = 8

/** Notes a restart of an IdP-initiated login. False within 30 seconds of the previous one. */
export function noteRestart(c: AppContext): boolean {
  if (readCookie(c, RESTARTED)) return false
  writeCookie(c, RESTARTED, '1', 30)
  return true
}

/**
 * A new session always has a new token. Earlier tokens stay behind it in the cookie and open
 * nothing: signing out must end their sessions too, because apps still use them.
 */
export function setSession(c: AppContext, token: string, seconds: number): void {
  const tokens = [token, ...sessionTokens(c)].slice(0, MOST_SESSIONS)
  writeCookie(c, SESSION, tokens.join('.'), seconds)
}

/** The row and hash of this browser's session. */
export async function sessionKey(c: AppContext): Promise<SessionKey | undefined> {
  const [token] = sessionTokens(c)
  return token === undefined ? undefined : readLocatedSecret('SE', token)
}

/** Of this session and the earlier ones, newest first. Earlier ones may still be open. */
export async function sessionKeys(c: AppContext): Promise<SessionKey[]> {
  const keys = await Promise.all(sessionTokens(c).map((token) => readLocatedSecret('SE', token)))
  return keys.filter((key) => key !== undefined)
}

function sessionTokens(c: AppContext): string[] {
  const tokens = (readCookie(c, SESSION) ?? '').split('.', MOST_SESSIONS)
  return tokens.every(isLocatedSecret) ? tokens : []
}

export function clearSession(c: AppContext): void {
  deleteCookie(c, SESSION)
}
