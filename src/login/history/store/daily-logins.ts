// The SQL that reads the counts of logins by connection, day and code.
import { and, eq, gt, inArray } from 'drizzle-orm'
import type { Database } from '../../../platform/db/client.ts'
import { listed } from '../../../platform/db/sql.ts'
import { dailyLogins } from '../tables.ts'

export type DayCount = { day: number; code: string; logins: number }

/** `days`: their starts in UTC. At most as many rows a day as there are codes. */
export function findDailyLogins(
  db: Database,
  connectionSid: string,
  days: readonly number[],
): Promise<DayCount[]> {
  const { day, code, logins } = dailyLogins
  return db
    .select({ day, code, logins })
    .from(dailyLogins)
    .where(
      and(inArray(day, listed(days)), eq(dailyLogins.connectionSid, connectionSid), gt(logins, 0)),
    )
    .orderBy(day, code)
}
