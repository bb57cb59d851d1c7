// The SQL of a rollout's row and of its selection. Each change is one batch with its audit event.
import { and, eq, inArray, isNotNull, or, sql, type SQL } from 'drizzle-orm'
import { domains } from '../../directory/domains/tables.ts'
import { accounts, users } from '../../directory/tables.ts'
import { type RolloutCursor, rollouts, rolloutSelections, type RolloutStep } from './tables.ts'
import type { RecordedType } from '../../events/catalogue.ts'
import { recordCreation, recordEvent, recordEventFrom } from '../../events/store.ts'
import { guardedBatch, type Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed, rowsOf } from '../../platform/db/sql.ts'
import type { OperationContext } from '../../events/operation-context.ts'

export type Rollout = typeof rollouts.$inferSelect

export async function findRollout(db: Database, sid: string): Promise<Rollout | undefined> {
  const [rollout] = await db.select().from(rollouts).where(eq(rollouts.sid, sid))
  return rollout
}

/**
 * Newest first, of a tenant and a connection where they are named; one row more than the page
 * holds.
 */
export function findRollouts(
  db: Database,
  of: { tenantSid?: string | undefined; connectionSid?: string | undefined },
  page: PageRequest,
): Promise<Rollout[]> {
  return db
    .select()
    .from(rollouts)
    .where(
      and(
        of.tenantSid === undefined ? undefined : eq(rollouts.tenantSid, of.tenantSid),
        of.connectionSid === undefined ? undefined : eq(rollouts.connectionSid, of.connectionSid),
        newestFirst.after(rollouts, page),
      ),
    )
    .orderBy(...newestFirst.order(rollouts))
    .limit(page.limit + 1)
}

/** For the batch that creates it. */
export function rolloutCreation(
  context: OperationContext,
  rollout: typeof rollouts.$inferInsert,
): [Statement, ...Statement[]] {
  return [
    context.db.insert(rollouts).values(rollout),
    ...recordCreation(context, {
      tenantSid: rollout.tenantSid,
      connectionSid: rollout.connectionSid,
      type: 'rollout.created',
      subjectSid: rollout.sid,
      after: {
        name: rollout.name,
        connectionSid: rollout.connectionSid,
        ...(rollout.fromConnectionSid && { fromConnectionSid: rollout.fromConnectionSid }),
      },
    }),
  ]
}

export type RolloutEvent = Extract<RecordedType, `rollout.${string}`>

/** An event of a rollout, for the batch of the change it tells of. */
export function recordRollout(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid }: Rollout,
  type: RolloutEvent,
  after: Record<string, unknown>,
  before?: Record<string, unknown>,
) {
  return recordEvent(db, {
    actor,
    now,
    tenantSid,
    subjectSid: sid,
    connectionSid,
    type,
    after,
    ...(before && { before }),
  })
}

/**
 * The same where the database has to count: `after` is an expression for a JSON object. It counts
 * what this batch has changed, so that a repeated call does not report a change twice.
 */
export function recordCounted(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid }: Rollout,
  type: RolloutEvent,
  after: SQL,
) {
  return recordEvent(db, { actor, now, tenantSid, type, subjectSid: sid, connectionSid, after })
}

/** The same, where the condition holds. */
export function recordIf(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid }: Rollout,
  type: RolloutEvent,
  after: SQL,
  condition: SQL,
) {
  const event = { actor, now, tenantSid, type, subjectSid: sid, connectionSid, after }
  return recordEventFrom(db, event, (select) => select.from(sql`(SELECT 1)`).where(condition))
}

/** What a rollout's row says of steps after people were added to its list. */
export const NOTHING_DONE = {
  reviewedVersion: null,
  reviewedBy: null,
  enabledVersion: null,
  informedVersion: null,
  approvedVersion: null,
  approvedBy: null,
  enforceAt: null,
} as const

/** The rollout is no longer as the call saw it: nothing has been done. */
export type Overtaken = false

/**
 * The cursors of a rollout with one of them moved, or NULL where another call has moved it: two
 * calls on the same list take turns, and no chunk is done twice. `after` null: the step is done.
 */
export function movedCursor(
  step: RolloutStep,
  before: RolloutCursor | undefined,
  after: RolloutCursor | null,
): SQL {
  const path = `$.${step}`
  const expected = before ? sql`json(${JSON.stringify(before)})` : sql`NULL`
  const next = after
    ? sql`json_set(${rollouts.cursors}, ${path}, json(${JSON.stringify(after)}))`
    : sql`json_remove(${rollouts.cursors}, ${path})`
  return sql`CASE WHEN json_extract(${rollouts.cursors}, ${path}) IS ${expected} THEN ${next} END`
}

