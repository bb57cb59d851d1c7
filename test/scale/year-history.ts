// A year of logins in HISTORY, at a scale: with the statements of the product, replayed, and its
// sweep. 10,000 connections share the logins.
import { readFileSync } from 'node:fs'
import { createSid, timeOfSid } from '../../src/ids.ts'
import { sweepHistory } from '../../src/login/history/sweep.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { BUDGETS, DAY, FULL, runsOf, timesOf } from './clock.ts'
import { openWriters } from './replay.ts'
import { openSqlite, type Store } from './sqlite-d1.ts'

const CONNECTIONS = 10_000
const HISTORY_DAYS = 90
/** Portions of 2,000 lines would be less than a page each: some of them are one. */
const PORTION = 5 * 2000
const LEAST_PORTION = 50
const STATEMENTS = (BUDGETS * 40) / 5
/** Of a hundred logins, those that are refused, by kind. */
const REFUSED = { user_unknown: 2, audience: 1, signature_invalid: 1 } as const

const REFUSED_CODES = Object.keys(REFUSED) as (keyof typeof REFUSED)[]

export type HistoryEnd = {
  day: number
  /** Pages in use, and the largest of that day, in bytes. */
  used: number
  most: number
  lines: number
  /** How long ago the oldest line was written. */
  daysOfLines: number
  /** What the rows of details say that they take, and what their pages take. */
  details: number
  detailPages: number
}

export type HistoryYear = {
  ends: HistoryEnd[]
  limit: number
  backlog: number
  /** Bytes of a line with its indexes: of the lines that came, no detail among them. */
  bytesALine: number
  /** The part of the pages of lines that is left when half of the lines are deleted. */
  leftOfHalf: number
}

/** `gigabytes`: HISTORY_GB, as it would be without the scale. */
export async function simulateHistory(
  logins: number,
  days: number,
  gigabytes = 8,
): Promise<HistoryYear> {
  const scale = FULL / logins
  const store = openSqlite(readFileSync('src/platform/db/history-schema.sql', 'utf8'))
  const { sqlite, sizeOf } = store
  const db = openDatabase(store.binding)
  const count = Math.max(2, Math.round(CONNECTIONS / scale))
  const connections = Array.from({ length: count }, () => createSid('CN'))
  const users = Array.from({ length: logins }, () => createSid('US'))
  const write = await openWriters(sqlite, [null, ...REFUSED_CODES])
  const limits = { days: HISTORY_DAYS, bytes: (gigabytes * 1e9) / scale }
  const portion = Math.max(LEAST_PORTION, Math.round(PORTION / scale))
  const year = { ends: [], limit: limits.bytes, backlog: 0 } as unknown as HistoryYear
  let most = 0
  for (const run of runsOf(logins, days)) {
    sqlite.exec('BEGIN')
    for (const at of timesOf(run)) {
      const user = Math.floor(Math.random() * users.length)
      const of = { connectionSid: connections[user % count]!, userSid: users[user]!, at }
      write(of, pickCode(Math.random() * 100))
    }
    sqlite.exec('COMMIT')
    most = Math.max(most, sizeOf())
    const budget = { statements: STATEMENTS, until: Infinity }
    const { backlog } = await sweepHistory(db, limits, run.now, budget, portion)
    if (!run.isLastOfDay) continue
    year.ends.push({ ...measure(store, run.now), day: run.day + 1, most })
    year.backlog += Object.values(backlog).reduce((sum, rows) => sum + rows, 0)
    most = 0
  }
  return { ...year, ...measureLines(store) }
}

function pickCode(percent: number): keyof typeof REFUSED | null {
  let below = 0
  for (const [code, part] of Object.entries(REFUSED) as [keyof typeof REFUSED, number][]) {
    below += part
    if (percent < below) return code
  }
  return null
}

const one = ({ sqlite }: Store, sql: string, ...parameters: string[]) =>
  Number(Object.values(sqlite.prepare(sql).get(...parameters)!)[0])

function measure(store: Store, now: number): Omit<HistoryEnd, 'day' | 'most'> {
  const { sid } = store.sqlite.prepare('SELECT min(sid) AS sid FROM attempts').get()!
  return {
    used: store.sizeOf(),
    lines: one(store, 'SELECT count(*) FROM attempts'),
    daysOfLines: (now - timeOfSid(sid as string)) / DAY,
    details: one(store, 'SELECT coalesce(sum(bytes), 0) FROM attempt_details'),
    detailPages: pagesOf(store, 'attempt_details'),
  }
}

const pagesOf = (store: Store, prefix: string) =>
  one(store, `SELECT sum(pgsize) FROM dbstat WHERE name LIKE '${prefix}%'`)

/** At the end: what lines take, and what is left of it when the older half goes. */
function measureLines(store: Store) {
  const lines = one(store, 'SELECT count(*) FROM attempts')
  const pages = () => pagesOf(store, 'attempts')
  const before = pages()
  store.sqlite.exec(`DELETE FROM attempts WHERE sid <
    (SELECT sid FROM attempts ORDER BY sid LIMIT 1 OFFSET ${Math.floor(lines / 2)})`)
  return { bytesALine: before / lines, leftOfHalf: pages() / before }
}
