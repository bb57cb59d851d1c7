// The SQL of the token, userinfo and revocation endpoints. Each function is one round trip. The
// statements that write check their own conditions, so that nothing can change in between.
import { and, eq, gt, inArray, isNull, lt, lte, notExists, or, sql, type SQL } from 'drizzle-orm'
import { clients } from '../../clients/tables.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { grants, tokens } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import type { Credentials } from '../../clients/authenticate.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { portionOf } from '../../platform/db/sql.ts'
import type { Lifetime } from '../../sessions/lifetime.ts'
import { noteUse } from '../../sessions/store.ts'
import type { ClaimFacts } from '../claims.ts'
import { selectSigningKeys } from '../signing-keys/store.ts'
import { isServed, isStandingOfSession, isUserOfSession, serves } from './serves.ts'

const DAY = 24 * 3600 * 1000

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
  userSid: grants.userSid,
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
  | { kind: 'code'; hash: string; redirectURI: string; codeChallenge: string }
  | { kind: 'refresh'; hash: string }

/** Why the exchange is refused. */
export type CodeVerdict =
  'spent' | 'ended' | 'expired' | 'redirect_uri' | 'code_verifier' | 'session'

export type Exchange = {
  proof: Proof
  presented: Presented
  access: { hash: string; expiresAt: number }
  refreshHash: string
  now: number
  lifetime: Lifetime
}

/**
 * Exchanges a code or a refresh token for new tokens, once. A second use or any mismatch ends the
 * grant with all its tokens (RFC 6749 §4.1.2, RFC 9700 §4.14.2). Only the authenticated client that
 * it belongs to can cause this.
 */
export async function exchange(db: Database, ask: Exchange) {
  const { proof, presented, now, lifetime } = ask
  const token = and(eq(tokens.tokenHash, presented.hash), eq(tokens.kind, 'refresh'))
  const ofToken = (column: typeof tokens.grantSid | typeof tokens.spentAt) =>
    sql`(SELECT ${column} FROM ${tokens} WHERE ${token})`
  const isCode = presented.kind === 'code'
  const isIt = and(
    isCode ? eq(grants.codeHash, presented.hash) : eq(grants.sid, ofToken(tokens.grantSid)),
    eq(grants.clientSid, provenClient(db, proof, now)),
  )!
  const spentAt = isCode ? sql`${grants.spentAt}` : ofToken(tokens.spentAt)
  const verdict = (isServing: SQL) => verdictOf(presented, spentAt, isServing, now)
  const isGood = and(isIt, isNull(grants.endedAt))!
  const serving = isServed(grants.sessionSid, now, lifetime)
  const { clientRows, found, keys } = await batch(db, {
    clientRows: selectClient(db, proof, now),
    found: db
      .select({
        ...FACTS,
        nonce: grants.nonce,
        verdict: verdict(sql`(${serves(now, lifetime)})`).as('verdict'),
      })
      .from(sessions)
      .innerJoin(users, isUserOfSession)
      .innerJoin(connectionStanding, isStandingOfSession)
      .innerJoin(grants, eq(grants.sessionSid, sessions.sid))
      .where(isIt),
    keys: selectSigningKeys(db),
    grant: db
      .update(grants)
      .set({
        spentAt: sql`coalesce(${grants.spentAt}, ${now})`,
        endedAt: sql`CASE WHEN ${verdict(serving)} IS NOT NULL
          THEN coalesce(${grants.endedAt}, ${now}) END`,
      })
      .where(isIt),
    refresh: isCode ? undefined : spendRefresh(db, token, isGood, ask),
    issue: insertTokens(db, ask, isGood),
  })
  return {
    client: clientRows[0],
    found: found[0] as
      (ClaimFacts & { nonce: string | null; verdict: CodeVerdict | null }) | undefined,
    keys,
  }
}

/** Why the exchange is refused; NULL: it is not. */
function verdictOf(presented: Presented, spentAt: SQL, isServing: SQL, now: number) {
  const isCode = presented.kind === 'code'
  const expiresAt = isCode ? grants.codeExpiresAt : grants.expiresAt
  const ofCode = isCode
    ? sql`WHEN ${grants.redirectURI} <> ${presented.redirectURI} THEN 'redirect_uri'
        WHEN ${grants.codeChallenge} <> ${presented.codeChallenge} THEN 'code_verifier'`
    : sql``
  return sql<CodeVerdict | null>`CASE
      WHEN ${spentAt} IS NOT NULL THEN 'spent'
      WHEN ${grants.endedAt} IS NOT NULL THEN 'ended'
      WHEN ${expiresAt} <= ${now} THEN 'expired'
      ${ofCode}
      WHEN NOT ${isServing} THEN 'session'
    END`
}

