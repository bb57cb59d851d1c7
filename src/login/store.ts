// The SQL of logins: the ledger, attempts, hand-offs, sessions. Each function is one round trip.
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { OPEN_STATES } from '../connections/connection.ts'
import { isUniqueViolation, type Database } from '../db/client.ts'
import {
  attempts,
  connections,
  handoffs,
  nameIDs,
  sessions,
  spent,
  tenants,
  users,
} from '../db/schema.ts'
import type { ErrorCode } from '../errors.ts'
import type { CheckRow } from '../saml/checks.ts'
import { NAME_ID_FORMAT } from '../saml/names.ts'
import type { Principal } from '../saml/verify-response.ts'

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
  createdAt: number
}

/** Records a login that was refused before it touched anything. */
export async function insertRefusedAttempt(
  db: Database,
  attempt: Attempt,
  ring: 'unproven' | 'refused',
  code: ErrorCode,
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
  ])
}

export type Acceptance = {
  attempt: Attempt
  tenantSid: string
  /** ID of the AuthnRequest that was answered; null for an unsolicited response. */
  requestID: string | null
  assertionID: string
  /** Until when request and assertion stay in the ledger, milliseconds since 1970. */
  spentUntil: number
  principal: Principal
  emailKey: string
  handoff: { codeHash: string; browserHash: string; returnTo: string; expiresAt: number }
}

/**
 * Spends request and assertion, finds the user, records the attempt and makes the hand-off: all or nothing. Returns the
 * attempt's code (null: accepted), or `replayed` where the ledger had one of them.
 */
export async function acceptResponse(
  db: Database,
  acceptance: Acceptance,
): Promise<'replayed' | ErrorCode | null> {
  const { attempt, principal, handoff } = acceptance
  const { connectionSid } = attempt
  // A transient NameID is another one each time: it says nothing about who comes back.
  const nameID = principal.nameIDFormat === NAME_ID_FORMAT.transient ? null : principal.nameID
  const spend = (kind: 'request' | 'assertion', id: string) =>
    db.insert(spent).values({ connectionSid, kind, id, expiresAt: acceptance.spentUntil })
  const accepted = sql`FROM ${attempts} WHERE ${attempts.sid} = ${attempt.sid} AND ${attempts.code} IS NULL`

  const recordAttempt = db.all<{ code: ErrorCode | null }>(sql`
    INSERT INTO ${attempts} (sid, connection_sid, code, checks, message, user_sid, idp_initiated, certificate_fingerprint, verify_micros, created_at)
    SELECT ${attempt.sid}, ${connectionSid},
      CASE
        WHEN u.sid IS NULL THEN 'user_unknown'
        WHEN u.suspended_at IS NOT NULL THEN 'user_suspended'
        WHEN u.connection_sid IS NOT ${connectionSid} THEN 'user_not_enabled'
        WHEN by_name.user_sid <> u.sid THEN 'name_id_changed'
        WHEN by_user.name_id <> ${nameID} THEN 'name_id_changed'
      END,
      ${JSON.stringify(attempt.checks)}, ${attempt.message}, u.sid, ${attempt.idpInitiated ? 1 : 0},
      ${attempt.certificateFingerprint}, ${attempt.verifyMicros}, ${attempt.createdAt}
    FROM (SELECT 1)
    LEFT JOIN ${users} u ON u.email_key = ${acceptance.emailKey} AND u.tenant_sid = ${acceptance.tenantSid}
    LEFT JOIN ${nameIDs} by_name ON by_name.connection_sid = ${connectionSid} AND by_name.name_id = ${nameID}
    LEFT JOIN ${nameIDs} by_user ON by_user.connection_sid = ${connectionSid} AND by_user.user_sid = u.sid
    RETURNING code`)
  const bindNameID = db.run(sql`
    INSERT INTO ${nameIDs} (connection_sid, name_id, user_sid, created_at)
    SELECT ${connectionSid}, ${nameID}, user_sid, ${attempt.createdAt} ${accepted} AND ${nameID} IS NOT NULL
    ON CONFLICT DO NOTHING`)
  const makeHandoff = db.run(sql`
    INSERT INTO ${handoffs} (code_hash, attempt_sid, connection_sid, user_sid, browser_hash, return_to, principal, expires_at)
    SELECT ${handoff.codeHash}, sid, connection_sid, user_sid, ${handoff.browserHash}, ${handoff.returnTo}, ${JSON.stringify(principal)}, ${handoff.expiresAt}
    ${accepted}`)

  try {
    const spendAssertion = spend('assertion', acceptance.assertionID)
    const [recorded] = acceptance.requestID
      ? await db.batch([
          recordAttempt,
          spend('request', acceptance.requestID),
          spendAssertion,
          bindNameID,
          makeHandoff,
        ])
      : await db.batch([recordAttempt, spendAssertion, bindNameID, makeHandoff])
    const [row] = recorded
    if (!row) throw new TypeError('the attempt was not recorded')
    return row.code
  } catch (error) {
    if (isUniqueViolation(error)) return 'replayed'
    throw error
  }
}

