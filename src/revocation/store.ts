// The SQL of Global Token Revocation: what is known of a connection's IdP, whom it means, and the
// end of that person's sessions, once for each token.
import { and, eq, exists, isNull, lte, ne, or, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { JWK } from 'jose'
import { connections, connectionStanding } from '../connections/tables.ts'
import { mayComeThrough, wasMovedFrom } from '../directory/moves/store.ts'
import { users } from '../directory/tables.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { nameIDs, spent } from '../login/tables.ts'
import { batch } from '../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../platform/db/client.ts'
import { aliases } from '../rollout/reconcile/tables.ts'
import { revocationOf } from '../sessions/store/revoke.ts'
import { sessions } from '../sessions/tables.ts'
import { revocationSources } from './tables.ts'
import { MINUTE } from '../durations.ts'

export type RevocationSource = NonNullable<Awaited<ReturnType<typeof findSource>>>

/** Undefined: no such connection, or nobody has said who may revoke there. */
export async function findSource(db: Database, connectionSid: string) {
  const { sid, name, tenantSid, entityID, revocationIssuer, revocationKeysURL } = connections
  const { keysURL, keySet, fetchedAt } = revocationSources
  const { isSuspended } = connectionStanding
  const [row] = await db
    .select({
      connectionSid: sid,
      name,
      tenantSid,
      entityID,
      revocationIssuer,
      revocationKeysURL,
      keysURL,
      keySet,
      fetchedAt,
      isSuspended,
    })
    .from(connections)
    .innerJoin(connectionStanding, eq(connectionStanding.connectionSid, sid))
    .leftJoin(revocationSources, eq(revocationSources.connectionSid, sid))
    .where(eq(sid, connectionSid))
  const { revocationIssuer: issuer, revocationKeysURL: url } = row ?? {}
  return row && issuer && url
    ? { ...row, revocationIssuer: issuer, revocationKeysURL: url }
    : undefined
}

/** What administrators see of it. */
export async function findStatus(db: Database, connectionSid: string) {
  const { fetchedAt, failure, acceptedAt, refusedAt, refusedBecause } = revocationSources
  const [row] = await db
    .select({ fetchedAt, failure, acceptedAt, refusedAt, refusedBecause })
    .from(revocationSources)
    .where(eq(revocationSources.connectionSid, connectionSid))
  return row
}

/** True for one caller a minute, over all instances of the Worker. */
export async function claimFetch(
  db: Database,
  fetch: { connectionSid: string; url: string; now: number; before: number },
): Promise<boolean> {
  const { connectionSid, url, now, before } = fetch
  const { keysURL, askedAt } = revocationSources
  const isAnother = sql`${keysURL} IS NOT ${url}`
  const keepsKeys = (column: 'keySet' | 'fetchedAt') =>
    sql`CASE WHEN ${isAnother} THEN NULL ELSE ${revocationSources[column]} END`
  const claimed = await db
    .insert(revocationSources)
    .values({ connectionSid, keysURL: url, askedAt: now })
    .onConflictDoUpdate({
      target: revocationSources.connectionSid,
      set: {
        keysURL: url,
        askedAt: now,
        keySet: keepsKeys('keySet'),
        fetchedAt: keepsKeys('fetchedAt'),
      },
      setWhere: or(isAnother, isNull(askedAt), lte(askedAt, before))!,
    })
    .returning({ askedAt })
  return claimed.length > 0
}

export async function keepKeys(db: Database, connectionSid: string, keySet: JWK[], now: number) {
  await db
    .update(revocationSources)
    .set({ keySet, fetchedAt: now, failure: null })
    .where(eq(revocationSources.connectionSid, connectionSid))
}

export async function keepFailure(db: Database, connectionSid: string, failure: string) {
  await db
    .update(revocationSources)
    .set({ failure })
    .where(eq(revocationSources.connectionSid, connectionSid))
}

/** To the minute: strangers cause these writes. */
export async function noteRefusal(
  db: Database,
  connectionSid: string,
  refusedBecause: string,
  now: number,
): Promise<void> {
  const { refusedAt } = revocationSources
  await db
    .insert(revocationSources)
    .values({ connectionSid, refusedAt: now, refusedBecause })
    .onConflictDoUpdate({
      target: revocationSources.connectionSid,
      set: { refusedAt: now, refusedBecause },
      setWhere: or(isNull(refusedAt), lte(refusedAt, now - MINUTE))!,
    })
}

/** Whom the IdP means. An address is compared as a login does: aliases first. */
export type Meant = { nameID: string | undefined; emailKey: string | undefined }

/**
 * The person, if they are switched on at this very connection. `isAnothers`: they sign in through
 * another one, and may come in through this one too, or have been moved from it and have a session
 * from it.
 */
export async function findMeant(
  db: Database,
  { connectionSid, tenantSid, entityID }: RevocationSource,
  { nameID, emailKey }: Meant,
): Promise<{ userSid: string; isAnothers: boolean } | undefined> {
  const first = (...found: (SQL | undefined)[]) =>
    sql`coalesce(${sql.join(
      [...found.filter((one) => one !== undefined), sql`NULL`, sql`NULL`],
      sql`, `,
    )})`
  const bound =
    nameID === undefined
      ? undefined
      : sql`(SELECT ${nameIDs.userSid} FROM ${nameIDs}
          WHERE ${nameIDs.connectionSid} = ${connectionSid} AND ${nameIDs.entityID} = ${entityID}
            AND ${nameIDs.nameID} = ${nameID})`
  const aliased = sql`(SELECT ${aliases.userSid} FROM ${aliases}
    WHERE ${aliases.connectionSid} = ${connectionSid} AND ${aliases.emailKey} = ${emailKey ?? ''})`
  const other = alias(users, 'known_by_address')
  const known = sql`(SELECT ${other.sid} FROM ${users} AS ${other}
    WHERE ${other.emailKey} = ${emailKey ?? ''})`
  const [row] = await db
    .select({ sid: users.sid, at: users.connectionSid })
    .from(users)
    .where(
      and(
        sql`${users.sid} = ${first(bound, aliased, known)}`,
        eq(users.tenantSid, tenantSid),
        or(
          mayComeThrough(connectionSid),
          and(wasMovedFrom(connectionSid), hasSessionOf(db, connectionSid)),
        ),
        ne(users.signInMethod, 'password'),
      ),
    )
  return row && { userSid: row.sid, isAnothers: row.at !== connectionSid }
}

function hasSessionOf(db: Database, connectionSid: string): SQL {
  return exists(
    db
      .select({ sid: sessions.sid })
      .from(sessions)
      .where(
        and(
          eq(sessions.userSid, users.sid),
          eq(sessions.connectionSid, connectionSid),
          isNull(sessions.endedAt),
        ),
      ),
  )
}

/**
 * Spends the token and ends the person's sessions, all or nothing; those of this connection alone
 * where another one is theirs. `repeated`: the token was spent before, and nothing is done. Without
 * a person only the token is spent.
 */
export async function revokeOnce(
  context: OperationContext,
  source: Pick<RevocationSource, 'connectionSid' | 'tenantSid'>,
  { jti, until }: { jti: string; until: number },
  meant: { userSid: string; isAnothers: boolean } | undefined,
): Promise<'repeated' | { ended: number }> {
  const { db, now } = context
  const { connectionSid, tenantSid } = source
  const userSid = meant?.userSid
  const at = meant?.isAnothers ? connectionSid : undefined
  const event = {
    tenantSid,
    type: 'session.all_revoked',
    subjectSid: userSid ?? '',
    after: {},
  } as const
  try {
    const { found } = await batch(db, {
      spend: db.insert(spent).values({
        connectionSid,
        kind: 'revocation',
        id: jti,
        expiresAt: until,
        attemptSid: userSid ?? '',
      }),
      ...(userSid === undefined
        ? { found: undefined }
        : revocationOf(context, { of: { userSid }, event, at, because: 'idp_revoked' })),
      accepted: db
        .insert(revocationSources)
        .values({ connectionSid, acceptedAt: now })
        .onConflictDoUpdate({
          target: revocationSources.connectionSid,
          set: { acceptedAt: now },
        }),
    })
    return { ended: found?.[0]?.ended ?? 0 }
  } catch (error) {
    if (isUniqueViolation(error)) return 'repeated'
    throw error
  }
}
