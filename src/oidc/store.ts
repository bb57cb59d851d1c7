// The SQL of the hand-off: grants and tokens. Each function is one round trip. What counts is decided in the statements
// that write, so that nothing can change in between.
import { and, eq, gt, isNotNull, isNull, lt, lte, ne, or, sql, type SQL } from 'drizzle-orm'
import type { Credentials } from '../clients/authenticate.ts'
import { OPEN_STATES } from '../connections/connection.ts'
import type { Database } from '../platform/db/client.ts'
import { clients } from '../clients/tables.ts'
import { connections } from '../connections/tables.ts'
import { domains } from '../directory/domains/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { sessions } from '../sessions/tables.ts'
import { grants, tokens } from './tables.ts'
import { portionOf, value } from '../platform/db/sql.ts'
import type { Lifetime } from '../sessions/lifetime.ts'
import { isOpen, noteUse } from '../sessions/store.ts'
import type { Addressee, Demand } from './authorization-request.ts'
import type { ClaimFacts } from './claims.ts'
import { selectSigningKeys } from './signing-keys/store.ts'

const DAY = 24 * 3600 * 1000

/** Of `sessions`, joined with who has to be in good standing for it to count. A trigger has ended it where they are not: twice is safe. */
function serves(now: number, lifetime: Lifetime): SQL {
  return and(
    isOpen(now, lifetime),
    isNull(users.suspendedAt),
    ne(connections.state, 'suspended'),
    isNull(tenants.suspendedAt),
  )!
}

const JOINED = sql`${sessions}
  JOIN ${users} ON ${users.sid} = ${sessions.userSid}
  JOIN ${connections} ON ${connections.sid} = ${sessions.connectionSid}
  JOIN ${tenants} ON ${tenants.sid} = ${connections.tenantSid}`

export type GrantRequest = {
  sid: string
  codeHash: string
  codeExpiresAt: number
  scope: string
  nonce: string | null
  codeChallenge: string
  demand: Demand & { emailKey?: string | undefined; userSid?: string | undefined }
}

/**
 * Reads client and session, and makes the grant where the client may have it and the session meets what it demands; `grant` null:
 * it only reads. The session is looked for by the hash of its cookie.
 */
export async function openGrant(
  db: Database,
  ask: {
    addressee: Pick<Addressee, 'clientSid' | 'redirectURI'>
    tokenHash: string
    grant: GrantRequest | null
    now: number
    lifetime: Lifetime
  },
) {
  const { addressee, tokenHash, grant, now, lifetime } = ask
  const client = db
    .select({
      disabledAt: clients.disabledAt,
      redirectURIs: clients.redirectURIs,
    })
    .from(clients)
    .where(eq(clients.sid, addressee.clientSid))
  const session = db
    .select({ connectionSid: sessions.connectionSid, email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.sid, sessions.userSid))
    .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(and(eq(sessions.tokenHash, tokenHash), serves(now, lifetime)))
  const [[clientRow], [sessionRow], ...written] = await db.batch([
    client,
    session,
    ...(grant ? insertGrant(db, { ...ask, grant }) : []),
  ])
  return {
    client: clientRow,
    session: sessionRow,
    isGranted: written.length > 0 && written[0]!.meta.changes > 0,
  }
}

function insertGrant(db: Database, ask: Parameters<typeof openGrant>[1] & { grant: GrantRequest }) {
  const { addressee, tokenHash, grant, now, lifetime } = ask
  const { openedSince, authenticatedSince, emailKey, userSid } = grant.demand
  const meets = and(
    openedSince === undefined ? undefined : sql`${sessions.createdAt} >= ${openedSince}`,
    authenticatedSince === undefined
      ? undefined
      : sql`json_extract(${sessions.principal}, '$.authnInstant') >= ${authenticatedSince}`,
    userSid === undefined ? undefined : eq(sessions.userSid, userSid),
    // The login e-mail, or what the IdP knows the person by.
    emailKey === undefined
      ? undefined
      : sql`${emailKey} IN (${users.emailKey}, lower(json_extract(${sessions.principal}, '$.email')))`,
  )
  const made = db.insert(grants).select((query) =>
    query
      .select({
        sid: value(grant.sid).as('sid'),
        codeHash: value(grant.codeHash).as('code_hash'),
        clientSid: clients.sid,
        sessionSid: sessions.sid,
        userSid: sessions.userSid,
        redirectURI: value(addressee.redirectURI).as('redirect_uri'),
        scope: value(grant.scope).as('scope'),
        nonce: value(grant.nonce).as('nonce'),
        codeChallenge: value(grant.codeChallenge).as('code_challenge'),
        codeExpiresAt: value(grant.codeExpiresAt).as('code_expires_at'),
        spentAt: value<null>(null).as('spent_at'),
        expiresAt: sessions.expiresAt,
        endedAt: value<null>(null).as('ended_at'),
        createdAt: value(now).as('created_at'),
      })
      .from(sessions)
      .innerJoin(users, eq(users.sid, sessions.userSid))
      .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
      .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
      .innerJoin(
        clients,
        and(
          eq(clients.sid, addressee.clientSid),
          isNull(clients.disabledAt),
          sql`EXISTS (SELECT 1 FROM json_each(${clients.redirectURIs}) WHERE value = ${addressee.redirectURI})`,
        ),
      )
      .where(and(eq(sessions.tokenHash, tokenHash), serves(now, lifetime), meets)),
  )
  const isGranted = sql`EXISTS (SELECT 1 FROM ${grants} WHERE ${grants.sid} = ${grant.sid})`
  return [
    made,
    noteUse(db, and(eq(sessions.tokenHash, tokenHash), isGranted)!, now, lifetime),
  ] as const
}

