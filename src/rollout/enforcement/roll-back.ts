// Gives people their passwords back, or takes them back to the connection that they were moved
// from: one action, always allowed, for all whom a rollout has touched or for some.
import { closedBecause } from '../../connections/connection.ts'
import { findConnection } from '../../connections/store.ts'
import { describeActor } from '../../events/actor.ts'
import type { TellContacts } from '../break-glass/write-to-contacts.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import type { RolloutCursor } from '../cohort/tables.ts'
import { firstCursor, nextCursor, progressOf } from '../list/freeze.ts'
import { countMembers, findMembersChunk } from '../list/store/parts.ts'
import type { StepProgress } from './operations.ts'
import {
  beginRollback,
  giveBackChunk,
  releaseOutside,
  releaseUsers,
  rollBackChunk,
} from './store/roll-back.ts'
import { isMove } from './store/moving.ts'
import { TARGETS, type Return, type ReturnScope, type Target } from './store/returning.ts'
import { tellOfRollback } from './tell-of-rollback.ts'

/** Users that one call names at most. */
const USERS_AT_ONCE = 1000

/**
 * Rolls back to `sso_enabled` (the password counts beside SSO), `password` (SSO is off) or, where
 * the rollout moves people, `earlier` (the connection and the method that they had before):
 * everybody whom any version of the rollout has enabled or enforced, 1,000 rows a call, and the
 * go-ahead is taken back at once; or the users that are named, who are left out of the newest list
 * too; or (`scope: 'unproved'`) those on the newest list who have to sign in by SSO and have never
 * done so, who stay on it: once they have, enforcement takes them again; or (`outside`) those who
 * have to and are on no list of the connection, 1,000 a call. Nothing has to hold for
 * it, but the earlier connection must be open. `withoutPassword`: people who have no password in
 * the app stay on SSO, or return too and the app is told of each by an event. What a customer does
 * is told to the owners and to support, by `tell` where there is one. Refuses `not_there`,
 * `forbidden`, `input` and `earlier_connection_closed`.
 */
export async function rollBack(
  context: OperationContext,
  sid: string,
  input: {
    to: Target
    scope?: ReturnScope | undefined
    users?: readonly string[] | undefined
    withoutPassword?: 'give_back' | 'keep_sso' | undefined
    reason?: string | undefined
    tell?: TellContacts | undefined
  },
): Promise<Result<StepProgress, Problem>> {
  const found = await getRolloutTo('rollBack', context, sid)
  if (!found.ok) return found
  const { to, scope, users, reason = 'rolled back', withoutPassword, tell } = input
  // Where a connection says so, its sessions end with it.
  if (to !== 'sso_enabled') context.afterResponse?.add('send_logout_tokens')
  const rollout = found.value
  const targets = TARGETS.filter((target) => isMove(rollout) || target !== 'earlier')
  if (!targets.includes(to)) return problem('input', targets.join(' or '), `${to}`, 'to')
  if (scope && users) return problem('input', 'users or a scope', 'both', 'scope')
  const reachable = await checkTarget(context, rollout, to)
  if (!reachable.ok) return reachable
  // The way back to another connection takes nobody off SSO.
  const how = { to, keepsSSO: to !== 'earlier' && withoutPassword === 'keep_sso' }
  if (scope === 'outside' && to === 'earlier')
    return problem('input', 'a scope of the list', scope, 'scope')
  const { cursors } = rollout
  const begins =
    users !== undefined ||
    scope === 'outside' ||
    !isRunOf(scope === 'unproved' ? cursors.give_back : cursors.roll_back, how)
  const done =
    scope === 'unproved'
      ? await giveBack(context, rollout, how)
      : scope === 'outside'
        ? await giveBackOutside(context, rollout, how)
        : users
          ? await rollBackSome(context, rollout, how, users, reason)
          : await rollBackAll(context, rollout, how)
  if (done.ok && begins) await tellOfRollback(context, rollout, { to, scope, users }, tell)
  return done
}

/** Whether people may sign in where the target takes them. */
async function checkTarget(
  context: OperationContext,
  { fromConnectionSid }: Rollout,
  to: Target,
): Promise<Result<true, Problem>> {
  if (to !== 'earlier' || fromConnectionSid === null) return ok(true)
  const from = await findConnection(context.db, fromConnectionSid)
  const closed = from ? closedBecause(from) : 'connection_not_ready'
  return closed
    ? problem('earlier_connection_closed', 'a connection people can log in through', closed, 'to')
    : ok(true)
}

