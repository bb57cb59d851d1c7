// Deletes expired rows, portion by portion, until nothing is due or the budget is used. Portions
// are small: D1 answers one statement at a time, and a login must not wait for a sweep.
import { getTableName, lt, sql, type SQL } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { batch, changedBy } from './batch.ts'
import type { Database } from './client.ts'
import { storageErrorOf } from '../storage/storage-error.ts'
import { wordOf, type Word } from '../log/kinds.ts'
import { writeLine } from '../log/write-line.ts'
import { DAY, HOUR } from '../../durations.ts'

/** Which rows of a table have expired. The condition must be a range of an index or of the key. */
export type Expiry = {
  table: SQLiteTable
  /** At a time in milliseconds since 1970. */
  isDead: (now: number) => SQL
  /** A table whose rows refer to this one: its rows go first. */
  after?: SQLiteTable
}

/** So long keys, links, tokens and the like can be looked up after they have ended. */
const ENDED_DAYS = 90

/** Rows that people made, by the time at which they ended. The audit trail keeps their events. */
export function endedExpiry(table: SQLiteTable, endedAt: SQLiteColumn): Expiry {
  return { table, isDead: (now) => lt(endedAt, now - ENDED_DAYS * DAY) }
}

/** Shared by the sweeps of one invocation, which may have several databases. */
export type SweepBudget = {
  /** Statements: D1 allows an invocation 50 on the free plan, and 1,000 on the paid one. */
  statements: number
  /** Nothing more begins after this time, in milliseconds since 1970. */
  until: number
}

/** Of the 50 statements that the free plan allows, the other jobs of the run need a few. */
const STATEMENTS = 40
const SECONDS = 20

/** What one run of a sweep may use. */
export function budgetOfRun(): SweepBudget {
  return { statements: STATEMENTS, until: Date.now() + SECONDS * 1000 }
}

/** The rows deleted of each table, and the tables that still have expired rows. */
export type SweepReport = { deleted: Record<string, number>; left: string[] }

const PORTION_ROWS = 5000
/** Rows that expired longer ago are a backlog: sweeps run more often. */
const BACKLOG_MILLISECONDS = 2 * HOUR
/** A backlog is counted up to here, so that counting it stays cheap. */
const MOST_COUNTED = 10_000

/** One round trip for each round of portions. */
export async function sweep(
  db: Database,
  expiries: readonly Expiry[],
  now: number,
  budget: SweepBudget,
  portion = PORTION_ROWS,
): Promise<SweepReport> {
  const left = new Map(expiries.map((expiry) => [getTableName(expiry.table), expiry]))
  const deleted: Record<string, number> = {}
  const stuck: string[] = []
  while (left.size > 0 && Date.now() < budget.until) {
    const ready = [...left].filter(([, { after }]) => !after || !left.has(getTableName(after)))
    const round = ready.slice(0, budget.statements)
    if (round.length === 0) break
    budget.statements -= round.length
    const portions = round.map(([name, { table, isDead }]) => [
      name,
      db.delete(table).where(isPortion(table, isDead(now), portion)),
    ])
    const statements = Object.fromEntries(portions) as Record<string, never>
    const { results, failed } = await carryOut(db, statements)
    for (const name of failed) {
      left.delete(name)
      stuck.push(name)
    }
    for (const [name, result] of Object.entries<D1Result>(results)) {
      const rows = changedBy(result)
      deleted[name] = (deleted[name] ?? 0) + rows
      if (rows < portion) left.delete(name)
    }
  }
  return { deleted, left: [...left.keys(), ...stuck] }
}

/**
 * In one batch. Where that fails, each table by itself: rows that cannot be deleted, such as those
 * that others still refer to, keep no other table from being swept.
 */
async function carryOut(db: Database, statements: Record<string, never>) {
  const names = Object.keys(statements)
  const failed: string[] = []
  try {
    return { results: await batch(db, statements, { isRepeatable: true }), failed }
  } catch (error) {
    if (storageErrorOf(error)?.code !== 'constraint') throw error
  }
  const results: Record<string, D1Result> = {}
  for (const name of names)
    try {
      Object.assign(results, await batch(db, { [name]: statements[name]! }, { isRepeatable: true }))
    } catch (error) {
      if (storageErrorOf(error)?.code !== 'constraint') throw error
      failed.push(name)
      writeLine('table_not_swept', { table: wordOf(name) as Word })
    }
  return { results, failed }
}

/**
 * Rows that should have been swept two hours ago, by table, each counted to 10,000 at most; tables
 * without such rows are left out. Without a backlog it reads a row for each table.
 */
export async function measureBacklog(
  db: Database,
  expiries: readonly Expiry[],
  now: number,
): Promise<Record<string, number>> {
  const counts = expiries.map(({ table, isDead }) => {
    const overdue = db
      .select({ one: sql`1`.as('one') })
      .from(table)
      .where(isDead(now - BACKLOG_MILLISECONDS))
      .limit(MOST_COUNTED)
      .as('overdue')
    const counted = db.select({ rows: sql<number>`count(*)`.as('rows') }).from(overdue)
    return [getTableName(table), counted] as const
  })
  const found = await batch(db, Object.fromEntries(counts))
  const rows = Object.entries(found).map(([name, [row]]) => [name, row!.rows] as const)
  return Object.fromEntries(rows.filter(([, overdue]) => overdue > 0))
}

/** The condition of a DELETE for a limited number of dead rows, by the key of the table. */
export function isPortion(table: SQLiteTable, isDead: SQL, rows = PORTION_ROWS): SQL {
  const key = sql.join(keyOf(table), sql`, `)
  return sql`(${key}) IN (SELECT ${key} FROM ${table} WHERE ${isDead} LIMIT ${rows})`
}

/** The columns of the primary key. */
export function keyOf(table: SQLiteTable) {
  const { columns, primaryKeys } = getTableConfig(table)
  return primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)
}