/** The one connection through which a tenant's people sign in, by a domain that the tenant has proved to be its own; else undefined. */
export async function findConnectionOfDomain(
  db: Database,
  domain: string,
): Promise<string | undefined> {
  const rows = await db
    .select({ sid: connections.sid })
    .from(domains)
    .innerJoin(
      tenants,
      and(
        eq(tenants.sid, domains.tenantSid),
        eq(tenants.plan, 'enterprise'),
        isNull(tenants.suspendedAt),
      ),
    )
    .innerJoin(connections, eq(connections.tenantSid, tenants.sid))
    .where(
      and(
        eq(domains.domain, domain),
        isNotNull(domains.verifiedAt),
        sql`${connections.state} IN ${[...OPEN_STATES]}`,
      ),
    )
    .limit(2)
  return rows.length === 1 ? rows[0]!.sid : undefined
}

/** Of `clients`: the one that the credentials are of, if they are good. Hashes of 256 random bits may be compared in a query. */
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

/** What is known of the client, and whether the credentials are good. */
function selectClient(db: Database, { credentials, secretHash }: Proof, now: number) {
  return db
    .select({
      method: clients.tokenEndpointAuthMethod,
      isProven: sql<number>`${isProven(credentials, secretHash, now)}`.as('is_proven'),
    })
    .from(clients)
    .where(eq(clients.sid, credentials.clientSid))
}

const FACTS = {
  clientSid: grants.clientSid,
  sessionSid: grants.sessionSid,
  userSid: grants.userSid,
  connectionSid: sessions.connectionSid,
  tenantSid: connections.tenantSid,
  email: users.email,
  principal: sessions.principal,
  openedAt: sessions.createdAt,
  scope: grants.scope,
}

/** What a client changes for tokens. The challenge is the one that its verifier makes (RFC 7636 §4.6). */
export type Presented =
  | { kind: 'code'; hash: string; redirectURI: string; codeChallenge: string }
  | { kind: 'refresh'; hash: string }

/** Why nothing is given for it. */
export type CodeVerdict =
  'spent' | 'ended' | 'expired' | 'redirect_uri' | 'code_verifier' | 'session'

/**
 * Changes a code or a refresh token for new tokens: once. What is presented a second time, or with anything wrong about it, ends the
 * grant with all its tokens (RFC 6749 §4.1.2, RFC 9700 §4.14.2); but only by the client whose it is, and only once that has proved
 * who it is.
 */
