// The SQL that reads lines of logins in their order, for the feed.
import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  sql,
  type SQL,
} from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Database } from '../../../platform/db/client.ts'
import { batch } from '../../../platform/db/batch.ts'
import { rowsOf } from '../../../platform/db/sql.ts'
import { attempts } from '../tables.ts'

type FedLines = {
  /** Connections; undefined: all. */
  of: readonly string[] | undefined
  after: string
  before: string
  most: number
}

/** By SID. Of each connection it reads as many lines as a page has, by the connection's index. */
export async function findFedLines(db: Database, { of, after, before, most }: FedLines) {
  if (of?.length === 0) return []
  const earlier = alias(attempts, 'earlier')
  const columns = {
    sid: attempts.sid,
    connectionSid: attempts.connectionSid,
    userSid: attempts.userSid,
    code: attempts.code,
    isTest: attempts.isTest,
    createdAt: attempts.createdAt,
    ring: attempts.ring,
    ringNumber: attempts.ringNumber,
    isFirst: sql<number>`(${attempts.ring} IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM ${attempts} AS ${earlier} WHERE ${earlier.connectionSid} =
        ${attempts.connectionSid} AND ${earlier.ring} = ${attempts.ring}
        AND ${earlier.ringNumber} = ${attempts.ringNumber} - 1))`.as('is_first'),
  }
  const rows = await (
    of
      ? selectOf(db, columns, of, { after, before, most })
      : db
          .select(columns)
          .from(attempts)
          .where(and(gt(attempts.sid, after), lt(attempts.sid, before)))
  )
    .orderBy(asc(attempts.sid))
    .limit(most)
  return rows.map((row) => ({ ...row, isFirst: row.isFirst === 1 }))
}

function selectOf<Columns extends Parameters<Database['select']>[0] & object>(
  db: Database,
  columns: Columns,
  of: readonly string[],
  { after, before, most }: Omit<FedLines, 'of'>,
) {
  const theirs = alias(attempts, 'theirs')
  const connections = rowsOf(of)
  const first = db
    .select({ sid: theirs.sid })
    .from(theirs)
    .where(
      and(
        eq(theirs.connectionSid, connections.value),
        gt(theirs.sid, after),
        lt(theirs.sid, before),
      ),
    )
    .orderBy(asc(theirs.sid))
    .limit(most)
  return db.select(columns).from(connections.from).innerJoin(attempts, inArray(attempts.sid, first))
}

export type LineSearch = {
  /** Connections; undefined: all. */
  of: readonly string[] | undefined
  /** SIDs: before the one, from the other on. */
  before: string
  from: string
  userSid: string | undefined
  /** Undefined: both. */
  outcome: 'succeeded' | 'refused' | undefined
  most: number
}

/** Lines that one page reads, so that a filter that fits few reads a bounded part. */
const A_PART = 1000

/** Newest first. `readTo`: all lines down to here were looked at. */
export async function findLinesBefore(db: Database, search: LineSearch) {
  const { of, before, most, userSid, outcome } = search
  if (of?.length === 0) return { rows: [], readTo: before, isEnd: true }
  const part = partBefore(db, search)
  const seen = part.as('part')
  const { sid, connectionSid, code, isTest, createdAt } = attempts
  const { rows, read } = await batch(db, {
    rows: db
      .select({ sid, connectionSid, userSid: attempts.userSid, code, isTest, createdAt })
      .from(attempts)
      .where(
        and(
          inArray(sid, db.select({ sid: seen.sid }).from(seen)),
          userSid === undefined ? undefined : eq(attempts.userSid, userSid),
          outcome && (outcome === 'refused' ? isNotNull(code) : isNull(code)),
        ),
      )
      .orderBy(desc(sid))
      .limit(most),
    read: db
      .select({
        count: sql<number>`count(*)`.as('count'),
        last: sql<string | null>`min(${seen.sid})`.as('last'),
      })
      .from(seen),
  })
  const { count, last } = read[0]!
  const isCut = rows.length === most
  return {
    rows,
    readTo: isCut ? rows.at(-1)!.sid : (last ?? before),
    isEnd: count < A_PART && !isCut,
  }
}

function partBefore(db: Database, { of, before, from }: LineSearch) {
  const theirs = alias(attempts, 'theirs')
  const within = (table: typeof theirs | typeof attempts, more?: SQL) =>
    and(more, lt(table.sid, before), gte(table.sid, from))
  if (!of)
    return db
      .select({ sid: attempts.sid })
      .from(attempts)
      .where(within(attempts))
      .orderBy(desc(attempts.sid))
      .limit(A_PART)
  const connections = rowsOf(of)
  const newest = db
    .select({ sid: theirs.sid })
    .from(theirs)
    .where(within(theirs, eq(theirs.connectionSid, connections.value)))
    .orderBy(desc(theirs.sid))
    .limit(A_PART)
  return db
    .select({ sid: attempts.sid })
    .from(connections.from)
    .innerJoin(attempts, inArray(attempts.sid, newest))
    .orderBy(desc(attempts.sid))
    .limit(A_PART)
}
