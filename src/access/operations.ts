// The operations on API keys, setup links and the operators' sign-in links.
import { CAPABILITIES, may, maySee, type Actor, type Capability } from '../events/actor.ts'
import { getConnection } from '../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { getTenant } from '../directory/operations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import { createSid } from '../ids.ts'
import {
  endConsoleSession,
  findSignInLink,
  insertSignInLink,
  spendSignInLink,
} from './store/console-sessions.ts'
import {
  findApiKey,
  findApiKeys,
  insertApiKey,
  revokeApiKey as storeRevokedApiKey,
  type ApiKey,
} from './store/api-keys.ts'
import {
  findOpenSetupLink,
  findSetupLink,
  findSetupLinks,
  insertSetupLink,
  recordOpening,
  revokeSetupLink as storeRevokedSetupLink,
  type SetupLink,
} from './store/setup-links.ts'

export type { ApiKey } from './store/api-keys.ts'
export type { SetupLink } from './store/setup-links.ts'

const MINUTE = 60 * 1000
const DAY = 24 * 60 * MINUTE
/** The longest life of a key: after a year without renewal, it is probably forgotten. */
const API_KEY_DAYS = 365
const SETUP_LINK_MINUTES = { least: 5, most: 30 * 24 * 60 }
const SIGN_IN_LINK_MINUTES = 10
/** A working day of an operator. */
const CONSOLE_SESSION_SECONDS = 8 * 3600
/** The prefix of API keys, for secret scanners of repositories and logs. */
export const API_KEY_PREFIX = 'gp_'

/**
 * Creates a bearer key of the API for operators (`tenantSid` null) or for one tenant. Only this
 * answer contains the secret. Refuses `not_there`, `forbidden` and `input`.
 */
export async function createApiKey(
  context: OperationContext,
  input: { name: string; tenantSid: string | null; expiresInDays: number },
): Promise<Result<{ apiKey: ApiKey; secret: string }, Problem>> {
  const { name, tenantSid, expiresInDays } = input
  const allowed = await mayOperate(context, tenantSid)
  if (!allowed.ok) return allowed
  if (!isName(name)) return badName(name)
  if (!isWhole(expiresInDays, 1, API_KEY_DAYS))
    return problem('input', `1 to ${API_KEY_DAYS} days`, String(expiresInDays), 'expiresInDays')
  const secret = API_KEY_PREFIX + createSecret()
  const apiKey: ApiKey = {
    sid: createSid('AK'),
    tenantSid,
    name,
    createdBy: nameOf(context.actor),
    createdAt: context.now,
    expiresAt: context.now + expiresInDays * DAY,
    revokedAt: null,
    lastUsedAt: null,
  }
  await insertApiKey(context, { ...apiKey, secretHash: await hashSecret(secret) })
  return ok({ apiKey, secret })
}

/**
 * A tenant's keys, or the operators' own. Newest first; revoked and expired ones too. Refuses
 * `not_there` and `forbidden`.
 */
export async function listApiKeys(
  context: OperationContext,
  tenantSid: string | undefined,
  page: PageRequest,
): Promise<Result<Page<ApiKey>, Problem>> {
  const allowed = await mayOperate(context, tenantSid ?? null)
  if (!allowed.ok) return allowed
  return ok(toPage(await findApiKeys(context.db, tenantSid ?? null, page), page))
}

/** Refuses `not_there` and `forbidden`. */
export async function getApiKey(
  context: OperationContext,
  sid: string,
): Promise<Result<ApiKey, Problem>> {
  const apiKey = await findApiKey(context.db, sid)
  const resource = { tenantSid: apiKey?.tenantSid ?? null, connectionSid: null }
  if (!apiKey || !maySee(context.actor, resource)) return problem('not_there', 'an API key', sid)
  return may(context.actor, 'operate', resource) ? ok(apiKey) : forbidden(context)
}

/** The key no longer works. Refuses `not_there` and `forbidden`. */
export async function revokeApiKey(
  context: OperationContext,
  sid: string,
): Promise<Result<ApiKey, Problem>> {
  const found = await getApiKey(context, sid)
  if (!found.ok || found.value.revokedAt !== null) return found
  await storeRevokedApiKey(context, found.value)
  return ok({ ...found.value, revokedAt: context.now })
}

/**
 * Creates a link into the setup portal of one connection for the named person. It is valid for 5
 * minutes to 30 days. Only this answer contains the secret. Refuses `not_there`, `forbidden` and
 * `input`.
 */
export async function createSetupLink(
  context: OperationContext,
  connectionSid: string,
  input: { name: string; capabilities: readonly Capability[]; expiresInMinutes: number },
): Promise<Result<{ setupLink: SetupLink; secret: string }, Problem>> {
  const found = await getOperated(context, connectionSid)
  if (!found.ok) return found
  const { name, capabilities, expiresInMinutes } = input
  if (!isName(name)) return badName(name)
  const { least, most } = SETUP_LINK_MINUTES
  if (!isWhole(expiresInMinutes, least, most)) {
    const expected = `${least} minutes to ${most / (24 * 60)} days`
    return problem('input', expected, `${expiresInMinutes} minutes`, 'expiresInMinutes')
  }
  if (!capabilities.every((one) => CAPABILITIES.includes(one)))
    return problem('input', CAPABILITIES.join(', '), capabilities.join(', '), 'capabilities')
  const secret = createSecret()
  const setupLink: SetupLink = {
    sid: createSid('SL'),
    tenantSid: found.value.tenantSid,
    connectionSid,
    name,
    capabilities: [...new Set(capabilities)],
    createdBy: nameOf(context.actor),
    createdAt: context.now,
    expiresAt: context.now + expiresInMinutes * MINUTE,
    revokedAt: null,
    lastUsedAt: null,
  }
  await insertSetupLink(context, { ...setupLink, secretHash: await hashSecret(secret) })
  return ok({ setupLink, secret })
}

