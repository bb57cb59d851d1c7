// One cookie for each login that is under way, sealed and named by the login. It proves to finish
// that this browser began the login, and says where the login leads. KV keeps what does not fit.
import { deleteCookie, readCookie, readCookies, writeCookie } from '../platform/http/cookies.ts'
import { runAfterResponse } from '../platform/http/after-response.ts'
import type { AppContext } from '../platform/http/http.ts'
import { mayKeep } from '../platform/http/limits.ts'
import { openKeyValueStore } from '../platform/kv/kv.ts'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import { isLoginName, type LoginRequest } from './handle.ts'
import { openLoginKeys, type LoginKeyRing } from './login-keys.ts'
import { openLogin, openText, sealLogin, sealText, type PendingLogin } from './pending-login.ts'
import { clientSidOfTarget } from './pending-request.ts'

const PREFIX = 'login-'
/** Proves that a browser had the cookies that made room for newer ones. */
const BROWSER = 'browser'
/** Longer than a handle: “Start again” keeps the target of a login that took too long. */
const SECONDS = 1800
/** The newest cookies stay. */
const MOST_COOKIES = 8
/** Where KV may keep no more for this address, cookies stay up to here: headers have a limit. */
const MOST_WITHOUT_KV = 24
/**
 * The longest value. Browsers keep 4,096 characters of name and value. Forty tabs that open at the
 * same moment send forty cookies, and Cloudflare takes 128 KB of headers.
 */
const MOST_CHARACTERS = 3000
/** A person waits no longer for KV. */
const PATIENCE_MILLISECONDS = 3000
/** Cookies that one request moves to KV. The next requests move the others. */
const MOST_MOVES = 8

type Purpose = LoginRequest['purpose']

/** Sets the cookie of a login that begins. */
export async function rememberLogin(
  c: AppContext,
  purpose: Purpose,
  name: string,
  login: PendingLogin & { returnTo: string },
): Promise<void> {
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  let sealed = await sealLogin(ring, purpose, name, login)
  if (sealed.length > MOST_CHARACTERS) {
    await keepTarget(c, ring, name, login.returnTo)
    const clientSid = clientSidOfTarget(login.returnTo, c.var.config.origin)
    sealed = await sealLogin(ring, purpose, name, { ...login, returnTo: null, clientSid })
  }
  await makeRoom(c, ring)
  writeCookie(c, PREFIX + name, sealed, SECONDS)
}

/** Notes in its cookie which session the login has opened. */
export async function noteSession(
  c: AppContext,
  name: string,
  login: PendingLogin,
  sessionSid: string,
): Promise<void> {
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  writeCookie(
    c,
    PREFIX + name,
    await sealLogin(ring, 'login', name, { ...login, sessionSid }),
    SECONDS,
  )
}

/** The login of that name, if this browser began it. Reads KV if its cookie had to make room. */
export async function findLogin(
  c: AppContext,
  purpose: Purpose,
  name: string,
): Promise<PendingLogin | undefined> {
  if (!isLoginName(name)) return undefined
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  const sealed = readCookie(c, PREFIX + name) ?? (await findMoved(c, name))
  return sealed === undefined ? undefined : openLogin(ring, purpose, name, sealed)
}

/** The newest login of this browser for which `isIt` holds. */
export async function findNewestLogin(
  c: AppContext,
  isIt: (login: PendingLogin, name: string) => boolean,
): Promise<{ name: string; login: PendingLogin } | undefined> {
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  for (const { rest: name, value } of loginCookies(c).toReversed()) {
    const login = await openLogin(ring, 'login', name, value)
    if (login && isIt(login, name)) return { name, login }
  }
  return undefined
}

/** The target of a login that did not fit its cookie. Undefined: KV is late, empty or down. */
export async function findKeptTarget(c: AppContext, name: string): Promise<string | undefined> {
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  const sealed = await readKept(c, keptKey(name))
  return sealed === undefined ? undefined : openText(ring, 'kept', name, sealed)
}

async function keepTarget(c: AppContext, ring: LoginKeyRing, name: string, target: string) {
  // Beyond the limit, the login ends without its target, as it does without KV.
  if (await mayKeep(c))
    keepAfterResponse(c, keptKey(name), await sealText(ring, 'kept', name, target))
}

/** Moves the oldest cookies to KV, where this browser alone finds them. */
async function makeRoom(c: AppContext, ring: LoginKeyRing): Promise<void> {
  const cookies = loginCookies(c)
  const surplus = Math.max(0, cookies.length - (MOST_COOKIES - 1))
  if (surplus === 0) return
  const known = readCookie(c, BROWSER)
  const browser = isSecret(known) ? known : createSecret()
  writeCookie(c, BROWSER, browser, SECONDS)
  const hash = await hashSecret(browser)
  const moved = cookies.slice(0, Math.min(surplus, MOST_MOVES))
  for (const [index, { rest: name, value }] of moved.entries()) {
    // KV gets nothing that we have not sealed.
    const isOurs = (await openLogin(ring, 'login', name, value)) !== undefined
    const isKept = isOurs && (await mayKeep(c))
    if (isKept) keepAfterResponse(c, movedKey(hash, name), value)
    else if (isOurs && cookies.length - index <= MOST_WITHOUT_KV) continue
    deleteCookie(c, PREFIX + name)
  }
}

async function findMoved(c: AppContext, name: string): Promise<string | undefined> {
  const browser = readCookie(c, BROWSER)
  if (!isSecret(browser)) return undefined
  return readKept(c, movedKey(await hashSecret(browser), name))
}

/** Oldest first. */
function loginCookies(c: AppContext): { rest: string; value: string }[] {
  return readCookies(c, PREFIX)
    .filter(({ rest }) => isLoginName(rest))
    .toSorted((left, right) => (left.rest < right.rest ? -1 : 1))
}

const keptKey = (name: string) => `kept:${name}`
const movedKey = (browserHash: string, name: string) => `moved:${browserHash}:${name}`

/** A login ends without KV, if only without its target. The client of KV logs the fault. */
async function readKept(c: AppContext, key: string): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MILLISECONDS)
  })
  const read = openKeyValueStore(c.env.RELAY).get(key)
  const value = await Promise.race([read.catch(() => undefined), late])
  clearTimeout(timer)
  return typeof value === 'string' ? value : undefined
}

function keepAfterResponse(c: AppContext, key: string, value: string): void {
  runAfterResponse(c, 'keep_login', () => openKeyValueStore(c.env.RELAY).put(key, value, SECONDS))
}
