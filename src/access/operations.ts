// The operations on API keys, setup links and the operators' sign-in links.
import { CAPABILITIES, may, maySee, roleOf, type Actor, type Capability } from '../events/actor.ts'
import { mayGive, ROLES, type Permission, type Role } from '../events/roles.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import { getConnection } from '../connections/operations.ts'
import type { Database } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { getTenant } from '../directory/operations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { limitReached } from '../limits.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import { createSid, isSid } from '../ids.ts'
import { badName, forbidden, isName, nameOf, personOf, type AnonymousContext } from './shared.ts'
import {
  findApiKey,
  findApiKeys,
  insertApiKey,
  revokeApiKey as storeRevokedApiKey,
  type ApiKey,
} from './store/api-keys.ts'
import {
  findLinkSid,
  findOpenSetupLink,
  findSetupLink,
  findSetupLinks,
  insertSetupLink,
  recordOpening,
  revokeSetupLink as storeRevokedSetupLink,
  type SetupLink,
} from './store/setup-links.ts'
import { DAY, MINUTE } from '../durations.ts'

export {
  addOperator,
  countOperatorKeys,
  editOperator,
  endOwnSessions,
  getOperator,
  listOperators,
  removeOperator,
  type Operator,
} from './operator-operations.ts'
export {
  createInvitation,
  createSignInLink,
  listOwnIdps,
  readSignInLink,
  signIn,
  signInByIdp,
  signOut,
  type OpenedConsole,
} from './sign-in-operations.ts'
export { personOf } from './shared.ts'
export type { ApiKey } from './store/api-keys.ts'
export type { SetupLink } from './store/setup-links.ts'

/** The longest life of a key: after a year without renewal, it is probably forgotten. */
const API_KEY_DAYS = 365
const SETUP_LINK_MINUTES = { least: 5, most: 30 * 24 * 60 }
/** The prefix of API keys, for secret scanners of repositories and logs. */
export const API_KEY_PREFIX = 'gp_'

/**
 * Creates a bearer key of the API for operators (`tenantSid` null) or for one tenant. Only this
 * answer contains the secret. Refuses `not_there`, `forbidden`, `input`, `operators_tenant` and
 * `limit_reached`.
 */
export async function createApiKey(
  context: OperationContext,
  input: { name: string; tenantSid: string | null; role: Role; expiresInDays: number },
): Promise<Result<{ apiKey: ApiKey; secret: string }, Problem>> {
  const { name, tenantSid, role, expiresInDays } = input
  const allowed = await mayDo(context, 'keys', tenantSid)
  if (!allowed.ok) return allowed
  const refused = checkRole(context, role, tenantSid)
  if (refused) return refused
  if (!isName(name)) return badName(name)
  if (!isWhole(expiresInDays, 1, API_KEY_DAYS))
    return problem('input', `1 to ${API_KEY_DAYS} days`, String(expiresInDays), 'expiresInDays')
  const secret = API_KEY_PREFIX + createSecret()
  const apiKey: ApiKey = {
    sid: createSid('AK'),
    tenantSid,
    name,
    role,
    createdBy: nameOf(context.actor),
    operatorSid: await operatorOf(context),
    createdAt: context.now,
    expiresAt: context.now + expiresInDays * DAY,
    revokedAt: null,
    lastUsedAt: null,
  }
  const row = { ...apiKey, secretHash: await hashSecret(secret) }
  return (await insertApiKey(context, row)) ? ok({ apiKey, secret }) : limitReached('apiKeys')
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
  const allowed = await mayDo(context, 'view', tenantSid ?? null)
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
  return may(context.actor, 'view', resource) ? ok(apiKey) : forbidden(context)
}

/** The key no longer works. Refuses `not_there` and `forbidden`. */
export async function revokeApiKey(
  context: OperationContext,
  sid: string,
): Promise<Result<ApiKey, Problem>> {
  const found = await getApiKey(context, sid)
  if (found.ok && !may(context.actor, 'keys', { ...found.value, connectionSid: null }))
    return forbidden(context)
  if (!found.ok || found.value.revokedAt !== null) return found
  await storeRevokedApiKey(context, found.value)
  return ok({ ...found.value, revokedAt: context.now })
}

/**
 * Creates a link into the setup portal of one connection for the named person. It is valid for 5
 * minutes to 30 days. Only this answer contains the secret. Refuses `not_there`, `forbidden`,
 * `input` and `limit_reached`.
 */
