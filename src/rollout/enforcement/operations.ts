// Carries a reviewed list out: enable, go-ahead, enforce now or at a date. Long lists in chunks,
// each with all its conditions.
import { eachRow } from '../../platform/http/each-row.ts'
import { describeActor } from '../../events/actor.ts'
import { changeState } from '../../connections/operations.ts'
import type { RolloutCursor } from '../cohort/tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { checkVersion, getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { firstCursor, nextCursor, progressOf, type FreezeProgress } from '../list/freeze.ts'
import { findMembersChunk } from '../list/store/parts.ts'
import { checkGates } from './gates.ts'
import { findDue, missDate, recordApproval, recordSchedule } from './store/approval.ts'
import { findFacts } from './store/gates.ts'
import { countProgress } from './store/progress.ts'
import {
  enableChunk,
  enforceChunk,
  enforceUsers,
  type EnforcementChunk,
  type EnforcementScope,
} from './store/steps.ts'
import { DAY } from '../../durations.ts'

/** How far a step has come, and how many users this call has changed. */
export type StepProgress = FreezeProgress & { changed: number }

/** Users that one call names at most. */
const USERS_AT_ONCE = 1000
const YEAR = 366 * DAY

/**
 * Lets the included users of the newest list sign in by SSO beside their password: 1,000 rows a
 * call. Each row says what became of it (`enabledAt`, `skipped`). Again it does no harm. Refuses
 * `not_there`, `forbidden`, `rollout_stale`, the gates of `enable`, and `revision_changed`.
 */
export async function enable(
  context: OperationContext,
  sid: string,
  { version }: { version: number },
): Promise<Result<StepProgress, Problem>> {
  const found = await getStep(context, sid, version)
  if (!found.ok) return found
  const rollout = found.value
  const gates = checkGates('enable', await findFacts(context.db, sid, context.now))
  if (!gates.ok) return gates
  const chunk = await planChunk(context, rollout, rollout.cursors.enable)
  const changed = await enableChunk(context, rollout, chunk)
  return changed === false
    ? overtaken(context, rollout, 'enable', chunk)
    : ok(stepOf(rollout, chunk, changed))
}

/**
 * The go-ahead for exactly one version, by the customer or on behalf of it. `uninformedReason`: why
 * it is given though not everybody has been informed. Refuses `not_there`, `forbidden`, `input`,
 * `rollout_stale` and the gates of `approve`.
 */
export async function approve(
  context: OperationContext,
  sid: string,
  input: { version: number; uninformedReason?: string | undefined },
): Promise<Result<Rollout, Problem>> {
  const found = await getRolloutTo('review', context, sid)
  if (!found.ok) return found
  const rollout = found.value
  const checked = checkVersion(rollout, input.version)
  if (!checked.ok) return checked
  const reason = input.uninformedReason?.trim() || null
  if (reason !== null && reason.length > 500)
    return problem('input', 'at most 500 characters', `${reason.length}`, 'uninformedReason')
  const facts = await findFacts(context.db, sid, context.now)
  const gates = checkGates('approve', facts, { uninformed: reason !== null })
  if (!gates.ok) return gates
  // A list whose people were informed needs no reason.
  const told = facts.informedVersion === rollout.version ? null : reason
  const approved = await recordApproval(context, rollout, describeActor(context.actor), told)
  if (!approved) return problem('revision_changed', 'the rollout as it was read', 'another')
  return getRollout(context, sid)
}

export type Enforcement = {
  version: number
  /** Default `proved`: those who have signed in through the connection. */
  scope?: EnforcementScope | undefined
  /** With `all`: how many it may lock out at most, as `getProgress` states it (`unproved`). */
  lockedOut?: number | undefined
  /** Only these users, at most 1,000. */
  users?: readonly string[] | undefined
}

