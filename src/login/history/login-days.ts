// Logins and failures by day: of a connection, or of all.
import { DAY } from '../../durations.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { askHistory } from '../../platform/db/history.ts'
import { findDailyLogins } from './store/daily-logins.ts'

export type Day = {
  /** `2026-11-24`, in UTC. */
  day: string
  logins: number
  failures: number
  /** Failures by code. */
  reasons: Record<string, number>
}

/**
 * The last so many days, the oldest first, also those without a login. Test sign-ins do not count.
 * Null: the history of logins cannot be read now.
 */
export async function countDays(
  { history, now }: Pick<OperationContext, 'history' | 'now'>,
  of: { connectionSid?: string; days: number },
): Promise<Day[] | null> {
  const first = Math.floor(now / DAY) * DAY - (of.days - 1) * DAY
  const starts = Array.from({ length: of.days }, (_, index) => first + index * DAY)
  const counts = await askHistory(history, 'count_days', (db) =>
    findDailyLogins(db, starts, of.connectionSid),
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