/** The statements found something else than the check before them. */
async function unreachable(context: OperationContext, rollout: Rollout, to: Target) {
  const reachable = await checkTarget(context, rollout, to)
  return reachable.ok ? problem('revision_changed', `a rollback to ${to}`, 'another') : reachable
}

async function rollBackSome(
  context: OperationContext,
  rollout: Rollout,
  how: Return,
  users: readonly string[],
  reason: string,
): Promise<Result<StepProgress, Problem>> {
  if (users.length < 1 || users.length > USERS_AT_ONCE)
    return problem('input', `1 to ${USERS_AT_ONCE}`, `${users.length}`, 'users')
  if (reason.length < 1 || reason.length > 500)
    return problem('input', '1 to 500 characters', `${reason.length}`, 'reason')
  const decidedBy = describeActor(context.actor)
  const changed = await releaseUsers(context, rollout, users, how, { reason, decidedBy })
  if (changed === false) return unreachable(context, rollout, how.to)
  const { version } = rollout
  return ok({ version, done: true, seen: users.length, remaining: 0, changed })
}

async function giveBackOutside(
  context: OperationContext,
  rollout: Rollout,
  how: Return,
): Promise<Result<StepProgress, Problem>> {
  const changed = await releaseOutside(context, rollout, how, USERS_AT_ONCE)
  const { version } = rollout
  return ok({ version, done: changed < USERS_AT_ONCE, seen: changed, remaining: 0, changed })
}

/** What a cursor keeps of how people return. */
function partOf({ to, keepsSSO }: Return) {
  return { part: to, ...(keepsSSO && { keepsSSO: true as const }) }
}

function isRunOf(cursor: RolloutCursor | undefined, { to, keepsSSO }: Return) {
  return cursor?.part === to && (cursor.keepsSSO ?? false) === keepsSSO
}

/** 1,000 rows of the newest list a call, as long steps go. */
async function giveBack(
  context: OperationContext,
  rollout: Rollout,
  how: Return,
): Promise<Result<StepProgress, Problem>> {
  const stored = rollout.cursors.give_back
  // A run to another method begins anew: what it has not given back, this one does.
  const cursor =
    stored && isRunOf(stored, how) && stored.version === rollout.version
      ? stored
      : { ...(await firstCursor(context, rollout)), ...partOf(how) }
  const chunk = await findMembersChunk(context.db, rollout, cursor.after)
  const after = nextCursor(cursor, chunk)
  const part = { after: cursor.after, last: chunk?.last ?? cursor.after }
  const changed = await giveBackChunk(context, rollout, how, { part, before: stored, after })
  if (changed === false) {
    const reachable = await checkTarget(context, rollout, how.to)
    if (!reachable.ok) return reachable
    // Where another call has done this chunk, the next one goes on behind it.
    return ok({ ...progressOf(cursor, false), changed: 0 })
  }
  return ok({ ...progressOf(after ?? cursor, after === null), changed })
}

async function rollBackAll(
  context: OperationContext,
  rollout: Rollout,
  how: Return,
): Promise<Result<StepProgress, Problem>> {
  const { db } = context
  let cursor = rollout.cursors.roll_back
  if (!cursor || !isRunOf(cursor, how)) {
    const { version } = rollout
    let total = 0
    for (let one = version; one >= 1; one--)
      total += await countMembers(db, { ...rollout, version: one })
    const first = { version, ...partOf(how), after: '', seen: 0, total }
    if (!(await beginRollback(context, rollout, first, how)))
      return unreachable(context, rollout, how.to)
    const begun = await getRollout(context, rollout.sid)
    if (!begun.ok) return begun
    cursor = begun.value.cursors.roll_back
    if (!cursor || !isRunOf(cursor, how))
      return problem('revision_changed', `a rollback to ${how.to}`, 'another')
  }
  const chunk = await findMembersChunk(db, { ...rollout, version: cursor.version }, cursor.after)
  const rest = nextCursor(cursor, chunk)
  const earlier =
    cursor.version > 1
      ? {
          ...cursor,
          version: cursor.version - 1,
          after: '',
          seen: cursor.seen + (chunk?.rows ?? 0),
        }
      : null
  const after = rest ?? earlier
  const part = { after: cursor.after, last: chunk?.last ?? cursor.after }
  const changed = await rollBackChunk(context, rollout, how, { part, before: cursor, after })
  if (changed === false) {
    const reachable = await checkTarget(context, rollout, how.to)
    if (!reachable.ok) return reachable
    // Where another call has done this chunk, the next one goes on behind it.
    return ok({ ...progressOf(cursor, false), version: rollout.version, changed: 0 })
  }
  return ok({ ...progressOf(after ?? cursor, after === null), version: rollout.version, changed })
}
