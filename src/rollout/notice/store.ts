// The SQL of informing: who has still to hear of it, and who has heard.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Database } from '../../platform/db/client.ts'
import { rollouts, type RolloutCursor } from '../cohort/tables.ts'
import { rolloutMembers } from '../list/tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import {
  movedCursor,
  nowIf,
  recordCounted,
  unlessOvertaken,
  type Overtaken,
  type Rollout,
} from '../cohort/store.ts'
import { isInPart, type Part } from '../list/store.ts'

/** Included rows that have heard nothing, or only what was written before. */
const isUninformed = ({ notice }: Rollout): SQL =>
  sql`rollout_members.included = 1 AND (rollout_members.informed_at IS NULL OR rollout_members.informed_at < ${notice?.changedAt ?? 0})`

export type Recipient = {
  userSid: string
  email: string
  firstName: string | null
  lastName: string | null
}

/** The next who have to be informed, in the order of SIDs; with `all`, also those who have been. */
export function findRecipients(
  db: Database,
  rollout: Rollout,
  page: { after: string; limit: number; all?: boolean },
): Promise<Recipient[]> {
  const { sid, version } = rollout
  return db.all(
    sql`SELECT users.sid AS userSid, users.email, users.first_name AS firstName, users.last_name AS lastName
      FROM rollout_members JOIN users ON users.sid = rollout_members.user_sid
      WHERE rollout_members.rollout_sid = ${sid} AND rollout_members.version = ${version} AND rollout_members.user_sid > ${page.after}
        AND ${page.all ? sql`rollout_members.included = 1` : isUninformed(rollout)}
      ORDER BY rollout_members.user_sid LIMIT ${page.limit}`,
  )
}

/** Takes a chunk on, so that nobody else informs the same people: false where somebody has. */
export function claimChunk(
  { db }: OperationContext,
  rollout: Rollout,
  before: RolloutCursor | undefined,
  after: RolloutCursor,
): Promise<true | Overtaken> {
  return unlessOvertaken(() =>
    db
      .update(rollouts)
      .set({
        cursors: sql`CASE WHEN rollouts.version = ${rollout.version} AND rollouts.frozen = 1 THEN ${movedCursor('inform', before, after)} END`,
      })
      .where(eq(rollouts.sid, rollout.sid)),
  )
}

/** Marks included rows of a part as informed now. `failed`: users whose message was not taken. */
export async function markInformed(
  { db, now }: OperationContext,
  rollout: Rollout,
  part: Part,
  failed: readonly string[] = [],
): Promise<void> {
  const isFailed = sql`rollout_members.user_sid IN (SELECT value FROM json_each(${JSON.stringify(failed)}))`
  await db.batch([
    db
      .update(rolloutMembers)
      .set({ informedAt: now, skipped: null })
      .where(sql`${isInPart(rollout, part)} AND rollout_members.included = 1 AND NOT ${isFailed}`),
    db
      .update(rolloutMembers)
      .set({ skipped: 'not_sent' })
      .where(sql`${isInPart(rollout, part)} AND ${isFailed}`),
  ])
}

/** Ends a run: the version counts as informed where nobody is left. Answers how many are. */
export async function finishInforming(
  context: OperationContext,
  rollout: Rollout,
  before: RolloutCursor | undefined,
  how: string,
): Promise<number | Overtaken> {
  const { db, now } = context
  const { sid, version } = rollout
  const left = sql`(SELECT count(*) FROM rollout_members WHERE rollout_members.rollout_sid = ${sid} AND rollout_members.version = ${version} AND ${isUninformed(rollout)})`
  let rest = 0
  const ran = await unlessOvertaken(async () => {
    const results = await db.batch([
      db
        .update(rollouts)
        .set({
          cursors: movedCursor('inform', before, null),
          informedVersion: sql`CASE WHEN ${left} = 0 THEN ${version} END`,
          updatedAt: nowIf(now, sql`rollouts.version = ${version} AND rollouts.frozen = 1`),
        })
        .where(eq(rollouts.sid, sid)),
      recordCounted(
        context,
        rollout,
        'inform',
        sql`json_object('version', ${version}, 'how', ${how}, 'left', ${left})`,
      ),
      db
        .select({ left: sql<number>`${left}`.as('left_over') })
        .from(rollouts)
        .where(and(eq(rollouts.sid, sid))),
    ])
    rest = results[2][0]!.left
  })
  return ran ? rest : false
}
