// The SQL of access: API keys, setup links, sign-in links, console sessions, and the creations that
// an Idempotency-Key names.
import { and, eq, getTableColumns, gt, isNull, lt, sql } from 'drizzle-orm'
import { recordCreation, recordEvent } from '../events/store.ts'
import { guardedBatch } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { idempotencyKeys } from '../events/tables.ts'
import { apiKeys, consoleSessions, setupLinks, signInLinks } from './tables.ts'
import type { OperationContext } from '../events/operation-context.ts'

const { secretHash: keyHash, ...apiKeyColumns } = getTableColumns(apiKeys)
const { secretHash: linkHash, ...setupLinkColumns } = getTableColumns(setupLinks)

/** Without its secret's hash, which nobody needs to see. */
export type ApiKey = Omit<typeof apiKeys.$inferSelect, 'secretHash'>
/** Without its secret's hash, which nobody needs to see. */
export type SetupLink = Omit<typeof setupLinks.$inferSelect, 'secretHash'>

/** Times of use are kept to the hour: a request need not write. */
const USE_MILLISECONDS = 3600 * 1000

export async function insertApiKey(
  context: OperationContext,
  row: typeof apiKeys.$inferInsert,
): Promise<void> {
  const { sid, tenantSid = null, name, expiresAt } = row
  await context.db.batch([
    context.db.insert(apiKeys).values(row),
    ...recordCreation(context, {
      tenantSid,
      action: 'api_key.create',
      subjectSid: sid,
      after: { name, expiresAt },
    }),
  ])
}

export async function findApiKey(db: Database, sid: string): Promise<ApiKey | undefined> {
  const [row] = await db.select(apiKeyColumns).from(apiKeys).where(eq(apiKeys.sid, sid))
  return row
}

/** Of a tenant, or the operators' own (null); one row more than the page holds. */
export function findApiKeys(
  db: Database,
  tenantSid: string | null,
  page: PageRequest,
): Promise<ApiKey[]> {
  return db
    .select(apiKeyColumns)
    .from(apiKeys)
    .where(
      and(
        tenantSid === null ? isNull(apiKeys.tenantSid) : eq(apiKeys.tenantSid, tenantSid),
        newestFirst.after(apiKeys, page),
      ),
    )
    .orderBy(...newestFirst.order(apiKeys))
    .limit(page.limit + 1)
}

export async function revokeApiKey(
  context: OperationContext,
  { sid, tenantSid }: ApiKey,
): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.update(apiKeys).set({ revokedAt: now }).where(eq(apiKeys.sid, sid)),
    recordEvent(db, { actor, now, tenantSid, action: 'api_key.revoke', subjectSid: sid }),
  ])
}

/**
 * The key of a secret, if it works now, and notes its use. The keys of a suspended tenant do not
 * work.
 */
export async function useApiKey(
  db: Database,
  secretHash: string,
  now: number,
): Promise<ApiKey | undefined> {
  const [row] = await db
    .select(apiKeyColumns)
    .from(apiKeys)
    .leftJoin(tenants, eq(tenants.sid, apiKeys.tenantSid))
    .where(
      and(
        eq(keyHash, secretHash),
        isNull(apiKeys.revokedAt),
        gt(apiKeys.expiresAt, now),
        isNull(tenants.suspendedAt),
      ),
    )
  if (row && (row.lastUsedAt ?? 0) <= now - USE_MILLISECONDS)
    await db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.sid, row.sid))
  return row
}

export async function insertSetupLink(
  context: OperationContext,
  row: typeof setupLinks.$inferInsert,
): Promise<void> {
  const { sid, tenantSid, connectionSid, name, capabilities, expiresAt } = row
  await context.db.batch([
    context.db.insert(setupLinks).values(row),
    ...recordCreation(
      context,
      {
        tenantSid,
        action: 'setup_link.create',
        subjectSid: connectionSid,
        after: { setupLink: sid, name, capabilities, expiresAt },
      },
      sid,
    ),
  ])
}

export async function findSetupLink(db: Database, sid: string): Promise<SetupLink | undefined> {
  const [row] = await db.select(setupLinkColumns).from(setupLinks).where(eq(setupLinks.sid, sid))
  return row
}

/** One row more than the page holds. */
export function findSetupLinks(
  db: Database,
  connectionSid: string,
  page: PageRequest,
): Promise<SetupLink[]> {
  return db
    .select(setupLinkColumns)
    .from(setupLinks)
    .where(and(eq(setupLinks.connectionSid, connectionSid), newestFirst.after(setupLinks, page)))
    .orderBy(...newestFirst.order(setupLinks))
    .limit(page.limit + 1)
}

