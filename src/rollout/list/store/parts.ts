// The SQL of parts of a list: finding the next chunk, and refreshing the findings of its rows.
import { and, eq, exists, gt, lte, sql, type SQL } from 'drizzle-orm'
import { users } from '../../../directory/tables.ts'
import { type RolloutCursor, rollouts } from '../../cohort/tables.ts'
import { rolloutMembers } from '../tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { listed } from '../../../platform/db/sql.ts'
import { movedCursor, type Rollout } from '../../cohort/store.ts'
import { findingsOf, isBlocked } from './findings.ts'
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
 * The statements that refresh findings, for the batch of a change that relies on them. A row with a
 * new blocker is left out at once; a row whose blocker is cured comes back by a person's decision
 * alone, since nobody has decided on it as it is now.
 */
export function refreshFindings(db: Database, rollout: Rollout, part: Part, now: number) {
  const inPart = isInPart(rollout, part)
  return [
    db
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
      ),
    db
      .update(rolloutMembers)
      .set({ included: false, decidedBy: null, reason: null })
      .where(and(inPart, eq(rolloutMembers.included, true), isBlocked())),
  ] as const
}

/** Refreshes a chunk by itself. False where another call has done it. */
export async function refreshChunk(
  { db, now }: OperationContext,
  rollout: Rollout,
  part: Part,
  before: RolloutCursor | undefined,
  after: RolloutCursor | null,
): Promise<boolean> {
  const refreshed = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({ cursors: movedCursor('refresh', before, after) })
      .where(eq(rollouts.sid, rollout.sid)),
    refresh: refreshFindings(db, rollout, part, now),
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
