// The SQL of parts of a list: finding the next chunk, and refreshing the findings of its rows.
import { and, eq, exists, gt, isNotNull, lte, not, sql, type SQL } from 'drizzle-orm'
import { users } from '../../../directory/tables.ts'
import { type RolloutCursor, rollouts } from '../../cohort/tables.ts'
import { rolloutMembers } from '../tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { listed } from '../../../platform/db/sql.ts'
import { movedCursor, NOTHING_DONE, nowIf, recordIf, type Rollout } from '../../cohort/store.ts'
import { blockedNow, findingsOf, isBlocked } from './findings.ts'
import { CHUNK } from './freezing.ts'

/** A part of a list: after one user and up to another in the order of SIDs, or certain users. */
export type Part = { after: string; last: string } | { userSids: readonly string[] }

type ListRef = Pick<Rollout, 'sid' | 'version'>

/** Rows of the list. */
export function isOnList({ sid, version }: ListRef): SQL {
  return and(eq(rolloutMembers.rolloutSid, sid), eq(rolloutMembers.version, version))!
}

export function isInPart(list: ListRef, part: Part): SQL {
  const { userSid } = rolloutMembers
  return and(
    isOnList(list),
    'userSids' in part
      ? sql`${userSid} IN ${listed(part.userSids)}`
      : and(gt(userSid, part.after), lte(userSid, part.last)),
  )!
}

/** The last user of the next chunk of a list, and how many it has. */
export async function findMembersChunk(
  db: Database,
  list: ListRef,
  after: string,
): Promise<{ last: string; rows: number } | undefined> {
  const chunk = db
    .select({ userSid: rolloutMembers.userSid })
    .from(rolloutMembers)
    .where(and(isOnList(list), gt(rolloutMembers.userSid, after)))
    .orderBy(rolloutMembers.userSid)
    .limit(CHUNK.rows)
    .as('chunk')
  const [row] = await db
    .select({ last: sql<string | null>`max(${chunk.userSid})`, rows: sql<number>`count(*)` })
    .from(chunk)
  return row && row.last !== null ? { last: row.last, rows: row.rows } : undefined
}

export function countMembers(db: Database, list: ListRef): Promise<number> {
  return db.$count(rolloutMembers, isOnList(list))
}

/**
 * The statements that refresh findings, for the batch of a step that relies on them. A row with a
 * new blocker is left out at once and says why. None comes back: a step takes the list as it was
 * reviewed.
 */
export function refreshFindings(db: Database, rollout: Rollout, part: Part, now: number) {
  return [
    updateFindings(db, rollout, part, now),
    db
      .update(rolloutMembers)
      .set({
        included: false,
        decidedBy: null,
        reason: null,
        blockedBy: blockedNow(rollout.connectionSid, rolloutMembers.findings, now),
      })
      .where(isLeaving(rollout, part)),
  ] as const
}

/** Rows with a new blocker. */
function isLeaving(list: ListRef, part: Part): SQL {
  return and(isInPart(list, part), eq(rolloutMembers.included, true), isBlocked())!
}

/** Rows that went out by themselves and have no blocker any more. */
function isReturning(list: ListRef, part: Part): SQL {
  return and(isInPart(list, part), isNotNull(rolloutMembers.blockedBy), not(isBlocked()))!
}

/**
 * The statements that look at rows again: those with a new blocker go out, those that went out by
 * themselves come back when the blocker is gone. A list with people who came back needs its review
 * and each later step anew: these were made for a list without them.
 */
export function refreshRows(context: OperationContext, rollout: Rollout, part: Part) {
  const { db, now } = context
  const returning = isReturning(rollout, part)
  const counted = (condition: SQL) =>
    sql`(SELECT count(*) FROM ${rolloutMembers} WHERE ${condition})`
  const [update, leave] = refreshFindings(db, rollout, part, now)
  return [
    update,
    recordIf(
      context,
      rollout,
      'rollout.refreshed',
      sql`json_object('version', ${rollout.version},
        'out', ${counted(isLeaving(rollout, part))}, 'in', ${counted(returning)})`,
      sql`EXISTS (SELECT 1 FROM ${rolloutMembers}
        WHERE (${isLeaving(rollout, part)}) OR (${returning}))`,
    ),
    leave,
    db
      .update(rollouts)
      .set({ ...NOTHING_DONE, updatedAt: nowIf(now, sql`true`) })
      .where(
        and(
          eq(rollouts.sid, rollout.sid),
          sql`EXISTS (SELECT 1 FROM ${rolloutMembers} WHERE ${returning})`,
        ),
      ),
    db.update(rolloutMembers).set({ included: true, blockedBy: null }).where(returning),
  ] as const
}

function updateFindings(db: Database, rollout: Rollout, part: Part, now: number) {
  const inPart = isInPart(rollout, part)
  return db
    .update(rolloutMembers)
    .set({ findings: sql`fresh.found` })
    .from(
      sql`(SELECT ${users.sid} AS foundFor, ${findingsOf({ ...rollout, now })} AS found
          FROM ${rolloutMembers} JOIN ${users} ON ${users.sid} = ${rolloutMembers.userSid}
          WHERE ${inPart}) AS fresh`,
    )
    .where(
      and(
        inPart,
        eq(rolloutMembers.userSid, sql`fresh.foundFor`),
        sql`${rolloutMembers.findings} <> fresh.found`,
      ),
    )
}

/** Refreshes a chunk by itself. False where another call has done it. */
export async function refreshChunk(
  context: OperationContext,
  rollout: Rollout,
  part: Part,
  before: RolloutCursor | undefined,
  after: RolloutCursor | null,
): Promise<boolean> {
  const { db } = context
  const refreshed = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({ cursors: movedCursor('refresh', before, after) })
      .where(eq(rollouts.sid, rollout.sid)),
    refresh: refreshRows(context, rollout, part),
  })
  return refreshed !== undefined
}

/** The newest complete lists of a connection that have a user on them. */
export function findListsOf(
  db: Database,
  connectionSid: string,
  userSid: string,
): Promise<Rollout[]> {
  const onNewest = db
    .select({ userSid: rolloutMembers.userSid })
    .from(rolloutMembers)
    .where(
      and(
        eq(rolloutMembers.rolloutSid, rollouts.sid),
        eq(rolloutMembers.version, rollouts.version),
        eq(rolloutMembers.userSid, userSid),
      ),
    )
  return db
    .select()
    .from(rollouts)
    .where(
      and(eq(rollouts.connectionSid, connectionSid), eq(rollouts.frozen, true), exists(onNewest)),
    )
    .limit(20)
}
