// The SQL that reads attempts: a line each, and the detail where it is kept.
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  sql,
  type SQL,
} from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { CheckRow } from '../../../saml/response/checks.ts'
import { timedSidFrom } from '../../../ids.ts'
import type { Database } from '../../../platform/db/client.ts'
import { countUpTo, type Total } from '../../../platform/db/count.ts'
import { newestSidFirst, type PageRequest } from '../../../platform/db/page.ts'
import { rowsOf } from '../../../platform/db/sql.ts'
import {
  attemptDetails,
  attempts,
  periodOf,
  REFUSALS,
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

/** Which lines of a connection a list shows. */
export type AttemptFilter = {
  userSid?: string | undefined
  /** Refused lines are few: rings keep them. */
  outcome?: 'accepted' | 'refused' | undefined
  code?: string | undefined
  /** Milliseconds since 1970: from this time, and before that one. */
  since?: number | undefined
  before?: number | undefined
  /** A reference: this line alone. */
  sid?: string | undefined
}

/** Newest first; one row more than the page holds. */
export async function findAttempts(
  db: Database,
  connectionSid: string,
  page: PageRequest,
  filter: AttemptFilter = {},
): Promise<AttemptRow[]> {
  const { userSid } = filter
  // The + keeps the index of the connection out: the rings have few lines, it has all.
  const listed = { sid: isOfRings(filter) ? sql`+${attempts.sid}` : sql`${attempts.sid}` }
  const order = newestSidFirst.order(listed)
  const rows = await selectAttempts(db)
    .where(and(isWanted(connectionSid, filter), newestSidFirst.after(listed, page)))
    .orderBy(...(userSid === undefined ? order : [desc(periodOf(attempts.createdAt)), ...order]))
    .limit(page.limit + 1)
  return rows.map(toAttempt)
}

/** Refused lines are in rings, but for one code, which a line gets after it was accepted. */
function isOfRings({ userSid, outcome, code, sid }: AttemptFilter): boolean {
  const isRefused = outcome === 'refused' || code !== undefined
  return isRefused && userSid === undefined && sid === undefined && code !== 'browser_mismatch'
}

export function countAttempts(
  db: Database,
  connectionSid: string,
  filter: AttemptFilter,
): Promise<Total> {
  const wanted = isWanted(connectionSid, filter)
  return countUpTo(db, db.select({ sid: attempts.sid }).from(attempts).where(wanted))
}

/** Lines that are looked through for a code that no ring has. */
const MOST_LINES = 1000

function isWanted(connectionSid: string, filter: AttemptFilter): SQL | undefined {
  const { userSid, outcome, code, since, before, sid } = filter
  const isLate = code === 'browser_mismatch' && userSid === undefined
  const key = isOfRings(filter) ? sql`+${attempts.sid}` : sql`${attempts.sid}`
  return and(
    userSid !== undefined
      ? isTheirs(attempts, sql`${userSid}`, connectionSid)
      : isLate
        ? inArray(attempts.sid, newestLines(connectionSid))
        : eq(attempts.connectionSid, connectionSid),
    isOfRings(filter) ? inArray(attempts.ring, [...REFUSALS]) : undefined,
    outcome === 'refused' ? isNotNull(attempts.code) : undefined,
    outcome === 'accepted' ? isNull(attempts.code) : undefined,
    code === undefined ? undefined : eq(attempts.code, code),
    since === undefined ? undefined : gte(key, timedSidFrom('AT', since)),
    before === undefined ? undefined : lt(key, timedSidFrom('AT', before)),
    sid === undefined ? undefined : eq(attempts.sid, sid),
  )
}

const newestLines = (connectionSid: string) => sql`(SELECT ${attempts.sid} FROM ${attempts}
  WHERE ${attempts.connectionSid} = ${connectionSid}
  ORDER BY ${attempts.sid} DESC LIMIT ${MOST_LINES})`

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
