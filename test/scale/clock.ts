// The days of a simulation: when logins come, and when the sweeps run.
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Between two runs of a sweep: six runs of the crons are one here, with the budget of six. */
export const RUN = 60 * MINUTE
export const BUDGETS = 6
export const BEGAN = Date.UTC(2026, 0, 1)
/** What a simulation is a part of. */
export const FULL = 1_000_000

export type Run = { now: number; logins: number; day: number; isLastOfDay: boolean }

/** The runs of sweeps, with the logins before each: two fifths of a day’s logins in one hour. */
export function* runsOf(loginsADay: number, days: number): Generator<Run> {
  let owed = 0
  for (let day = 0; day < days; day++)
    for (let at = 0; at < DAY; at += RUN) {
      const isPeak = Math.floor(at / HOUR) === 8
      owed += isPeak ? loginsADay * 0.4 : (loginsADay * 0.6) / 23
      const logins = Math.floor(owed)
      owed -= logins
      yield { now: BEGAN + day * DAY + at + RUN, logins, day, isLastOfDay: at + RUN === DAY }
    }
}

/** The times of so many logins before a run. */
export function timesOf({ now, logins }: Run): number[] {
  return Array.from({ length: logins }, (_, at) => now - RUN + Math.floor((at / logins) * RUN))
}
