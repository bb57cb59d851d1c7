// The SQL of the authorization endpoint: one round trip reads client and session and inserts the
// grant. The statements check their own conditions, so that nothing can change in between.
import { and, eq, exists, gte, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm'
import { clients } from '../../clients/tables.ts'
import { connections, connectionStanding } from '../../connections/tables.ts'
import { domains } from '../../directory/domains/tables.ts'
import { users } from '../../directory/tables.ts'
import { grants } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import type { Results } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import type { Lifetime } from '../../sessions/lifetime.ts'
import {
  isSessionOf,
  noteUse,
  oldestSession,
  type SessionKey,
} from '../../sessions/store/session.ts'
import type { ResponseTarget, Demand } from '../authorization-request.ts'
import { isStandingOfSession, isUserOfSession, serves } from './serves.ts'

export type GrantRequest = {
  secretHash: string
  codeExpiresAt: number
  scope: string
  nonce: string | null
  codeChallenge: string
  demand: Demand & { emailKey?: string | undefined; userSid?: string | undefined }
}

type GrantQuestion = {
  responseTarget: Pick<ResponseTarget, 'clientSid' | 'redirectURI'>
  session: SessionKey | undefined
  grant: GrantRequest | null
  now: number
  lifetime: Lifetime
}

/**
 * The statements that read client and session, and insert the grant if the client may have it and
 * the session meets its demand. With `grant` null they only read. `session`: of the cookie, or one
 * that an earlier statement of the batch opens. They may be carried out twice.
 */
export function grantStatements(db: Database, ask: GrantQuestion) {
  const { responseTarget, session, grant, now, lifetime } = ask
  const isSession = and(isSessionOf(session), serves(now, lifetime))!
  const granted =
    grant &&
    db
      .select({ sid: grants.sessionSid })
      .from(grants)
      .where(
        and(eq(grants.sessionSid, session?.sid ?? ''), eq(grants.secretHash, grant.secretHash)),
      )
  return {
    clientRows: db
      .select({ disabledAt: clients.disabledAt, redirectURIs: clients.redirectURIs })
      .from(clients)
      .where(eq(clients.sid, responseTarget.clientSid)),
    sessionRows: db
      .select({ connectionSid: sessions.connectionSid, email: users.email })
      .from(sessions)
      .innerJoin(users, isUserOfSession)
      .innerJoin(connectionStanding, isStandingOfSession)
      .where(isSession),
    grant: grant ? insertGrant(db, ask, grant, isSession) : undefined,
    grantRows: granted ?? undefined,
    use: granted
      ? noteUse(db, and(isSessionOf(session), exists(granted))!, now, lifetime)
      : undefined,
  }
}

export type GrantResults = Results<ReturnType<typeof grantStatements>>

function insertGrant(
  db: Database,
  { responseTarget, now }: GrantQuestion,
  { demand, ...grant }: GrantRequest,
  isSession: SQL,
) {
  const isClient = and(
    eq(clients.sid, responseTarget.clientSid),
    isNull(clients.disabledAt),
    sql`EXISTS (SELECT 1 FROM json_each(${clients.redirectURIs})
      WHERE value = ${responseTarget.redirectURI})`,
  )
  return insertFromSelect(
    db,
    grants,
    {
      ...grant,
      clientSid: clients.sid,
      sessionSid: sessions.sid,
      redirectURI: responseTarget.redirectURI,
      createdAt: now,
    },
    (select) =>
      select
        .from(sessions)
        .innerJoin(users, isUserOfSession)
        .innerJoin(connectionStanding, isStandingOfSession)
        .innerJoin(clients, isClient)
        .where(and(isSession, meets(demand))),
  ).onConflictDoNothing()
}

/** The session meets the demand: age, authentication time and user. */
function meets(demand: GrantRequest['demand']) {
  const { openedSince, authenticatedSince, grantsClockSkew, emailKey, userSid } = demand
  const said = (field: string) => sql`json_extract(${sessions.principal}, ${field})`
  const skew = grantsClockSkew
    ? sql`1000 * (SELECT ${connections.clockSkewSeconds} FROM ${connections}
        WHERE ${connections.sid} = ${sessions.connectionSid})`
    : sql`0`
  return and(
    openedSince === undefined ? undefined : gte(sessions.createdAt, openedSince),
    authenticatedSince === undefined
      ? undefined
      : sql`${said('$.authnInstant')} >= ${authenticatedSince} - ${skew}`,
    userSid === undefined ? undefined : eq(sessions.userSid, userSid),
    // The login e-mail, or the e-mail at the IdP.
    emailKey === undefined
      ? undefined
      : sql`${emailKey} IN (${users.emailKey}, lower(${said('$.email')}))`,
  )
}

/**
 * The SID of the connection through which users of a verified domain's tenant may sign in, for a
 * query. NULL if there is none or more than one.
 */
export function connectionOfDomain(domain: string): SQL {
  const isUsable = and(
    eq(domains.domain, domain),
    isNotNull(domains.verifiedAt),
    isNull(connectionStanding.closedBecause),
  )
  return sql`(SELECT min(${connectionStanding.connectionSid}) FROM ${domains}
    JOIN ${connectionStanding} ON ${connectionStanding.tenantSid} = ${domains.tenantSid}
    WHERE ${isUsable} HAVING count(*) = 1)`
}

/** Grants go with their sessions. */
export function grantExpiry({ absoluteSeconds }: Lifetime): Expiry {
  return {
    table: grants,
    isDead: (now) => lt(grants.sessionSid, oldestSession(now, absoluteSeconds)),
  }
}