export async function revokeSetupLink(context: OperationContext, link: SetupLink): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.update(setupLinks).set({ revokedAt: now }).where(eq(setupLinks.sid, link.sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: link.tenantSid,
      action: 'setup_link.revoke',
      subjectSid: link.connectionSid,
      after: { setupLink: link.sid },
    }),
  ])
}

/** The link of a secret, if it opens something now. A suspended tenant's links open nothing. */
export async function findOpenSetupLink(
  db: Database,
  secretHash: string,
  now: number,
): Promise<SetupLink | undefined> {
  const [row] = await db
    .select(setupLinkColumns)
    .from(setupLinks)
    .innerJoin(tenants, eq(tenants.sid, setupLinks.tenantSid))
    .where(
      and(
        eq(linkHash, secretHash),
        isNull(setupLinks.revokedAt),
        gt(setupLinks.expiresAt, now),
        isNull(tenants.suspendedAt),
      ),
    )
  return row
}

/** Notes that a link was opened: on the link, and in the audit trail. */
export async function recordOpening(
  context: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  link: SetupLink,
): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.update(setupLinks).set({ lastUsedAt: now }).where(eq(setupLinks.sid, link.sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: link.tenantSid,
      action: 'setup_link.open',
      subjectSid: link.connectionSid,
      after: { setupLink: link.sid },
    }),
  ])
}

export async function insertSignInLink(
  context: OperationContext,
  row: typeof signInLinks.$inferInsert,
): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.insert(signInLinks).values(row),
    recordEvent(db, {
      actor,
      now,
      tenantSid: null,
      action: 'sign_in_link.create',
      subjectSid: row.name,
      after: { expiresAt: row.expiresAt },
    }),
  ])
}

/** For whom a link is, if it still counts. */
export async function findSignInLink(
  db: Database,
  secretHash: string,
  now: number,
): Promise<{ name: string } | undefined> {
  const [row] = await db
    .select({ name: signInLinks.name })
    .from(signInLinks)
    .where(
      and(
        eq(signInLinks.secretHash, secretHash),
        isNull(signInLinks.spentAt),
        gt(signInLinks.expiresAt, now),
      ),
    )
  return row
}

/**
 * Spends a link and opens a session with it, both or neither; false where the link was spent
 * before.
 */
export async function spendSignInLink(
  db: Database,
  linkHash: string,
  session: typeof consoleSessions.$inferInsert,
  now: number,
): Promise<boolean> {
  const actor = { kind: 'operator', name: session.name } as const
  const { spentAt, expiresAt } = signInLinks
  // NULL where the link no longer works, which the column does not take: the batch is taken back.
  const good = sql<number>`CASE WHEN ${spentAt} IS NULL AND ${expiresAt} > ${now}
    THEN ${expiresAt} END`
  const spent = await guardedBatch(db, {
    link: db
      .update(signInLinks)
      .set({ spentAt: now, expiresAt: good })
      .where(eq(signInLinks.secretHash, linkHash)),
    session: db.insert(consoleSessions).values(session),
    event: recordEvent(db, {
      actor,
      now,
      tenantSid: null,
      action: 'operator.sign_in',
      subjectSid: session.name,
    }),
  })
  return spent !== undefined
}

export async function findConsoleSession(
  db: Database,
  secretHash: string,
  now: number,
): Promise<{ name: string } | undefined> {
  const [row] = await db
    .select({ name: consoleSessions.name })
    .from(consoleSessions)
    .where(and(eq(consoleSessions.secretHash, secretHash), gt(consoleSessions.expiresAt, now)))
  return row
}

export async function endConsoleSession(db: Database, secretHash: string): Promise<void> {
  await db.delete(consoleSessions).where(eq(consoleSessions.secretHash, secretHash))
}

/** What an Idempotency-Key has created, and for which request. */
export async function findCreation(
  db: Database,
  keyHash: string,
): Promise<{ requestHash: string; subjectSid: string } | undefined> {
  const { requestHash, subjectSid } = idempotencyKeys
  const [row] = await db
    .select({ requestHash, subjectSid })
    .from(idempotencyKeys)
    .where(eq(idempotencyKeys.keyHash, keyHash))
  return row
}

const DAY = 24 * 3600 * 1000

/** Lets links and sessions die a day after they ended, and Idempotency-Keys after a day. */
export async function sweepAccess(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(signInLinks).where(lt(signInLinks.expiresAt, now - DAY)),
    db.delete(consoleSessions).where(lt(consoleSessions.expiresAt, now - DAY)),
    db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, now - DAY)),
  ])
}
