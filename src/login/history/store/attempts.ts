// The SQL that reads attempts: a line each, and the detail where it is kept.
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { CheckRow } from '../../../saml/response/checks.ts'
import type { Database } from '../../../platform/db/client.ts'
import { newestSidFirst, type PageRequest } from '../../../platform/db/page.ts'
import { rowsOf } from '../../../platform/db/sql.ts'
import {
  attemptDetails,
  attempts,
  periodOf,
  RINGS,
  testValues,
  type TestValues,
} from '../tables.ts'

export type AttemptRow = typeof attempts.$inferSelect & {
  /** False: checks, certificate and message are not kept; there are none then. */
  hasDetail: boolean
  certificateFingerprint: string | null
  checks: CheckRow[]
  message: string | null
  /** Of a test sign-in that its NameID refused, for seven days. */
  testValues: TestValues | null
}

/** Newest first; one row more than the page holds. */
export async function findAttempts(
  db: Database,
  connectionSid: string,
  page: PageRequest,
  userSid?: string,
): Promise<AttemptRow[]> {
  const wanted =
    userSid === undefined
      ? eq(attempts.connectionSid, connectionSid)
      : isTheirs(attempts, sql`${userSid}`, connectionSid)
  const order = newestSidFirst.order(attempts)
  const rows = await selectAttempts(db)
    .where(and(wanted, newestSidFirst.after(attempts, page)))
    .orderBy(...(userSid === undefined ? order : [desc(periodOf(attempts.createdAt)), ...order]))
    .limit(page.limit + 1)
  return rows.map(toAttempt)
}

type Lines = Record<'userSid' | 'connectionSid' | 'createdAt', SQLiteColumn>

/**
 * A user's lines at a connection, by the index of users: one seek a period. The + keeps the
 * index of the connection out, which would be read to its end for a user who never came.
 */
function isTheirs(lines: Lines, userSid: SQL, connectionSid: string): SQL {
  return sql`${periodOf(lines.createdAt)} IN (${PERIODS}) AND ${lines.userSid} = ${userSid}
    AND +${lines.connectionSid} = ${connectionSid}`
}

const edgeOf = (order: SQL) =>
  sql`(SELECT ${periodOf(attempts.createdAt)} FROM ${attempts} ORDER BY ${order} LIMIT 1)`

/** The periods from the newest line to the oldest. */
const PERIODS = sql`WITH RECURSIVE periods(period) AS (
  SELECT ${edgeOf(desc(attempts.sid))} UNION ALL
  SELECT period - 1 FROM periods WHERE period > ${edgeOf(asc(attempts.sid))}
) SELECT period FROM periods`

/** A user's newest at any connection: one seek a period. */
export async function findUserAttempts(
  db: Database,
  userSid: string,
  limit: number,
): Promise<AttemptRow[]> {
  const rows = await selectAttempts(db)
    .where(and(sql`${periodOf(attempts.createdAt)} IN (${PERIODS})`, eq(attempts.userSid, userSid)))
    .orderBy(desc(periodOf(attempts.createdAt)), desc(attempts.sid))
    .limit(limit)
  return rows.map(toAttempt)
}

export async function findAttempt(db: Database, sid: string): Promise<AttemptRow | undefined> {
  const [found] = await selectAttempts(db).where(eq(attempts.sid, sid))
  return found && toAttempt(found)
}

function toAttempt<T extends { checks: CheckRow[] | null }>({ checks, ...row }: T) {
  return { ...row, checks: checks ?? [], hasDetail: checks !== null }
}

/** The rings are few, and each is one look at a key. */
function selectAttempts(db: Database) {
  const { certificateFingerprint, checks, message } = attemptDetails
  return db
    .select({
      ...getTableColumns(attempts),
      certificateFingerprint,
      checks,
      message,
      testValues: testValues.said,
    })
    .from(attempts)
    .leftJoin(testValues, eq(testValues.sid, attempts.sid))
    .leftJoin(
      attemptDetails,
      and(
        eq(attemptDetails.connectionSid, attempts.connectionSid),
        inArray(attemptDetails.ring, [...RINGS]),
        eq(attemptDetails.sid, attempts.sid),
      ),
    )
}

/** Of each user the last attempt at the connection that is known to be theirs. */
export function findLastAttempts(db: Database, connectionSid: string, userSids: readonly string[]) {
  const theirs = alias(attempts, 'theirs')
  const users = rowsOf(userSids)
  const last = sql`(SELECT ${theirs.sid} FROM ${attempts} AS ${theirs}
    WHERE ${isTheirs(theirs, users.value, connectionSid)}
    ORDER BY ${periodOf(theirs.createdAt)} DESC, ${theirs.sid} DESC LIMIT 1)`
  return db
    .select({
      sid: attempts.sid,
      userSid: attempts.userSid,
      code: attempts.code,
      createdAt: attempts.createdAt,
      isTest: attempts.isTest,
      revision: attempts.revision,
    })
    .from(users.from)
    .innerJoin(attempts, eq(attempts.sid, last))
    .where(isNotNull(attempts.userSid))
}

export type LastAttempt = Awaited<ReturnType<typeof findLastAttempts>>[number]

/** What tells when the newest attempts are other ones, or end in another way. */
export function findNewest(db: Database, connectionSid: string, limit: number) {
  const { sid, code } = attempts
  return db
    .select({ sid, code })
    .from(attempts)
    .where(eq(attempts.connectionSid, connectionSid))
    .orderBy(desc(sid))
    .limit(limit)
}
