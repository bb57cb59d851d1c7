// The SQL that writes HISTORY: a line for each login, its detail in a ring, and the day's count.
// The ACS and /login/finish may write in either order.
import { and, desc, eq, exists, inArray, lt, lte, sql, type SQL } from 'drizzle-orm'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { compile, encoded, type Placeholders } from '../../../platform/db/compile.ts'
import { excluded } from '../../../platform/db/sql.ts'
import { bytesOf, detailRingOf, ringOf, type AttemptRecord } from '../attempt.ts'
import {
  attemptDetails,
  attempts,
  dailyLogins,
  testValues,
  type RefusalRing,
  type Ring,
} from '../tables.ts'
import { DAY } from '../../../durations.ts'

/** Refused logins whose lines are kept, for each connection and ring. */
const RING_LINES = 250
/** Their details, and those of tests: the newest that fit. */
const RING_BYTES = 160_000
/** Accepted logins of a revision, and newest ones of a connection, whose details are kept. */
const FIRST_LOGINS = 20
const NEWEST_LOGINS = 10

/** One round trip. */
export async function insertAttempt(db: Database, record: AttemptRecord): Promise<void> {
  const ring = ringOf(record)
  const detailRing = detailRingOf(record)
  const all = recordStatements({ ...valuesOf(record), ring, detailRing })
  await batch(db, {
    line: ring ? all.refused : all.accepted,
    lines: ring ? all.trimLines : undefined,
    detail: detailRing ? all.detail : all.acceptedDetail,
    values: record.testValues && all.values,
    day: isCounted(record) ? all.day : undefined,
  })
}

function valuesOf({ code, isProven: _, testValues: said = {}, ...record }: AttemptRecord) {
  // Written to JSON here, because its length counts.
  const checks = JSON.stringify(record.checks)
  const bytes = bytesOf(checks, record.message)
  const day = dayOf(record.createdAt)
  return { ...record, checks, code, said, result: code ?? '', bytes, day }
}

type RecordParameters = Placeholders<
  ReturnType<typeof valuesOf> & {
    ring: RefusalRing | null
    detailRing: Exclude<Ring, 'first' | 'newest'> | null
  }
>

const recordStatements = compile('recordStatements', (db, values: RecordParameters) => ({
  refused: insertRefused(db, values),
  accepted: insertAccepted(db, values),
  trimLines: trimLines(db, values),
  detail: [insertDetail(db, values, values.detailRing), trimDetails(db, values)],
  acceptedDetail: insertAcceptedDetail(db, values),
  values: db
    .insert(testValues)
    .values({ sid: values.sid, said: encoded(values.said, testValues.said) }),
  day: countDay(db, values, values.result, 1),
}))

/** The login of a message that comes again has been counted. */
function isCounted({ isTest, code }: AttemptRecord): boolean {
  return !isTest && code !== 'replayed'
}

function lineOf(values: RecordParameters) {
  const { sid, connectionSid, code, userSid, revision, createdAt } = values
  const { verifyMicros, clockOffset } = values
  const idpInitiated = encoded(values.idpInitiated, attempts.idpInitiated)
  const isTest = encoded(values.isTest, attempts.isTest)
  const line = { sid, connectionSid, code, userSid, idpInitiated, isTest, revision, createdAt }
  return { ...line, verifyMicros, clockOffset }
}

function insertRefused(db: Database, values: RecordParameters) {
  return db.insert(attempts).values({
    ...lineOf(values),
    ring: values.ring,
    ringNumber: sql`coalesce(${newestNumber(values)}, 0) + 1`,
  })
}

/** /login/finish may have left its own line, with the code `browser_mismatch`, which stays. */
function insertAccepted(db: Database, values: RecordParameters) {
  const { clockOffset, verifyMicros, revision } = attempts
  return db
    .insert(attempts)
    .values(lineOf(values))
    .onConflictDoUpdate({
      target: attempts.sid,
      set: {
        clockOffset: excluded(clockOffset),
        verifyMicros: excluded(verifyMicros),
        revision: excluded(revision),
        idpInitiated: excluded(attempts.idpInitiated),
      },
    })
}

const newestNumber = ({ connectionSid, ring }: RecordParameters) =>
  sql`(SELECT max(${attempts.ringNumber}) FROM ${attempts}
    WHERE ${attempts.connectionSid} = ${connectionSid} AND ${attempts.ring} = ${ring})`

