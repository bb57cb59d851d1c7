// How often a cron expression runs, and when a job counts as overdue. Pure.

import { DAY, HOUR, MINUTE, SECOND } from '../durations.ts'

/** Seconds between two runs. Throws a TypeError for a shape that no cron of ours has. */
export function secondsBetween(cron: string): number {
  if (cron === '* * * * *') return MINUTE / SECOND
  const [, minutes] = /^\*\/(\d+) \* \* \* \*$/.exec(cron) ?? []
  if (minutes !== undefined) return Number(minutes) * (MINUTE / SECOND)
  const [, steps] = /^\d+-59\/(\d+) \* \* \* \*$/.exec(cron) ?? []
  if (steps !== undefined) return Number(steps) * (MINUTE / SECOND)
  if (/^\d+ \* \* \* \*$/.test(cron)) return HOUR / SECOND
  if (/^\d+ \d+ \* \* \*$/.test(cron)) return DAY / SECOND
  throw new TypeError(`how often does ${cron} run?`)
}

/**
 * True where two runs in a row did not succeed. Cloudflare may start a cron late, so half a period
 * and a minute more are allowed.
 */
export function isOverdue(
  run: { everySeconds: number; knownAt: number; succeededAt: number | null },
  now: number,
): boolean {
  const last = run.succeededAt ?? run.knownAt
  return now - last > 2.5 * run.everySeconds * SECOND + MINUTE
}
