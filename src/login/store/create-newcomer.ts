// The SQL of a first login that creates its user: one batch creates the user, and makes the login
// code as for everybody else.
import { domainOf } from '../../directory/email-key.ts'
import { and, eq, exists, isNotNull, isNull, notExists, sql, type SQL } from 'drizzle-orm'
import { newcomerWays } from '../../directory/domains/tables.ts'
import { newcomerCounts } from '../../directory/newcomers/tables.ts'
import { isNobodys } from '../../directory/store/addresses.ts'
import { users } from '../../directory/tables.ts'
import { HOUR } from '../../durations.ts'
import { recordEventFrom } from '../../events/store.ts'
import { createSid } from '../../ids.ts'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded } from '../../platform/db/sql.ts'
import { loginCodes, nameIDs } from '../tables.ts'
import { readOutcome, type Outcome } from './outcome.ts'
import {
  admitToLogin,
  valuesOf,
  type AcceptedResponse,
  type LoginValues,
} from './spend-response.ts'

/**
 * Creates the user of a spent response whose outcome was `user_unknown`, if the connection creates
 * newcomers and nobody has the address or the NameID, and lets the login go on. Returns the outcome
 * as it is then: still `user_unknown`, or `newcomer_limit` if the hour has had as many as it may.
 * Sent again after a lost answer, the batch meets its own login code.
 */
export async function createNewcomer(
  db: Database,
  connectionName: string,
  response: AcceptedResponse,
): Promise<Outcome> {
  const { loginCode, principal, attempt, emailKey } = response
  if (!loginCode) throw new TypeError('a test sign-in creates nobody')
  const values = {
    ...valuesOf(response),
    ...loginCode,
    principal,
    newSid: createSid('US'),
    email: principal.email,
    firstName: principal.firstName || null,
    lastName: principal.lastName || null,
    domain: domainOf(emailKey),
    hour: attempt.createdAt - (attempt.createdAt % HOUR),
    connectionName,
  }
  try {
    const { limited, accepted, outcomes } = await batch(db, createAndAdmit(values), {
      isRepeatable: true,
    })
    if (limited.length > 0) return { userSid: null, code: 'newcomer_limit' }
    return accepted[0] ? { ...accepted[0], code: null } : readOutcome(outcomes)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const { own } = await batch(db, readOwnCode(values))
    if (!own[0]) throw error
    return { ...own[0], code: null }
  }
}

type NewcomerParameters = Placeholders<
  LoginValues & {
    newSid: string
    email: string
    firstName: string | null
    lastName: string | null
    domain: string
    /** When the hour began. */
    hour: number
    connectionName: string
  }
>

const createAndAdmit = compile('createNewcomer', (db, values: NewcomerParameters) => {
  const { connectionSid, hour, now } = values
  const isCount = and(
    eq(newcomerCounts.connectionSid, connectionSid),
    eq(newcomerCounts.hour, hour),
  )
  const isFull = exists(
    db
      .select({ created: newcomerCounts.created })
      .from(newcomerCounts)
      .where(and(isCount, sql`${newcomerCounts.created} >= ${newcomerWays.perHour}`)),
  )
  const mayCome = isWelcome(db, values)
  const limited = db
    .select({ perHour: newcomerWays.perHour })
    .from(newcomerWays)
    .where(and(mayCome, isFull))
  const isFirstTime = exists(
    db
      .select({ hour: newcomerCounts.hour })
      .from(newcomerCounts)
      .where(and(isCount, isNull(newcomerCounts.limitedAt))),
  )
  return {
    create: createUser(db, values, and(mayCome, sql`NOT ${isFull}`)),
    created: recordCreated(db, values),
    count: countCreated(db, values),
    // After the user is created the address is theirs, so that these find nobody.
    event: recordEventFrom(
      db,
      {
        ...actorOf(values),
        type: 'connection.newcomer_limit_reached',
        subjectSid: connectionSid,
        after: sql`json_object('newcomersPerHour', ${newcomerWays.perHour})`,
      },
      (select) => select.from(newcomerWays).where(and(mayCome, isFull, isFirstTime)),
    ),
    note: db
      .update(newcomerCounts)
      .set({ limitedAt: now })
      .where(and(isCount, isNull(newcomerCounts.limitedAt), exists(limited))),
    limited,
    ...admitToLogin(db, values),
  }
})