/** The time of a change, or NULL where the condition does not hold. */
export function nowIf(now: number, condition: SQL): SQL<number> {
  return sql<number>`CASE WHEN ${condition} THEN max(${now}, ${rollouts.updatedAt} + 1) END`
}

/** Applies a change unless the row has changed since it was read. */
export async function updateRollout(
  context: OperationContext,
  rollout: Rollout,
  row: Partial<typeof rollouts.$inferInsert>,
  event: { type: RolloutEvent; before?: Record<string, unknown>; after: Record<string, unknown> },
): Promise<boolean> {
  const { db, now } = context
  const updated = await guardedBatch(db, {
    update: db
      .update(rollouts)
      .set({ ...row, updatedAt: nowIf(now, eq(rollouts.updatedAt, rollout.updatedAt)) })
      .where(eq(rollouts.sid, rollout.sid)),
    event: recordRollout(context, rollout, event.type, event.after, event.before),
  })
  return updated !== undefined
}

/** Which tenant has proved each of these domains. */
export async function findDomainOwners(
  db: Database,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .select({ domain: domains.domain, tenantSid: domains.tenantSid })
    .from(domains)
    .where(and(inArray(domains.domain, listed(names)), isNotNull(domains.verifiedAt)))
  return new Map(rows.map(({ domain, tenantSid }) => [domain, tenantSid]))
}

type NamedRow = { sid: string; tenantSid: string; externalID: string | null }

/** Accounts of any tenant named by SID, and of this one by external id. */
export function findAccountsNamed(
  db: Database,
  tenantSid: string,
  names: readonly string[],
): Promise<NamedRow[]> {
  return db
    .select({
      sid: accounts.sid,
      tenantSid: accounts.tenantSid,
      externalID: accounts.externalID,
    })
    .from(accounts)
    .where(
      or(
        inArray(accounts.sid, listed(names)),
        and(eq(accounts.tenantSid, tenantSid), inArray(accounts.externalID, listed(names))),
      ),
    )
}

/** The same for users, and of this tenant by login e-mail. */
export function findUsersNamed(
  db: Database,
  tenantSid: string,
  names: readonly string[],
  emailKeys: readonly string[],
): Promise<(NamedRow & { emailKey: string; suspendedAt: number | null })[]> {
  return db
    .select({
      sid: users.sid,
      tenantSid: users.tenantSid,
      externalID: users.externalID,
      emailKey: users.emailKey,
      suspendedAt: users.suspendedAt,
    })
    .from(users)
    .where(
      or(
        inArray(users.sid, listed(names)),
        and(eq(users.tenantSid, tenantSid), inArray(users.externalID, listed(names))),
        and(sql`+${users.tenantSid} = ${tenantSid}`, inArray(users.emailKey, listed(emailKeys))),
      ),
    )
}

/** Adds users of the rollout's own tenant to the selection; those in it already stay. */
export async function insertSelections(
  context: OperationContext,
  rollout: Rollout,
  userSids: readonly string[],
): Promise<void> {
  const { db } = context
  const named = rowsOf(userSids)
  const isNamed = and(eq(users.sid, named.value), eq(users.tenantSid, rollout.tenantSid))
  await db.batch([
    insertFromSelect(
      db,
      rolloutSelections,
      { rolloutSid: rollout.sid, userSid: users.sid },
      (select) =>
        select
          .from(named.from)
          .innerJoin(users, isNamed)
          .where(sql`true`),
    ).onConflictDoNothing(),
    recordRollout(context, rollout, 'rollout.users_selected', { users: userSids.length }),
  ])
}

/** Takes users out of the selection; null: all of them. */
export async function deleteSelections(
  context: OperationContext,
  rollout: Rollout,
  userSids: readonly string[] | null,
): Promise<void> {
  const { db } = context
  await db.batch([
    db
      .delete(rolloutSelections)
      .where(
        and(
          eq(rolloutSelections.rolloutSid, rollout.sid),
          userSids === null ? undefined : inArray(rolloutSelections.userSid, listed(userSids)),
        ),
      ),
    recordRollout(context, rollout, 'rollout.users_deselected', {
      users: userSids?.length ?? 'all',
    }),
  ])
}

export async function countSelections(db: Database, rolloutSid: string): Promise<number> {
  return db.$count(rolloutSelections, eq(rolloutSelections.rolloutSid, rolloutSid))
}