function trimLines(db: Database, values: RecordParameters) {
  const last = sql`${newestNumber(values)} - ${RING_LINES}`
  return db
    .delete(attempts)
    .where(
      and(
        eq(attempts.connectionSid, values.connectionSid),
        eq(attempts.ring, values.ring),
        lte(attempts.ringNumber, last),
      ),
    )
}

const isInRing = ({ connectionSid }: RecordParameters, ring: SQL | Ring) =>
  and(eq(attemptDetails.connectionSid, connectionSid), eq(attemptDetails.ring, ring))!

function detailOf(values: RecordParameters) {
  const { connectionSid, sid, bytes, revision, certificateFingerprint, checks, message } = values
  return { connectionSid, sid, bytes, revision, certificateFingerprint, checks, message }
}

function insertDetail(db: Database, values: RecordParameters, ring: SQL) {
  return db.insert(attemptDetails).values({ ...detailOf(values), ring: sql`${ring}` })
}

/** Deletes what no longer fits, the oldest first; and what has no line any more. */
function trimDetails(db: Database, values: RecordParameters) {
  const { sid, bytes } = attemptDetails
  const isIn = isInRing(values, values.detailRing)
  const newest = db
    .select({
      sid,
      held: sql<number>`sum(${bytes}) OVER (ORDER BY ${sid} DESC)`.as('held'),
      place: sql<number>`row_number() OVER (ORDER BY ${sid} DESC)`.as('place'),
    })
    .from(attemptDetails)
    .where(isIn)
    .as('newest')
  const dead = db
    .select({ sid: newest.sid })
    .from(newest)
    .where(sql`${newest.held} > ${RING_BYTES} OR ${newest.place} > ${RING_LINES}`)
  return db.delete(attemptDetails).where(and(isIn, inArray(sid, dead)))
}

/** Among the first of its revision; otherwise it replaces the oldest of the newest. */
function insertAcceptedDetail(db: Database, values: RecordParameters) {
  const { sid, revision } = attemptDetails
  const first = isInRing(values, 'first')
  const newest = isInRing(values, 'newest')
  const lastOfFirst = db
    .select({ sid })
    .from(attemptDetails)
    .where(and(first, eq(revision, values.revision)))
    .limit(1)
    .offset(FIRST_LOGINS - 1)
  const tenth = db
    .select({ sid })
    .from(attemptDetails)
    .where(newest)
    .orderBy(desc(sid))
    .limit(1)
    .offset(NEWEST_LOGINS - 1)
  return [
    db.delete(attemptDetails).where(and(first, lt(revision, values.revision))),
    insertDetail(db, values, sql`CASE WHEN ${exists(lastOfFirst)} THEN 'newest' ELSE 'first' END`),
    db.delete(attemptDetails).where(and(newest, sql`${sid} < ${tenth}`)),
  ]
}

function dayOf(time: number): number {
  return time - (time % DAY)
}

type DayParameters = Placeholders<{ connectionSid: string; day: number }>

function countDay(
  db: Database,
  { connectionSid, day }: DayParameters,
  code: SQL<string> | string,
  logins: number,
) {
  return db
    .insert(dailyLogins)
    .values({ connectionSid, day, code, logins })
    .onConflictDoUpdate({
      target: [dailyLogins.day, dailyLogins.connectionSid, dailyLogins.code],
      set: { logins: sql`${dailyLogins.logins} + ${excluded(dailyLogins.logins)}` },
    })
}

type MismatchedLogin = { sid: string; connectionSid: string; userSid: string; createdAt: number }

/** An accepted login whose login code came from another browser: its line says so from then on. */
export async function noteMismatch(db: Database, login: MismatchedLogin): Promise<void> {
  await batch(db, mismatchStatements({ ...login, day: dayOf(login.createdAt) }))
}

type MismatchParameters = DayParameters & Placeholders<MismatchedLogin>

const mismatchStatements = compile('mismatchStatements', (db, values: MismatchParameters) => {
  const { sid, connectionSid, userSid, createdAt } = values
  const code = 'browser_mismatch'
  return {
    line: db
      .insert(attempts)
      .values({ sid, connectionSid, userSid, createdAt, code })
      .onConflictDoUpdate({ target: attempts.sid, set: { code } }),
    accepted: countDay(db, values, '', -1),
    refused: countDay(db, values, code, 1),
  }
})
