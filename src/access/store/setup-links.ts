// The SQL of setup links.
import { and, eq, getTableColumns, gt, isNull, lt, or } from 'drizzle-orm'
import { setupLinks } from '../tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { recordCreation, recordEvent, recordEventFrom } from '../../events/store.ts'
import { DAY } from '../../durations.ts'
import { LIMITS } from '../../limits.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import type { TenantBranding } from '../../platform/branding.ts'
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
  const limit = { most: LIMITS.setupLinks.most, where: isOpen }
  const event = {
    tenantSid,
    type: 'setup_link.created',
    subjectSid: connectionSid,
    after: { setupLink: sid, name, capabilities, expiresAt },
  } as const
  const creation = recordCreation(context, event, sid)
  return insertWithin(db, setupLinks, row, limit, { creation })
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
      type: 'setup_link.revoked',
      subjectSid: link.connectionSid,
      after: { setupLink: link.sid },
    }),
  ])
}

/** With what its tenant's pages look like. */
export type OpenSetupLink = SetupLink & { branding: TenantBranding }

/** The link of a secret, if it works now. Links of a suspended tenant do not work. */
export async function findOpenSetupLink(
  db: Database,
  secretHash: string,
  now: number,
): Promise<OpenSetupLink | undefined> {
  const { productName, accentColor, helpURL, supportContact } = tenants
  const branding = { productName, accentColor, helpURL, supportContact }
  const [row] = await db
    .select({ ...setupLinkColumns, branding })
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

/** Which link the secret is of, also where it has ended. */
export async function findLinkSid(db: Database, secretHash: string): Promise<string | undefined> {
  const [row] = await db
    .select({ sid: setupLinks.sid })
    .from(setupLinks)
    .where(eq(linkHash, secretHash))
  return row?.sid
}

/**
 * Notes the opening of a link. Only the first of a day (UTC) is an event: people open their link
 * again and again.
 */
export async function recordOpening(
  context: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  link: SetupLink,
): Promise<void> {
  const { db, actor, now } = context
  const isIt = eq(setupLinks.sid, link.sid)
  const isFirst = or(isNull(setupLinks.lastUsedAt), lt(setupLinks.lastUsedAt, now - (now % DAY)))
  const event = {
    actor,
    now,
    tenantSid: link.tenantSid,
    type: 'setup_link.opened',
    subjectSid: link.connectionSid,
    after: { setupLink: link.sid },
  } as const
  await db.batch([
    // Before the row says that it was opened: of two at once, one is the first.
    recordEventFrom(db, event, (select) => select.from(setupLinks).where(and(isIt, isFirst))),
    db.update(setupLinks).set({ lastUsedAt: now }).where(isIt),
  ])
}
