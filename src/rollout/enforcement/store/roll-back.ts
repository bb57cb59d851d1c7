// The SQL that gives users their password back, or takes them back to the connection that they were
// moved from. No gate stands before it.
import { and, eq, exists, inArray, sql, type SQL } from 'drizzle-orm'
import { offerPasswordResets } from '../../../directory/store/password-resets.ts'
import { users } from '../../../directory/tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { batch, guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
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
import { closeWays, earlierWay, isMove, mayGoBack } from './moving.ts'
import { isReturning, isReturningTo, isTouched, type Return, type Target } from './returning.ts'
import type { EnforcementChunk } from './steps.ts'

/** Whether the user of a row returns too. */
function returns(db: Database, keepsSSO: boolean): SQL | undefined {
  if (!keepsSSO) return undefined
  const user = and(eq(users.sid, rolloutMembers.userSid), eq(users.hasPassword, true))
  return exists(db.select({ sid: users.sid }).from(users).where(user))
}

/** Whether the target can be reached now. The statement that moves the cursor repeats it. */
function isReachable(rollout: Rollout, to: Target): SQL {
  if (to !== 'earlier') return sql`true`
  return isMove(rollout) ? mayGoBack(rollout) : sql`false`
}

/** What a row says of a person who was taken back. */
const rowAfter = (to: Target) => ({
  enforcedAt: null,
  ...(to !== 'sso_enabled' && { enabledAt: null }),
})

/** The statements that take users of a part of one version back. */
function release(context: OperationContext, rollout: Rollout, part: Part, how: Return) {
  const { db } = context
  const { to, keepsSSO } = how
  const isTouchedInPart = and(isInPart(rollout, part), isTouched, returns(db, keepsSSO))
  const touched = db
    .select({ userSid: rolloutMembers.userSid })
    .from(rolloutMembers)
    .where(isTouchedInPart)
  const isReleased = and(
    sql`${users.sid} IN ${touched}`,
    sql`+${users.connectionSid} = ${rollout.connectionSid}`,
    isReturningTo(rollout, to),
  )!
  return {
    resets: offerResets(context, to, isReleased),
    users: takeBack(context, rollout, to, isReleased),
    ways:
      isMove(rollout) && to !== 'sso_enabled' ? closeWays(db, rollout, sql`${touched}`) : undefined,
    rows: db.update(rolloutMembers).set(rowAfter(to)).where(isTouchedInPart),
  }
}

/** On the way back to another connection nobody gets a password. */
function offerResets(context: OperationContext, to: Target, which: SQL) {
  return to === 'earlier' ? undefined : offerPasswordResets(context, which)
}

function takeBack({ db, now }: OperationContext, rollout: Rollout, to: Target, which: SQL) {
  return db
    .update(users)
    .set({ ...wayAfter(rollout, to, now), updatedAt: now })
    .where(which)
    .returning({ sid: users.sid })
}

function wayAfter(rollout: Rollout, to: Target, now: number) {
  if (to !== 'earlier')
    return { signInMethod: to, ...(to === 'password' && { connectionSid: null }) }
  if (!isMove(rollout)) throw new TypeError('nobody was moved')
  return earlierWay(rollout, now)
}

/**
 * Takes the users of a chunk back who have to sign in by SSO and have never done so. The rows stay
 * as they were decided. Returns how many users it changed.
 */
export async function giveBackChunk(
  context: OperationContext,
  rollout: Rollout,
  { to, keepsSSO }: Return,
  { part, before, after }: EnforcementChunk,
): Promise<number | Overtaken> {
  const { db, now } = context
  const inPart = isInPart(rollout, part)
  const isLockedOut = and(
    isEnforcedUnproved(rollout, now),
    isReturningTo(rollout, to),
    keepsSSO ? eq(users.hasPassword, true) : undefined,
  )!
  const isUser = eq(users.sid, rolloutMembers.userSid)
  const lockedOut = db.select({ sid: users.sid }).from(users).where(and(isUser, isLockedOut))
  const listed = db.select({ userSid: rolloutMembers.userSid }).from(rolloutMembers).where(inPart)
  const isGivenBack = and(sql`${users.sid} IN ${listed}`, isLockedOut)!
  const results = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({
        cursors: sql`CASE WHEN ${isReachable(rollout, to)}
          THEN ${movedCursor('give_back', before, after)} END`,
      })
      .where(eq(rollouts.sid, rollout.sid)),
    // These three tell of and mark the users whom the statement after them changes.
    event: recordCounted(
      context,
      rollout,
      'rollout.passwords_restored',
      sql`json_object('version', ${rollout.version}, 'to', ${to},
        'done', json(${String(after === null)}), 'users', (SELECT count(*) FROM ${users}
          WHERE ${isGivenBack}))`,
    ),
    resets: offerResets(context, to, isGivenBack),
    rows: db
      .update(rolloutMembers)
      .set({ ...rowAfter(to), skipped: 'never_proved' })
      .where(and(inPart, exists(lockedOut))),
    users: takeBack(context, rollout, to, isGivenBack),
  })
  return results ? results.users.length : false
}

