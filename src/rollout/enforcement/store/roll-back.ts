// The SQL that gives users their password back. No gate stands before it.
import { and, eq, exists, isNotNull, or, sql } from 'drizzle-orm'
import { users } from '../../../directory/tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { batch, changedBy, guardedBatch } from '../../../platform/db/batch.ts'
import {
  movedCursor,
  nowIf,
  recordCounted,
  recordRollout,
  type Overtaken,
  type Rollout,
} from '../../cohort/store.ts'
import { rollouts, type RolloutCursor } from '../../cohort/tables.ts'
import { isEnforcedUnproved } from '../../list/store/findings.ts'
import { isInPart, type Part } from '../../list/store/parts.ts'
import { rolloutMembers } from '../../list/tables.ts'
import type { EnforcementChunk } from './steps.ts'

export type Target = 'sso_enabled' | 'password'

/** Rows that this rollout has enabled or enforced, on whichever version. */
const isTouched = or(isNotNull(rolloutMembers.enabledAt), isNotNull(rolloutMembers.enforcedAt))

/** The statements that give users of a part of one version their password back. */
function release({ db, now }: OperationContext, rollout: Rollout, part: Part, target: Target) {
  const isTouchedInPart = and(isInPart(rollout, part), isTouched)
  const touched = db
    .select({ userSid: rolloutMembers.userSid })
    .from(rolloutMembers)
    .where(isTouchedInPart)
  return {
    users: db
      .update(users)
      .set({
        signInMethod: target,
        ...(target === 'password' && { connectionSid: null }),
        updatedAt: now,
      })
      .where(
        and(
          sql`${users.sid} IN ${touched}`,
          sql`+${users.connectionSid} = ${rollout.connectionSid}`,
          target === 'password' ? undefined : eq(users.signInMethod, 'sso_enforced'),
        ),
      ),
    rows: db
      .update(rolloutMembers)
      .set({ enforcedAt: null, ...(target === 'password' && { enabledAt: null }) })
      .where(isTouchedInPart),
  }
}

/**
 * Gives the users of a chunk who have to sign in by SSO and have never done so their password back.
 * The rows stay as they were decided. Returns how many users it changed.
 */
export async function giveBackChunk(
  context: OperationContext,
  rollout: Rollout,
  target: Target,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const inPart = isInPart(rollout, part)
  const isLockedOut = isEnforcedUnproved(rollout, now)
  const isUser = eq(users.sid, rolloutMembers.userSid)
  const lockedOut = db.select({ sid: users.sid }).from(users).where(and(isUser, isLockedOut))
  const listed = db.select({ userSid: rolloutMembers.userSid }).from(rolloutMembers).where(inPart)
  const results = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({ cursors: movedCursor('give_back', before, after) })
      .where(eq(rollouts.sid, rollout.sid)),
    // These two count and mark the users whom the statement after them changes.
    event: recordCounted(
      context,
      rollout,
      'give_back',
      sql`json_object('version', ${rollout.version}, 'to', ${target},
        'done', json(${String(after === null)}), 'users', (SELECT count(*) FROM ${users}
          WHERE ${users.sid} IN ${listed} AND ${isLockedOut}))`,
    ),
    rows: db
      .update(rolloutMembers)
      .set({
        enforcedAt: null,
        skipped: 'never_proved',
        ...(target === 'password' && { enabledAt: null }),
      })
      .where(and(inPart, exists(lockedOut))),
    users: db
      .update(users)
      .set({
        signInMethod: target,
        ...(target === 'password' && { connectionSid: null }),
        updatedAt: now,
      })
      .where(and(sql`${users.sid} IN ${listed}`, isLockedOut)),
  })
  return results ? changedBy(results.users) : false
}

/** Begins a rollback and takes the go-ahead back, so that no enforcement goes on beside it. */
export async function beginRollback(
  context: OperationContext,
  rollout: Rollout,
  cursor: RolloutCursor,
): Promise<boolean> {
  const { db, now } = context
  const begun = sql`json_set(${rollouts.cursors}, '$.roll_back', json(${JSON.stringify(cursor)}))`
  const results = await guardedBatch(db, {
    begin: db
      .update(rollouts)
      .set({
        approvedVersion: null,
        approvedBy: null,
        enforceAt: null,
        enforcedVersion: null,
        ...(cursor.part === 'password' && { enabledVersion: null }),
        cursors: sql`json_remove(${begun}, '$.enforce', '$.enable')`,
        updatedAt: nowIf(now, sql`true`),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    event: recordRollout(context, rollout, 'roll_back', {
      to: cursor.part,
      version: rollout.version,
    }),
  })
  return results !== undefined
}

/** Rolls a chunk of one version back. Returns how many users it changed. */
export async function rollBackChunk(
  context: OperationContext,
  rollout: Rollout,
  target: Target,
  { part, before, after }: EnforcementChunk & { before: RolloutCursor },
): Promise<number | Overtaken> {
  const { db, now } = context
  const results = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({
        cursors: movedCursor('roll_back', before, after),
        ...(after === null && { rolledBackAt: now, updatedAt: nowIf(now, sql`true`) }),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    ...release(context, { ...rollout, version: before.version }, part, target),
  })
  return results ? changedBy(results.users) : false
}

/**
 * Gives chosen users their password back, and leaves them out of the newest list so that no later
 * step takes them again. Returns how many users it changed.
 */
export async function releaseUsers(
  context: OperationContext,
  rollout: Rollout,
  userSids: readonly string[],
  target: Target,
  decision: { reason: string; decidedBy: string },
): Promise<number> {
  const { db } = context
  const part = { userSids }
  const versions = Array.from({ length: rollout.version }, (_, index) =>
    release(context, { ...rollout, version: index + 1 }, part, target),
  )
  const results = await batch(db, {
    leaveOut: db
      .update(rolloutMembers)
      .set({ included: false, blockedBy: null, ...decision })
      .where(isInPart(rollout, part)),
    // The rows say whom a version has touched: users go first, of all versions.
    users: versions.map(({ users: statement }) => statement),
    rows: versions.map(({ rows }) => rows),
    event: recordRollout(context, rollout, 'roll_back', {
      to: target,
      users: userSids.slice(0, 100),
      count: userSids.length,
      reason: decision.reason,
    }),
  })
  return results.users.reduce((sum, result) => sum + changedBy(result), 0)
}
