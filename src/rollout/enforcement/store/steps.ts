// The SQL that enables and enforces. Each statement that changes how people sign in repeats every
// gate of its step.
import { and, eq, exists, isNull, not, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { mayComeThrough } from '../../../directory/moves/store.ts'
import { BLOCKERS } from '../../../directory/switch-on.ts'
import { users } from '../../../directory/tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { changedBy, guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import {
  movedCursor,
  nowIf,
  recordCounted,
  recordIf,
  type Overtaken,
  type Rollout,
} from '../../cohort/store.ts'
import { rollouts, type RolloutCursor } from '../../cohort/tables.ts'
import { exemptNow, hasFinding, provedBy } from '../../list/store/findings.ts'
import { isInPart, refreshFindings, type Part } from '../../list/store/parts.ts'
import { rolloutMembers } from '../../list/tables.ts'
import { mayTake } from './gates.ts'
import { isMove, moveUsers, openWaysOf } from './moving.ts'

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

/** Whether the user of an included row is so. */
function userIs(db: Database, condition: SQL | undefined): SQL {
  const user = db
    .select({ sid: users.sid })
    .from(users)
    .where(and(eq(users.sid, rolloutMembers.userSid), condition))
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
 * Enables a chunk: users with a password may sign in by SSO too; of a move, users of the connection
 * before may come in through this one too. Returns how many users it changed.
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
    userIs(db, mayComeThrough(rollout.connectionSid)),
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
    users: isMove(rollout)
      ? openWaysOf(db, rollout, and(isUserOf(db, rollout, part), guard))
      : db
          .update(users)
          .set({
            signInMethod: 'sso_enabled',
            connectionSid: rollout.connectionSid,
            updatedAt: now,
          })
          .where(and(isUserOf(db, rollout, part), eq(users.signInMethod, 'password'), guard))
          .returning({ sid: users.sid }),
    rows: db.update(rolloutMembers).set({ enabledAt, skipped }).where(isInPart(rollout, part)),
    event: recordCounted(
      context,
      rollout,
      after === null ? 'rollout.enabled' : 'rollout.people_enabled',
      sql`json_object('version', ${rollout.version}, 'done', json(${String(after === null)}),
        'users', ${reached})`,
    ),
    // From now on people have to be informed before the go-ahead.
    notice:
      after === null
        ? recordIf(
            context,
            rollout,
            'rollout.notice_due',
            sql`json_object('version', ${rollout.version})`,
            sql`${rollout.informedVersion ?? 0} <> ${rollout.version}`,
          )
        : undefined,
  })
  if (!results) return false
  return Array.isArray(results.users) ? results.users.length : changedBy(results.users)
}

/**
 * Enforces a chunk: the included rows of the approved version whose users are enabled on this
 * connection, neither suspended nor exempt, and (by scope) have proved that they can sign in. A
 * move moves them. Returns how many users it changed.
 */
export async function enforceChunk(
  context: OperationContext,
  rollout: Rollout,
  scope: EnforcementScope,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const guard = mayTake('enforce', rollout, now)
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
    ...enforceRows(context, rollout, { part, scope, done: after === null }),
  })
  return results ? results.users.length : false
}

/** The same for certain users at once. */
export async function enforceUsers(
  context: OperationContext,
  rollout: Rollout,
  scope: EnforcementScope,
  userSids: readonly string[],
): Promise<number | Overtaken> {
  const { db, now } = context
  const results = await guardedBatch(db, {
    guard: db
      .update(rollouts)
      .set({ updatedAt: nowIf(now, mayTake('enforce', rollout, now)) })
      .where(eq(rollouts.sid, rollout.sid)),
    ...enforceRows(context, rollout, { part: { userSids }, scope, done: true }),
  })
  return results ? results.users.length : false
}

type Enforcing = { part: Part; scope: EnforcementScope; done: boolean }

/** The statements that enforce a part, and say so in its rows. */
function enforceRows(
  context: OperationContext,
  rollout: Rollout,
  { part, scope, done }: Enforcing,
) {
  const { db, now } = context
  // Where the connection before says so, its sessions end with a move.
  if (isMove(rollout)) context.afterResponse?.add('send_logout_tokens')
  const { connectionSid, tenantSid } = rollout
  const { findings } = rolloutMembers
  const isThere = eq(users.connectionSid, connectionSid)
  const isDone = isMove(rollout) ? isThere : and(isThere, eq(users.signInMethod, 'sso_enforced'))
  const { at: enforcedAt, skipped } = marked(
    rolloutMembers.enforcedAt,
    userIs(db, isDone),
    now,
    sql`WHEN ${hasFinding(findings, 'break_glass')} AND ${!isMove(rollout)} THEN 'break_glass'
      WHEN ${hasFinding(findings, 'never_proved')} AND ${scope} = 'proved' THEN 'never_proved'
      ELSE 'not_enabled'`,
  )
  const reached = reachedNow(rollout, part, rolloutMembers.enforcedAt, now)
  const which = and(
    isUserOf(db, rollout, part),
    scope === 'all' ? undefined : provedBy(connectionSid, users.sid),
    mayTake('enforce', rollout, now),
  )!
  const enforcing = db
    .update(users)
    .set({ signInMethod: 'sso_enforced', updatedAt: now })
    .where(
      and(
        which,
        sql`+${users.connectionSid} = ${connectionSid}`,
        eq(users.signInMethod, 'sso_enabled'),
        not(exemptNow(tenantSid, users.sid, now)),
      ),
    )
    .returning({ sid: users.sid })
  return {
    refresh: refreshFindings(db, rollout, part, now),
    ...(isMove(rollout)
      ? moveUsers(db, rollout, { inPart: isInPart(rollout, part), which, now })
      : { keep: undefined, users: enforcing }),
    rows: db.update(rolloutMembers).set({ enforcedAt, skipped }).where(isInPart(rollout, part)),
    event: recordCounted(
      context,
      rollout,
      done ? 'rollout.enforced' : 'rollout.people_enforced',
      sql`json_object('version', ${rollout.version}, 'scope', ${scope},
        'done', json(${String(done)}), 'users', ${reached})`,
    ),
  }
}
