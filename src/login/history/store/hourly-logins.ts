// The SQL of the counts of logins by hour: a job derives them from those by day, so that no login
// writes a row for them.
import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { Database } from '../../../platform/db/client.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { excluded } from '../../../platform/db/sql.ts'
import { DAY, HOUR, MINUTE } from '../../../durations.ts'
import { dailyLogins, hourlyLogins } from '../tables.ts'

/** What the first run after the turn of an hour finds was counted before it. */
const LATE = 3 * MINUTE

/**
 * Counts the hour: the logins of its day, less those of its earlier hours. It may run at any time,
 * also twice. A run that did not take place leaves its logins to the hour of the next one.
 */
export async function countHour(db: Database, now: number): Promise<void> {
  const at = now - LATE
  const [hour, day] = [at - (at % HOUR), at - (at % DAY)]
  const earlier = sql`(SELECT coalesce(sum(${hourlyLogins.logins}), 0) FROM ${hourlyLogins}
    WHERE ${hourlyLogins.hour} >= ${day} AND ${hourlyLogins.hour} < ${hour}
      AND ${hourlyLogins.code} = ${dailyLogins.code})`
  const logins = sql<number>`max(0, sum(${dailyLogins.logins}) - ${earlier})`
  await insertFromSelect(
    db,
    hourlyLogins,
    { hour: sql<number>`${hour}`, code: dailyLogins.code, logins },
    (select) => select.from(dailyLogins).where(eq(dailyLogins.day, day)).groupBy(dailyLogins.code),
  ).onConflictDoUpdate({
    target: [hourlyLogins.hour, hourlyLogins.code],
    set: { logins: excluded(hourlyLogins.logins) },
    setWhere: sql`${hourlyLogins.logins} <> ${excluded(hourlyLogins.logins)}`,
  })
}

export type HourCount = { hour: number; code: string; logins: number }

/** From `since` on. A few hundred hours, with as many rows each as there were codes. */
export function findHourlyLogins(db: Database, since: number, until: number): Promise<HourCount[]> {
  const { hour, logins } = hourlyLogins
  return db
    .select()
    .from(hourlyLogins)
    .where(and(gte(hour, since), lt(hour, until), sql`${logins} > 0`))
    .orderBy(hour)
}
