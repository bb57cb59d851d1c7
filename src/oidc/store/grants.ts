// The SQL of the authorization endpoint: one round trip reads client and session and inserts the
// grant. The statements check their own conditions, so that nothing can change in between.
import { and, eq, exists, gte, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm'
import { readLoopback } from '../../clients/redirect-uri.ts'
import { clients } from '../../clients/tables.ts'
import { selectWithKeys } from '../../connections/store.ts'
import { connections, connectionStanding } from '../../connections/tables.ts'
import { domains } from '../../directory/domains/tables.ts'
import { users } from '../../directory/tables.ts'
import { grants } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import type { Results } from '../../platform/db/batch.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import { limitsOf, type Lifetime, type SessionLimits } from '../../sessions/lifetime.ts'
import {
  isSessionOf,
  noteUse,
  oldestSession,
  valuesOfSession,
  type SessionKey,
  type SessionValues,
} from '../../sessions/store/session.ts'
import type { ResponseTarget, Demand } from '../authorization-request.ts'
import { isStandingOfSession, isUserOfSession, serves } from './serves.ts'

export type GrantRequest = {
  secretHash: string
  codeExpiresAt: number
  scope: string
  nonce: string | null
  /** Null: the request had none, and the client need not send one. */
  codeChallenge: string | null
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
export function grantStatements({ responseTarget, session, grant, now, lifetime }: GrantQuestion) {
  const values = {
    clientSid: responseTarget.clientSid,
    redirectURI: responseTarget.redirectURI,
    ...valuesOfLoopback(responseTarget.redirectURI),
    ...valuesOfSession(session),
    ...limitsOf(now, lifetime),
  }
  const insertion = grant ? insertGrant({ ...values, ...valuesOfGrant(grant) }) : undefined
  return {
    ...readClientAndSession(values),
    grant: insertion?.grant,
    grantRows: insertion?.grantRows,
    use: insertion?.use,
  }
}

export type GrantResults = Results<ReturnType<typeof grantStatements>>

type QuestionValues = SessionValues &
  SessionLimits & { clientSid: string; redirectURI: string } & ReturnType<typeof valuesOfLoopback>
type QuestionParameters = Placeholders<QuestionValues>

const readClientAndSession = compile('readClientAndSession', (db, values: QuestionParameters) => ({
  clientRows: db
    .select({
      disabledAt: clients.disabledAt,
      redirectURIs: clients.redirectURIs,
      clientType: clients.clientType,
      pkce: clients.pkce,
    })
    .from(clients)
    .where(eq(clients.sid, values.clientSid)),
  sessionRows: db
    .select({ connectionSid: sessions.connectionSid, email: users.email })
    .from(sessions)
    .innerJoin(users, isUserOfSession)
    .innerJoin(connectionStanding, isStandingOfSession)
    .where(isServingSession(values)),
}))

function isServingSession(values: QuestionParameters): SQL {
  return and(isSessionOf(values), serves(values))!
}

/** NULL for a redirect URI whose port is not free. */
function valuesOfLoopback(redirectURI: string) {
  const { origin = null, rest = null } = readLoopback(redirectURI) ?? {}
  return { loopbackOrigin: origin, loopbackRest: rest }
}

/** The condition on `clients` that `isRegistered` states. */
function isRegistered({ redirectURI, loopbackOrigin, loopbackRest }: GrantParameters): SQL {
  const after = sql`substr(value, length(${loopbackOrigin}) + 1)`
  return sql`EXISTS (SELECT 1 FROM json_each(${clients.redirectURIs})
    WHERE value = ${redirectURI} OR (${clients.clientType} = 'public'
      AND substr(value, 1, length(${loopbackOrigin})) = ${loopbackOrigin}
      AND CASE WHEN ${after} LIKE ':%' THEN ltrim(substr(${after}, 2), '0123456789')
        ELSE ${after} END = ${loopbackRest}))`
}

type GrantParameters = Placeholders<QuestionValues & ReturnType<typeof valuesOfGrant>>

function valuesOfGrant({ demand, ...grant }: GrantRequest) {
  const { openedSince, authenticatedSince, grantsClockSkew, emailKey, userSid } = demand
  return {
    ...grant,
    openedSince: openedSince ?? 0,
    authenticatedSince: authenticatedSince ?? null,
    skewFactor: grantsClockSkew ? 1000 : 0,
    emailKey: emailKey ?? null,
    userSid: userSid ?? null,
  }
}

const insertGrant = compile('insertGrant', (db, values: GrantParameters) => {
  const { clientSid, redirectURI, sessionSid, secretHash, now } = values
  const isClient = and(
    eq(clients.sid, clientSid),
    isNull(clients.disabledAt),
    isRegistered(values),
    // RFC 9700 §2.1.1: a public client never goes without.
    sql`(${values.codeChallenge} IS NOT NULL
      OR (${clients.pkce} = 'optional' AND ${clients.clientType} = 'confidential'))`,
  )
  const granted = db
    .select({ sid: grants.sessionSid })
    .from(grants)
    .where(and(eq(grants.sessionSid, sessionSid), eq(grants.secretHash, secretHash)))
  const columns = {
    secretHash,
    codeExpiresAt: values.codeExpiresAt,
    scope: values.scope,
    nonce: values.nonce,
    codeChallenge: values.codeChallenge,
    clientSid: clients.sid,
    sessionSid: sessions.sid,
    redirectURI,
    createdAt: now,
  }
  return {
    grant: insertFromSelect(db, grants, columns, (select) =>
      select
        .from(sessions)
        .innerJoin(users, isUserOfSession)
        .innerJoin(connectionStanding, isStandingOfSession)
        .innerJoin(clients, isClient)
        .where(and(isServingSession(values), meetsDemand(values))),
    ).onConflictDoNothing(),
    grantRows: granted,
    use: noteUse(db, and(isSessionOf(values), exists(granted))!, values),
  }
})

/** The session meets the demand: age, authentication time and user. NULL demands nothing. */
function meetsDemand(values: GrantParameters) {
  const { openedSince, authenticatedSince, skewFactor, emailKey, userSid } = values
  const said = (field: string) => sql`json_extract(${sessions.principal}, ${field})`
  const skew = sql`${skewFactor} * (SELECT ${connections.clockSkewSeconds} FROM ${connections}
    WHERE ${connections.sid} = ${sessions.connectionSid})`
  return and(
    gte(sessions.createdAt, openedSince),
    sql`(${authenticatedSince} IS NULL
      OR ${said('$.authnInstant')} >= ${authenticatedSince} - ${skew})`,
    sql`${sessions.userSid} = coalesce(${userSid}, ${sessions.userSid})`,
    // The login e-mail, or the e-mail at the IdP.
    sql`(${emailKey} IS NULL OR ${emailKey} IN (${users.emailKey}, lower(${said('$.email')})))`,
  )
}

/**
 * The connection to which a verified domain leads, if users may sign in through it. Otherwise the
 * only one of the tenant through which they may; none if there are several.
 */
export const connectionOfDomain = compile(
  'connectionOfDomain',
  (db, { domain }: Placeholders<{ domain: string }>) => {
    const isUsable = and(
      eq(domains.domain, domain),
      isNotNull(domains.verifiedAt),
      isNull(connectionStanding.closedBecause),
    )
    const open = connectionStanding.connectionSid
    const isLed = sql`${open} = ${domains.connectionSid}`
    const sid = sql`(SELECT coalesce(max(CASE WHEN ${isLed} THEN ${open} END),
        CASE count(*) WHEN 1 THEN max(${open}) END)
      FROM ${domains} JOIN ${connectionStanding}
      ON ${connectionStanding.tenantSid} = ${domains.tenantSid}
    WHERE ${isUsable})`
    return selectWithKeys(db, sid)
  },
)

/** Grants go with their sessions. */
export function grantExpiry({ absoluteSeconds }: Lifetime): Expiry {
  return {
    table: grants,
    isDead: (now) => lt(grants.sessionSid, oldestSession(now, absoluteSeconds)),
  }
}
