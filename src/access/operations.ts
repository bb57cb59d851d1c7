// What may be done with the ways in: API keys, setup links, and the operators' sign-in links.
import { may, maySee, type Actor } from '../events/actor.ts'
import { getConnection } from '../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { CAPABILITIES, type Capability } from '../platform/db/schema.ts'
import { getTenant } from '../directory/operations.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import { createSid } from '../ids.ts'
import {
  endConsoleSession,
  findApiKey,
  findApiKeys,
  findOpenSetupLink,
  findSetupLink,
  findSetupLinks,
  findSignInLink,
  insertApiKey,
  insertSetupLink,
  insertSignInLink,
  recordOpening,
  revokeApiKey as storeRevokedApiKey,
  revokeSetupLink as storeRevokedSetupLink,
  spendSignInLink,
  type ApiKey,
  type SetupLink,
} from './store.ts'

export type { ApiKey, SetupLink } from './store.ts'

const MINUTE = 60 * 1000
const DAY = 24 * 60 * MINUTE
/** A key that nobody renews for longer than a year is one that nobody knows of any more. */
const API_KEY_DAYS = 365
const SETUP_LINK_MINUTES = { least: 5, most: 30 * 24 * 60 }
const SIGN_IN_LINK_MINUTES = 10
/** A working day of an operator. */
export const CONSOLE_SESSION_SECONDS = 8 * 3600
/** What API keys begin with, so that scanners of repositories and logs know one when they see it. */
export const API_KEY_PREFIX = 'gp_'

/**
 * A bearer key of the API: of operators (`tenantSid` null) or of one tenant. The secret is in this answer alone. Refuses
 * `not_there`, `forbidden` and `input`.
 */
export async function createApiKey(
  request: Request,
  input: { name: string; tenantSid: string | null; expiresInDays: number },
): Promise<Outcome<{ apiKey: ApiKey; secret: string }>> {
  const { name, tenantSid, expiresInDays } = input
  const allowed = await mayOperate(request, tenantSid)
  if (!allowed.ok) return allowed
  if (!isName(name)) return badName(name)
  if (!isWhole(expiresInDays, 1, API_KEY_DAYS))
    return problem('input', `1 to ${API_KEY_DAYS} days`, String(expiresInDays), 'expiresInDays')
  const secret = API_KEY_PREFIX + createSecret()
  const apiKey: ApiKey = {
    sid: createSid('AK'),
    tenantSid,
    name,
    createdBy: nameOf(request.actor),
    createdAt: request.now,
    expiresAt: request.now + expiresInDays * DAY,
    revokedAt: null,
    lastUsedAt: null,
  }
  await insertApiKey(request, { ...apiKey, secretHash: await hashSecret(secret) })
  return done({ apiKey, secret })
}

/** A tenant's keys, or the operators' own. Newest first; revoked and expired ones too. Refuses `not_there` and `forbidden`. */
export async function listApiKeys(
  request: Request,
  tenantSid: string | undefined,
  page: PageRequest,
): Promise<Outcome<Page<ApiKey>>> {
  const allowed = await mayOperate(request, tenantSid ?? null)
  if (!allowed.ok) return allowed
  return done(toPage(await findApiKeys(request.db, tenantSid ?? null, page), page))
}

/** Refuses `not_there` and `forbidden`. */
export async function getApiKey(request: Request, sid: string): Promise<Outcome<ApiKey>> {
  const apiKey = await findApiKey(request.db, sid)
  const resource = { tenantSid: apiKey?.tenantSid ?? null, connectionSid: null }
  if (!apiKey || !maySee(request.actor, resource)) return problem('not_there', 'an API key', sid)
  return may(request.actor, 'operate', resource) ? done(apiKey) : forbidden(request)
}

/** The key counts no more from now on. Refuses `not_there` and `forbidden`. */
export async function revokeApiKey(request: Request, sid: string): Promise<Outcome<ApiKey>> {
  const found = await getApiKey(request, sid)
  if (!found.ok || found.value.revokedAt !== null) return found
  await storeRevokedApiKey(request, found.value)
  return done({ ...found.value, revokedAt: request.now })
}

/**
 * A link into the setup portal of one connection, for the person that is named, for 5 minutes to 30 days. The secret is in
 * this answer alone. Refuses `not_there`, `forbidden` and `input`.
 */
export async function createSetupLink(
  request: Request,
  connectionSid: string,
  input: { name: string; capabilities: readonly Capability[]; expiresInMinutes: number },
): Promise<Outcome<{ setupLink: SetupLink; secret: string }>> {
  const found = await getOperated(request, connectionSid)
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
    createdBy: nameOf(request.actor),
    createdAt: request.now,
    expiresAt: request.now + expiresInMinutes * MINUTE,
    revokedAt: null,
    lastUsedAt: null,
  }
  await insertSetupLink(request, { ...setupLink, secretHash: await hashSecret(secret) })
  return done({ setupLink, secret })
}

