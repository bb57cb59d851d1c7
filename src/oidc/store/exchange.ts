// The SQL of the token endpoint: one round trip. The statements that write check their own
// conditions, so that nothing can change in between.
import { and, eq, exists, isNull, or, sql, type SQL } from 'drizzle-orm'
import { clients } from '../../clients/tables.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { batch, readAndNote } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { limitsOf, type Lifetime, type SessionLimits } from '../../sessions/lifetime.ts'
import { noteUse } from '../../sessions/store/session.ts'
import { sessions } from '../../sessions/tables.ts'
import type { GrantKey, GrantToken } from '../grant-token.ts'
import { selectSigningKeys } from '../signing-keys/store.ts'
import { grants } from '../tables.ts'
import {
  FACTS,
  isGrant,
  provenClient,
  selectClient,
  valuesOfKey,
  valuesOfProof,
  type GrantKeyParameters,
  type Proof,
  type ProofParameters,
} from './proof.ts'
import { isServed, isStandingOfSession, isUserOfSession, serves } from './serves.ts'

/**
 * So long a public client may bring the refresh token before the newest one, and gets the newest
 * one again: its answer may have been lost, or two of its tabs refreshed at once.
 */
const REPEAT_MILLISECONDS = 30_000

/**
 * A code or refresh token to exchange. `codeChallenge` is made from the verifier (RFC 7636 §4.6);
 * null: there is none.
 */
export type Presented =
  | ({ kind: 'code'; redirectURI: string; codeChallenge: string | null } & GrantKey)
  | ({ kind: 'refresh' } & GrantToken)

/** Why the exchange is refused. */
export type Verdict =
  'spent' | 'ended' | 'expired' | 'redirect_uri' | 'code_verifier' | 'refresh_never' | 'session'

export type Exchange = {
  proof: Proof
  /** Undefined: no code or refresh token of ours. Then only the client is judged. */
  presented: Presented | undefined
  /** Names this exchange: a code that it has spent is good for it again. */
  name: string
  now: number
  lifetime: Lifetime
}

/** The client may have refresh tokens for the grant, by its setting of this moment. */
const isRefreshable = sql<number>`EXISTS (SELECT 1 FROM ${clients}
  WHERE ${clients.sid} = ${grants.clientSid} AND (${clients.refreshTokens} = 'always'
    OR ${clients.refreshTokens} = 'offline_access'
      AND ' ' || ${grants.scope} || ' ' LIKE '% offline_access %'))`

/**
 * Judges a code or a refresh token and notes its use. A second use or any mismatch ends the grant
 * with all its tokens (RFC 6749 §4.1.2, RFC 9700 §4.14.2). Only the authenticated client that it
 * belongs to can cause this.
 */
export async function exchange(db: Database, ask: Exchange) {
  const { grant, use, ...reads } = statementsOf(ask)
  // A full database cannot spend anything. A refresh token that is kept needs nothing written: a
  // refused one stays refused, and its grant ends at the next use.
  const isKept = ask.presented?.kind === 'refresh' && !isRotated(ask.proof)
  const { clientRows, found, keys } = isKept
    ? await readAndNote(db, reads, { grant, use })
    : await batch(db, { ...reads, grant, use }, { isRepeatable: true })
  return { client: clientRows[0], found: found[0], keys }
}

function statementsOf({ proof, presented, name, now, lifetime }: Exchange) {
  const values = {
    ...valuesOfProof(proof),
    ...valuesOfKey(presented),
    ...limitsOf(now, lifetime),
  }
  if (presented?.kind === 'refresh') {
    const refresh = isRotated(proof) ? exchangeRotated : exchangeKept
    return refresh({ ...values, number: presented.number })
  }
  const { redirectURI = '', codeChallenge = null } = presented ?? {}
  return exchangeCode({ ...values, name, redirectURI, codeChallenge })
}

/**
 * True if each use of a refresh token brings the next one. A client with a secret proves at each
 * use that it is no thief of the token; one without cannot (RFC 9700 §2.2.2).
 */
export function isRotated({ credentials }: Proof): boolean {
  return credentials.secret === null
}

type ExchangeParameters = ProofParameters & GrantKeyParameters & Placeholders<SessionLimits>
type CodeParameters = ExchangeParameters &
  Placeholders<{ name: string; redirectURI: string; codeChallenge: string | null }>
type RefreshParameters = ExchangeParameters & Placeholders<{ number: number }>

/** NULL: it is not refused. `isServing`: of the session. */
type VerdictOf = (isServing: SQL) => SQL<Verdict | null>

