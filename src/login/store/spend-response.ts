// The SQL of an accepted response: one batch spends it and creates the login code.
import { and, eq, exists, isNull, or, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { certificates } from '../../connections/certificates/tables.ts'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { loginCodes, nameIDs, proofs, spent } from '../tables.ts'
import { aliases } from '../../rollout/reconcile/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { compile, encoded, type Placeholders } from '../../platform/db/compile.ts'
import { excluded } from '../../platform/db/sql.ts'
import type { ErrorCode } from '../../errors.ts'
import { NAME_ID_FORMAT } from '../../saml/names.ts'
import type { Principal } from '../../saml/response/verify-response.ts'
import type { Attempt } from '../history/attempt.ts'

const MINUTE = 60_000

export type AcceptedResponse = {
  attempt: Pick<
    Attempt,
    'sid' | 'connectionSid' | 'certificateFingerprint' | 'revision' | 'createdAt'
  >
  tenantSid: string
  /** The IdP whose signature was verified. */
  entityID: string
  /** The AuthnRequest that was answered; null for an unsolicited response. */
  request: SpentID | null
  assertion: SpentID
  principal: Principal
  emailKey: string
  /** False for a test sign-in: it opens no session and binds no NameID. */
  loginCode: false | { name: string; codeHash: string; expiresAt: number }
}

/** `until`: how long it stays in the ledger, in milliseconds since 1970; the same for each copy. */
type SpentID = { id: string; until: number }

/** The user of the response, and why that user may not sign in (null: accepted). */
export type Outcome = { userSid: string | null; code: ErrorCode | null }

/**
 * Spends request and assertion, finds the user, records the proof, and creates the login code: all
 * or nothing. Returns `replayed` if request or assertion was spent before. Sent again after a lost
 * answer, the batch meets what it has spent itself, with the SID of its attempt.
 */
export async function spendResponse(
  db: Database,
  response: AcceptedResponse,
): Promise<'replayed' | Outcome> {
  const { request, loginCode } = response
  const values = valuesOf(response)
  const statements = loginCode
    ? spendForLogin({ ...values, ...loginCode, principal: response.principal })
    : spendForTest(values)
  try {
    const { outcomes } = await batch(
      db,
      { ...statements, request: request ? statements.request : undefined },
      { isRepeatable: true },
    )
    return readOutcome(outcomes)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const { own, outcomes } = await batch(db, readAgain(values))
    return own.length === 0 ? 'replayed' : readOutcome(outcomes)
  }
}

type ResponseValues = ReturnType<typeof valuesOf>
type ResponseParameters = Placeholders<ResponseValues>
type LoginParameters = Placeholders<
  ResponseValues &
    Exclude<AcceptedResponse['loginCode'], false> &
    Pick<AcceptedResponse, 'principal'>
>

function valuesOf({ attempt, request, assertion, principal, ...response }: AcceptedResponse) {
  // A transient NameID changes with each login, so it cannot identify a user.
  const isTransient = principal.nameIDFormat === NAME_ID_FORMAT.transient
  return {
    attemptSid: attempt.sid,
    connectionSid: attempt.connectionSid,
    revision: attempt.revision,
    fingerprint: attempt.certificateFingerprint ?? '',
    now: attempt.createdAt,
    tenantSid: response.tenantSid,
    entityID: response.entityID,
    emailKey: response.emailKey,
    nameID: isTransient ? null : principal.nameID,
    requestID: request?.id ?? '',
    requestUntil: request?.until ?? 0,
    assertionID: assertion.id,
    assertionUntil: assertion.until,
  }
}

const spendForLogin = compile((db, values: LoginParameters) => {
  const outcome = outcomeOf(db, values)
  const accepted = acceptedWithCode(db, values)
  return {
    ...spendIDs(db, values),
    outcomes: db.select().from(outcome),
    loginCode: createLoginCode(db, values, outcome),
    prove: proveUser(db, values, accepted),
    use: noteCertificate(db, values, accepted),
    // finishLogin notes the login at the connection.
    bind: bindNameID(db, values, accepted),
  }
})

const spendForTest = compile((db, values: ResponseParameters) => {
  const outcome = outcomeOf(db, values)
  const accepted = acceptedBy(db, outcome)
  return {
    ...spendIDs(db, values),
    outcomes: db.select().from(outcome),
    prove: proveUser(db, values, accepted),
    use: noteCertificate(db, values, accepted),
    success: noteTest(db, values, accepted),
  }
})

/** Whether this very attempt has spent the assertion, and the outcome once more. */
const readAgain = compile((db, values: ResponseParameters) => ({
  own: db
    .select({ sid: spent.attemptSid })
    .from(spent)
    .where(
      and(
        eq(spent.expiresAt, values.assertionUntil),
        eq(spent.connectionSid, values.connectionSid),
        eq(spent.kind, 'assertion'),
        eq(spent.id, values.assertionID),
        eq(spent.attemptSid, values.attemptSid),
      ),
    ),
  outcomes: db.select().from(outcomeOf(db, values)),
}))

function spendIDs(db: Database, values: ResponseParameters) {
  const { attemptSid, connectionSid } = values
  const spend = (kind: 'request' | 'assertion', id: SQL<string>, expiresAt: SQL<number>) =>
    db.insert(spent).values({ connectionSid, kind, id, attemptSid, expiresAt })
  return {
    request: spend('request', values.requestID, values.requestUntil),
    assertion: spend('assertion', values.assertionID, values.assertionUntil),
  }
}

function readOutcome([found]: readonly { userSid: string | null; code: string | null }[]): Outcome {
  return { userSid: found!.userSid, code: found!.code as ErrorCode | null }
}

type OutcomeQuery = ReturnType<typeof outcomeOf>

/** One row: the user of the e-mail, and the code that the user's state sets. */
function outcomeOf(db: Database, values: ResponseParameters) {
  const { connectionSid, tenantSid, emailKey, nameID } = values
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
  return db
    .select({
      userSid: sql<string | null>`${users.sid}`.as('user_sid'),
      code: sql<string | null>`CASE
        WHEN ${users.sid} IS NULL THEN 'user_unknown'
        WHEN ${users.suspendedAt} IS NOT NULL THEN 'user_suspended'
        WHEN ${users.connectionSid} IS NOT ${connectionSid} THEN 'user_not_enabled'
        WHEN coalesce(${userOfName} <> ${users.sid}, ${nameOfUser} <> ${nameID})
          THEN 'name_id_changed'
      END`.as('code'),
    })
    .from(sql`(SELECT 1)`)
    .leftJoin(users, and(eq(users.sid, userSid), eq(users.tenantSid, tenantSid)))
    .as('outcome')
}

type AcceptedQuery = ReturnType<typeof acceptedBy>

/** The user, or no row if the response was refused. */
function acceptedBy(db: Database, outcome: OutcomeQuery) {
  return db
    .select({ userSid: sql<string>`${outcome.userSid}`.as('user_sid') })
    .from(outcome)
    .where(isNull(outcome.code))
    .as('accepted')
}

/** The same by the login code, which reads less. */
function acceptedWithCode(db: Database, { name }: LoginParameters) {
  return db
    .select({ userSid: sql<string>`${loginCodes.userSid}`.as('user_sid') })
    .from(loginCodes)
    .where(eq(loginCodes.name, name))
    .as('accepted')
}

function bindNameID(db: Database, values: ResponseParameters, accepted: AcceptedQuery) {
  const { connectionSid, nameID, now } = values
  return insertFromSelect(
    db,
    nameIDs,
    { connectionSid, nameID, userSid: sql`${accepted.userSid}`, createdAt: now },
    (select) => select.from(accepted).where(sql`${nameID} IS NOT NULL`),
  ).onConflictDoNothing()
}

function proveUser(db: Database, values: ResponseParameters, accepted: AcceptedQuery) {
  const { connectionSid, entityID, now } = values
  return insertFromSelect(
    db,
    proofs,
    { connectionSid, userSid: sql`${accepted.userSid}`, entityID, createdAt: now },
    (select) => select.from(accepted).where(sql`true`),
  ).onConflictDoUpdate({
    target: [proofs.connectionSid, proofs.userSid],
    set: { entityID: excluded(proofs.entityID), createdAt: excluded(proofs.createdAt) },
    setWhere: sql`${proofs.entityID} <> ${excluded(proofs.entityID)}`,
  })
}

function createLoginCode(db: Database, values: LoginParameters, outcome: OutcomeQuery) {
  const { name, codeHash, expiresAt, attemptSid, connectionSid, revision, principal } = values
  return insertFromSelect(
    db,
    loginCodes,
    {
      name,
      codeHash,
      expiresAt,
      attemptSid,
      connectionSid,
      revision,
      userSid: sql`${outcome.userSid}`,
      principal: encoded(principal, loginCodes.principal),
      certificate: sql`substr(${values.fingerprint}, 1, 16)`,
    },
    (select) => select.from(outcome).where(isNull(outcome.code)),
  )
}

const isStale = (at: SQLiteColumn, now: SQL<number>) =>
  sql`coalesce(${at}, 0) <= ${now} - ${MINUTE}`

/** Notes the last use of a certificate: to the minute, so that few logins write the row. */
function noteCertificate(db: Database, values: ResponseParameters, accepted: AcceptedQuery) {
  const { lastUsedAt, connectionSid, fingerprint } = certificates
  return db
    .update(certificates)
    .set({ lastUsedAt: values.now })
    .where(
      and(
        eq(connectionSid, values.connectionSid),
        eq(fingerprint, values.fingerprint),
        isStale(lastUsedAt, values.now),
        exists(db.select().from(accepted)),
      ),
    )
}

function noteTest(db: Database, values: ResponseParameters, accepted: AcceptedQuery) {
  const { connectionSid, revision, now } = values
  const isPassed = exists(db.select().from(accepted))
  return noteSuccess(db, now, revision, and(eq(connections.sid, connectionSid), isPassed))
}

/**
 * Notes at a connection when a person or a test got in, to the minute, and with which revision:
 * sign-offs ask for that.
 */
export function noteSuccess(db: Database, now: SQL<number>, revision: SQL, isIt: SQL | undefined) {
  const { lastLoginAt, triedRevision } = connections
  const tried = sql`coalesce(${triedRevision}, 0)`
  return db
    .update(connections)
    .set({ lastLoginAt: now, triedRevision: sql`max(${tried}, ${revision})` })
    .where(and(isIt, or(isStale(lastLoginAt, now), sql`${tried} < ${revision}`)))
}
