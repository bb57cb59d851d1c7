// Turns a request into its actor: by a bearer key, by the console's sign-in or by a setup link.
import { tenantAdmin, type Actor } from '../events/actor.ts'
import { emailKey } from '../directory/email-key.ts'
import { HOUR } from '../durations.ts'
import { openDatabase, type Database } from '../platform/db/client.ts'
import { openHistory } from '../platform/db/history.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { hashSecret, isSecret } from '../platform/secret.ts'
import { deleteCookie, readCookie, writeCookie } from '../platform/http/cookies.ts'
import type { AppContext } from '../platform/http/http.ts'
import { readAccessToken } from './access-token.ts'
import { actorOfLink, API_KEY_PREFIX } from './operations.ts'
import { actorOfOperator, type OperatorActor } from './operator-actor.ts'
import { findConsoleSession, noteAccessSignIn } from './store/console-sessions.ts'
import { findOperatorOf, type Operator } from './store/operators.ts'
import { findOpenSetupLink, type OpenSetupLink } from './store/setup-links.ts'
import { useApiKey } from './store/api-keys.ts'

const CONSOLE = 'console'
const SETUP = 'setup'

/** Access asks for no session of ours: its sign-in is noted once in a working day. */
const ACCESS_NOTE = 8 * HOUR

/** The actor of `Authorization: Bearer gp_…`; undefined: the key does not work. */
export async function actorOfBearer(
  db: Database,
  header: string | undefined,
  now: number,
): Promise<Actor | undefined> {
  const [scheme, secret = '', ...rest] = (header ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || rest.length > 0) return undefined
  if (!secret.startsWith(API_KEY_PREFIX) || !isSecret(secret.slice(API_KEY_PREFIX.length)))
    return undefined
  const key = await useApiKey(db, await hashSecret(secret), now)
  if (!key) return undefined
  const who = { id: key.sid, name: `key ${key.name}`, role: key.role }
  return key.tenantSid === null ? { kind: 'operator', ...who } : tenantAdmin(who, key.tenantSid)
}

/** The signed-in operator, by the console's cookie or by Cloudflare Access if it is set up. */
export async function actorOfConsole(c: AppContext): Promise<OperatorActor | undefined> {
  const operator = await operatorOfConsole(c)
  return operator && actorOfOperator(operator)
}

/** The account of the signed-in operator. Access opens no account that it does not find. */
async function operatorOfConsole(c: AppContext): Promise<Operator | undefined> {
  const now = Date.now()
  const db = openDatabase(c.env.DB)
  const secret = readCookie(c, CONSOLE)
  const session = isSecret(secret)
    ? await findConsoleSession(db, await hashSecret(secret), now)
    : undefined
  if (session) return session
  const email = await emailOfAccess(c, now)
  const operator = email === undefined ? undefined : await findOperatorOf(db, email)
  if (operator?.signsInBy !== 'any') return undefined
  if ((operator.lastSignedInAt ?? 0) <= now - ACCESS_NOTE) await noteAccessSignIn(db, operator, now)
  return operator
}

/** The key of the e-mail that Cloudflare Access vouches for, whether an operator has it or not. */
export async function emailOfAccess(c: AppContext, now: number): Promise<string | undefined> {
  const { access } = c.var.config
  const token = c.req.header('cf-access-jwt-assertion')
  if (!access || !token) return undefined
  const { fetch } = c.var.network
  const email = await readAccessToken(token, access, { fetch, now })
  return email === undefined ? undefined : emailKey(email)
}

/** The customer admin, by the cookie of a setup link that still works. */
export async function actorOfSetup(
  c: AppContext,
): Promise<{ actor: Actor; setupLink: OpenSetupLink } | undefined> {
  const secret = readCookie(c, SETUP)
  if (!isSecret(secret)) return undefined
  const db = openDatabase(c.env.DB)
  const setupLink = await findOpenSetupLink(db, await hashSecret(secret), Date.now())
  return setupLink && { actor: actorOfLink(setupLink), setupLink }
}

/** The context of an operation that the actor calls. */
export function operationContextOf(c: AppContext, actor: Actor): OperationContext {
  const { network, afterResponse } = c.var
  const history = openHistory(c.env.HISTORY)
  return { db: openDatabase(c.env.DB), history, actor, now: Date.now(), network, afterResponse }
}

export function setConsoleCookie(c: AppContext, secret: string, seconds: number): void {
  writeCookie(c, CONSOLE, secret, seconds)
}

/** The secret of the console's cookie, to end its session. */
export function consoleSecret(c: AppContext): string | undefined {
  return readCookie(c, CONSOLE)
}

export function clearConsoleCookie(c: AppContext): void {
  deleteCookie(c, CONSOLE)
}

export function setSetupCookie(c: AppContext, secret: string, seconds: number): void {
  writeCookie(c, SETUP, secret, seconds)
}

/** The secret of the portal's cookie, whether its link works or not. */
export function setupSecret(c: AppContext): string | undefined {
  return readCookie(c, SETUP)
}

export function clearSetupCookie(c: AppContext): void {
  deleteCookie(c, SETUP)
}
