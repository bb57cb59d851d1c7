// How often a cron expression runs, and when a job counts as overdue. Pure.

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds between two runs. Throws a TypeError for a shape that no cron of ours has. */
export function secondsBetween(cron: string): number {
  if (cron === '* * * * *') return MINUTE
  const [, minutes] = /^\*\/(\d+) \* \* \* \*$/.exec(cron) ?? []
  if (minutes !== undefined) return Number(minutes) * MINUTE
  const [, steps] = /^\d+-59\/(\d+) \* \* \* \*$/.exec(cron) ?? []
  if (steps !== undefined) return Number(steps) * MINUTE
  if (/^\d+ \* \* \* \*$/.test(cron)) return HOUR
  if (/^\d+ \d+ \* \* \*$/.test(cron)) return DAY
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
  return now - last > (2.5 * run.everySeconds + MINUTE) * 1000
}