/** Newest first; ended ones too. Refuses `not_there` and `forbidden`. */
export async function listSetupLinks(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
): Promise<Result<Page<SetupLink>, Problem>> {
  const found = await getOperated(context, connectionSid)
  if (!found.ok) return found
  return ok(toPage(await findSetupLinks(context.db, connectionSid, page), page))
}

/** Refuses `not_there` and `forbidden`. */
export async function getSetupLink(
  context: OperationContext,
  sid: string,
): Promise<Result<SetupLink, Problem>> {
  const setupLink = await findSetupLink(context.db, sid)
  if (!setupLink || !maySee(context.actor, setupLink))
    return problem('not_there', 'a setup link', sid)
  return may(context.actor, 'operate', setupLink) ? ok(setupLink) : forbidden(context)
}

/** Closes the link at once, also for its open pages. Refuses `not_there` and `forbidden`. */
export async function revokeSetupLink(
  context: OperationContext,
  sid: string,
): Promise<Result<SetupLink, Problem>> {
  const found = await getSetupLink(context, sid)
  if (!found.ok || found.value.revokedAt !== null) return found
  await storeRevokedSetupLink(context, found.value)
  return ok({ ...found.value, revokedAt: context.now })
}

/**
 * Creates a link that signs an operator in to the console, once, within ten minutes. Refuses
 * `forbidden` and `input`.
 */
export async function createSignInLink(
  context: OperationContext,
  { name }: { name: string },
): Promise<Result<{ secret: string; expiresAt: number }, Problem>> {
  if (context.actor.kind !== 'operator') return forbidden(context)
  if (!isName(name)) return badName(name)
  const secret = createSecret()
  const expiresAt = context.now + SIGN_IN_LINK_MINUTES * MINUTE
  const secretHash = await hashSecret(secret)
  await insertSignInLink(context, { secretHash, name, createdAt: context.now, expiresAt })
  return ok({ secret, expiresAt })
}

/** A context without an actor: the caller is not known yet. */
export type AnonymousContext = Pick<OperationContext, 'db' | 'now'>

/** The operator of a sign-in link, without spending it. Refuses `sign_in_link`. */
export async function readSignInLink(
  { db, now }: AnonymousContext,
  secret: string,
): Promise<Result<{ name: string }, Problem>> {
  const link = isSecret(secret)
    ? await findSignInLink(db, await hashSecret(secret), now)
    : undefined
  return link ? ok(link) : problem('sign_in_link', 'a valid link', 'another')
}

/** Spends a sign-in link and opens a session of the console. Refuses `sign_in_link`. */
export async function signIn(
  anonymous: AnonymousContext,
  secret: string,
): Promise<Result<{ name: string; secret: string; expiresAt: number }, Problem>> {
  const { db, now } = anonymous
  const link = await readSignInLink(anonymous, secret)
  if (!link.ok) return link
  const session = createSecret()
  const expiresAt = now + CONSOLE_SESSION_SECONDS * 1000
  const row = {
    secretHash: await hashSecret(session),
    name: link.value.name,
    createdAt: now,
    expiresAt,
  }
  return (await spendSignInLink(db, await hashSecret(secret), row, now))
    ? ok({ name: row.name, secret: session, expiresAt })
    : problem('sign_in_link', 'a valid link', 'a spent one')
}

/** Ends the session of the console, if there is one. */
export async function signOut({ db }: AnonymousContext, secret: string): Promise<void> {
  await endConsoleSession(db, await hashSecret(secret))
}

/** The actor of a setup link. Records each opening in the audit trail. Refuses `setup_link`. */
export async function openSetupLink(
  { db, now }: AnonymousContext,
  secret: string,
): Promise<Result<{ actor: Actor; setupLink: SetupLink }, Problem>> {
  const setupLink = isSecret(secret)
    ? await findOpenSetupLink(db, await hashSecret(secret), now)
    : undefined
  if (!setupLink) return problem('setup_link', 'a valid link', 'another')
  const actor = actorOfLink(setupLink)
  await recordOpening({ db, now, actor }, setupLink)
  return ok({ actor, setupLink })
}

/** The person of a setup link, with only the capabilities of the link. */
export function actorOfLink({ name, tenantSid, connectionSid, capabilities }: SetupLink): Actor {
  return { kind: 'customer admin', name, tenantSid, connectionSid, capabilities }
}

async function mayOperate(
  context: OperationContext,
  tenantSid: string | null,
): Promise<Result<null, Problem>> {
  if (tenantSid !== null) {
    const tenant = await getTenant(context, tenantSid)
    if (!tenant.ok) return tenant
  }
  const resource = { tenantSid, connectionSid: null }
  return may(context.actor, 'operate', resource) ? ok(null) : forbidden(context)
}

async function getOperated(context: OperationContext, connectionSid: string) {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const { tenantSid } = found.value
  return may(context.actor, 'operate', { tenantSid, connectionSid }) ? found : forbidden(context)
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}

function nameOf(actor: Actor): string {
  return actor.kind === 'maintenance' ? actor.kind : actor.name
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name.trim() === name && name.length >= 1 && name.length <= 100
}

function badName(name: unknown) {
  return problem('input', '1 to 100 characters', String(name).slice(0, 200), 'name')
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}