/** The domain leads here, the connection creates newcomers, and nobody has address or NameID. */
function isWelcome(db: Database, values: NewcomerParameters): SQL | undefined {
  const { domain, connectionSid, entityID, emailKey, nameID, isEmail, addressKey } = values
  const holders = db
    .select({ userSid: nameIDs.userSid })
    .from(nameIDs)
    .where(
      and(
        eq(nameIDs.connectionSid, connectionSid),
        eq(nameIDs.entityID, entityID),
        eq(nameIDs.nameID, nameID),
        sql`NOT ${isEmail}`,
      ),
    )
  return and(
    eq(newcomerWays.domain, domain),
    eq(newcomerWays.connectionSid, connectionSid),
    isNotNull(newcomerWays.perHour),
    isNobodys(db, emailKey),
    isNobodys(db, addressKey),
    notExists(holders),
  )
}

/** This is their first login: who has SSO alone after it has it now. */
function createUser(db: Database, values: NewcomerParameters, isAllowed: SQL | undefined) {
  const { newSid, tenantSid, connectionSid, email, emailKey, firstName, lastName, now } = values
  const signInMethod = sql`CASE ${newcomerWays.newcomers}
    WHEN 'sso_enabled' THEN 'sso_enabled' ELSE 'sso_enforced' END`
  return insertFromSelect(
    db,
    users,
    {
      sid: newSid,
      tenantSid,
      email,
      emailKey,
      firstName,
      lastName,
      signInMethod,
      connectionSid,
      hasPassword: false,
      createdAt: now,
      updatedAt: now,
    },
    (select) => select.from(newcomerWays).where(isAllowed),
  )
}

const actorOf = ({ connectionName, connectionSid, tenantSid, now }: NewcomerParameters) => ({
  actor: { kind: 'login', id: connectionSid, name: connectionName } as const,
  tenantSid,
  now,
})

function recordCreated(db: Database, values: NewcomerParameters) {
  const { email, signInMethod, connectionSid } = users
  return recordEventFrom(
    db,
    {
      ...actorOf(values),
      type: 'user.created',
      subjectSid: values.newSid,
      after: sql`json_object('email', ${email}, 'signInMethod', ${signInMethod},
        'connectionSid', ${connectionSid}, 'attemptSid', ${values.attemptSid})`,
    },
    (select) => select.from(users).where(eq(users.sid, values.newSid)),
  )
}

function countCreated(db: Database, { connectionSid, hour, newSid }: NewcomerParameters) {
  const { created, limitedAt } = newcomerCounts
  const isSameHour = sql`${newcomerCounts.hour} = ${excluded(newcomerCounts.hour)}`
  return insertFromSelect(db, newcomerCounts, { connectionSid, hour, created: sql`1` }, (select) =>
    select.from(users).where(eq(users.sid, newSid)),
  ).onConflictDoUpdate({
    target: newcomerCounts.connectionSid,
    set: {
      hour: excluded(newcomerCounts.hour),
      created: sql`CASE WHEN ${isSameHour} THEN ${created} + 1 ELSE 1 END`,
      limitedAt: sql`CASE WHEN ${isSameHour} THEN ${limitedAt} END`,
    },
  })
}

/** The login code of this very attempt. */
const readOwnCode = compile('readOwnCode', (db, values: NewcomerParameters) => ({
  own: db
    .select({ userSid: loginCodes.userSid })
    .from(loginCodes)
    .where(and(eq(loginCodes.name, values.name), eq(loginCodes.attemptSid, values.attemptSid))),
}))
