// The SQL of a rollout's row and of what it selects. Each change is one batch with its audit event.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { recordCreation, recordEvent } from '../../events/store.ts'
import { isNotNullViolation, type Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { domains } from '../../directory/domains/tables.ts'
import { accounts, users } from '../../directory/tables.ts'
import { events } from '../../events/tables.ts'
import { rolloutSelections, rollouts, type RolloutCursor, type RolloutStep } from './tables.ts'
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { createSid } from '../../ids.ts'

export type Rollout = typeof rollouts.$inferSelect

export async function findRollout(db: Database, sid: string): Promise<Rollout | undefined> {
  const [rollout] = await db.select().from(rollouts).where(eq(rollouts.sid, sid))
  return rollout
}

/** Newest first, of a tenant and of a connection where they are named; one row more than the page holds. */
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

export async function insertRollout(
  context: OperationContext,
  rollout: typeof rollouts.$inferInsert,
): Promise<void> {
  const { db } = context
  await db.batch([
    db.insert(rollouts).values(rollout),
    ...recordCreation(context, {
      tenantSid: rollout.tenantSid,
      action: 'rollout.create',
      subjectSid: rollout.sid,
      after: { name: rollout.name, connectionSid: rollout.connectionSid },
    }),
  ])
}

/** An event of a rollout, for the batch of the change it tells of. */
export function recordRollout(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: Rollout,
  action: string,
  after: Record<string, unknown>,
  before?: Record<string, unknown>,
) {
  return recordEvent(db, {
    actor,
    now,
    tenantSid,
    subjectSid: sid,
    action: `rollout.${action}`,
    after,
    ...(before && { before }),
  })
}

/**
 * The same where the database has to count: `after` is an expression for a JSON object. What is counted is what this batch has
 * changed: a call that is repeated, because nobody heard its answer, tells nothing twice.
 */
export function recordCounted(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: Rollout,
  action: string,
  after: SQL,
) {
  return db.insert(events).values({
    sid: createSid('EV'),
    tenantSid,
    actor: describeActor(actor),
    action: `rollout.${action}`,
    subjectSid: sid,
    after: sql`${after}` as SQL<Record<string, unknown>>,
    createdAt: now,
  })
}

/** What was asked of the database is no longer so: nothing has been done. */
export type Overtaken = false

/** Runs a batch in which a guard sets a column to NULL that does not take it. */
export async function unlessOvertaken(run: () => Promise<unknown>): Promise<true | Overtaken> {
  try {
    await run()
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}

/**
 * The cursors of a rollout with one of them moved, or NULL where somebody else has moved it: two who go through the same
 * list at once take turns, and none of them does a chunk twice. `after` null: the step is done.
 */
export function movedCursor(
  step: RolloutStep,
  before: RolloutCursor | undefined,
  after: RolloutCursor | null,
): SQL {
  const path = `$.${step}`
  const expected = before ? sql`json(${JSON.stringify(before)})` : sql`NULL`
  const next = after
    ? sql`json_set(rollouts.cursors, ${path}, json(${JSON.stringify(after)}))`
    : sql`json_remove(rollouts.cursors, ${path})`
  return sql`CASE WHEN json_extract(rollouts.cursors, ${path}) IS ${expected} THEN ${next} END`
}

/** The time of a change, or NULL where the condition does not hold. */
export function nowIf(now: number, condition: SQL): SQL<number> {
  return sql<number>`CASE WHEN ${condition} THEN max(${now}, rollouts.updated_at + 1) END`
}

/** Applies a change unless the row has changed since it was read. */
export function updateRollout(
  context: OperationContext,
  rollout: Rollout,
  row: Partial<typeof rollouts.$inferInsert>,
  event: { action: string; before?: Record<string, unknown>; after: Record<string, unknown> },
): Promise<true | Overtaken> {
  const { db, now } = context
  return unlessOvertaken(() =>
    db.batch([
      db
        .update(rollouts)
        .set({ ...row, updatedAt: nowIf(now, sql`rollouts.updated_at = ${rollout.updatedAt}`) })
        .where(eq(rollouts.sid, rollout.sid)),
      recordRollout(context, rollout, event.action, event.after, event.before),
    ]),
  )
}

/** Which tenant has proved each of these domains. */
export async function findDomainOwners(
  db: Database,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .select({ domain: domains.domain, tenantSid: domains.tenantSid })
    .from(domains)
    .where(
      sql`${domains.domain} IN (SELECT value FROM json_each(${JSON.stringify(names)})) AND ${domains.verifiedAt} IS NOT NULL`,
    )
  return new Map(rows.map(({ domain, tenantSid }) => [domain, tenantSid]))
}

type NamedRow = { sid: string; tenantSid: string; externalID: string | null }

/** Accounts named by SID, whoever has them, or by the external ids of a tenant. */
export function findAccountsNamed(
  db: Database,
  tenantSid: string,
  names: readonly string[],
): Promise<NamedRow[]> {
  const list = JSON.stringify(names)
  return db
    .select({
      sid: accounts.sid,
      tenantSid: accounts.tenantSid,
      externalID: accounts.externalID,
    })
    .from(accounts)
    .where(
      sql`${accounts.sid} IN (SELECT value FROM json_each(${list}))
        OR (${accounts.tenantSid} = ${tenantSid} AND ${accounts.externalID} IN (SELECT value FROM json_each(${list})))`,
    )
}

/** The same for users. */
export function findUsersNamed(
  db: Database,
  tenantSid: string,
  names: readonly string[],
): Promise<(NamedRow & { suspendedAt: number | null })[]> {
  const list = JSON.stringify(names)
  return db
    .select({
      sid: users.sid,
      tenantSid: users.tenantSid,
      externalID: users.externalID,
      suspendedAt: users.suspendedAt,
    })
    .from(users)
    .where(
      sql`${users.sid} IN (SELECT value FROM json_each(${list}))
        OR (${users.tenantSid} = ${tenantSid} AND ${users.externalID} IN (SELECT value FROM json_each(${list})))`,
    )
}

/** Adds users of the rollout's own tenant to those whom it names; whoever is there already stays. */
export async function insertSelections(
  context: OperationContext,
  rollout: Rollout,
  userSids: readonly string[],
): Promise<void> {
  const { db } = context
  await db.batch([
    db
      .insert(rolloutSelections)
      .select(
        sql`SELECT ${rollout.sid}, users.sid FROM json_each(${JSON.stringify(userSids)}) AS named JOIN users ON users.sid = named.value AND users.tenant_sid = ${rollout.tenantSid} WHERE true`,
      )
      .onConflictDoNothing(),
    recordRollout(context, rollout, 'select_users', { users: userSids.length }),
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
          userSids === null
            ? undefined
            : sql`${rolloutSelections.userSid} IN (SELECT value FROM json_each(${JSON.stringify(userSids)}))`,
        ),
      ),
    recordRollout(context, rollout, 'deselect_users', { users: userSids?.length ?? 'all' }),
  ])
}

export async function countSelections(db: Database, rolloutSid: string): Promise<number> {
  return db.$count(rolloutSelections, eq(rolloutSelections.rolloutSid, rolloutSid))
}
