// The SQL that says what an upload of the IdP's list would change before it is saved.
import { and, eq, isNull, sql } from 'drizzle-orm'
import { isUnknownToIdP, selectBlocker } from '../../../directory/store/switch-on.ts'
import { BLOCKERS_OF_KNOWN } from '../../../directory/switch-on.ts'
import { users } from '../../../directory/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { rollouts } from '../../cohort/tables.ts'
import { rolloutMembers } from '../../list/tables.ts'

/** People on the newest complete lists of the connection who would come in, and go out. */
export type ListDifference = { in: number; out: number }

/** Reads each row of these lists once. */
export async function countDifference(
  db: Database,
  scope: { tenantSid: string; connectionSid: string },
  upload: string,
): Promise<ListDifference> {
  const isMissing = isUnknownToIdP(scope.connectionSid, upload)
  const isFree = isNull(selectBlocker(scope, BLOCKERS_OF_KNOWN))
  const wentOut = sql`${rolloutMembers.blockedBy} ->> '$.blocker' = 'alias'`
  const people = (condition: ReturnType<typeof sql>) =>
    sql<number>`count(DISTINCT CASE WHEN ${condition} THEN ${users.sid} END)`
  const [row] = await db
    .select({
      in: people(sql`${wentOut} AND ${isFree} AND NOT (${isMissing})`),
      out: people(sql`${rolloutMembers.included} AND ${isMissing}`),
    })
    .from(rollouts)
    .innerJoin(
      rolloutMembers,
      and(
        eq(rolloutMembers.rolloutSid, rollouts.sid),
        eq(rolloutMembers.version, rollouts.version),
      ),
    )
    .innerJoin(users, eq(users.sid, rolloutMembers.userSid))
    .where(and(eq(rollouts.connectionSid, scope.connectionSid), eq(rollouts.frozen, true)))
  return row!
}
