// The SQL that writes HISTORY: a line for each login, its detail in a ring, and the day's count.
// The ACS and /login/finish may write in either order.
import { and, desc, eq, inArray, lt, lte, notExists, sql, type SQL } from 'drizzle-orm'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { excluded } from '../../../platform/db/sql.ts'
import { bytesOf, detailRingOf, ringOf, type AttemptRecord } from '../attempt.ts'
import { attemptDetails, attempts, dailyLogins, type RefusalRing, type Ring } from '../tables.ts'

const DAY = 24 * 3600 * 1000
/** Refused logins whose lines are kept, for each connection and ring. */
const RING_LINES = 250
/** Their details, and those of tests: the newest that fit. */
const RING_BYTES = 160_000
/** Accepted logins of a revision, and newest ones of a connection, whose details are kept. */
const FIRST_LOGINS = 20
const NEWEST_LOGINS = 10

/** One round trip. */
export async function insertAttempt(db: Database, record: AttemptRecord): Promise<void> {
  const { connectionSid } = record
  const ring = ringOf(record)
  const detailRing = detailRingOf(record)
  await batch(db, {
    line: ring ? insertRefused(db, record, ring) : insertAccepted(db, record),
    lines: ring ? trimLines(db, connectionSid, ring) : undefined,
    detail: detailRing
      ? [insertDetail(db, record, detailRing), trimDetails(db, connectionSid, detailRing)]
      : insertAcceptedDetail(db, record),
    day: isCounted(record) ? countDay(db, record, record.code ?? '', 1) : undefined,
  })
}

/** The login of a message that comes again has been counted. */
function isCounted({ isTest, code }: AttemptRecord): boolean {
  return !isTest && code !== 'replayed'
}

function lineOf(record: AttemptRecord) {
  const { sid, connectionSid, code, userSid, idpInitiated, isTest, revision, createdAt } = record
  const { verifyMicros, clockOffset } = record
  const line = { sid, connectionSid, code, userSid, idpInitiated, isTest, revision, createdAt }
  return { ...line, verifyMicros, clockOffset }
}

function insertRefused(db: Database, record: AttemptRecord, ring: RefusalRing) {
  return db.insert(attempts).values({
    ...lineOf(record),
    ring,
    ringNumber: sql`coalesce(${newestNumber(record.connectionSid, ring)}, 0) + 1`,
  })
}

/** /login/finish may have left its own line, with the code `browser_mismatch`, which stays. */
function insertAccepted(db: Database, record: AttemptRecord) {
  const { clockOffset, verifyMicros, revision } = attempts
  return db
    .insert(attempts)
    .values(lineOf(record))
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

const newestNumber = (connectionSid: string, ring: RefusalRing) =>
  sql`(SELECT max(${attempts.ringNumber}) FROM ${attempts}
    WHERE ${attempts.connectionSid} = ${connectionSid} AND ${attempts.ring} = ${ring})`

function trimLines(db: Database, connectionSid: string, ring: RefusalRing) {
  const last = sql`${newestNumber(connectionSid, ring)} - ${RING_LINES}`
  return db
    .delete(attempts)
    .where(
      and(
        eq(attempts.connectionSid, connectionSid),
        eq(attempts.ring, ring),
        lte(attempts.ringNumber, last),
      ),
    )
}

const isInRing = (connectionSid: string, ring: Ring) =>
  and(eq(attemptDetails.connectionSid, connectionSid), eq(attemptDetails.ring, ring))

function detailOf(record: AttemptRecord, ring: Ring) {
  const { connectionSid, sid, revision, certificateFingerprint, checks, message } = record
  const bytes = bytesOf(JSON.stringify(checks), message)
  return { connectionSid, ring, sid, bytes, revision, certificateFingerprint, checks, message }
}

function insertDetail(db: Database, record: AttemptRecord, ring: Ring) {
  return db.insert(attemptDetails).values(detailOf(record, ring))
}

/** Deletes what no longer fits, the oldest first; and what has no line any more. */
function trimDetails(db: Database, connectionSid: string, ring: Ring) {
  const { sid, bytes } = attemptDetails
  const newest = db
    .select({
      sid,
      held: sql<number>`sum(${bytes}) OVER (ORDER BY ${sid} DESC)`.as('held'),
      place: sql<number>`row_number() OVER (ORDER BY ${sid} DESC)`.as('place'),
    })
    .from(attemptDetails)
    .where(isInRing(connectionSid, ring))
    .as('newest')
  const dead = db
    .select({ sid: newest.sid })
    .from(newest)
    .where(sql`${newest.held} > ${RING_BYTES} OR ${newest.place} > ${RING_LINES}`)
  return db.delete(attemptDetails).where(and(isInRing(connectionSid, ring), inArray(sid, dead)))
}

/** Among the first of its revision; otherwise it replaces the oldest of the newest. */
function insertAcceptedDetail(db: Database, record: AttemptRecord) {
  const { connectionSid, sid: ownSid, revision: ownRevision } = record
  const { sid, revision } = attemptDetails
  const first = isInRing(connectionSid, 'first')
  const lastOfFirst = db
    .select({ sid })
    .from(attemptDetails)
    .where(and(first, eq(revision, ownRevision)))
    .limit(1)
    .offset(FIRST_LOGINS - 1)
  const own = db
    .select({ sid })
    .from(attemptDetails)
    .where(and(first, eq(sid, ownSid)))
  const tenth = db
    .select({ sid })
    .from(attemptDetails)
    .where(isInRing(connectionSid, 'newest'))
    .orderBy(desc(sid))
    .limit(1)
    .offset(NEWEST_LOGINS - 1)
  return [
    db.delete(attemptDetails).where(and(first, lt(revision, ownRevision))),
    insertDetailWhere(db, record, 'first', notExists(lastOfFirst)),
    insertDetailWhere(db, record, 'newest', notExists(own)),
    db.delete(attemptDetails).where(and(isInRing(connectionSid, 'newest'), sql`${sid} < ${tenth}`)),
  ]
}

function insertDetailWhere(db: Database, record: AttemptRecord, ring: Ring, when: SQL) {
  return insertFromSelect(db, attemptDetails, detailOf(record, ring), (select) =>
    select.from(sql`(SELECT 1)`).where(when),
  )
}

type CountedLogin = { connectionSid: string; createdAt: number }

function countDay(
  db: Database,
  { connectionSid, createdAt }: CountedLogin,
  code: string,
  logins: number,
) {
  return db
    .insert(dailyLogins)
    .values({ connectionSid, day: createdAt - (createdAt % DAY), code, logins })
    .onConflictDoUpdate({
      target: [dailyLogins.day, dailyLogins.connectionSid, dailyLogins.code],
      set: { logins: sql`${dailyLogins.logins} + ${excluded(dailyLogins.logins)}` },
    })
}

/** An accepted login whose login code came from another browser: its line says so from then on. */
export async function noteMismatch(
  db: Database,
  login: { sid: string; connectionSid: string; userSid: string; createdAt: number },
): Promise<void> {
  const code = 'browser_mismatch'
  await batch(db, {
    line: db
      .insert(attempts)
      .values({ ...login, code })
      .onConflictDoUpdate({ target: attempts.sid, set: { code } }),
    accepted: countDay(db, login, '', -1),
    refused: countDay(db, login, code, 1),
  })
}
