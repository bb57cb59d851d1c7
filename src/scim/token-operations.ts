// Operations on SCIM tokens. An actor who may configure the connection creates and revokes them.
import { describeActor } from '../events/actor.ts'
import { getConnection, getConnectionTo } from '../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { limitReached } from '../limits.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSecret, hashSecret } from '../platform/secret.ts'
import { createSid } from '../ids.ts'
import {
  findScimToken,
  findScimTokens,
  insertScimToken,
  revokeScimToken as storeRevokedScimToken,
  type ScimToken,
} from './store/tokens.ts'
import { DAY } from '../durations.ts'

export type { ScimToken } from './store/tokens.ts'

/**
 * Longer than other keys: after a token expires unnoticed, people who leave are no longer
 * suspended.
 */
export const SCIM_TOKEN_DAYS = 730
/** The prefix of tokens, by which secret scanners recognize one. */
export const SCIM_TOKEN_PREFIX = 'gps_'

/** The base URL of the connection’s SCIM service. */
export function scimBase(origin: string, connectionSid: string): string {
  return `${origin}/scim/v2/${connectionSid}`
}

/**
 * Only this answer contains the secret. Refuses `not_there`, `forbidden`, `input`,
 * `operators_tenant` and `limit_reached`.
 */
export async function createScimToken(
  context: OperationContext,
  connectionSid: string,
  { name, expiresInDays }: { name: string; expiresInDays: number },
): Promise<Result<{ scimToken: ScimToken; secret: string }, Problem>> {
  const found = await getConnectionTo('tokens', context, connectionSid)
  if (!found.ok) return found
  if (found.value.tenantSid === OPERATORS_TENANT)
    return problem('operators_tenant', 'a customer’s connection', 'the operators’ own')
  if (name.trim() !== name || name.length < 1 || name.length > 100)
    return problem('input', '1 to 100 characters', name.slice(0, 200), 'name')
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > SCIM_TOKEN_DAYS)
    return problem('input', `1 to ${SCIM_TOKEN_DAYS} days`, String(expiresInDays), 'expiresInDays')
  const secret = SCIM_TOKEN_PREFIX + createSecret()
  const scimToken: ScimToken = {
    sid: createSid('ST'),
    tenantSid: found.value.tenantSid,
    connectionSid,
    name,
    createdBy: describeActor(context.actor),
    createdAt: context.now,
    expiresAt: context.now + expiresInDays * DAY,
    revokedAt: null,
    lastUsedAt: null,
  }
  const row = { ...scimToken, secretHash: await hashSecret(secret) }
  return (await insertScimToken(context, row))
    ? ok({ scimToken, secret })
    : limitReached('scimTokens')
}

/** Newest first, with expired and revoked ones. Refuses `not_there`. */
export async function listScimTokens(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
): Promise<Result<Page<ScimToken>, Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  return ok(toPage(await findScimTokens(context.db, connectionSid, page), page))
}

/** Refuses `not_there`. */
export async function getScimToken(
  context: OperationContext,
  sid: string,
): Promise<Result<ScimToken, Problem>> {
  const scimToken = await findScimToken(context.db, sid)
  const found = scimToken && (await getConnection(context, scimToken.connectionSid))
  return scimToken && found?.ok ? ok(scimToken) : problem('not_there', 'a SCIM token', sid)
}

/** The token no longer works. Refuses `not_there` and `forbidden`. */
export async function revokeScimToken(
  context: OperationContext,
  sid: string,
): Promise<Result<ScimToken, Problem>> {
  const found = await getScimToken(context, sid)
  if (!found.ok) return found
  const allowed = await getConnectionTo('tokens', context, found.value.connectionSid)
  if (!allowed.ok) return allowed
  if (found.value.revokedAt !== null) return found
  await storeRevokedScimToken(context, found.value)
  return ok({ ...found.value, revokedAt: context.now })
}