/** Begins a rollback and takes the go-ahead back, so that no enforcement goes on beside it. */
export async function beginRollback(
  context: OperationContext,
  rollout: Rollout,
  cursor: RolloutCursor,
  how: Return,
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
        ...(how.to !== 'sso_enabled' && { enabledVersion: null }),
        cursors: sql`json_remove(${begun}, '$.enforce', '$.enable')`,
        updatedAt: nowIf(now, isReachable(rollout, how.to)),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    event: recordCounted(
      context,
      rollout,
      'rollout.rolled_back',
      sql`json_object('to', ${how.to}, 'version', ${rollout.version},
        'withoutPassword', ${how.keepsSSO ? 'keep_sso' : 'give_back'},
        'users', (SELECT count(*) FROM ${users} WHERE ${isReturning(rollout, now, how)}))`,
    ),
  })
  return results !== undefined
}

/** Rolls a chunk of one version back. Returns how many users it changed. */
export async function rollBackChunk(
  context: OperationContext,
  rollout: Rollout,
  how: Return,
  { part, before, after }: EnforcementChunk & { before: RolloutCursor },
): Promise<number | Overtaken> {
  const { db, now } = context
  const results = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({
        cursors: sql`CASE WHEN ${isReachable(rollout, how.to)}
          THEN ${movedCursor('roll_back', before, after)} END`,
        ...(after === null && { rolledBackAt: now, updatedAt: nowIf(now, sql`true`) }),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    ...release(context, { ...rollout, version: before.version }, part, how),
  })
  return results ? results.users.length : false
}

/**
 * Takes chosen users back, and leaves them out of the newest list so that no later step takes them
 * again. Returns how many users it changed; false: the target cannot be reached any more.
 */
export async function releaseUsers(
  context: OperationContext,
  rollout: Rollout,
  userSids: readonly string[],
  how: Return,
  decision: { reason: string; decidedBy: string },
): Promise<number | Overtaken> {
  const { db, now } = context
  const part = { userSids }
  const versions = Array.from({ length: rollout.version }, (_, index) =>
    release(context, { ...rollout, version: index + 1 }, part, how),
  )
  const results = await guardedBatch(db, {
    guard: db
      .update(rollouts)
      .set({ updatedAt: nowIf(now, isReachable(rollout, how.to)) })
      .where(eq(rollouts.sid, rollout.sid)),
    leaveOut: db
      .update(rolloutMembers)
      .set({ included: false, blockedBy: null, ...decision })
      .where(and(isInPart(rollout, part), returns(db, how.keepsSSO))),
    resets: versions.flatMap(({ resets }) => resets ?? []),
    // The rows say whom a version has touched: users go first, of all versions.
    users: versions.map(({ users: statement }) => statement),
    ways: versions.flatMap(({ ways }) => ways ?? []),
    rows: versions.map(({ rows }) => rows),
    event: recordRollout(context, rollout, 'rollout.rolled_back', {
      to: how.to,
      users: userSids.slice(0, 100),
      count: userSids.length,
      reason: decision.reason,
    }),
  })
  return results ? results.users.reduce((sum, taken) => sum + taken.length, 0) : false
}

/** Gives up to so many people on no list the password back. Returns how many it changed. */
export async function releaseOutside(
  context: OperationContext,
  rollout: Rollout,
  how: Return,
  most: number,
): Promise<number> {
  const { db, now } = context
  const isOutside = isReturning(rollout, now, { ...how, scope: 'outside' })
  const some = db
    .select({ sid: users.sid })
    .from(users)
    .where(isOutside)
    .orderBy(users.sid)
    .limit(most)
  const isSome = and(inArray(users.sid, some), isOutside)!
  const results = await batch(db, {
    event: recordCounted(
      context,
      rollout,
      'rollout.passwords_restored',
      sql`json_object('scope', 'outside', 'to', ${how.to},
        'users', (SELECT count(*) FROM ${users} WHERE ${isSome}))`,
    ),
    resets: offerPasswordResets(context, isSome),
    users: takeBack(context, rollout, how.to, isSome),
  })
  return results.users.length
}
