// The SQL of logins: the ledger, attempts, hand-offs, the sessions they open. Each function is one round trip.
import { and, eq, gt, inArray, isNull, lt, ne, notInArray, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { describeActor } from '../events/actor.ts'
import { OPEN_STATES } from '../connections/connection.ts'
import { isUniqueViolation, type Database } from '../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { certificates, quarantinedCertificates } from '../connections/certificates/tables.ts'
import { connections } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { events } from '../events/tables.ts'
import { aliases } from '../rollout/reconcile/tables.ts'
import { sessions } from '../sessions/tables.ts'
import { attempts, dailyLogins, loginCodes, nameIDs, proofs, spent } from './tables.ts'
import { portionOf, value } from '../platform/db/sql.ts'
import type { ErrorCode } from '../errors.ts'
import type { CheckRow } from '../saml/response/checks.ts'
import { NAME_ID_FORMAT } from '../saml/names.ts'
import type { Principal } from '../saml/response/verify-response.ts'
import { createSid } from '../ids.ts'

const MINUTE = 60_000
const DAY = 24 * 3600 * 1000
/** Refused attempts kept a connection and ring. */
const RING_SIZE = 500

export type Attempt = {
  sid: string
  connectionSid: string
  checks: CheckRow[]
  message: string | null
  idpInitiated: boolean
  certificateFingerprint: string | null
  verifyMicros: number | null
  isTest: boolean
  /** How far the IdP's clock is ahead of ours, in milliseconds; null where the response does not say. */
  clockOffset: number | null
  /** Of the connection. */
  revision: number
  createdAt: number
}

export type AttemptRow = typeof attempts.$inferSelect

/** Of a connection, newest first; one row more than the page holds. */
export function findAttempts(
  db: Database,
  connectionSid: string,
  page: PageRequest,
  userSid?: string,
): Promise<AttemptRow[]> {
  return db
    .select()
    .from(attempts)
    .where(
      and(
        eq(attempts.connectionSid, connectionSid),
        userSid === undefined ? undefined : eq(attempts.userSid, userSid),
        newestFirst.after(attempts, page),
      ),
    )
    .orderBy(...newestFirst.order(attempts))
    .limit(page.limit + 1)
}

/** With the tenant and connection that it belongs to. */
export async function findAttempt(
  db: Database,
  sid: string,
): Promise<{ attempt: AttemptRow; tenantSid: string; connectionSid: string } | undefined> {
  const [found] = await db
    .select({
      attempt: attempts,
      tenantSid: connections.tenantSid,
      connectionSid: attempts.connectionSid,
    })
    .from(attempts)
    .innerJoin(connections, eq(connections.sid, attempts.connectionSid))
    .where(eq(attempts.sid, sid))
  return found
}

/** A test sign-in, with what its page says; undefined for what is none. */
export async function findTestAttempt(db: Database, sid: string) {
  const [found] = await db
    .select({
      connectionSid: attempts.connectionSid,
      code: attempts.code,
      checks: attempts.checks,
      supportContact: tenants.supportContact,
    })
    .from(attempts)
    .innerJoin(connections, eq(connections.sid, attempts.connectionSid))
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(and(eq(attempts.sid, sid), eq(attempts.isTest, true)))
  return found
}

/** Records a login that was refused before it touched anything. */
export async function insertRefusedAttempt(
  db: Database,
  attempt: Attempt,
  ring: 'unproven' | 'refused',
  code: ErrorCode,
  quarantined?: { tenantSid: string; fingerprint: string },
): Promise<void> {
  const newest = sql`(SELECT max(${attempts.ringNumber}) FROM ${attempts} WHERE ${attempts.connectionSid} = ${attempt.connectionSid} AND ${attempts.ring} = ${ring})`
  await db.batch([
    db
      .insert(attempts)
      .values({ ...attempt, ring, code, ringNumber: sql`coalesce(${newest}, 0) + 1` }),
    db
      .delete(attempts)
      .where(
        and(
          eq(attempts.connectionSid, attempt.connectionSid),
          eq(attempts.ring, ring),
          lt(attempts.ringNumber, sql`${newest} - ${RING_SIZE - 1}`),
        ),
      ),
    ...countLogin(db, attempt),
    ...(quarantined ? noteQuarantined(db, attempt, quarantined) : []),
  ])
}

/** Counts what has just been recorded, under the day and code of its row. Tests are no logins. */
function countLogin(db: Database, { sid, isTest }: Attempt) {
  if (isTest) return []
  const counted = sql`SELECT connection_sid, created_at - created_at % ${DAY}, coalesce(code, ''), 1 FROM attempts WHERE sid = ${sid}`
  return [addToDay(db, counted)]
}

/** `counted` are rows of the table: a day that has such a one already gets them added. */
function addToDay(db: Database, counted: SQL) {
  const { connectionSid, day, code, logins } = dailyLogins
  return db
    .insert(dailyLogins)
    .select(counted)
    .onConflictDoUpdate({
      target: [connectionSid, day, code],
      set: { logins: sql`${logins} + excluded.logins` },
    })
}

/** Notes that a login came whose key waits for somebody's decision. The audit trail says so once a key. */
function noteQuarantined(
  db: Database,
  { connectionSid, createdAt }: Attempt,
  { tenantSid, fingerprint }: { tenantSid: string; fingerprint: string },
) {
  const { lastSeenAt } = quarantinedCertificates
  const isIt = and(
    eq(quarantinedCertificates.connectionSid, connectionSid),
    eq(quarantinedCertificates.fingerprint, fingerprint),
  )
  return [
    db.insert(events).select((query) =>
      query
        .select({
          sid: value(createSid('EV')).as('sid'),
          tenantSid: value(tenantSid).as('tenant_sid'),
          actor: value(describeActor({ kind: 'maintenance' })).as('actor'),
          action: value('certificate.sign_quarantined').as('action'),
          subjectSid: value(connectionSid).as('subject_sid'),
          before: value<null>(null).as('before'),
          after: value(JSON.stringify({ certificates: [fingerprint] })).as('after'),
          createdAt: value(createdAt).as('created_at'),
        })
        .from(quarantinedCertificates)
        .where(and(isIt, isNull(lastSeenAt))),
    ),
    db
      .update(quarantinedCertificates)
      .set({ lastSeenAt: createdAt })
      .where(and(isIt, sql`coalesce(${lastSeenAt}, 0) <= ${createdAt - MINUTE}`)),
  ] as const
}

/** Certificates that wait for somebody's decision: never to log anybody in with. */
export async function findWaitingCertificates(
  db: Database,
  connectionSid: string,
): Promise<string[]> {
  const { certificate, refusedAt } = quarantinedCertificates
  const rows = await db
    .select({ certificate })
    .from(quarantinedCertificates)
    .where(and(eq(quarantinedCertificates.connectionSid, connectionSid), isNull(refusedAt)))
  return rows.map((row) => row.certificate)
}

export type Acceptance = {
  attempt: Attempt
  tenantSid: string
  /** Of the IdP whose signature was verified. */
  entityID: string
  /** ID of the AuthnRequest that was answered; null for an unsolicited response. */
  requestID: string | null
  assertionID: string
  /** Until when request and assertion stay in the ledger, milliseconds since 1970. */
  spentUntil: number
  principal: Principal
  emailKey: string
  /** False for a test sign-in: no session can come of it, and it binds no NameID. */
  loginCode: false | { codeHash: string; browserHash: string; returnTo: string; expiresAt: number }
}

/**
 * Spends request and assertion, finds the user, records the attempt and what it proves, and makes the hand-off: all or nothing. Returns the
 * attempt's code (null: accepted), or `replayed` where the ledger had one of them.
 */
export async function acceptResponse(
  db: Database,
  acceptance: Acceptance,
): Promise<'replayed' | ErrorCode | null> {
  const { attempt, principal, loginCode } = acceptance
  const { connectionSid } = attempt
  // A transient NameID is another one each time: it says nothing about who comes back.
  const nameID = principal.nameIDFormat === NAME_ID_FORMAT.transient ? null : principal.nameID
  const spend = (kind: 'request' | 'assertion', id: string) =>
    db.insert(spent).values({ connectionSid, kind, id, expiresAt: acceptance.spentUntil })
  const accepted = and(eq(attempts.sid, attempt.sid), isNull(attempts.code))
  // What an administrator has mapped goes before the login e-mail.
  const userSid = sql`coalesce(
    (SELECT ${aliases.userSid} FROM ${aliases} WHERE ${aliases.connectionSid} = ${connectionSid} AND ${aliases.emailKey} = ${acceptance.emailKey}),
    (SELECT named.sid FROM ${users} AS named WHERE named.email_key = ${acceptance.emailKey}))`
  // Asked one after the other: where the NameID is the user's own, the user's NameID is this one.
  const userOfName = sql`(SELECT bound.user_sid FROM ${nameIDs} AS bound WHERE bound.connection_sid = ${connectionSid} AND bound.name_id = ${nameID})`
  const nameOfUser = sql`(SELECT bound.name_id FROM ${nameIDs} AS bound WHERE bound.connection_sid = ${connectionSid} AND bound.user_sid = ${users.sid})`

  const recordAttempt = db.insert(attempts).select((query) =>
    query
      .select({
        sid: value(attempt.sid).as('sid'),
        connectionSid: value(connectionSid).as('connection_sid'),
        ring: value<null>(null).as('ring'),
        ringNumber: value<null>(null).as('ring_number'),
        code: sql<ErrorCode | null>`CASE
            WHEN ${users.sid} IS NULL THEN 'user_unknown'
            WHEN ${users.suspendedAt} IS NOT NULL THEN 'user_suspended'
            WHEN ${users.connectionSid} IS NOT ${connectionSid} THEN 'user_not_enabled'
            WHEN coalesce(${userOfName} <> ${users.sid}, ${nameOfUser} <> ${nameID}) THEN 'name_id_changed'
          END`.as('code'),
        checks: value(JSON.stringify(attempt.checks)).as('checks'),
        message: value(attempt.message).as('message'),
        userSid: users.sid,
        idpInitiated: value(attempt.idpInitiated ? 1 : 0).as('idp_initiated'),
        certificateFingerprint: value(attempt.certificateFingerprint).as('fingerprint'),
        verifyMicros: value(attempt.verifyMicros).as('verify_micros'),
        isTest: value(attempt.isTest ? 1 : 0).as('is_test'),
        clockOffset: value(attempt.clockOffset).as('clock_offset'),
        revision: value(attempt.revision).as('revision'),
        createdAt: value(attempt.createdAt).as('created_at'),
      })
      .from(sql`(SELECT 1)`)
      .leftJoin(users, and(eq(users.sid, userSid), eq(users.tenantSid, acceptance.tenantSid))),
  )
  const bindNameID = db
    .insert(nameIDs)
    .select((query) =>
      query
        .select({
          connectionSid: attempts.connectionSid,
          nameID: value(nameID).as('name_id'),
          userSid: attempts.userSid,
          createdAt: attempts.createdAt,
        })
        .from(attempts)
        .where(and(accepted, sql`${nameID} IS NOT NULL`)),
    )
    .onConflictDoNothing()
  const proveUser = db
    .insert(proofs)
    .select((query) =>
      query
        .select({
          connectionSid: attempts.connectionSid,
          userSid: attempts.userSid,
          entityID: value(acceptance.entityID).as('entity_id'),
          createdAt: attempts.createdAt,
        })
        .from(attempts)
        .where(accepted),
    )
    .onConflictDoUpdate({
      target: [proofs.connectionSid, proofs.userSid],
      set: { entityID: sql`excluded.entity_id`, createdAt: sql`excluded.created_at` },
      setWhere: sql`${proofs.entityID} <> excluded.entity_id`,
    })
  const createLoginCode = (made: Exclude<typeof loginCode, false>) =>
    db.insert(loginCodes).select((query) =>
      query
        .select({
          codeHash: value(made.codeHash).as('code_hash'),
          attemptSid: attempts.sid,
          connectionSid: attempts.connectionSid,
          userSid: attempts.userSid,
          browserHash: value(made.browserHash).as('browser_hash'),
          returnTo: value(made.returnTo).as('return_to'),
          principal: value(JSON.stringify(principal)).as('principal'),
          expiresAt: value(made.expiresAt).as('expires_at'),
        })
        .from(attempts)
        .where(accepted),
    )

  try {
    const [, [row]] = await db.batch([
      recordAttempt,
      // RETURNING would cost a row more.
      db.select({ code: attempts.code }).from(attempts).where(eq(attempts.sid, attempt.sid)),
      ...(acceptance.requestID ? [spend('request', acceptance.requestID)] : []),
      spend('assertion', acceptance.assertionID),
      proveUser,
      ...(loginCode ? [bindNameID, createLoginCode(loginCode)] : []),
      ...countLogin(db, attempt),
      // The use that a login makes is noted when it is finished.
      ...(loginCode ? [] : noteUse(db, attempt.createdAt, accepted)),
    ])
    if (!row) throw new TypeError('the attempt was not recorded')
    return row.code as ErrorCode | null
  } catch (error) {
    if (isUniqueViolation(error)) return 'replayed'
    throw error
  }
}

/**
 * Notes when the connection and the certificate of an attempt were used last: to the minute, so that few logins write these
 * rows. `accepted` finds the attempt where it counts, and nothing otherwise.
 */
function noteUse(db: Database, now: number, accepted: SQL | undefined) {
  const of = (column: SQLiteColumn) => db.select({ found: column }).from(attempts).where(accepted)
  const isStale = (at: SQLiteColumn) => sql`coalesce(${at}, 0) <= ${now - MINUTE}`
  const { lastLoginAt, sid } = connections
  const { lastUsedAt, connectionSid, fingerprint } = certificates
  return [
    db
      .update(connections)
      .set({ lastLoginAt: now })
      .where(and(sql`${sid} = ${of(attempts.connectionSid)}`, isStale(lastLoginAt))),
    db
      .update(certificates)
      .set({ lastUsedAt: now })
      .where(
        and(
          sql`(${connectionSid}, ${fingerprint}) = ${db
            .select({ connection: attempts.connectionSid, found: attempts.certificateFingerprint })
            .from(attempts)
            .where(accepted)}`,
          isStale(lastUsedAt),
        ),
      ),
  ] as const
}

export type Finished =
  | {
      ok: true
      returnTo: string
      expiresAt: number
      /** Whether sessions of somebody else, that the browser had, have ended. */
      hasEndedOthers: boolean
    }
  | {
      ok: false
      code: 'login_code_unknown' | 'login_code_spent' | 'browser_mismatch' | 'user_not_enabled'
      attempt?: { sid: string; connectionSid: string }
    }

/**
 * Spends a hand-off and opens the session, if browser, user, connection and tenant are still what they were. A hand-off
 * that the wrong browser brings is spent all the same: its code has been where it should not.
 */
export async function finishLogin(
  db: Database,
  finish: {
    codeHash: string
    browserHashes: readonly string[]
    /** Of the sessions that the browser has had: where somebody else signs in, they end. */
    earlier: readonly string[]
    session: { sid: string; tokenHash: string; expiresAt: number }
    now: number
  },
): Promise<Finished> {
  const { codeHash, browserHashes, earlier, session, now } = finish
  const loginCode = and(eq(loginCodes.codeHash, codeHash), gt(loginCodes.expiresAt, now))
  const mismatched = db
    .select({ sid: loginCodes.attemptSid })
    .from(loginCodes)
    .where(and(loginCode, notInArray(loginCodes.browserHash, [...browserHashes])))
  const isOpened = eq(sessions.sid, session.sid)
  const endsAt = sql<number>`min(${session.expiresAt}, coalesce(json_extract(${loginCodes.principal}, '$.sessionNotOnOrAfter'), ${session.expiresAt}))`
  try {
    const results = await db.batch([
      db.insert(spent).select((query) =>
        query
          .select({
            connectionSid: loginCodes.connectionSid,
            kind: sql<'loginCode'>`'loginCode'`.as('kind'),
            id: loginCodes.codeHash,
            expiresAt: loginCodes.expiresAt,
          })
          .from(loginCodes)
          .where(loginCode),
      ),
      db.insert(sessions).select((query) =>
        query
          .select({
            sid: value(session.sid).as('sid'),
            tokenHash: value(session.tokenHash).as('token_hash'),
            userSid: loginCodes.userSid,
            connectionSid: loginCodes.connectionSid,
            attemptSid: loginCodes.attemptSid,
            principal: loginCodes.principal,
            createdAt: value(now).as('created_at'),
            lastSeenAt: value(now).as('last_seen_at'),
            expiresAt: endsAt.as('expires_at'),
            endedAt: value<null>(null).as('ended_at'),
            endedBecause: value<null>(null).as('ended_because'),
          })
          .from(loginCodes)
          .innerJoin(
            users,
            and(
              eq(users.sid, loginCodes.userSid),
              eq(users.connectionSid, loginCodes.connectionSid),
              isNull(users.suspendedAt),
            ),
          )
          .innerJoin(
            connections,
            and(
              eq(connections.sid, loginCodes.connectionSid),
              inArray(connections.state, [...OPEN_STATES]),
            ),
          )
          .innerJoin(
            tenants,
            and(
              eq(tenants.sid, connections.tenantSid),
              eq(tenants.plan, 'enterprise'),
              isNull(tenants.suspendedAt),
            ),
          )
          .where(and(loginCode, inArray(loginCodes.browserHash, [...browserHashes]))),
      ),
      db
        .update(attempts)
        .set({ code: 'browser_mismatch' })
        .where(sql`${attempts.sid} = ${mismatched}`),
      db.select({ expiresAt: sessions.expiresAt }).from(sessions).where(isOpened),
      db.select().from(loginCodes).where(loginCode),
      ...noteUse(
        db,
        now,
        sql`${attempts.sid} = ${db.select({ sid: sessions.attemptSid }).from(sessions).where(isOpened)}`,
      ),
      // It was counted as accepted.
      addToDay(
        db,
        sql`SELECT connection_sid, created_at - created_at % ${DAY}, made.code, made.logins
          FROM attempts CROSS JOIN (SELECT '' AS code, -1 AS logins UNION ALL SELECT 'browser_mismatch', 1) AS made
          WHERE sid = ${mismatched}`,
      ),
      ...(earlier.length > 0 ? [endOthers(db, earlier, isOpened, now)] : []),
    ])
    const [, , , [opening], [row]] = results
    if (!row) return { ok: false, code: 'login_code_unknown' }
    if (opening) {
      const ended = earlier.length > 0 ? (results.at(-1) as { sid: string }[]) : []
      const { expiresAt } = opening
      return { ok: true, returnTo: row.returnTo, expiresAt, hasEndedOthers: ended.length > 0 }
    }
    const code = browserHashes.includes(row.browserHash) ? 'user_not_enabled' : 'browser_mismatch'
    return { ok: false, code, attempt: { sid: row.attemptSid, connectionSid: row.connectionSid } }
  } catch (error) {
    if (isUniqueViolation(error)) return { ok: false, code: 'login_code_spent' }
    throw error
  }
}

/** Of the sessions that a browser had, ends those of somebody else than the one that is opened. */
function endOthers(db: Database, earlier: readonly string[], isOpened: SQL, now: number) {
  const userSid = db.select({ userSid: sessions.userSid }).from(sessions).where(isOpened)
  return db
    .update(sessions)
    .set({ endedAt: now, endedBecause: 'logout' })
    .where(
      and(
        inArray(sessions.tokenHash, [...earlier]),
        isNull(sessions.endedAt),
        ne(sessions.userSid, sql`${userSid}`),
      ),
    )
    .returning({ sid: sessions.sid })
}

/** Lets what has had its time die. */
export async function sweep(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(spent).where(portionOf(spent, lt(spent.expiresAt, now))),
    db.delete(loginCodes).where(portionOf(loginCodes, lt(loginCodes.expiresAt, now))),
    db.delete(attempts).where(portionOf(attempts, lt(attempts.createdAt, now - 90 * DAY))),
    db.delete(dailyLogins).where(portionOf(dailyLogins, lt(dailyLogins.day, now - 90 * DAY))),
  ])
}
