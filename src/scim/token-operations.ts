// What may be done with the tokens by which an IdP provisions: whoever may configure the connection makes and revokes them.
import { describeActor } from '../events/actor.ts'
import { getConnection, getConnectionTo } from '../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import { createSecret, hashSecret } from '../platform/secret.ts'
import { createSid } from '../ids.ts'
import {
  findScimToken,
  findScimTokens,
  insertScimToken,
  revokeScimToken as storeRevokedScimToken,
  type ScimToken,
} from './store.ts'

export type { ScimToken } from './store.ts'

const DAY = 24 * 3600 * 1000
/** Longer than other keys: where it runs out unseen, nobody is suspended any more who leaves. */
export const SCIM_TOKEN_DAYS = 730
/** What tokens begin with, so that scanners of repositories and logs know one when they see it. */
export const SCIM_TOKEN_PREFIX = 'gps_'

/** Where an IdP finds the SCIM service of a connection. */
export function scimBase(origin: string, connectionSid: string): string {
  return `${origin}/scim/v2/${connectionSid}`
}

/** The secret is in this answer alone. Refuses `not_there`, `forbidden` and `input`. */
export async function createScimToken(
  request: Request,
  connectionSid: string,
  { name, expiresInDays }: { name: string; expiresInDays: number },
): Promise<Outcome<{ scimToken: ScimToken; secret: string }>> {
  const found = await getConnectionTo('configure', request, connectionSid)
  if (!found.ok) return found
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
    createdBy: describeActor(request.actor),
    createdAt: request.now,
    expiresAt: request.now + expiresInDays * DAY,
    revokedAt: null,
    lastUsedAt: null,
  }
  await insertScimToken(request, { ...scimToken, secretHash: await hashSecret(secret) })
  return done({ scimToken, secret })
}

/** Newest first; ended ones too. Refuses `not_there`. */
export async function listScimTokens(
  request: Request,
  connectionSid: string,
  page: PageRequest,
): Promise<Outcome<Page<ScimToken>>> {
  const found = await getConnection(request, connectionSid)
  if (!found.ok) return found
  return done(toPage(await findScimTokens(request.db, connectionSid, page), page))
}

/** Refuses `not_there`. */
export async function getScimToken(request: Request, sid: string): Promise<Outcome<ScimToken>> {
  const scimToken = await findScimToken(request.db, sid)
  const found = scimToken && (await getConnection(request, scimToken.connectionSid))
  return scimToken && found?.ok ? done(scimToken) : problem('not_there', 'a SCIM token', sid)
}

/** The token counts no more from now on. Refuses `not_there` and `forbidden`. */
export async function revokeScimToken(request: Request, sid: string): Promise<Outcome<ScimToken>> {
  const found = await getScimToken(request, sid)
  if (!found.ok) return found
  const allowed = await getConnectionTo('configure', request, found.value.connectionSid)
  if (!allowed.ok) return allowed
  if (found.value.revokedAt !== null) return found
  await storeRevokedScimToken(request, found.value)
  return done({ ...found.value, revokedAt: request.now })
}
