// The SQL of setup links.
import { and, eq, getTableColumns, gt, isNull } from 'drizzle-orm'
import { setupLinks } from '../tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { recordCreation, recordEvent } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { withinLimit } from '../../platform/db/within-limit.ts'
import type { OperationContext } from '../../events/operation-context.ts'

const { secretHash: linkHash, ...setupLinkColumns } = getTableColumns(setupLinks)

/** A setup link without the hash of its secret. */
export type SetupLink = Omit<typeof setupLinks.$inferSelect, 'secretHash'>

/** False, and nothing done, where there are as many links as there may be. */
export async function insertSetupLink(
  context: OperationContext,
  row: typeof setupLinks.$inferInsert,
): Promise<boolean> {
  const { db, now } = context
  const { sid, tenantSid, connectionSid, name, capabilities, expiresAt } = row
  const isOpen = and(
    eq(setupLinks.connectionSid, connectionSid),
    isNull(setupLinks.revokedAt),
    gt(setupLinks.expiresAt, now),
  )
  const counted = { table: setupLinks, where: isOpen }
  const createdAt = withinLimit(LIMITS.setupLinks.most, row.createdAt, counted)
  const inserted = await guardedBatch(db, {
    row: db.insert(setupLinks).values({ ...row, createdAt }),
    creation: recordCreation(
      context,
      {
        tenantSid,
        action: 'setup_link.create',
        subjectSid: connectionSid,
        after: { setupLink: sid, name, capabilities, expiresAt },
      },
      sid,
    ),
  })
  return inserted !== undefined
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

/** The link of a secret, if it works now. Links of a suspended tenant do not work. */
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

/** Records the opening of a link, on the link and in the audit trail. */
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
