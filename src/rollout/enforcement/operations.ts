// Carries a reviewed list out: enable, go-ahead, enforce now or at a date. Long lists in chunks, each with all its conditions.
import { describeActor } from '../../events/actor.ts'
import { changeState } from '../../connections/operations.ts'
import type { RolloutCursor } from '../../platform/db/schema.ts'
import { done, problem, type Outcome, type Request } from '../../result.ts'
import { checkVersion, getRollout, getRolloutTo, type Rollout } from '../cohort/operations.ts'
import { firstCursor, nextCursor, progressOf, type Progress } from '../list/freeze.ts'
import { findMembersChunk } from '../list/store.ts'
import { checkGates } from './gates.ts'
import {
  countProgress,
  enableChunk,
  enforceChunk,
  findDue,
  findFacts,
  missDate,
  recordApproval,
  recordSchedule,
  type Chunk,
  type Scope,
} from './store.ts'

export type { Scope } from './store.ts'

/** How far a step has come, and how many users this call has changed. */
export type StepProgress = Progress & { changed: number }

const YEAR = 366 * 24 * 3600 * 1000

/**
 * Lets the included users of the newest list sign in by SSO beside their password: 1,000 rows a call. Each row says what
 * became of it (`enabledAt`, `skipped`). Again it does no harm. Refuses `not_there`, `forbidden`, `rollout_stale`, the
 * gates of `enable`, and `revision_changed`.
 */
export async function enable(
  request: Request,
  sid: string,
  { version }: { version: number },
): Promise<Outcome<StepProgress>> {
  const found = await getStep(request, sid, version)
  if (!found.ok) return found
  const rollout = found.value
  const gates = checkGates('enable', await findFacts(request.db, sid, request.now))
  if (!gates.ok) return gates
  const chunk = await planChunk(request, rollout, rollout.cursors.enable)
  const changed = await enableChunk(request, rollout, chunk)
  return changed === false
    ? overtaken(request, rollout, 'enable', chunk)
    : done(stepOf(rollout, chunk, changed))
}

/**
 * The go-ahead for exactly one version, by the customer or on behalf of it. `uninformedReason`: why it is given though not
 * everybody has been informed. Refuses `not_there`, `forbidden`, `input`, `rollout_stale` and the gates of `approve`.
 */
export async function approve(
  request: Request,
  sid: string,
  input: { version: number; uninformedReason?: string | undefined },
): Promise<Outcome<Rollout>> {
  const found = await getRolloutTo('review', request, sid)
  if (!found.ok) return found
  const rollout = found.value
  const checked = checkVersion(rollout, input.version)
  if (!checked.ok) return checked
  const reason = input.uninformedReason?.trim() || null
  if (reason !== null && reason.length > 500)
    return problem('input', 'at most 500 characters', `${reason.length}`, 'uninformedReason')
  const facts = await findFacts(request.db, sid, request.now)
  const gates = checkGates('approve', facts, { uninformed: reason !== null })
  if (!gates.ok) return gates
  // Whoever was informed needs no reason.
  const told = facts.informedVersion === rollout.version ? null : reason
  const approved = await recordApproval(request, rollout, describeActor(request.actor), told)
  if (!approved) return problem('revision_changed', 'the rollout as it was read', 'another')
  return getRollout(request, sid)
}

export type Enforcement = {
  version: number
  /** Default `proved`: those who have signed in through the connection. */
  scope?: Scope | undefined
  /** With `all`: how many it may lock out at most, as `getProgress` states it (`unproved`). */
  lockedOut?: number | undefined
}

/**
 * Takes the password away from the included users of the approved version: 1,000 rows a call. Who has never signed in
 * by SSO, and break-glass owners, are left out and say so. A validated connection goes live first. It may be repeated for
 * those who have proved themselves since. Refuses `not_there`, `forbidden`, `input`, `rollout_stale`, `rollout_locks_out`,
 * the gates of `enforce`, and `revision_changed`.
 */
export async function enforce(
  request: Request,
  sid: string,
  enforcement: Enforcement,
): Promise<Outcome<StepProgress>> {
  const found = await getStep(request, sid, enforcement.version)
  if (!found.ok) return found
  const rollout = found.value
  const scope = enforcement.scope ?? 'proved'
  const facts = await findFacts(request.db, sid, request.now)
  const gates = checkGates('enforce', facts)
  if (!gates.ok) return gates
  const cursor = cursorFor(rollout, scope)
  if (cursor === undefined) {
    const accepted = await checkLockOut(request, rollout, enforcement)
    if (!accepted.ok) return accepted
  }
  if (facts.state === 'validated') {
    const live = await changeState(request, rollout.connectionSid, 'go_live')
    if (!live.ok) return live
  }
  return enforceNext(request, rollout, scope)
}

async function enforceNext(
  request: Request,
  rollout: Rollout,
  scope: Scope,
): Promise<Outcome<StepProgress>> {
  const planned = await planChunk(request, rollout, cursorFor(rollout, scope), scope)
  const chunk = { ...planned, before: rollout.cursors.enforce }
  const changed = await enforceChunk(request, rollout, scope, chunk)
  return changed === false
    ? overtaken(request, rollout, 'enforce', chunk)
    : done(stepOf(rollout, chunk, changed))
}

