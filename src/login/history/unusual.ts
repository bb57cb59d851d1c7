// Connections with more refused logins than usual. Pure.
import { DAY } from '../../durations.ts'

/** Refused logins of a day at a connection. */
export type DayOfRefusals = { connectionSid: string; day: number; refused: number }

/** With fewer refusals nothing is unusual. */
const LEAST = 20
/** Times the mean of the days before. */
const FACTOR = 3
/** The days that say what is usual. */
export const USUAL_DAYS = 7

/**
 * Today’s refusals so far, at least 20 and more than three times the mean of the seven days before;
 * a mean below one counts as one. Days are those of UTC.
 */
export function findUnusual(days: readonly DayOfRefusals[], today: number) {
  const byConnection = Map.groupBy(days, ({ connectionSid }) => connectionSid)
  return [...byConnection].flatMap(([connectionSid, rows]) => {
    const count = rows.find(({ day }) => day === today)?.refused ?? 0
    const before = rows.filter(({ day }) => day < today && day >= today - USUAL_DAYS * DAY)
    const usual = before.reduce((sum, { refused }) => sum + refused, 0) / USUAL_DAYS
    return count >= LEAST && count > FACTOR * Math.max(1, usual)
      ? [{ connectionSid, count, usual: Math.round(usual * 10) / 10 }]
      : []
  })
}
