// Gives people their passwords back: one action, always allowed, for all whom a rollout has touched
// or for some.
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { firstCursor, nextCursor, progressOf } from '../list/freeze.ts'
import { countMembers, findMembersChunk } from '../list/store/parts.ts'
import type { StepProgress } from './operations.ts'
import {
  beginRollback,
  giveBackChunk,
  releaseUsers,
  rollBackChunk,
  type Target,
} from './store/roll-back.ts'

/** Users that one call names at most. */
const USERS_AT_ONCE = 1000

/**
 * Rolls back to `sso_enabled` (the password counts beside SSO) or `password` (SSO is off):
 * everybody whom any version of the rollout has enabled or enforced, 1,000 rows a call, and the
 * go-ahead is taken back at once; or the users that are named, who are left out of the newest list
 * too; or (`scope: 'unproved'`) those on the newest list who have to sign in by SSO and have never
 * done so, who stay on it: once they have, enforcement takes them again. Nothing has to hold for
 * it. Refuses `not_there`, `forbidden` and `input`.
 */
export async function rollBack(
  context: OperationContext,
  sid: string,
  input: {
    to: Target
    scope?: 'all' | 'unproved' | undefined
    users?: readonly string[] | undefined
    reason?: string | undefined
  },
): Promise<Result<StepProgress, Problem>> {
  const found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  const { to, scope, users, reason = 'rolled back' } = input
  // Where a connection says so, its sessions end with it.
  if (to === 'password') context.afterResponse?.add('send_logout_tokens')
  if (to !== 'sso_enabled' && to !== 'password')
    return problem('input', 'sso_enabled or password', `${to}`, 'to')
  if (scope && users) return problem('input', 'users or a scope', 'both', 'scope')
  if (scope === 'unproved') return giveBack(context, found.value, to)
  return users
    ? rollBackSome(context, found.value, to, users, reason)
    : rollBackAll(context, found.value, to)
}

async function rollBackSome(
  context: OperationContext,
  rollout: Rollout,
  to: Target,
  users: readonly string[],
  reason: string,
): Promise<Result<StepProgress, Problem>> {
  if (users.length < 1 || users.length > USERS_AT_ONCE)
    return problem('input', `1 to ${USERS_AT_ONCE}`, `${users.length}`, 'users')
  if (reason.length < 1 || reason.length > 500)
    return problem('input', '1 to 500 characters', `${reason.length}`, 'reason')
  const decidedBy = describeActor(context.actor)
  const changed = await releaseUsers(context, rollout, users, to, { reason, decidedBy })
  const { version } = rollout
  return ok({ version, done: true, seen: users.length, remaining: 0, changed })
}

/** 1,000 rows of the newest list a call, as long steps go. */
async function giveBack(
  context: OperationContext,
  rollout: Rollout,
  to: Target,
): Promise<Result<StepProgress, Problem>> {
  const stored = rollout.cursors.give_back
  // A run to another method begins anew: what it has not given back, this one does.
  const cursor =
    stored?.part === to && stored.version === rollout.version
      ? stored
      : { ...(await firstCursor(context, rollout)), part: to }
  const chunk = await findMembersChunk(context.db, rollout, cursor.after)
  const after = nextCursor(cursor, chunk)
  const part = { after: cursor.after, last: chunk?.last ?? cursor.after }
  const changed = await giveBackChunk(context, rollout, to, { part, before: stored, after })
  // Where another call has done this chunk, the next one goes on behind it.
  if (changed === false) return ok({ ...progressOf(cursor, false), changed: 0 })
  return ok({ ...progressOf(after ?? cursor, after === null), changed })
}

async function rollBackAll(
  context: OperationContext,
  rollout: Rollout,
  to: Target,
): Promise<Result<StepProgress, Problem>> {
  const { db } = context
  let cursor = rollout.cursors.roll_back
  if (cursor?.part !== to) {
    const { version } = rollout
    let total = 0
    for (let one = version; one >= 1; one--)
      total += await countMembers(db, { ...rollout, version: one })
    await beginRollback(context, rollout, { version, part: to, after: '', seen: 0, total })
    const begun = await getRollout(context, rollout.sid)
    if (!begun.ok) return begun
    cursor = begun.value.cursors.roll_back
    if (cursor?.part !== to) return problem('revision_changed', `a rollback to ${to}`, 'another')
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
  const changed = await rollBackChunk(context, rollout, to, { part, before: cursor, after })
  // Where another call has done this chunk, the next one goes on behind it.
  if (changed === false)
    return ok({ ...progressOf(cursor, false), version: rollout.version, changed: 0 })
  return ok({ ...progressOf(after ?? cursor, after === null), version: rollout.version, changed })
}
