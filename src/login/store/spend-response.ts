// The SQL of an accepted response: one batch spends it, records it and creates the login code.
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { certificates } from '../../connections/certificates/tables.ts'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { attempts, loginCodes, nameIDs, proofs, spent } from '../tables.ts'
import { aliases } from '../../rollout/reconcile/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded } from '../../platform/db/sql.ts'
import type { ErrorCode } from '../../errors.ts'
import { NAME_ID_FORMAT } from '../../saml/names.ts'
import type { Principal } from '../../saml/response/verify-response.ts'
import type { Attempt } from './attempts.ts'
import { countLogin } from './daily-logins.ts'

const MINUTE = 60_000

export type AcceptedResponse = {
  attempt: Attempt
  tenantSid: string
  /** The IdP whose signature was verified. */
  entityID: string
  /** ID of the AuthnRequest that was answered; null for an unsolicited response. */
  requestID: string | null
  assertionID: string
  /** Until when request and assertion stay in the ledger, milliseconds since 1970. */
  spentUntil: number
  principal: Principal
  emailKey: string
  /** False for a test sign-in: it opens no session and binds no NameID. */
  loginCode: false | { codeHash: string; expiresAt: number }
}

/**
 * Spends request and assertion, finds the user, records the attempt and the proof, and creates the
 * login code: all or nothing. Returns the attempt's code (null: accepted), or `replayed` if request
 * or assertion was spent before.
 */
export async function spendResponse(
  db: Database,
  response: AcceptedResponse,
): Promise<'replayed' | ErrorCode | null> {
  const { attempt, loginCode } = response
  const spend = (kind: 'request' | 'assertion', id: string) =>
    db.insert(spent).values({
      connectionSid: attempt.connectionSid,
      kind,
      id,
      expiresAt: response.spentUntil,
    })
  const accepted = and(eq(attempts.sid, attempt.sid), isNull(attempts.code))
  try {
    const { recorded } = await batch(db, {
      record: recordAttempt(db, response),
      // RETURNING would cost a row more.
      recorded: db
        .select({ code: attempts.code })
        .from(attempts)
        .where(eq(attempts.sid, attempt.sid)),
      request: response.requestID ? spend('request', response.requestID) : undefined,
      assertion: spend('assertion', response.assertionID),
      prove: proveUser(db, response, accepted),
      bind: loginCode ? bindNameID(db, response, accepted) : undefined,
      loginCode: loginCode ? createLoginCode(db, response, loginCode, accepted) : undefined,
      count: countLogin(db, attempt),
      // finishLogin notes the use of a login.
      use: loginCode ? undefined : noteUse(db, attempt.createdAt, accepted),
    })
    const [row] = recorded
    if (!row) throw new TypeError('the attempt was not recorded')
    return row.code as ErrorCode | null
  } catch (error) {
    if (isUniqueViolation(error)) return 'replayed'
    throw error
  }
}

/** A transient NameID changes with each login, so it cannot identify a user. */
const lastingNameID = ({ principal }: AcceptedResponse) =>
  principal.nameIDFormat === NAME_ID_FORMAT.transient ? null : principal.nameID

/**
 * Records the attempt with the user of the e-mail, and with the code that the user's state sets.
 */
function recordAttempt(db: Database, response: AcceptedResponse) {
  const { attempt, emailKey } = response
  const { connectionSid } = attempt
  const nameID = lastingNameID(response)
  const named = alias(users, 'named')
  const bound = alias(nameIDs, 'bound')
  // An alias that an administrator has set goes before the login e-mail.
  const userSid = sql`coalesce(
    (SELECT ${aliases.userSid} FROM ${aliases}
      WHERE ${aliases.connectionSid} = ${connectionSid} AND ${aliases.emailKey} = ${emailKey}),
    (SELECT ${named.sid} FROM ${users} AS ${named} WHERE ${named.emailKey} = ${emailKey}))`
  // coalesce: if the NameID is bound to this user, the second query would give the same NameID.
  const ofConnection = sql`FROM ${nameIDs} AS ${bound}
    WHERE ${bound.connectionSid} = ${connectionSid}`
  const userOfName = sql`(SELECT ${bound.userSid} ${ofConnection} AND ${bound.nameID} = ${nameID})`
  const nameOfUser = sql`(SELECT ${bound.nameID} ${ofConnection}
    AND ${bound.userSid} = ${users.sid})`
  return insertFromSelect(
    db,
    attempts,
    {
      ...attempt,
      userSid: users.sid,
      code: sql`CASE
        WHEN ${users.sid} IS NULL THEN 'user_unknown'
        WHEN ${users.suspendedAt} IS NOT NULL THEN 'user_suspended'
        WHEN ${users.connectionSid} IS NOT ${connectionSid} THEN 'user_not_enabled'
        WHEN coalesce(${userOfName} <> ${users.sid}, ${nameOfUser} <> ${nameID})
          THEN 'name_id_changed'
      END`,
    },
    (select) =>
      select
        .from(sql`(SELECT 1)`)
        .leftJoin(users, and(eq(users.sid, userSid), eq(users.tenantSid, response.tenantSid))),
  )
}

function bindNameID(db: Database, response: AcceptedResponse, accepted: SQL | undefined) {
  const nameID = lastingNameID(response)
  return insertFromSelect(
    db,
    nameIDs,
    {
      connectionSid: attempts.connectionSid,
      nameID: sql`${nameID}`,
      userSid: attempts.userSid,
      createdAt: attempts.createdAt,
    },
    (select) => select.from(attempts).where(and(accepted, sql`${nameID} IS NOT NULL`)),
  ).onConflictDoNothing()
}

function proveUser(db: Database, { entityID }: AcceptedResponse, accepted: SQL | undefined) {
  return insertFromSelect(
    db,
    proofs,
    {
      connectionSid: attempts.connectionSid,
      userSid: attempts.userSid,
      entityID,
      createdAt: attempts.createdAt,
    },
    (select) => select.from(attempts).where(accepted),
  ).onConflictDoUpdate({
    target: [proofs.connectionSid, proofs.userSid],
    set: { entityID: excluded(proofs.entityID), createdAt: excluded(proofs.createdAt) },
    setWhere: sql`${proofs.entityID} <> ${excluded(proofs.entityID)}`,
  })
}

function createLoginCode(
  db: Database,
  { principal }: AcceptedResponse,
  made: Exclude<AcceptedResponse['loginCode'], false>,
  accepted: SQL | undefined,
) {
  return insertFromSelect(
    db,
    loginCodes,
    {
      ...made,
      attemptSid: attempts.sid,
      connectionSid: attempts.connectionSid,
      userSid: attempts.userSid,
      principal,
    },
    (select) => select.from(attempts).where(accepted),
  )
}

/**
 * Notes the last use of an attempt's connection and certificate: to the minute, so that few logins
 * write these rows. `accepted` selects the attempt, or no row if it was refused.
 */
export function noteUse(db: Database, now: number, accepted: SQL | undefined) {
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
