// The SQL of the token, userinfo and revocation endpoints. Each function is one round trip. The
// statements that write check their own conditions, so that nothing can change in between.
import { and, eq, exists, gt, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { clients } from '../../clients/tables.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { grants } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import type { Credentials } from '../../clients/authenticate.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import type { Lifetime } from '../../sessions/lifetime.ts'
import { noteUse } from '../../sessions/store/session.ts'
import type { ClaimFacts } from '../claims.ts'
import type { GrantKey, GrantToken, TokenKind } from '../grant-token.ts'
import { selectSigningKeys } from '../signing-keys/store.ts'
import { isServed, isStandingOfSession, isUserOfSession, serves } from './serves.ts'

/**
 * So long a public client may bring the refresh token before the newest one, and gets the newest
 * one again: its answer may have been lost, or two of its tabs refreshed at once.
 */
const REPEAT_MILLISECONDS = 30_000

/**
 * The condition on `clients` that the credentials are valid. A query may compare hashes of 256
 * random bits: timing reveals nothing useful.
 */
function isProven({ clientSid, method }: Credentials, secretHash: string | null, now: number): SQL {
  const isSecret =
    secretHash === null
      ? isNull(clients.secretHash)
      : or(
          eq(clients.secretHash, secretHash),
          and(eq(clients.previousSecretHash, secretHash), gt(clients.previousSecretUntil, now)),
        )
  return and(
    eq(clients.sid, clientSid),
    isNull(clients.disabledAt),
    eq(clients.tokenEndpointAuthMethod, method),
    isSecret,
  )!
}

export type Proof = { credentials: Credentials; secretHash: string | null }

/** The registered method of the client, and whether the credentials are valid. */
function selectClient(db: Database, { credentials, secretHash }: Proof, now: number) {
  return db
    .select({
      method: clients.tokenEndpointAuthMethod,
      isProven: sql<number>`${isProven(credentials, secretHash, now)}`.as('is_proven'),
    })
    .from(clients)
    .where(eq(clients.sid, credentials.clientSid))
}

/** The SID of the client if the credentials are valid. */
function provenClient(db: Database, { credentials, secretHash }: Proof, now: number): SQL {
  const proven = db
    .select({ sid: clients.sid })
    .from(clients)
    .where(isProven(credentials, secretHash, now))
  return sql`${proven}`
}

const FACTS = {
  clientSid: grants.clientSid,
  sessionSid: grants.sessionSid,
  userSid: sessions.userSid,
  connectionSid: sessions.connectionSid,
  tenantSid: connectionStanding.tenantSid,
  email: users.email,
  principal: sessions.principal,
  openedAt: sessions.createdAt,
  scope: grants.scope,
}

/**
 * A code or refresh token to exchange. `codeChallenge` is made from the verifier (RFC 7636 §4.6).
 */
export type Presented =
  | ({ kind: 'code'; redirectURI: string; codeChallenge: string } & GrantKey)
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

function isGrant(key: GrantKey | undefined): SQL {
  return and(eq(grants.sessionSid, key?.sid ?? ''), eq(grants.secretHash, key?.hash ?? ''))!
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
  const { proof, presented, now, lifetime } = ask
  const isIt = and(isGrant(presented), eq(grants.clientSid, provenClient(db, proof, now)))!
  const statements = {
    clientRows: selectClient(db, proof, now),
    found: db
      .select({
        ...FACTS,
        nonce: grants.nonce,
        accessSeconds: clients.accessTokenSeconds,
        sessionExpiresAt: sessions.expiresAt,
        isRefreshable: isRefreshable.as('is_refreshable'),
        verdict: verdictOf(ask, sql`(${serves(now, lifetime)})`).as('verdict'),
      })
      .from(sessions)
      .innerJoin(users, isUserOfSession)
      .innerJoin(connectionStanding, isStandingOfSession)
      .innerJoin(grants, eq(grants.sessionSid, sessions.sid))
      .innerJoin(clients, eq(clients.sid, grants.clientSid))
      .where(isIt),
    keys: selectSigningKeys(db),
    grant: noteExchange(db, ask, isIt),
    use:
      presented?.kind === 'refresh'
        ? noteUse(db, isSessionOfGrant(db, presented, isIt), now, lifetime)
        : undefined,
  }
  const { clientRows, found, keys } = await batch(db, statements, { isRepeatable: true })
  return { client: clientRows[0], found: found[0], keys }
}

/**
 * True if each use of a refresh token brings the next one. A client with a secret proves at each
 * use that it is no thief of the token; one without cannot (RFC 9700 §2.2.2).
 */
export function isRotated({ credentials }: Proof): boolean {
  return credentials.method === 'none'
}

/** Why the exchange is refused; NULL: it is not. */
function verdictOf({ proof, presented, name, now }: Exchange, isServing: SQL) {
  if (presented?.kind !== 'refresh')
    return sql<Verdict | null>`CASE
      WHEN ${grants.spentBy} <> ${name} THEN 'spent'
      WHEN ${grants.endedAt} IS NOT NULL THEN 'ended'
      WHEN ${grants.codeExpiresAt} <= ${now} THEN 'expired'
      WHEN ${grants.redirectURI} <> ${presented?.redirectURI ?? ''} THEN 'redirect_uri'
      WHEN ${grants.codeChallenge} <> ${presented?.codeChallenge ?? ''} THEN 'code_verifier'
      WHEN NOT ${isServing} THEN 'session'
    END`
  // The predecessor yields the same successor, until that was used or the time has passed.
  const isRepeated = isRotated(proof)
    ? sql`(${grants.refreshNumber} = ${presented.number + 1}
        AND ${grants.refreshedAt} > ${now - REPEAT_MILLISECONDS})`
    : sql`0`
  return sql<Verdict | null>`CASE
      WHEN ${grants.endedAt} IS NOT NULL THEN 'ended'
      WHEN ${grants.refreshNumber} <> ${presented.number} AND NOT ${isRepeated} THEN 'spent'
      WHEN NOT ${isRefreshable} THEN 'refresh_never'
      WHEN NOT ${isServing} THEN 'session'
    END`
}

/**
 * Spends the code or the refresh token, and ends the grant if it is refused. A refresh token that
 * is not rotated writes nothing.
 */
function noteExchange(db: Database, ask: Exchange, isIt: SQL) {
  const { proof, presented, name, now, lifetime } = ask
  const isRefused = sql`${verdictOf(ask, isServed(grants.sessionSid, now, lifetime))} IS NOT NULL`
  const endedAt = sql`CASE WHEN ${isRefused} THEN ${now} END`
  const isLive = and(isIt, isNull(grants.endedAt))
  if (presented?.kind !== 'refresh')
    return db
      .update(grants)
      .set({
        spentAt: sql`coalesce(${grants.spentAt}, ${now})`,
        spentBy: sql`coalesce(${grants.spentBy}, ${name})`,
        endedAt,
      })
      .where(isLive)
  if (!isRotated(proof)) return db.update(grants).set({ endedAt }).where(and(isLive, isRefused))
  const isNewest = eq(grants.refreshNumber, presented.number)
  return db
    .update(grants)
    .set({
      refreshNumber: sql`max(${grants.refreshNumber}, ${presented.number + 1})`,
      refreshedAt: sql`CASE WHEN ${isNewest} THEN ${now} ELSE ${grants.refreshedAt} END`,
      endedAt,
    })
    .where(and(isLive, or(isNewest, isRefused)))
}

/** The session of a grant, while the grant is good. */
function isSessionOfGrant(db: Database, key: GrantKey, isIt: SQL): SQL {
  const good = db
    .select({ sid: grants.sessionSid })
    .from(grants)
    .where(and(isIt, isNull(grants.endedAt)))
  return and(eq(sessions.sid, key.sid), exists(good))!
}

/** The facts of an access token, while it is valid. Notes the use of its session. */
export async function findAccess(
  db: Database,
  token: GrantToken,
  now: number,
  lifetime: Lifetime,
): Promise<ClaimFacts | undefined> {
  const isEnabled = and(eq(clients.sid, grants.clientSid), isNull(clients.disabledAt))
  const isValid = and(
    isGrant(token),
    isNull(grants.endedAt),
    sql`${clients.accessTokenSeconds} * 1000 > ${now - token.number}`,
    lt(sql`coalesce(${grants.accessRevokedAt}, 0)`, token.number),
  )!
  const valid = db
    .select({ sid: grants.sessionSid })
    .from(grants)
    .innerJoin(clients, isEnabled)
    .where(isValid)
  const statements = {
    found: db
      .select(FACTS)
      .from(sessions)
      .innerJoin(users, isUserOfSession)
      .innerJoin(connectionStanding, isStandingOfSession)
      .innerJoin(grants, eq(grants.sessionSid, sessions.sid))
      .innerJoin(clients, isEnabled)
      .where(and(isValid, serves(now, lifetime))),
    use: noteUse(db, and(eq(sessions.sid, token.sid), exists(valid))!, now, lifetime),
  }
  const { found } = await batch(db, statements, { isRepeatable: true })
  return found[0]
}

/**
 * Ends the grant of a refresh token with all its tokens. Of an access token, ends it and those that
 * were issued before it (RFC 7009 §2.1).
 */
export async function revoke(
  db: Database,
  proof: Proof,
  token: ({ kind: TokenKind } & GrantToken) | undefined,
  now: number,
) {
  const isIt = isGrant(token)
  const statements = {
    clientRows: selectClient(db, proof, now),
    found: db.select({ clientSid: grants.clientSid }).from(grants).where(isIt),
    grant: db
      .update(grants)
      .set(
        token?.kind === 'access'
          ? { accessRevokedAt: sql`max(coalesce(${grants.accessRevokedAt}, 0), ${token.number})` }
          : { endedAt: now },
      )
      .where(and(isIt, eq(grants.clientSid, provenClient(db, proof, now)), isNull(grants.endedAt))),
  }
  const { clientRows, found } = await batch(db, statements, { isRepeatable: true })
  return { client: clientRows[0], found: found[0] }
}
