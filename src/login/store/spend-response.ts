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
  const { attempt, loginCode } = response
  const spend = (kind: 'request' | 'assertion', { id, until }: SpentID) =>
    db.insert(spent).values({
      connectionSid: attempt.connectionSid,
      kind,
      id,
      attemptSid: attempt.sid,
      expiresAt: until,
    })
  const outcome = outcomeOf(db, response)
  const accepted = acceptedBy(db, response, outcome)
  try {
    const statements = {
      request: response.request ? spend('request', response.request) : undefined,
      assertion: spend('assertion', response.assertion),
      outcomes: db.select().from(outcome),
      loginCode: loginCode ? createLoginCode(db, response, loginCode, outcome) : undefined,
      prove: proveUser(db, response, accepted),
      use: noteCertificate(db, response, accepted),
      // finishLogin notes a login.
      success: loginCode ? undefined : noteTest(db, response, accepted),
      bind: loginCode ? bindNameID(db, response, accepted) : undefined,
    }
    return readOutcome((await batch(db, statements, { isRepeatable: true })).outcomes)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const { own, outcomes } = await batch(db, {
      own: selectOwn(db, response),
      outcomes: db.select().from(outcome),
    })
    return own.length === 0 ? 'replayed' : readOutcome(outcomes)
  }
}

/** The assertion, if this very attempt has spent it. */
function selectOwn(db: Database, { attempt, assertion }: AcceptedResponse) {
  return db
    .select({ sid: spent.attemptSid })
    .from(spent)
    .where(
      and(
        eq(spent.expiresAt, assertion.until),
        eq(spent.connectionSid, attempt.connectionSid),
        eq(spent.kind, 'assertion'),
        eq(spent.id, assertion.id),
        eq(spent.attemptSid, attempt.sid),
      ),
    )
}

function readOutcome([found]: readonly { userSid: string | null; code: string | null }[]): Outcome {
  return { userSid: found!.userSid, code: found!.code as ErrorCode | null }
}

/** A transient NameID changes with each login, so it cannot identify a user. */
const lastingNameID = ({ principal }: AcceptedResponse) =>
  principal.nameIDFormat === NAME_ID_FORMAT.transient ? null : principal.nameID

type OutcomeQuery = ReturnType<typeof outcomeOf>

/** One row: the user of the e-mail, and the code that the user's state sets. */
function outcomeOf(db: Database, response: AcceptedResponse) {
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
    .leftJoin(users, and(eq(users.sid, userSid), eq(users.tenantSid, response.tenantSid)))
    .as('outcome')
}

type AcceptedQuery = ReturnType<typeof acceptedBy>

/** The user, or no row if the response was refused: by the login code, which reads less. */
function acceptedBy(db: Database, { loginCode }: AcceptedResponse, outcome: OutcomeQuery) {
  const user = loginCode
    ? db
        .select({ userSid: sql<string>`${loginCodes.userSid}`.as('user_sid') })
        .from(loginCodes)
        .where(eq(loginCodes.name, loginCode.name))
    : db
        .select({ userSid: sql<string>`${outcome.userSid}`.as('user_sid') })
        .from(outcome)
        .where(isNull(outcome.code))
  return user.as('accepted')
}

function bindNameID(db: Database, response: AcceptedResponse, accepted: AcceptedQuery) {
  const { attempt } = response
  const nameID = lastingNameID(response)
  return insertFromSelect(
    db,
    nameIDs,
    {
      connectionSid: attempt.connectionSid,
      nameID: sql`${nameID}`,
      userSid: sql`${accepted.userSid}`,
      createdAt: attempt.createdAt,
    },
    (select) => select.from(accepted).where(sql`${nameID} IS NOT NULL`),
  ).onConflictDoNothing()
}

function proveUser(db: Database, { attempt, entityID }: AcceptedResponse, accepted: AcceptedQuery) {
  return insertFromSelect(
    db,
    proofs,
    {
      connectionSid: attempt.connectionSid,
      userSid: sql`${accepted.userSid}`,
      entityID,
      createdAt: attempt.createdAt,
    },
    (select) => select.from(accepted).where(sql`true`),
  ).onConflictDoUpdate({
    target: [proofs.connectionSid, proofs.userSid],
    set: { entityID: excluded(proofs.entityID), createdAt: excluded(proofs.createdAt) },
    setWhere: sql`${proofs.entityID} <> ${excluded(proofs.entityID)}`,
  })
}

function createLoginCode(
  db: Database,
  { attempt, principal }: AcceptedResponse,
  made: Exclude<AcceptedResponse['loginCode'], false>,
  outcome: OutcomeQuery,
) {
  return insertFromSelect(
    db,
    loginCodes,
    {
      ...made,
      attemptSid: attempt.sid,
      connectionSid: attempt.connectionSid,
      revision: attempt.revision,
      userSid: sql`${outcome.userSid}`,
      principal,
    },
    (select) => select.from(outcome).where(isNull(outcome.code)),
  )
}

const isStale = (at: SQLiteColumn, now: number) => sql`coalesce(${at}, 0) <= ${now - MINUTE}`

/** Notes the last use of a certificate: to the minute, so that few logins write the row. */
function noteCertificate(db: Database, { attempt }: AcceptedResponse, accepted: AcceptedQuery) {
  const { lastUsedAt, connectionSid, fingerprint } = certificates
  return db
    .update(certificates)
    .set({ lastUsedAt: attempt.createdAt })
    .where(
      and(
        eq(connectionSid, attempt.connectionSid),
        eq(fingerprint, attempt.certificateFingerprint ?? ''),
        isStale(lastUsedAt, attempt.createdAt),
        exists(db.select().from(accepted)),
      ),
    )
}

function noteTest(db: Database, { attempt }: AcceptedResponse, accepted: AcceptedQuery) {
  const { connectionSid, revision, createdAt } = attempt
  const isPassed = exists(db.select().from(accepted))
  return noteSuccess(
    db,
    createdAt,
    sql`${revision}`,
    and(eq(connections.sid, connectionSid), isPassed),
  )
}

/**
 * Notes at a connection when a person or a test got in, to the minute, and with which revision:
 * sign-offs ask for that.
 */
export function noteSuccess(db: Database, now: number, revision: SQL, isIt: SQL | undefined) {
  const { lastLoginAt, triedRevision } = connections
  const tried = sql`coalesce(${triedRevision}, 0)`
  return db
    .update(connections)
    .set({ lastLoginAt: now, triedRevision: sql`max(${tried}, ${revision})` })
    .where(and(isIt, or(isStale(lastLoginAt, now), sql`${tried} < ${revision}`)))
}
