// Who may erase and delete, what it will do, and what it did.
import { isVendor, may } from '../events/actor.ts'
import { describeActor } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { createSid } from '../ids.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { budgetOfRun, type SweepBudget } from '../platform/db/sweep.ts'
import { storageErrorOf } from '../platform/storage/storage-error.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { Erasure, ErasureKind } from './erasure.ts'
import { continueErasure, firstStepOf } from './run.ts'
import { findDueErasures, findErasure, findErasures } from './store/erasures.ts'

export type { Erasure } from './erasure.ts'

/** A request does what it can. The job does the rest. */
const IN_REQUEST = { statements: 200, milliseconds: 10_000 }
/** Erasures of one run of the job. */
const AT_ONCE = 10

/** Customers ask the vendor, who decides. */
export function mayErase(
  { actor }: OperationContext,
  tenantSid: string | null,
  how: 'view' | 'delete' = 'delete',
): boolean {
  return isVendor(actor.kind) && may(actor, how, { tenantSid, connectionSid: null })
}

export function notAllowed({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}

/** Newest first. Refuses `forbidden`. */
export async function listErasures(
  context: OperationContext,
  page: PageRequest,
): Promise<Result<Page<Erasure>, Problem>> {
  if (!mayErase(context, null, 'view')) return notAllowed(context)
  return ok(toPage(await findErasures(context.db, page), page))
}

/** Refuses `forbidden` and `not_there`. */
export async function getErasure(
  context: OperationContext,
  sid: string,
): Promise<Result<Erasure, Problem>> {
  if (!mayErase(context, null, 'view')) return notAllowed(context)
  const found = await findErasure(context.db, sid)
  return found ? ok(found) : problem('not_there', 'an erasure', sid)
}

/** A record that has begun now. */
export function newErasure(
  { actor, now }: OperationContext,
  of: Pick<Erasure, 'subjectSid' | 'tenantSid' | 'sought'> & { kind: ErasureKind },
): Erasure {
  return {
    ...of,
    sid: createSid('ER'),
    requestedBy: describeActor(actor),
    step: firstStepOf(of.kind),
    position: '',
    round: 1,
    dueAt: now,
    removed: {},
    createdAt: now,
    finishedAt: null,
  }
}

/** Begins, and goes on as far as one request may. Refuses `already_there`. */
export async function carryOut(
  context: OperationContext,
  erasure: Erasure,
  begin: () => Promise<Erasure>,
): Promise<Result<Erasure, Problem>> {
  let begun: Erasure
  try {
    begun = await begin()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return problem('already_there', 'what is not being deleted yet', erasure.subjectSid)
  }
  context.afterResponse?.add('send_logout_tokens')
  const { statements, milliseconds } = IN_REQUEST
  const budget = { statements, until: Date.now() + milliseconds }
  try {
    return ok(await continueErasure(context, begun, budget))
  } catch (error) {
    // The person is gone, and the job does what is left.
    if (!storageErrorOf(error)) throw error
    return ok(begun)
  }
}

/** The job: goes on with what is due. Rejects where one failed, after the others. */
export async function continueErasures(
  context: OperationContext,
  budget: SweepBudget = budgetOfRun(),
): Promise<{ finished: number; left: number }> {
  const due = await findDueErasures(context.db, context.now, AT_ONCE)
  let finished = 0
  const failures: unknown[] = []
  for (const erasure of due)
    try {
      const { finishedAt } = await continueErasure(context, erasure, budget)
      if (finishedAt !== null) finished++
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
  return { finished, left: due.length - finished }
}
