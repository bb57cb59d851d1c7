// Logins of today and of the last 24 hours beside those of a week before. Pure.
import { DAY, HOUR } from '../../durations.ts'
import type { HourCount } from '../../login/history/store/hourly-logins.ts'

type Sums = { accepted: number; refused: number }

/** `at`: the start of the hour or day, in UTC. */
export type Period = Sums & { at: number; lastWeek: Sums }

/** Today, the six days before, and each of them a week before. */
export const DAYS_COMPARED = 8
const HOURS = 24

/** The newest last. The hour and the day of `now` are not over yet. */
export function comparePeriods(counts: readonly HourCount[], now: number) {
  const byHour = Map.groupBy(counts, ({ hour }) => hour)
  const sumOf = (from: number, length: number): Sums => {
    const sums = { accepted: 0, refused: 0 }
    for (let hour = from; hour < from + length; hour += HOUR)
      for (const { code, logins } of byHour.get(hour) ?? [])
        sums[code === '' ? 'accepted' : 'refused'] += logins
    return sums
  }
  const periods = (count: number, length: number): Period[] =>
    Array.from({ length: count }, (_, back) => {
      const at = now - (now % length) - (count - 1 - back) * length
      return { at, ...sumOf(at, length), lastWeek: sumOf(at - 7 * DAY, length) }
    })
  // Of last week, today's hours alone: the whole day would be more.
  const today = now - (now % DAY)
  const soFar = now - (now % HOUR) + HOUR - today
  return {
    hours: periods(HOURS, HOUR),
    days: periods(7, DAY),
    today: { at: today, ...sumOf(today, soFar), lastWeek: sumOf(today - 7 * DAY, soFar) },
  }
}

/** The most frequent first. Accepted logins have an empty code. */
export function compareCodes(
  today: readonly { code: string; logins: number }[],
  before: readonly { code: string; logins: number }[],
) {
  const of = (rows: typeof today, wanted: string) =>
    rows.find(({ code }) => code === wanted)?.logins ?? 0
  const codes = new Set([...today, ...before].map(({ code }) => code))
  return [...codes]
    .map((code) => ({ code, today: of(today, code), lastWeek: of(before, code) }))
    .filter((row) => row.today > 0 || row.lastWeek > 0)
    .toSorted((a, b) => b.today - a.today || b.lastWeek - a.lastWeek)
}
