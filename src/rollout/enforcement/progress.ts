// How far a rollout has come, in figures: people, gates, and the logins of the last thirty days.
import type { OperationContext } from '../../events/operation-context.ts'
import { countDays, type Day } from '../../login/history/login-days.ts'
import type { Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getRollout, type Rollout } from '../cohort/operations.ts'
import { listGates, type GatedStep } from './gates.ts'
import { findFacts } from './store/gates.ts'
import { countProgress, type Counts } from './store/progress.ts'

export type { Day } from '../../login/history/login-days.ts'
export type { Counts } from './store/progress.ts'

const DAYS_SHOWN = 30

export type RolloutProgress = {
  rollout: Rollout
  counts: Counts
  gates: Record<GatedStep, ReturnType<typeof listGates>>
  /**
   * The last thirty days, the oldest first, also those without a login. Test sign-ins do not count.
   * Null: the history of logins cannot be read now.
   */
  days: Day[] | null
}

/** Of the newest list. Refuses `not_there`. */
export async function getProgress(
  context: OperationContext,
  sid: string,
): Promise<Result<RolloutProgress, Problem>> {
  const found = await getRollout(context, sid)
  if (!found.ok) return found
  const rollout = found.value
  const { db, now } = context
  const [facts, counts, days] = await Promise.all([
    findFacts(db, sid, now),
    countProgress(db, rollout, now),
    countDays(context, { connectionSid: rollout.connectionSid, days: DAYS_SHOWN }),
  ])
  return ok({
    rollout,
    counts,
    gates: {
      enable: listGates('enable', facts),
      approve: listGates('approve', facts),
      enforce: listGates('enforce', facts),
    },
    days,
  })
}

/** The figures of a rollout that the caller has read, and nothing else of its progress. */
export function countPeople({ db, now }: OperationContext, rollout: Rollout): Promise<Counts> {
  return countProgress(db, rollout, now)
}
