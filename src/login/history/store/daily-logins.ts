// The SQL that reads the counts of logins by connection, day and code.
import { and, desc, eq, gt, gte, inArray, ne, sql } from 'drizzle-orm'
import type { Database } from '../../../platform/db/client.ts'
import { listed } from '../../../platform/db/sql.ts'
import { dailyLogins } from '../tables.ts'
import type { DayOfRefusals } from '../unusual.ts'

export type DayCount = { day: number; code: string; logins: number }

/**
 * `days`: their starts in UTC. A row for each day and code. Without a connection, all are counted.
 */
export function findDailyLogins(
  db: Database,
  days: readonly number[],
  connectionSid?: string,
): Promise<DayCount[]> {
  const { day, code, logins } = dailyLogins
  return db
    .select({ day, code, logins: sql<number>`sum(${logins})`.as('total') })
    .from(dailyLogins)
    .where(
      and(
        inArray(day, listed(days)),
        connectionSid === undefined ? undefined : eq(dailyLogins.connectionSid, connectionSid),
        gt(logins, 0),
      ),
    )
    .groupBy(day, code)
    .orderBy(day, code)
}

/** Refused logins of each connection and day. As many rows as there are connections with some. */
export function findRefusals(db: Database, from: number): Promise<DayOfRefusals[]> {
  const { day, connectionSid, code, logins } = dailyLogins
  return db
    .select({ day, connectionSid, refused: sql<number>`sum(${logins})`.as('refused') })
    .from(dailyLogins)
    .where(and(gte(day, from), ne(code, '')))
    .groupBy(day, connectionSid)
}

/** Those with the most refused logins since that day. */
export async function findFailing(db: Database, from: number, limit: number): Promise<string[]> {
  const { day, connectionSid, code, logins } = dailyLogins
  const rows = await db
    .select({ sid: connectionSid })
    .from(dailyLogins)
    .where(and(gte(day, from), ne(code, '')))
    .groupBy(connectionSid)
    .having(gt(sql`sum(${logins})`, 0))
    .orderBy(desc(sql`sum(${logins})`))
    .limit(limit)
  return rows.map(({ sid }) => sid)
}
