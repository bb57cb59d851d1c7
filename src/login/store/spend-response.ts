// The SQL of an accepted response: one batch spends it and creates the login code.
import { and, eq, exists, isNull, notExists, or, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { certificates } from '../../connections/certificates/tables.ts'
import { connections } from '../../connections/tables.ts'
import { loginCodes, nameIDs, proofs, spent } from '../tables.ts'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { compile, encoded, type Placeholders } from '../../platform/db/compile.ts'
import { excluded } from '../../platform/db/sql.ts'
import type { Principal } from '../../saml/response/verify-response.ts'
import type { Attempt } from '../history/attempt.ts'
import { bindingOf, type ReceivedNameID } from '../name-ids/judge.ts'
import { outcomeOf, readOutcome, type Outcome, type OutcomeQuery } from './outcome.ts'
import { DAY, MINUTE } from '../../durations.ts'

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
  nameID: ReceivedNameID
  /** False for a test sign-in: it opens no session and binds no NameID. */
  loginCode: false | { name: string; codeHash: string; expiresAt: number }
}

/** `until`: how long it stays in the ledger, in milliseconds since 1970; the same for each copy. */
type SpentID = { id: string; until: number }

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
    const { accepted, outcomes } = await batch(
      db,
      { ...statements, request: request ? statements.request : undefined },
      { isRepeatable: true },
    )
    return accepted?.[0] ? { ...accepted[0], code: null } : readOutcome(outcomes)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const { own, outcomes } = await batch(db, readAgain(values))
    return own.length === 0 ? 'replayed' : readOutcome(outcomes)
  }
}

type ResponseValues = ReturnType<typeof valuesOf>
type ResponseParameters = Placeholders<ResponseValues>
export type LoginValues = ResponseValues &
  Exclude<AcceptedResponse['loginCode'], false> &
  Pick<AcceptedResponse, 'principal'>
export type LoginParameters = Placeholders<LoginValues>

export function valuesOf({ attempt, request, assertion, nameID, ...response }: AcceptedResponse) {
  const binding = bindingOf(nameID)
  return {
    attemptSid: attempt.sid,
    connectionSid: attempt.connectionSid,
    revision: attempt.revision,
    fingerprint: attempt.certificateFingerprint ?? '',
    now: attempt.createdAt,
    tenantSid: response.tenantSid,
    entityID: response.entityID,
    emailKey: response.emailKey,
    nameID: nameID.value,
    format: nameID.format,
    isEmail: nameID.isEmail ? 1 : 0,
    addressKey: nameID.addressKey,
    bindsKind: binding?.kind ?? null,
    bindsNameID: binding?.nameID ?? null,
    requestID: request?.id ?? '',
    requestUntil: request?.until ?? 0,
    assertionID: assertion.id,
    assertionUntil: assertion.until,
  }
}

const spendForLogin = compile('spendForLogin', (db, values: LoginParameters) => ({
  ...spendIDs(db, values),
  ...admitToLogin(db, values),
}))

/** Makes the login code for a user who may sign in, and records what the login has shown. */
export function admitToLogin(db: Database, values: LoginParameters) {
  const outcome = outcomeOf(db, values)
  const accepted = acceptedWithCode(db, values)
  return {
    loginCode: createLoginCode(db, values, outcome),
    // Looked up: RETURNING costs two rows.
    accepted: db.select().from(accepted),
    // Of a refused login alone: it is read once more for the reason.
    outcomes: db
      .select()
      .from(outcome)
      .where(notExists(db.select().from(accepted))),
    prove: proveUser(db, values, accepted),
    use: noteCertificate(db, values, accepted),
    // finishLogin notes the login at the connection.
    bind: bindNameID(db, values, accepted),
  }
}

const spendForTest = compile('spendForTest', (db, values: ResponseParameters) => {
  const outcome = outcomeOf(db, values)
  const accepted = acceptedBy(db, outcome)
  return {
    ...spendIDs(db, values),
    accepted: undefined,
    outcomes: db.select().from(outcome),
    prove: proveUser(db, values, accepted),
    use: noteCertificate(db, values, accepted),
    success: noteTest(db, values, accepted),
  }
})

/** Whether this very attempt has spent the assertion, and the outcome once more. */
const readAgain = compile('readAgain', (db, values: ResponseParameters) => ({
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

/** Binds a user who is not bound yet, and notes the day of one who is. */
function bindNameID(db: Database, values: ResponseParameters, accepted: AcceptedQuery) {
  const { connectionSid, entityID, bindsKind, format, bindsNameID, now } = values
  const { lastSeenAt } = nameIDs
  return insertFromSelect(
    db,
    nameIDs,
    {
      connectionSid,
      userSid: sql`${accepted.userSid}`,
      entityID,
      kind: bindsKind,
      format,
      nameID: bindsNameID,
      firstSeenAt: now,
      lastSeenAt: now,
    },
    (select) => select.from(accepted).where(sql`${bindsKind} IS NOT NULL`),
  ).onConflictDoUpdate({
    target: [nameIDs.connectionSid, nameIDs.userSid, nameIDs.entityID],
    set: { lastSeenAt: excluded(lastSeenAt), refusedHash: null, refusedAt: null },
    setWhere: sql`${lastSeenAt} <= ${excluded(lastSeenAt)} - ${DAY}`,
  })
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