export async function exchange(
  db: Database,
  ask: {
    proof: Proof
    presented: Presented
    access: { hash: string; expiresAt: number }
    refreshHash: string
    now: number
    lifetime: Lifetime
  },
) {
  const { proof, presented, access, refreshHash, now, lifetime } = ask
  const proven = sql`(SELECT ${clients.sid} FROM ${clients} WHERE ${isProven(proof.credentials, proof.secretHash, now)})`
  const token = and(eq(tokens.tokenHash, presented.hash), eq(tokens.kind, 'refresh'))
  const of = (column: SQL) => sql`(SELECT ${column} FROM ${tokens} WHERE ${token})`
  const isIt = and(
    presented.kind === 'code'
      ? eq(grants.codeHash, presented.hash)
      : eq(grants.sid, of(sql`${tokens.grantSid}`)),
    eq(grants.clientSid, proven),
  )!
  const spentAt = presented.kind === 'code' ? sql`${grants.spentAt}` : of(sql`${tokens.spentAt}`)
  const expiresAt = presented.kind === 'code' ? grants.codeExpiresAt : grants.expiresAt
  const verdict = (isServed: SQL) => sql<CodeVerdict | null>`CASE
      WHEN ${spentAt} IS NOT NULL THEN 'spent'
      WHEN ${grants.endedAt} IS NOT NULL THEN 'ended'
      WHEN ${expiresAt} <= ${now} THEN 'expired'
      ${
        presented.kind === 'code'
          ? sql`WHEN ${grants.redirectURI} <> ${presented.redirectURI} THEN 'redirect_uri'
              WHEN ${grants.codeChallenge} <> ${presented.codeChallenge} THEN 'code_verifier'`
          : sql``
      }
      WHEN NOT ${isServed} THEN 'session'
    END`
  const isServed = sql`EXISTS (SELECT 1 FROM ${JOINED} WHERE ${sessions.sid} = ${grants.sessionSid} AND ${serves(now, lifetime)})`
  const isGood = and(isIt, isNull(grants.endedAt))!
  const [[client], [found], keys] = await db.batch([
    selectClient(db, proof, now),
    db
      .select({
        ...FACTS,
        nonce: grants.nonce,
        verdict: verdict(sql`(${serves(now, lifetime)})`).as('verdict'),
      })
      .from(sessions)
      .innerJoin(users, eq(users.sid, sessions.userSid))
      .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
      .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
      .innerJoin(grants, eq(grants.sessionSid, sessions.sid))
      .where(isIt),
    selectSigningKeys(db),
    db
      .update(grants)
      .set({
        spentAt: sql`coalesce(${grants.spentAt}, ${now})`,
        endedAt: sql`CASE WHEN ${verdict(isServed)} IS NOT NULL THEN coalesce(${grants.endedAt}, ${now}) END`,
      })
      .where(isIt),
    ...(presented.kind === 'refresh'
      ? [
          db
            .update(tokens)
            .set({ spentAt: sql`coalesce(${tokens.spentAt}, ${now})` })
            .where(
              and(
                token,
                sql`${tokens.grantSid} IN (SELECT ${grants.sid} FROM ${grants} WHERE ${isGood})`,
              ),
            ),
          noteUse(
            db,
            sql`${sessions.sid} = (SELECT ${grants.sessionSid} FROM ${grants} WHERE ${isGood})`,
            now,
            lifetime,
          ),
        ]
      : []),
    db.insert(tokens).select(sql`
      SELECT made.hash, made.kind, ${grants.sid}, min(made.until, ${grants.expiresAt}), NULL, ${now}
      FROM ${grants} CROSS JOIN (
        SELECT ${access.hash} AS hash, 'access' AS kind, ${access.expiresAt} AS until
        UNION ALL SELECT ${refreshHash}, 'refresh', ${Number.MAX_SAFE_INTEGER}
      ) AS made WHERE ${isGood}`),
  ])
  return {
    client,
    found: found as
      (ClaimFacts & { nonce: string | null; verdict: CodeVerdict | null }) | undefined,
    keys,
  }
}

/** Whom an access token speaks of, while it counts. */
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
    .innerJoin(users, eq(users.sid, sessions.userSid))
    .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
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

/** Ends an access token, or a refresh token with its grant and all that came of it (RFC 7009 §2.1). */
export async function revoke(db: Database, proof: Proof, tokenHash: string, now: number) {
  const proven = sql`(SELECT ${clients.sid} FROM ${clients} WHERE ${isProven(proof.credentials, proof.secretHash, now)})`
  const isOwn = sql`${tokens.grantSid} IN (SELECT ${grants.sid} FROM ${grants} WHERE ${eq(grants.clientSid, proven)})`
  const isIt = eq(tokens.tokenHash, tokenHash)
  const [[client], [found]] = await db.batch([
    selectClient(db, proof, now),
    db
      .select({ clientSid: grants.clientSid })
      .from(tokens)
      .innerJoin(grants, eq(grants.sid, tokens.grantSid))
      .where(isIt),
    db
      .update(grants)
      .set({ endedAt: now })
      .where(
        and(
          sql`${grants.sid} = (SELECT ${tokens.grantSid} FROM ${tokens} WHERE ${and(isIt, eq(tokens.kind, 'refresh'))})`,
          eq(grants.clientSid, proven),
          isNull(grants.endedAt),
        ),
      ),
    db
      .update(tokens)
      .set({ expiresAt: now })
      .where(and(isIt, eq(tokens.kind, 'access'), gt(tokens.expiresAt, now), isOwn)),
  ])
  return { client, found }
}

/** Lets tokens die, then grants that have none any more. */
export async function sweepGrants(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(tokens).where(portionOf(tokens, lt(tokens.expiresAt, now - DAY))),
    db
      .delete(grants)
      .where(
        portionOf(
          grants,
          sql`${lte(grants.expiresAt, now - 30 * DAY)} AND NOT EXISTS (SELECT 1 FROM ${tokens} WHERE ${tokens.grantSid} = ${grants.sid})`,
        ),
      ),
  ])
}