/** Spends the code, and ends the grant if it is refused. */
const exchangeCode = compile('exchangeCode', (db, values: CodeParameters) => {
  const { name, redirectURI, codeChallenge, now } = values
  const verdictOf: VerdictOf = (isServing) => sql`CASE
      WHEN ${grants.spentBy} <> ${name} THEN 'spent'
      WHEN ${grants.endedAt} IS NOT NULL THEN 'ended'
      WHEN ${grants.codeExpiresAt} <= ${now} THEN 'expired'
      WHEN ${grants.redirectURI} <> ${redirectURI} THEN 'redirect_uri'
      WHEN ${grants.codeChallenge} IS NOT ${codeChallenge} THEN 'code_verifier'
      WHEN NOT ${isServing} THEN 'session'
    END`
  return {
    ...selectExchange(db, values, verdictOf),
    grant: db
      .update(grants)
      .set({
        spentAt: sql`coalesce(${grants.spentAt}, ${now})`,
        spentBy: sql`coalesce(${grants.spentBy}, ${name})`,
        endedAt: sql`CASE WHEN ${isRefused(values, verdictOf)} THEN ${now} END`,
      })
      .where(isLive(db, values)),
    use: undefined,
  }
})

/** Of a client with a secret. Writes nothing but the end of a grant that is refused. */
const exchangeKept = compile('exchangeKept', (db, values: RefreshParameters) => {
  const verdictOf = verdictOfRefresh(values, sql`0`)
  return {
    ...selectExchange(db, values, verdictOf),
    grant: db
      .update(grants)
      .set({ endedAt: values.now })
      .where(and(isLive(db, values), isRefused(values, verdictOf))),
    use: noteUse(db, isSessionOfGrant(db, values), values),
  }
})

/** Of a public client: the token is spent, and its successor is the newest. */
const exchangeRotated = compile('exchangeRotated', (db, values: RefreshParameters) => {
  const { number, now } = values
  // The predecessor yields the same successor, until that was used or the time has passed.
  const isRepeated = sql`(${grants.refreshNumber} = ${number} + 1
    AND ${grants.refreshedAt} > ${now} - ${REPEAT_MILLISECONDS})`
  const verdictOf = verdictOfRefresh(values, isRepeated)
  const refused = isRefused(values, verdictOf)
  const isNewest = eq(grants.refreshNumber, number)
  return {
    ...selectExchange(db, values, verdictOf),
    grant: db
      .update(grants)
      .set({
        refreshNumber: sql`max(${grants.refreshNumber}, ${number} + 1)`,
        refreshedAt: sql`CASE WHEN ${isNewest} THEN ${now} ELSE ${grants.refreshedAt} END`,
        endedAt: sql`CASE WHEN ${refused} THEN ${now} END`,
      })
      .where(and(isLive(db, values), or(isNewest, refused))),
    use: noteUse(db, isSessionOfGrant(db, values), values),
  }
})

function verdictOfRefresh({ number }: RefreshParameters, isRepeated: SQL): VerdictOf {
  return (isServing) => sql`CASE
      WHEN ${grants.endedAt} IS NOT NULL THEN 'ended'
      WHEN ${grants.refreshNumber} <> ${number} AND NOT ${isRepeated} THEN 'spent'
      WHEN NOT ${isRefreshable} THEN 'refresh_never'
      WHEN NOT ${isServing} THEN 'session'
    END`
}

function selectExchange(db: Database, values: ExchangeParameters, verdictOf: VerdictOf) {
  return {
    clientRows: selectClient(db, values),
    found: db
      .select({
        ...FACTS,
        nonce: grants.nonce,
        codeChallenge: grants.codeChallenge,
        unprotectedCodeAt: clients.unprotectedCodeAt,
        algorithm: clients.idTokenSignedResponseAlg,
        accessSeconds: clients.accessTokenSeconds,
        sessionExpiresAt: sessions.expiresAt,
        isRefreshable: isRefreshable.as('is_refreshable'),
        verdict: verdictOf(sql`(${serves(values)})`).as('verdict'),
      })
      .from(sessions)
      .innerJoin(users, isUserOfSession)
      .innerJoin(connectionStanding, isStandingOfSession)
      .innerJoin(grants, eq(grants.sessionSid, sessions.sid))
      .innerJoin(clients, eq(clients.sid, grants.clientSid))
      .where(isGrantOfClient(db, values)),
    keys: selectSigningKeys(db),
  }
}

function isGrantOfClient(db: Database, values: ExchangeParameters): SQL {
  return and(isGrant(values), eq(grants.clientSid, provenClient(db, values)))!
}

function isLive(db: Database, values: ExchangeParameters): SQL {
  return and(isGrantOfClient(db, values), isNull(grants.endedAt))!
}

function isRefused(values: ExchangeParameters, verdictOf: VerdictOf): SQL {
  return sql`${verdictOf(isServed(grants.sessionSid, values))} IS NOT NULL`
}

/** The session of a grant, while the grant is good. */
function isSessionOfGrant(db: Database, values: ExchangeParameters): SQL {
  const good = db.select({ sid: grants.sessionSid }).from(grants).where(isLive(db, values))
  return and(eq(sessions.sid, values.grantSid), exists(good))!
}