/** Where enforcement with this scope stands; undefined: it begins. */
function cursorFor({ version, cursors }: Rollout, scope: Scope): RolloutCursor | undefined {
  const cursor = cursors.enforce
  return cursor?.part === scope && cursor.version === version ? cursor : undefined
}

/**
 * Sets the date at which enforcement begins by itself; `at` null takes it away. Refuses `not_there`, `forbidden`, `input`,
 * `rollout_stale`, `rollout_locks_out`, the gates of `enforce`, and `revision_changed`.
 */
export async function scheduleEnforcement(
  request: Request,
  sid: string,
  { at, ...enforcement }: Enforcement & { at: number | null },
): Promise<Outcome<Rollout>> {
  const found =
    at === null
      ? await getRolloutTo('operate', request, sid)
      : await getStep(request, sid, enforcement.version)
  if (!found.ok) return found
  const rollout = found.value
  if (at !== null) {
    if (!Number.isSafeInteger(at) || at <= request.now || at > request.now + YEAR)
      return problem('input', 'a time to come, within a year', `${at}`, 'at')
    const gates = checkGates('enforce', await findFacts(request.db, sid, request.now))
    if (!gates.ok) return gates
    const accepted = await checkLockOut(request, rollout, enforcement)
    if (!accepted.ok) return accepted
  }
  const scope = enforcement.scope ?? 'proved'
  if (!(await recordSchedule(request, rollout, at, scope)))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  return getRollout(request, sid)
}

export type DueResult = { sid: string; done: boolean; changed: number; refused: string | null }

/**
 * Enforces what is due: for the cron, as upkeep. At most `chunks` thousands of rows; the next run goes on. Where a gate is
 * shut, the date is taken away and the audit trail says why: nobody is enforced on a day that nobody expects.
 */
export async function enforceDue(request: Request, { chunks = 20 } = {}): Promise<DueResult[]> {
  const results: DueResult[] = []
  let left = chunks
  for (const { sid, version, scope } of await findDue(request.db, request.now, chunks)) {
    const result: DueResult = { sid, done: false, changed: 0, refused: null }
    results.push(result)
    while (left-- > 0 && !result.done && result.refused === null) {
      // What was accepted when the date was set is not asked again.
      const step = await enforce(request, sid, { version, scope, lockedOut: Infinity })
      if (step.ok) {
        result.done = step.value.done
        result.changed += step.value.changed
      } else if (step.problem.code !== 'revision_changed') {
        const rollout = await getRollout(request, sid)
        if (rollout.ok) await missDate(request, rollout.value, step.problem.code)
        result.refused = step.problem.code
      }
    }
  }
  return results
}

/** A complete newest list that the actor may carry out. Refuses `not_there`, `forbidden`, `rollout_stale`, `rollout_not_frozen`. */
async function getStep(request: Request, sid: string, version: number): Promise<Outcome<Rollout>> {
  const found = await getRolloutTo('operate', request, sid)
  if (!found.ok) return found
  const checked = checkVersion(found.value, version)
  return checked.ok ? found : checked
}

/** Enforcing everybody names the number that it may lock out. */
async function checkLockOut(
  request: Request,
  rollout: Rollout,
  { scope, lockedOut = 0 }: Enforcement,
): Promise<Outcome<true>> {
  if (scope !== 'all') return done(true)
  const { unproved } = await countProgress(request.db, rollout, request.now)
  return unproved <= lockedOut
    ? done(true)
    : problem('rollout_locks_out', `${unproved} accepted`, `${lockedOut}`, 'lockedOut')
}

async function planChunk(
  request: Request,
  rollout: Rollout,
  stored: RolloutCursor | undefined,
  part?: string,
): Promise<Chunk> {
  const cursor = { ...(stored ?? (await firstCursor(request, rollout))), ...(part && { part }) }
  const chunk = await findMembersChunk(request.db, rollout, cursor.after)
  return {
    part: { after: cursor.after, last: chunk?.last ?? cursor.after },
    before: stored,
    after: nextCursor(cursor, chunk),
  }
}

function stepOf({ version }: Rollout, { before, after }: Chunk, changed: number): StepProgress {
  const cursor = after ?? before ?? { version, seen: 0, total: 0 }
  return { ...progressOf(cursor, after === null), changed }
}

/** The statements found something else than the checks before them: which gate it was, or that another call was faster. */
async function overtaken(
  request: Request,
  rollout: Rollout,
  step: 'enable' | 'enforce',
  chunk: Chunk,
): Promise<Outcome<StepProgress>> {
  const now = await getStep(request, rollout.sid, rollout.version)
  if (!now.ok) return now
  const gates = checkGates(step, await findFacts(request.db, rollout.sid, request.now))
  if (!gates.ok) return gates
  const current = now.value.cursors[step]
  if (JSON.stringify(current) === JSON.stringify(chunk.before))
    return problem('revision_changed', 'the rollout as it was read', 'another')
  // Somebody else has done this chunk: the next call goes on behind it.
  return done({
    ...progressOf(current ?? { version: rollout.version, seen: 0, total: 0 }, false),
    changed: 0,
  })
}