export type Finished =
  | { ok: true; returnTo: string; expiresAt: number }
  | {
      ok: false
      code: 'handoff_unknown' | 'handoff_spent' | 'browser_mismatch' | 'user_not_enabled'
      attemptSid?: string
    }

/**
 * Spends a hand-off and opens the session, if browser, user, connection and tenant are still what they were. A hand-off
 * that the wrong browser brings is spent all the same: its code has been where it should not.
 */
export async function finishLogin(
  db: Database,
  finish: {
    codeHash: string
    browserHash: string
    session: { sid: string; tokenHash: string; expiresAt: number }
    now: number
  },
): Promise<Finished> {
  const { codeHash, browserHash, session, now } = finish
  const sameBrowser = sql`${handoffs.codeHash} = ${codeHash} AND ${handoffs.browserHash} = ${browserHash}`
  try {
    const [, opened, , found] = await db.batch([
      db.run(sql`
        INSERT INTO ${spent} (connection_sid, kind, id, expires_at)
        SELECT connection_sid, 'handoff', code_hash, expires_at FROM ${handoffs}
        WHERE code_hash = ${codeHash} AND expires_at > ${now}`),
      db.all<{ expires_at: number }>(sql`
        INSERT INTO ${sessions} (sid, token_hash, user_sid, connection_sid, attempt_sid, principal, created_at, expires_at)
        SELECT ${session.sid}, ${session.tokenHash}, ${handoffs.userSid}, ${handoffs.connectionSid}, ${handoffs.attemptSid}, ${handoffs.principal}, ${now},
          min(${session.expiresAt}, coalesce(json_extract(${handoffs.principal}, '$.sessionNotOnOrAfter'), ${session.expiresAt}))
        FROM ${handoffs}
        JOIN ${users} ON ${users.sid} = ${handoffs.userSid} AND ${users.connectionSid} = ${handoffs.connectionSid} AND ${users.suspendedAt} IS NULL
        JOIN ${connections} ON ${connections.sid} = ${handoffs.connectionSid} AND ${connections.state} IN ${OPEN_STATES}
        JOIN ${tenants} ON ${tenants.sid} = ${connections.tenantSid} AND ${tenants.plan} = 'enterprise' AND ${tenants.suspendedAt} IS NULL
        WHERE ${sameBrowser} AND ${handoffs.expiresAt} > ${now}
        RETURNING expires_at`),
      db.run(sql`
        UPDATE ${attempts} SET code = 'browser_mismatch'
        WHERE sid = (SELECT attempt_sid FROM ${handoffs} WHERE code_hash = ${codeHash} AND browser_hash <> ${browserHash})`),
      db.select().from(handoffs).where(eq(handoffs.codeHash, codeHash)),
    ])
    const [row] = found
    const [opening] = opened
    if (!row || row.expiresAt <= now) return { ok: false, code: 'handoff_unknown' }
    if (opening) return { ok: true, returnTo: row.returnTo, expiresAt: opening.expires_at }
    const code = row.browserHash === browserHash ? 'user_not_enabled' : 'browser_mismatch'
    return { ok: false, code, attemptSid: row.attemptSid }
  } catch (error) {
    if (isUniqueViolation(error)) return { ok: false, code: 'handoff_spent' }
    throw error
  }
}

/** The open session of a cookie, with the name of its connection. */
export async function findSession(db: Database, tokenHash: string, now: number) {
  const [session] = await db
    .select({
      sid: sessions.sid,
      principal: sessions.principal,
      createdAt: sessions.createdAt,
      expiresAt: sessions.expiresAt,
      connectionSid: sessions.connectionSid,
      connectionName: connections.name,
    })
    .from(sessions)
    .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
    .where(
      and(eq(sessions.tokenHash, tokenHash), isNull(sessions.endedAt), gt(sessions.expiresAt, now)),
    )
  return session
}

/** Ends the session of a cookie; returns where its tenant wants the browser to go, null for our own page. */
export async function endSession(
  db: Database,
  tokenHash: string,
  now: number,
): Promise<{ logoutRedirectURL: string | null } | undefined> {
  const [, found] = await db.batch([
    db
      .update(sessions)
      .set({ endedAt: now })
      .where(and(eq(sessions.tokenHash, tokenHash), isNull(sessions.endedAt))),
    db
      .select({ logoutRedirectURL: connections.logoutRedirectURL })
      .from(sessions)
      .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
      .where(eq(sessions.tokenHash, tokenHash)),
  ])
  return found[0]
}

const DAY = 24 * 3600 * 1000
/** Rows one sweep deletes from a table, so that a sweep always ends in time. */
const SWEEP_ROWS = 5000

/** Lets what has had its time die. */
export async function sweep(db: Database, now: number): Promise<void> {
  const old = (table: string, column: string, before: number) =>
    db.run(
      sql`DELETE FROM ${sql.identifier(table)} WHERE rowid IN (SELECT rowid FROM ${sql.identifier(table)} WHERE ${sql.identifier(column)} < ${before} LIMIT ${SWEEP_ROWS})`,
    )
  await db.batch([
    old('spent', 'expires_at', now),
    old('handoffs', 'expires_at', now),
    old('attempts', 'created_at', now - 90 * DAY),
    old('sessions', 'expires_at', now - 30 * DAY),
  ])
}
