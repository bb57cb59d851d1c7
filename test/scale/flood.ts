// HISTORY with many connections, and what is left of theirs when one of them is flooded: with the
// statements and the sweep of the product.
import { readFileSync } from 'node:fs'
import { createSid } from '../../src/ids.ts'
import { sweepHistory } from '../../src/login/history/sweep.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { budgetOfRun } from '../../src/platform/db/sweep.ts'
import { BEGAN, MINUTE, RUN } from './clock.ts'
import { openWriters } from './replay.ts'
import { openSqlite } from './sqlite-d1.ts'

/** Of each connection, before the flood. */
const ACCEPTED = 30
const REFUSED = 5
/** Of each kind, at the one connection. */
const FLOOD = 3000
const KINDS = ['signature_no_key', 'audience', 'user_unknown'] as const
/** Details may take a quarter of it: all of the others fit, those of the flood do not. */
const bytesFor = (connections: number) => 4 * (connections * 325_000 + 200_000)

export type Flood = {
  /** Bytes of details, before and after the flood and its sweeps, and what they may take. */
  details: { before: number; after: number; limit: number }
  /** Of the flooded connection: its refusals, and bytes of its details before and after sweeps. */
  flooded: { lines: number; most: number; details: number }
  /** Of the other connections: what the flood has cost them. */
  lost: { details: number; lines: number }
  /** Runs of the sweep until nothing was over its share. */
  runs: number
}

export async function simulateFlood(connections: number): Promise<Flood> {
  const { sqlite, binding } = openSqlite(readFileSync('src/platform/db/history-schema.sql', 'utf8'))
  const db = openDatabase(binding)
  const sids = Array.from({ length: connections }, () => createSid('CN'))
  const [flooded, ...others] = sids
  const write = await openWriters(sqlite, [null, ...KINDS])
  const userSid = createSid('US')
  let now = BEGAN
  sqlite.exec('BEGIN')
  for (let login = 0; login < ACCEPTED + REFUSED; login++, now += MINUTE)
    for (const connectionSid of sids)
      write({ connectionSid, userSid, at: now }, login < ACCEPTED ? null : 'audience')
  sqlite.exec('COMMIT')
  const one = (sql: string, ...parameters: string[]) =>
    Number(Object.values(sqlite.prepare(sql).get(...parameters)!)[0])
  const bytes = () => one('SELECT sum(bytes) FROM attempt_details')
  const ofOthers = () =>
    one('SELECT count(*) FROM attempt_details WHERE connection_sid <> ?', flooded!)
  const linesOfOthers = () =>
    one('SELECT count(*) FROM attempts WHERE connection_sid <> ?', flooded!)
  const before = { bytes: bytes(), details: ofOthers(), lines: linesOfOthers() }

  sqlite.exec('BEGIN')
  for (let refusal = 0; refusal < FLOOD; refusal++)
    for (const kind of KINDS) write({ connectionSid: flooded!, userSid, at: now++ }, kind)
  sqlite.exec('COMMIT')
  const ofFlooded = () =>
    one('SELECT sum(bytes) FROM attempt_details WHERE connection_sid = ?', flooded!)
  const most = ofFlooded()
  const limits = { days: 90, bytes: bytesFor(others.length) }
  let runs = 0
  for (let details = 1; details > 0; runs++, now += RUN)
    ({ details } = await sweepHistory(db, limits, now, { ...budgetOfRun(), until: Infinity }))
  return {
    details: { before: before.bytes, after: bytes(), limit: limits.bytes / 4 },
    flooded: {
      lines: one(
        'SELECT count(*) FROM attempts WHERE connection_sid = ? AND ring IS NOT NULL',
        flooded!,
      ),
      most,
      details: ofFlooded(),
    },
    lost: { details: before.details - ofOthers(), lines: before.lines - linesOfOthers() },
    runs,
  }
}
