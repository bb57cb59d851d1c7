// The SQL of the tokens with which IdPs provision users.
import { and, eq, getTableColumns, gt, isNull, sql } from 'drizzle-orm'
import { connectionStanding } from '../../connections/tables.ts'
import { scimTokens } from '../tables.ts'
import { recordCreation, recordEvent } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { note } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { endedExpiry } from '../../platform/db/sweep.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { HOUR } from '../../durations.ts'

const { secretHash: tokenHash, ...tokenColumns } = getTableColumns(scimTokens)

/** A token without the hash of its secret. */
export type ScimToken = Omit<typeof scimTokens.$inferSelect, 'secretHash'>

/** Times of use are stored to the hour, so that most requests write nothing. */
const USE_MILLISECONDS = HOUR

/** False, and nothing done, where there are as many tokens as there may be. */
export async function insertScimToken(
  context: OperationContext,
  row: typeof scimTokens.$inferInsert,
): Promise<boolean> {
  const { db, now } = context
  const { sid, tenantSid, connectionSid, name, expiresAt } = row
  const isValid = and(
    eq(scimTokens.connectionSid, connectionSid),
    isNull(scimTokens.revokedAt),
    gt(scimTokens.expiresAt, now),
  )
  const limit = { most: LIMITS.scimTokens.most, where: isValid }
  const event = {
    tenantSid,
    type: 'scim_token.created',
    subjectSid: connectionSid,
    after: { scimToken: sid, name, expiresAt },
  } as const
  const creation = recordCreation(context, event, sid)
  return insertWithin(db, scimTokens, row, limit, { creation })
}

export async function findScimToken(db: Database, sid: string): Promise<ScimToken | undefined> {
  const [row] = await db.select(tokenColumns).from(scimTokens).where(eq(scimTokens.sid, sid))
  return row
}

/** One row more than the page holds. */
export function findScimTokens(
  db: Database,
  connectionSid: string,
  page: PageRequest,
): Promise<ScimToken[]> {
  return db
    .select(tokenColumns)
    .from(scimTokens)
    .where(and(eq(scimTokens.connectionSid, connectionSid), newestFirst.after(scimTokens, page)))
    .orderBy(...newestFirst.order(scimTokens))
    .limit(page.limit + 1)
}

export async function revokeScimToken(context: OperationContext, token: ScimToken): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.update(scimTokens).set({ revokedAt: now }).where(eq(scimTokens.sid, token.sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: token.tenantSid,
      type: 'scim_token.revoked',
      subjectSid: token.connectionSid,
      after: { scimToken: token.sid, name: token.name },
    }),
  ])
}

/**
 * The token of a secret, if it works now at that connection, and notes its use. The tokens of a
 * suspended tenant do not work; the caller learns whether the connection is suspended.
 */
export async function useScimToken(
  db: Database,
  secretHash: string,
  connectionSid: string,
  now: number,
): Promise<{ token: ScimToken; isSuspended: boolean } | undefined> {
  const [row] = await db
    .select({ token: tokenColumns, isSuspended: connectionStanding.isSuspended })
    .from(scimTokens)
    .innerJoin(connectionStanding, eq(connectionStanding.connectionSid, scimTokens.connectionSid))
    .where(
      and(
        eq(tokenHash, secretHash),
        eq(scimTokens.connectionSid, connectionSid),
        isNull(scimTokens.revokedAt),
        gt(scimTokens.expiresAt, now),
        sql`${connectionStanding.closedBecause} IS NOT 'tenant_suspended'`,
      ),
    )
  if (!row) return undefined
  const { token } = row
  if ((token.lastUsedAt ?? 0) <= now - USE_MILLISECONDS)
    await note(db.update(scimTokens).set({ lastUsedAt: now }).where(eq(scimTokens.sid, token.sid)))
  return row
}

export const scimTokenExpiry = endedExpiry(scimTokens, scimTokens.expiresAt)
