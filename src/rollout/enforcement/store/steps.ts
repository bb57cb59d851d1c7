// The SQL that enables and enforces. Each statement that changes how people sign in repeats every
// gate of its step.
import { and, eq, exists, isNull, not, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { BLOCKERS } from '../../../directory/switch-on.ts'
import { users } from '../../../directory/tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { changedBy, guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import {
  movedCursor,
  nowIf,
  recordCounted,
  type Overtaken,
  type Rollout,
} from '../../cohort/store.ts'
import { rollouts, type RolloutCursor } from '../../cohort/tables.ts'
import { exemptNow, hasFinding, provedBy } from '../../list/store/findings.ts'
import { isInPart, refreshFindings, type Part } from '../../list/store/parts.ts'
import { rolloutMembers } from '../../list/tables.ts'
import { mayTake } from './gates.ts'

export type EnforcementScope = Rollout['scope']

/** A chunk of a step: its rows, where its cursor stood, and where the cursor goes. */
export type EnforcementChunk = {
  part: { after: string; last: string }
  before: RolloutCursor | undefined
  /** Null: it was the last. */
  after: RolloutCursor | null
}

const isIncluded = eq(rolloutMembers.included, true)

/**
 * The users of included rows of a part. A plus before a column keeps the planner from its index:
 * the rows are few and found by SID, while a tenant or a connection may have a hundred thousand.
 */
function isUserOf(db: Database, rollout: Rollout, part: Part): SQL {
  const included = db
    .select({ userSid: rolloutMembers.userSid })
    .from(rolloutMembers)
    .where(and(isInPart(rollout, part), isIncluded))
  return and(
    sql`${users.sid} IN ${included}`,
    sql`+${users.tenantSid} = ${rollout.tenantSid}`,
    isNull(users.suspendedAt),
  )!
}

/**
 * Whether the user of a row signs in through the rollout's connection, by the method if it is
 * named.
 */
function signsIn(db: Database, rollout: Rollout, method?: 'sso_enforced'): SQL {
  const user = db
    .select({ sid: users.sid })
    .from(users)
    .where(
      and(
        eq(users.sid, rolloutMembers.userSid),
        eq(users.connectionSid, rollout.connectionSid),
        method && eq(users.signInMethod, method),
      ),
    )
  return and(isIncluded, exists(user))!
}

/** Why a row was skipped: a blocker, the reviewers' decision, or what the step itself says. */
function skipReason(others: SQL): SQL<string> {
  const { findings } = rolloutMembers
  const blockers = BLOCKERS.map((code) => sql`WHEN ${hasFinding(findings, code)} THEN ${code}`)
  return sql<string>`CASE ${sql.join(blockers, sql` `)}
    WHEN ${not(isIncluded)} THEN 'excluded' ${others} END`
}

/** What a step's rows become: the time of the step where it reached them, or why it did not. */
function marked(column: SQLiteColumn, isReached: SQL, now: number, why: SQL) {
  return {
    at: sql`CASE WHEN ${isReached} THEN coalesce(${column}, ${now}) ELSE ${column} END`,
    skipped: sql`CASE WHEN NOT (${isReached}) THEN ${skipReason(why)} END`,
  }
}

/** How many rows of a part this call has reached. */
function reachedNow(rollout: Rollout, part: Part, at: SQLiteColumn, now: number) {
  return sql`(SELECT count(*) FROM ${rolloutMembers}
    WHERE ${and(isInPart(rollout, part), eq(at, now))})`
}

/**
 * Enables a chunk: users with a password may sign in by SSO too. Returns how many users it changed.
 */
export async function enableChunk(
  context: OperationContext,
  rollout: Rollout,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const guard = mayTake('enable', rollout, now)
  const { at: enabledAt, skipped } = marked(
    rolloutMembers.enabledAt,
    signsIn(db, rollout),
    now,
    sql`ELSE 'not_enabled'`,
  )
  const reached = reachedNow(rollout, part, rolloutMembers.enabledAt, now)
  const results = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({
        cursors: sql`CASE WHEN ${guard} THEN ${movedCursor('enable', before, after)} END`,
        ...(after === null && {
          enabledVersion: rollout.version,
          updatedAt: nowIf(now, sql`true`),
        }),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    refresh: refreshFindings(db, rollout, part, now),
    users: db
      .update(users)
      .set({
        signInMethod: 'sso_enabled',
        connectionSid: rollout.connectionSid,
        updatedAt: now,
      })
      .where(and(isUserOf(db, rollout, part), eq(users.signInMethod, 'password'), guard)),
    rows: db.update(rolloutMembers).set({ enabledAt, skipped }).where(isInPart(rollout, part)),
    event: recordCounted(
      context,
      rollout,
      'enable',
      sql`json_object('version', ${rollout.version}, 'done', json(${String(after === null)}),
        'users', ${reached})`,
    ),
  })
  return results ? changedBy(results.users) : false
}

/**
 * Enforces a chunk: the included rows of the approved version whose users are enabled on this
 * connection, neither suspended nor exempt, and (by scope) have proved that they can sign in.
 * Returns how many users it changed.
 */
export async function enforceChunk(
  context: OperationContext,
  rollout: Rollout,
  scope: EnforcementScope,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const { connectionSid, tenantSid } = rollout
  const guard = mayTake('enforce', rollout, now)
  const { findings } = rolloutMembers
  const { at: enforcedAt, skipped } = marked(
    rolloutMembers.enforcedAt,
    signsIn(db, rollout, 'sso_enforced'),
    now,
    sql`WHEN ${hasFinding(findings, 'break_glass')} THEN 'break_glass'
      WHEN ${hasFinding(findings, 'never_proved')} AND ${scope} = 'proved' THEN 'never_proved'
      ELSE 'not_enabled'`,
  )
  const reached = reachedNow(rollout, part, rolloutMembers.enforcedAt, now)
  const results = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({
        cursors: sql`CASE WHEN ${guard} THEN ${movedCursor('enforce', before, after)} END`,
        ...(after === null && {
          enforcedVersion: rollout.version,
          enforceAt: sql`CASE WHEN ${rollouts.enforceAt} > ${now} THEN ${rollouts.enforceAt} END`,
          updatedAt: nowIf(now, sql`true`),
        }),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    refresh: refreshFindings(db, rollout, part, now),
    users: db
      .update(users)
      .set({ signInMethod: 'sso_enforced', updatedAt: now })
      .where(
        and(
          isUserOf(db, rollout, part),
          sql`+${users.connectionSid} = ${connectionSid}`,
          eq(users.signInMethod, 'sso_enabled'),
          not(exemptNow(tenantSid, users.sid, now)),
          scope === 'all' ? undefined : provedBy(connectionSid, users.sid),
          guard,
        ),
      ),
    rows: db.update(rolloutMembers).set({ enforcedAt, skipped }).where(isInPart(rollout, part)),
    event: recordCounted(
      context,
      rollout,
      'enforce',
      sql`json_object('version', ${rollout.version}, 'scope', ${scope},
        'done', json(${String(after === null)}), 'users', ${reached})`,
    ),
  })
  return results ? changedBy(results.users) : false
}
