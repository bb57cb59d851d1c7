// How far a rollout has come, in figures: people, gates, and the logins of the last thirty days.
import type { OperationContext } from '../../events/operation-context.ts'
import { findDailyLogins } from '../../login/history/store/daily-logins.ts'
import { askHistory } from '../../platform/db/history.ts'
import type { Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getRollout, type Rollout } from '../cohort/operations.ts'
import { listGates, type GatedStep } from './gates.ts'
import { findFacts } from './store/gates.ts'
import { countProgress, type Counts } from './store/progress.ts'

export type { Counts } from './store/progress.ts'

const DAY = 24 * 3600 * 1000
const DAYS_SHOWN = 30

export type Day = {
  /** `2026-11-24`, in UTC. */
  day: string
  logins: number
  failures: number
  /** Failures by code. */
  reasons: Record<string, number>
}

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
    countDays(context, rollout.connectionSid),
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

async function countDays(
  { history, now }: OperationContext,
  connectionSid: string,
): Promise<Day[] | null> {
  const first = Math.floor(now / DAY) * DAY - (DAYS_SHOWN - 1) * DAY
  const starts = Array.from({ length: DAYS_SHOWN }, (_, index) => first + index * DAY)
  const counts = await askHistory(history, 'count_days', (db) =>
    findDailyLogins(db, connectionSid, starts),
  )
  if (!counts.ok) return null
  const days = starts.map((start): Day => {
    const day = new Date(start).toISOString().slice(0, 10)
    return { day, logins: 0, failures: 0, reasons: {} }
  })
  for (const { day, code, logins } of counts.value) {
    const entry = days[(day - first) / DAY]
    if (!entry) continue
    if (code === '') entry.logins += logins
    else {
      entry.failures += logins
      entry.reasons[code] = logins
    }
  }
  return days
}
