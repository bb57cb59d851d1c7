// The SQL of figures: people on a list.
import { sql } from 'drizzle-orm'
import { mayComeThrough } from '../../../directory/moves/store.ts'
import { users } from '../../../directory/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import type { Rollout } from '../../cohort/store.ts'
import { exemptNow, isLockedOutByAll, provedBy } from '../../list/store/findings.ts'
import { isInPart, isOnList } from '../../list/store/parts.ts'
import { rolloutMembers } from '../../list/tables.ts'
import { isMove } from './moving.ts'

export type Counts = {
  listed: number
  included: number
  /** Of those included: have signed in through the connection. */
  proved: number
  /** Of those included: may sign in through the connection, or have to. */
  enabled: number
  /** Of those included: sign in through the connection; of a move, those who have moved. */
  there: number
  /** Of those included: have to. */
  enforced: number
  informed: number
  /** Of those included: break-glass owners. */
  exempt: number
  /**
   * Of those included and not exempt: have never signed in through the connection, and are not
   * enforced yet; of a move, are not moved yet and have no password.
   */
  unproved: number
  /** Of those included and not exempt, of a move exempt too: have signed in through it. */
  enforceable: number
  /** Of all listed and not exempt: have to, and have never signed in through the connection. */
  enforcedUnproved: number
}

/** `only`: of the list, these users alone. */
export async function countProgress(
  db: Database,
  rollout: Rollout,
  now: number,
  only?: readonly string[],
): Promise<Counts> {
  const { connectionSid, tenantSid } = rollout
  // A user of another connection is not enabled by this rollout.
  const method = sql`CASE WHEN ${users.connectionSid} = ${connectionSid}
    THEN ${users.signInMethod} ELSE 'password' END`
  const spared = isMove(rollout) ? sql`false` : sql`isExempt`
  const listed = only ? isInPart(rollout, { userSids: only }) : isOnList(rollout)
  const [row] = await db.all<Counts>(
    sql`SELECT count(*) AS listed, coalesce(sum(isIncluded), 0) AS included,
        coalesce(sum(isIncluded AND isProved), 0) AS proved,
        coalesce(sum(isIncluded AND isOpen), 0) AS enabled,
        coalesce(sum(isIncluded AND method <> 'password'), 0) AS there,
        coalesce(sum(isIncluded AND method = 'sso_enforced'), 0) AS enforced,
        coalesce(sum(isIncluded AND isInformed), 0) AS informed,
        coalesce(sum(isIncluded AND isExempt), 0) AS exempt,
        coalesce(sum(isIncluded AND isLockedOut), 0) AS unproved,
        coalesce(sum(isIncluded AND isProved AND NOT ${spared}), 0) AS enforceable,
        coalesce(sum(method = 'sso_enforced' AND NOT isSuspended AND NOT isProved
          AND NOT isExempt), 0) AS enforcedUnproved
      FROM (SELECT ${rolloutMembers.included} AS isIncluded,
          ${rolloutMembers.informedAt} IS NOT NULL AS isInformed, ${method} AS method,
          ${mayComeThrough(connectionSid)} AS isOpen,
          ${isLockedOutByAll(rollout, now)} AS isLockedOut,
          ${users.suspendedAt} IS NOT NULL AS isSuspended,
          ${provedBy(connectionSid, users.sid)} AS isProved,
          ${exemptNow(tenantSid, users.sid, now)} AS isExempt
        FROM ${rolloutMembers} JOIN ${users} ON ${users.sid} = ${rolloutMembers.userSid}
        WHERE ${listed})`,
  )
  return row!
}