/**
 * Takes the password away from the included users of the approved version: 1,000 rows a call. Who
 * has never signed in by SSO, and break-glass owners, are left out and say so. A move takes people
 * to its connection instead, each with the method that they have. A validated connection goes live
 * first. It may be repeated for those who have proved themselves since.
 * Refuses `not_there`, `forbidden`, `input`, `rollout_stale`, `rollout_locks_out`, the gates of
 * `enforce`, and `revision_changed`.
 */
export async function enforce(
  context: OperationContext,
  sid: string,
  enforcement: Enforcement,
): Promise<Result<StepProgress, Problem>> {
  const found = await getStep(context, sid, enforcement.version)
  if (!found.ok) return found
  const rollout = found.value
  const scope = enforcement.scope ?? 'proved'
  const facts = await findFacts(context.db, sid, context.now)
  const gates = checkGates('enforce', facts)
  if (!gates.ok) return gates
  const { users } = enforcement
  if (users && (users.length < 1 || users.length > USERS_AT_ONCE))
    return problem('input', `1 to ${USERS_AT_ONCE}`, `${users.length}`, 'users')
  const cursor = users ? undefined : cursorFor(rollout, scope)
  if (cursor === undefined) {
    const accepted = await checkLockOut(context, rollout, enforcement)
    if (!accepted.ok) return accepted
  }
  if (facts.state === 'validated') {
    const live = await changeState(context, rollout.connectionSid, 'go_live')
    if (!live.ok) return live
  }
  return users ? enforceSome(context, rollout, scope, users) : enforceNext(context, rollout, scope)
}

async function enforceSome(
  context: OperationContext,
  rollout: Rollout,
  scope: EnforcementScope,
  users: readonly string[],
): Promise<Result<StepProgress, Problem>> {
  const changed = await enforceUsers(context, rollout, scope, users)
  if (changed !== false)
    return ok({ version: rollout.version, done: true, seen: users.length, remaining: 0, changed })
  const gates = checkGates('enforce', await findFacts(context.db, rollout.sid, context.now))
  return gates.ok ? problem('revision_changed', 'the rollout as it was read', 'another') : gates
}

async function enforceNext(
  context: OperationContext,
  rollout: Rollout,
  scope: EnforcementScope,
): Promise<Result<StepProgress, Problem>> {
  const planned = await planChunk(context, rollout, cursorFor(rollout, scope), scope)
  const chunk = { ...planned, before: rollout.cursors.enforce }
  const changed = await enforceChunk(context, rollout, scope, chunk)
  return changed === false
    ? overtaken(context, rollout, 'enforce', chunk)
    : ok(stepOf(rollout, chunk, changed))
}

/** Where enforcement with this scope stands; undefined: it begins. */
function cursorFor(
  { version, cursors }: Rollout,
  scope: EnforcementScope,
): RolloutCursor | undefined {
  const cursor = cursors.enforce
  return cursor?.part === scope && cursor.version === version ? cursor : undefined
}

/**
 * Sets the date at which enforcement begins by itself; `at` null takes it away. Refuses
 * `not_there`, `forbidden`, `input`, `rollout_stale`, `rollout_locks_out`, the gates of `enforce`,
 * and `revision_changed`.
 */
export async function scheduleEnforcement(
  context: OperationContext,
  sid: string,
  { at, ...enforcement }: Enforcement & { at: number | null },
): Promise<Result<Rollout, Problem>> {
  const found =
    at === null
      ? await getRolloutTo('operate', context, sid)
      : await getStep(context, sid, enforcement.version)
  if (!found.ok) return found
  const rollout = found.value
  if (at !== null) {
    if (!Number.isSafeInteger(at) || at <= context.now || at > context.now + YEAR)
      return problem('input', 'a time to come, within a year', `${at}`, 'at')
    const gates = checkGates('enforce', await findFacts(context.db, sid, context.now))
    if (!gates.ok) return gates
    const accepted = await checkLockOut(context, rollout, enforcement)
    if (!accepted.ok) return accepted
  }
  const { scope = 'proved', lockedOut = 0 } = enforcement
  if (!(await recordSchedule(context, rollout, at, { scope, lockedOut })))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  return getRollout(context, sid)
}