export async function createSetupLink(
  context: OperationContext,
  connectionSid: string,
  input: { name: string; capabilities: readonly Capability[]; expiresInMinutes: number },
): Promise<Result<{ setupLink: SetupLink; secret: string }, Problem>> {
  const found = await getOperated(context, connectionSid, 'operate')
  if (!found.ok) return found
  if (found.value.tenantSid === OPERATORS_TENANT) return ownTenant()
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
    invitedBy: personOf(context.actor),
    createdAt: context.now,
    expiresAt: context.now + expiresInMinutes * MINUTE,
    revokedAt: null,
    lastUsedAt: null,
  }
  const row = { ...setupLink, secretHash: await hashSecret(secret) }
  return (await insertSetupLink(context, row))
    ? ok({ setupLink, secret })
    : limitReached('setupLinks')
}

/** Newest first; ended ones too. Refuses `not_there` and `forbidden`. */
export async function listSetupLinks(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
): Promise<Result<Page<SetupLink>, Problem>> {
  const found = await getOperated(context, connectionSid, 'view')
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
  return may(context.actor, 'view', setupLink) ? ok(setupLink) : forbidden(context)
}

/** Closes the link at once, also for its open pages. Refuses `not_there` and `forbidden`. */
export async function revokeSetupLink(
  context: OperationContext,
  sid: string,
): Promise<Result<SetupLink, Problem>> {
  const found = await getSetupLink(context, sid)
  if (found.ok && !may(context.actor, 'operate', found.value)) return forbidden(context)
  if (!found.ok || found.value.revokedAt !== null) return found
  await storeRevokedSetupLink(context, found.value)
  return ok({ ...found.value, revokedAt: context.now })
}

export type OpenedLink = { actor: Actor; setupLink: SetupLink }

/** The actor of a setup link, without opening it. Refuses `setup_link`. */
export async function readSetupLink(
  { db, now }: AnonymousContext,
  secret: string,
): Promise<Result<OpenedLink, Problem>> {
  const setupLink = isSecret(secret)
    ? await findOpenSetupLink(db, await hashSecret(secret), now)
    : undefined
  return setupLink
    ? ok({ actor: actorOfLink(setupLink), setupLink })
    : problem('setup_link', 'a valid link', 'another')
}

/** The same, and notes the opening: the first of a day (UTC) goes to the audit trail. */
export async function openSetupLink(
  anonymous: AnonymousContext,
  secret: string,
): Promise<Result<OpenedLink, Problem>> {
  const read = await readSetupLink(anonymous, secret)
  if (read.ok) await recordOpening({ ...anonymous, actor: read.value.actor }, read.value.setupLink)
  return read
}

/** The SID of a link that does not work, for the log. Undefined: there is no such link any more. */
export async function findEndedLink(db: Database, secret: string): Promise<string | undefined> {
  return isSecret(secret) ? findLinkSid(db, await hashSecret(secret)) : undefined
}

/** The person of a setup link, with only the capabilities of the link. */
export function actorOfLink(link: SetupLink): Actor {
  const { sid: id, name, tenantSid, connectionSid, capabilities } = link
  return { kind: 'customer admin', id, name, tenantSid, connectionSid, capabilities }
}

/** Whose key it will be: a key that a key makes is that of the same operator. */
async function operatorOf({ db, actor }: OperationContext): Promise<string | null> {
  if (actor.kind !== 'operator') return null
  return isSid(actor.id, 'AK') ? ((await findApiKey(db, actor.id))?.operatorSid ?? null) : actor.id
}

/** Nobody gives more than they have. A customer's key is no owner. */
function checkRole({ actor }: OperationContext, role: Role, tenantSid: string | null) {
  if (tenantSid === OPERATORS_TENANT) return ownTenant()
  const own = roleOf(actor)
  const given = ROLES.filter(
    (one) => own !== undefined && mayGive(own, one) && (tenantSid === null || one !== 'owner'),
  )
  return given.includes(role) ? undefined : problem('input', given.join(', '), role, 'role')
}

/** Links and keys would be ways in past the owners. */
function ownTenant() {
  return problem('operators_tenant', 'a customer’s tenant', 'the operators’ own')
}

async function mayDo(
  context: OperationContext,
  how: Permission,
  tenantSid: string | null,
): Promise<Result<null, Problem>> {
  if (tenantSid !== null) {
    const tenant = await getTenant(context, tenantSid)
    if (!tenant.ok) return tenant
  }
  const resource = { tenantSid, connectionSid: null }
  return may(context.actor, how, resource) ? ok(null) : forbidden(context)
}

async function getOperated(context: OperationContext, connectionSid: string, how: Permission) {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const { tenantSid } = found.value
  return may(context.actor, how, { tenantSid, connectionSid }) ? found : forbidden(context)
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}
