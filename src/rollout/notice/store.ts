// The SQL of informing: people to inform, and people who were informed.
import { and, eq, gt, inArray, isNull, lt, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { users } from '../../directory/tables.ts'
import { type RolloutCursor, rollouts } from '../cohort/tables.ts'
import { rolloutMembers } from '../list/tables.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { movedCursor, nowIf, recordCounted, type Overtaken, type Rollout } from '../cohort/store.ts'
import { isInPart, isOnList, type Part } from '../list/store/parts.ts'

const isIncluded = eq(rolloutMembers.included, true)

/** Included rows that were never informed, or only with an earlier text of the notice. */
function isUninformed({ notice }: Rollout): SQL {
  const { informedAt } = rolloutMembers
  return and(isIncluded, or(isNull(informedAt), lt(informedAt, notice?.changedAt ?? 0)))!
}

/** The list of the step is still the newest, and complete. */
function isNewest({ version }: Rollout): SQL {
  return and(eq(rollouts.version, version), eq(rollouts.frozen, true))!
}

export type Recipient = {
  userSid: string
  email: string
  firstName: string | null
  lastName: string | null
}

/** The next people to inform, in the order of SIDs; with `all`, also those already informed. */
export function findRecipients(
  db: Database,
  rollout: Rollout,
  page: { after: string; limit: number; all?: boolean },
): Promise<Recipient[]> {
  return db
    .select({
      userSid: users.sid,
      email: users.email,
      firstName: users.firstName,
      lastName: users.lastName,
    })
    .from(rolloutMembers)
    .innerJoin(users, eq(users.sid, rolloutMembers.userSid))
    .where(
      and(
        isOnList(rollout),
        gt(rolloutMembers.userSid, page.after),
        page.all ? isIncluded : isUninformed(rollout),
      ),
    )
    .orderBy(rolloutMembers.userSid)
    .limit(page.limit)
}

/** Claims a chunk, so that no other call informs the same people. False: another call has it. */
export async function claimChunk(
  { db }: OperationContext,
  rollout: Rollout,
  before: RolloutCursor | undefined,
  after: RolloutCursor,
): Promise<boolean> {
  const moved = movedCursor('inform', before, after)
  const claimed = await guardedBatch(db, {
    claim: db
      .update(rollouts)
      .set({ cursors: sql`CASE WHEN ${isNewest(rollout)} THEN ${moved} END` })
      .where(eq(rollouts.sid, rollout.sid)),
  })
  return claimed !== undefined
}

/** Marks included rows of a part as informed now, except `failed`: users whose message failed. */
export async function markInformed(
  { db, now }: OperationContext,
  rollout: Rollout,
  part: Part,
  failed: readonly string[] = [],
): Promise<void> {
  const inPart = isInPart(rollout, part)
  await db.batch([
    db
      .update(rolloutMembers)
      .set({ informedAt: now, skipped: null })
      .where(and(inPart, isIncluded, notInArray(rolloutMembers.userSid, listed(failed)))),
    db
      .update(rolloutMembers)
      .set({ skipped: 'not_sent' })
      .where(and(inPart, inArray(rolloutMembers.userSid, listed(failed)))),
  ])
}

/** Ends a run: the version is informed if no one is left. Returns the number of people left. */
export async function finishInforming(
  context: OperationContext,
  rollout: Rollout,
  before: RolloutCursor | undefined,
  how: string,
): Promise<number | Overtaken> {
  const { db, now } = context
  const { sid, version } = rollout
  const left = sql`(SELECT count(*) FROM ${rolloutMembers}
    WHERE ${and(isOnList(rollout), isUninformed(rollout))})`
  const results = await guardedBatch(db, {
    finish: db
      .update(rollouts)
      .set({
        cursors: movedCursor('inform', before, null),
        informedVersion: sql`CASE WHEN ${left} = 0 THEN ${version} END`,
        updatedAt: nowIf(now, isNewest(rollout)),
      })
      .where(eq(rollouts.sid, sid)),
    event: recordCounted(
      context,
      rollout,
      'rollout.people_informed',
      sql`json_object('version', ${version}, 'how', ${how}, 'left', ${left})`,
    ),
    counted: db
      .select({ left: sql<number>`${left}`.as('left_over') })
      .from(rollouts)
      .where(eq(rollouts.sid, sid)),
  })
  return results ? results.counted[0]!.left : false
}