export type DueResult = { sid: string; done: boolean; changed: number; refused: string | null }

/**
 * Enforces what is due: for the cron, as maintenance. At most `chunks` thousands of rows; the next
 * run goes on. If it would lock out more people than was accepted, or a gate is shut, the date is
 * taken away and the audit trail says why: nobody is enforced on a day that nobody expects.
 */
export async function enforceDue(
  context: OperationContext,
  { chunks = 20 } = {},
): Promise<DueResult[]> {
  const results: DueResult[] = []
  let left = chunks
  const due = await findDue(context.db, context.now, chunks)
  await eachRow('enforce_due_rollouts', due, { named: ({ sid }) => sid }, async (row) => {
    const { sid, ...how } = row
    const result: DueResult = { sid, done: false, changed: 0, refused: null }
    results.push(result)
    while (left-- > 0 && !result.done && result.refused === null) {
      const step = await enforce(context, sid, how)
      if (step.ok) {
        result.done = step.value.done
        result.changed += step.value.changed
      } else if (step.error.code !== 'revision_changed') {
        const rollout = await getRollout(context, sid)
        if (rollout.ok) await missDate(context, rollout.value, step.error)
        result.refused = step.error.code
      }
    }
  })
  return results
}

/**
 * A complete newest list that the actor may carry out. Refuses `not_there`, `forbidden`,
 * `rollout_stale`, `rollout_not_frozen`.
 */
async function getStep(
  context: OperationContext,
  sid: string,
  version: number,
): Promise<Result<Rollout, Problem>> {
  const found = await getRolloutTo('operate', context, sid)
  if (!found.ok) return found
  const checked = checkVersion(found.value, version)
  return checked.ok ? found : checked
}

/** Enforcing everybody names the number that it may lock out. */
async function checkLockOut(
  context: OperationContext,
  rollout: Rollout,
  { scope, lockedOut = 0, users }: Enforcement,
): Promise<Result<true, Problem>> {
  if (scope !== 'all') return ok(true)
  const { unproved } = await countProgress(context.db, rollout, context.now, users)
  return unproved <= lockedOut
    ? ok(true)
    : problem('rollout_locks_out', `${unproved} accepted`, `${lockedOut}`, 'lockedOut')
}

async function planChunk(
  context: OperationContext,
  rollout: Rollout,
  stored: RolloutCursor | undefined,
  part?: string,
): Promise<EnforcementChunk> {
  const cursor = { ...(stored ?? (await firstCursor(context, rollout))), ...(part && { part }) }
  const chunk = await findMembersChunk(context.db, rollout, cursor.after)
  return {
    part: { after: cursor.after, last: chunk?.last ?? cursor.after },
    before: stored,
    after: nextCursor(cursor, chunk),
  }
}

function stepOf(
  { version }: Rollout,
  { before, after }: EnforcementChunk,
  changed: number,
): StepProgress {
  const cursor = after ?? before ?? { version, seen: 0, total: 0 }
  return { ...progressOf(cursor, after === null), changed }
}

/**
 * The statements found something else than the checks before them: which gate it was, or that
 * another call was faster.
 */
async function overtaken(
  context: OperationContext,
  rollout: Rollout,
  step: 'enable' | 'enforce',
  chunk: EnforcementChunk,
): Promise<Result<StepProgress, Problem>> {
  const now = await getStep(context, rollout.sid, rollout.version)
  if (!now.ok) return now
  const gates = checkGates(step, await findFacts(context.db, rollout.sid, context.now))
  if (!gates.ok) return gates
  const current = now.value.cursors[step]
  if (JSON.stringify(current) === JSON.stringify(chunk.before))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  // Somebody else has done this chunk: the next call goes on behind it.
  return ok({
    ...progressOf(current ?? { version: rollout.version, seen: 0, total: 0 }, false),
    changed: 0,
  })
}
