// The SQL that reads lines of logins in their order, for the feed.
import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Database } from '../../../platform/db/client.ts'
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
