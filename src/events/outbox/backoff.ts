// When a delivery is tried again. Pure.
import { DAY, HOUR, MINUTE, SECOND } from '../../durations.ts'

/** After each failed attempt. Together a little more than three days. */
const WAITS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

export const MOST_ATTEMPTS = WAITS.length + 1

/** `attempts` counts the failed one. Null: it was the last. */
export function nextAttempt(attempts: number, now: number): number | null {
  const wait = WAITS[attempts - 1]
  return wait === undefined ? null : now + wait
}

/** So long delivered rows, and dead ones, can be looked at, and held ones wait. */
export const KEPT = { delivered: 7 * DAY, dead: 30 * DAY, held: 30 * DAY } as const
