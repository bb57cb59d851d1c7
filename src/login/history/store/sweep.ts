// The SQL that keeps HISTORY within its days and its size: detail goes before lines, the oldest
// first. Counts of days stay.
import { asc, gt, inArray, lt, sql, type SQL } from 'drizzle-orm'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { listed, rowsOf } from '../../../platform/db/sql.ts'
import type { Expiry, SweepBudget } from '../../../platform/db/sweep.ts'
import { timedSidFrom } from '../../../ids.ts'
import {
  attemptDetails,
  attempts,
  dailyLogins,
  hourlyLogins,
  RINGS,
  testValues,
  type Ring,
} from '../tables.ts'
import { DAY } from '../../../durations.ts'

/** Counts are small: a year can be compared with the one before. */
const COUNT_DAYS = 400
/** Today, and the same day last week: see src/health/metrics. */
const HOUR_COUNT_DAYS = 15
/** How long the NameID of a refused test can be read in full. */
const TEST_VALUE_DAYS = 7

/** What is bounded by time alone, or in the end: for the measure of a backlog too. */
export function historyExpiries(days: number): readonly Expiry[] {
  return [
    {
      table: attempts,
      isDead: (now) => lt(attempts.sid, timedSidFrom('AT', now - days * DAY)),
    },
    {
      table: testValues,
      isDead: (now) => lt(testValues.sid, timedSidFrom('AT', now - TEST_VALUE_DAYS * DAY)),
    },
    { table: dailyLogins, isDead: (now) => lt(dailyLogins.day, now - COUNT_DAYS * DAY) },
    { table: hourlyLogins, isDead: (now) => lt(hourlyLogins.hour, now - HOUR_COUNT_DAYS * DAY) },
  ]
}

/** Lines before this SID. */
export function isOlder(sid: string): SQL {
  return lt(attempts.sid, sid)
}

/** The size of the database in bytes, free pages aside. */
export async function measureSize(db: Database): Promise<number> {
  const { meta } = await db.run(sql`SELECT 1`)
  return meta.size_after
}

/**
 * Deletes the oldest lines with their details, portion by portion, while `goesOn` says so of the
 * size. Returns how many.
 */
export async function deleteOldestLines(
  db: Database,
  budget: SweepBudget,
  isDead: SQL | undefined,
  { portion, goesOn }: { portion: number; goesOn: (size: number) => boolean },
): Promise<number> {
  const oldest = db
    .select({ sid: attempts.sid })
    .from(attempts)
    .where(isDead)
    .orderBy(asc(attempts.sid))
    .limit(portion)
  for (let deleted = 0; ;) {
    if (budget.statements < 2 || Date.now() >= budget.until) return deleted
    budget.statements -= 2
    const { lines } = await batch(db, {
      details: db.delete(attemptDetails).where(isDetailOfOldest(isDead, portion)),
      lines: db.delete(attempts).where(inArray(attempts.sid, oldest)),
    })
    deleted += lines.meta.changes
    if (lines.meta.changes < portion || !goesOn(lines.meta.size_after)) return deleted
  }
}

/** By key: each line is looked for in each ring. */
function isDetailOfOldest(isDead: SQL | undefined, portion: number): SQL {
  const { connectionSid, ring, sid } = attemptDetails
  const rings = rowsOf(RINGS, 'rings')
  const where = isDead ? sql`WHERE ${isDead}` : sql``
  return sql`(${connectionSid}, ${ring}, ${sid}) IN (
    SELECT ${attempts.connectionSid}, ${rings.value}, ${attempts.sid}
    FROM (SELECT ${attempts.connectionSid}, ${attempts.sid} FROM ${attempts} ${where}
      ORDER BY ${attempts.sid} LIMIT ${portion}) AS ${attempts}, ${rings.from})`
}

/** The size again, by a query that a database without the tables refuses. */
export async function probeHistory(db: Database): Promise<number> {
  const { meta } = await db.run(sql`SELECT ${attempts.sid} FROM ${attempts} LIMIT 1`)
  return meta.size_after
}

export type DetailSize = { connectionSid: string; bytes: number }

/** Reads every row's key: about a second for 200,000 of them. */
export function findDetailSizes(db: Database): Promise<DetailSize[]> {
  const { connectionSid, bytes } = attemptDetails
  return db
    .select({ connectionSid, bytes: sql<number>`sum(${bytes})`.as('bytes') })
    .from(attemptDetails)
    .groupBy(connectionSid)
}

/**
 * Cuts the details of these connections to so many bytes each: those that a stranger can make go
 * first, then the oldest.
 */
export async function trimConnections(
  db: Database,
  connectionSids: readonly string[],
  bytesEach: number,
): Promise<number> {
  const { connectionSid, ring, sid, bytes } = attemptDetails
  const held = db
    .select({
      connectionSid,
      ring,
      sid,
      held: sql<number>`sum(${bytes}) OVER (PARTITION BY ${connectionSid}
        ORDER BY ${ring} = ${'unproven' satisfies Ring}, ${sid} DESC, ${ring})`.as('held'),
    })
    .from(attemptDetails)
    .where(inArray(connectionSid, listed(connectionSids)))
    .as('kept')
  const dead = db
    .select({ connectionSid: held.connectionSid, ring: held.ring, sid: held.sid })
    .from(held)
    .where(gt(held.held, bytesEach))
  const { meta } = await db
    .delete(attemptDetails)
    .where(sql`(${connectionSid}, ${ring}, ${sid}) IN (${dead})`)
    .run()
  return meta.changes
}