/** Newest first; ended ones too. Refuses `not_there` and `forbidden`. */
export async function listSetupLinks(
  request: Request,
  connectionSid: string,
  page: PageRequest,
): Promise<Outcome<Page<SetupLink>>> {
  const found = await getOperated(request, connectionSid)
  if (!found.ok) return found
  return done(toPage(await findSetupLinks(request.db, connectionSid, page), page))
}

/** Refuses `not_there` and `forbidden`. */
export async function getSetupLink(request: Request, sid: string): Promise<Outcome<SetupLink>> {
  const setupLink = await findSetupLink(request.db, sid)
  if (!setupLink || !maySee(request.actor, setupLink))
    return problem('not_there', 'a setup link', sid)
  return may(request.actor, 'operate', setupLink) ? done(setupLink) : forbidden(request)
}

/** The link opens nothing from now on, also for those who have it open. Refuses `not_there` and `forbidden`. */
export async function revokeSetupLink(request: Request, sid: string): Promise<Outcome<SetupLink>> {
  const found = await getSetupLink(request, sid)
  if (!found.ok || found.value.revokedAt !== null) return found
  await storeRevokedSetupLink(request, found.value)
  return done({ ...found.value, revokedAt: request.now })
}

/** A link that signs an operator in to the console, once, within ten minutes. Refuses `forbidden` and `input`. */
export async function createSignInLink(
  request: Request,
  { name }: { name: string },
): Promise<Outcome<{ secret: string; expiresAt: number }>> {
  if (request.actor.kind !== 'operator') return forbidden(request)
  if (!isName(name)) return badName(name)
  const secret = createSecret()
  const expiresAt = request.now + SIGN_IN_LINK_MINUTES * MINUTE
  const secretHash = await hashSecret(secret)
  await insertSignInLink(request, { secretHash, name, createdAt: request.now, expiresAt })
  return done({ secret, expiresAt })
}

/** Where nobody is known yet who asks. */
export type Stranger = Pick<Request, 'db' | 'now'>

/** For whom a sign-in link is, without spending it. Refuses `sign_in_link`. */
export async function readSignInLink(
  { db, now }: Stranger,
  secret: string,
): Promise<Outcome<{ name: string }>> {
  const link = isSecret(secret)
    ? await findSignInLink(db, await hashSecret(secret), now)
    : undefined
  return link ? done(link) : problem('sign_in_link', 'a link that counts', 'another')
}

/** Spends a sign-in link and opens a session of the console. Refuses `sign_in_link`. */
export async function signIn(
  stranger: Stranger,
  secret: string,
): Promise<Outcome<{ name: string; secret: string; expiresAt: number }>> {
  const { db, now } = stranger
  const link = await readSignInLink(stranger, secret)
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
    ? done({ name: row.name, secret: session, expiresAt })
    : problem('sign_in_link', 'a link that counts', 'a spent one')
}

/** Ends a session of the console, if it is one. */
export async function signOut({ db }: Stranger, secret: string): Promise<void> {
  await endConsoleSession(db, await hashSecret(secret))
}

/** Who comes with a setup link, and to what. Every opening is in the audit trail. Refuses `setup_link`. */
export async function openSetupLink(
  { db, now }: Stranger,
  secret: string,
): Promise<Outcome<{ actor: Actor; setupLink: SetupLink }>> {
  const setupLink = isSecret(secret)
    ? await findOpenSetupLink(db, await hashSecret(secret), now)
    : undefined
  if (!setupLink) return problem('setup_link', 'a link that opens something', 'another')
  const actor = actorOfLink(setupLink)
  await recordOpening({ db, now, actor }, setupLink)
  return done({ actor, setupLink })
}

/** The person a setup link was made for, with what it allows and nothing else. */
export function actorOfLink({ name, tenantSid, connectionSid, capabilities }: SetupLink): Actor {
  return { kind: 'customer admin', name, tenantSid, connectionSid, capabilities }
}

async function mayOperate(request: Request, tenantSid: string | null): Promise<Outcome<null>> {
  if (tenantSid !== null) {
    const tenant = await getTenant(request, tenantSid)
    if (!tenant.ok) return tenant
  }
  const resource = { tenantSid, connectionSid: null }
  return may(request.actor, 'operate', resource) ? done(null) : forbidden(request)
}

async function getOperated(request: Request, connectionSid: string) {
  const found = await getConnection(request, connectionSid)
  if (!found.ok) return found
  const { tenantSid } = found.value
  return may(request.actor, 'operate', { tenantSid, connectionSid }) ? found : forbidden(request)
}

function forbidden({ actor }: Request) {
  return problem('forbidden', 'an operator', actor.kind)
}

function nameOf(actor: Actor): string {
  return actor.kind === 'upkeep' ? actor.kind : actor.name
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