/** Spends a refresh token of a valid grant, and notes the use of its session. */
function spendRefresh(
  db: Database,
  token: SQL | undefined,
  isGood: SQL,
  { now, lifetime }: Exchange,
) {
  const good = db.select({ sid: grants.sid }).from(grants).where(isGood)
  const session = db.select({ sid: grants.sessionSid }).from(grants).where(isGood)
  return [
    db
      .update(tokens)
      .set({ spentAt: sql`coalesce(${tokens.spentAt}, ${now})` })
      .where(and(token, inArray(tokens.grantSid, good))),
    noteUse(db, eq(sessions.sid, sql`${session}`), now, lifetime),
  ]
}

/** Inserts an access and a refresh token for a valid grant. Neither outlives it. */
function insertTokens(db: Database, { access, refreshHash, now }: Exchange, isGood: SQL) {
  const made = sql`(
    SELECT ${access.hash} AS hash, 'access' AS tokenKind, ${access.expiresAt} AS until
    UNION ALL SELECT ${refreshHash}, 'refresh', ${Number.MAX_SAFE_INTEGER}
  ) AS made`
  return insertFromSelect(
    db,
    tokens,
    {
      tokenHash: sql`made.hash`,
      kind: sql`made.tokenKind`,
      grantSid: grants.sid,
      expiresAt: sql`min(made.until, ${grants.expiresAt})`,
      createdAt: now,
    },
    (select) => select.from(grants).crossJoin(made).where(isGood),
  )
}

/** The facts of an access token, while it is valid. */
export async function findAccess(
  db: Database,
  tokenHash: string,
  now: number,
  lifetime: Lifetime,
): Promise<ClaimFacts | undefined> {
  const [found] = await db
    .select(FACTS)
    .from(tokens)
    .innerJoin(grants, and(eq(grants.sid, tokens.grantSid), isNull(grants.endedAt)))
    .innerJoin(clients, and(eq(clients.sid, grants.clientSid), isNull(clients.disabledAt)))
    .innerJoin(sessions, eq(sessions.sid, grants.sessionSid))
    .innerJoin(users, isUserOfSession)
    .innerJoin(connectionStanding, isStandingOfSession)
    .where(
      and(
        eq(tokens.tokenHash, tokenHash),
        eq(tokens.kind, 'access'),
        gt(tokens.expiresAt, now),
        serves(now, lifetime),
      ),
    )
  return found
}

/** Ends an access token, or a refresh token with its grant and all its tokens (RFC 7009 §2.1). */
export async function revoke(db: Database, proof: Proof, tokenHash: string, now: number) {
  const isOwn = eq(grants.clientSid, provenClient(db, proof, now))
  const isIt = eq(tokens.tokenHash, tokenHash)
  const ofRefresh = db
    .select({ sid: tokens.grantSid })
    .from(tokens)
    .where(and(isIt, eq(tokens.kind, 'refresh')))
  const own = db.select({ sid: grants.sid }).from(grants).where(isOwn)
  const { clientRows, found } = await batch(db, {
    clientRows: selectClient(db, proof, now),
    found: db
      .select({ clientSid: grants.clientSid })
      .from(tokens)
      .innerJoin(grants, eq(grants.sid, tokens.grantSid))
      .where(isIt),
    grant: db
      .update(grants)
      .set({ endedAt: now })
      .where(and(eq(grants.sid, sql`${ofRefresh}`), isOwn, isNull(grants.endedAt))),
    token: db
      .update(tokens)
      .set({ expiresAt: now })
      .where(
        and(
          isIt,
          eq(tokens.kind, 'access'),
          gt(tokens.expiresAt, now),
          inArray(tokens.grantSid, own),
        ),
      ),
  })
  return { client: clientRows[0], found: found[0] }
}

/** Deletes a portion of the expired tokens, then of the expired grants without tokens. */
export async function sweepGrants(db: Database, now: number): Promise<void> {
  const left = db
    .select({ grantSid: tokens.grantSid })
    .from(tokens)
    .where(eq(tokens.grantSid, grants.sid))
  const isDead = and(lte(grants.expiresAt, now - 30 * DAY), notExists(left))
  await db.batch([
    db.delete(tokens).where(portionOf(tokens, lt(tokens.expiresAt, now - DAY))),
    db.delete(grants).where(portionOf(grants, isDead)),
  ])
}
