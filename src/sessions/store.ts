// The SQL of sessions. Code that ends one writes `endedAt` and nothing else: triggers end its
// grants and queue its logout tokens (schema.sql, `sessions_end`).
import { and, eq, gt, gte, inArray, isNull, lt, lte, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { connections, connectionStanding } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { timedSidFrom } from '../ids.ts'
import { grants } from '../oidc/tables.ts'
import { sessions } from './tables.ts'
import { recordEventFrom } from '../events/store.ts'
import { batch } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { newestSidFirst, type PageRequest } from '../platform/db/page.ts'
import { listed } from '../platform/db/sql.ts'
import type { Expiry } from '../platform/db/sweep.ts'
import type { LocatedHash } from '../platform/located-secret.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { oldest, type Lifetime } from './lifetime.ts'

const MINUTE = 60_000

/**
 * The condition that a session is open, for any query of `sessions`. A suspension ends sessions.
 */
export function isOpen(now: number, lifetime: Lifetime): SQL {
  const limit = oldest(now, lifetime)
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, now),
    gt(sessions.createdAt, limit.createdAt),
    gt(sessions.lastSeenAt, limit.lastSeenAt),
  )!
}

/** The same for lists: the SID says the time too, and bounds how far an index is read. */
export function isOpenInList(now: number, lifetime: Lifetime): SQL {
  const first = timedSidFrom('SE', Math.max(0, oldest(now, lifetime).createdAt))
  return and(gte(sessions.sid, first), isOpen(now, lifetime))!
}

/**
 * The statement that notes the use of an open session: to the minute, so that few requests write.
 */
export function noteUse(db: Database, session: SQL, now: number, lifetime: Lifetime) {
  return db
    .update(sessions)
    .set({ lastSeenAt: now })
    .where(and(session, isOpen(now, lifetime), lte(sessions.lastSeenAt, now - MINUTE)))
}

/** What a session cookie says. */
export type SessionKey = LocatedHash

/** The session of a cookie; no session without one. */
export function isSessionOf(key: SessionKey | undefined): SQL {
  return and(eq(sessions.sid, key?.sid ?? ''), eq(sessions.tokenHash, key?.hash ?? ''))!
}

/** Any of a browser’s sessions. No hash of a random secret fits the row of another one. */
export function isSessionOfAny(keys: readonly SessionKey[]): SQL {
  const sids = listed(keys.map(({ sid }) => sid))
  const hashes = listed(keys.map(({ hash }) => hash))
  return and(inArray(sessions.sid, sids), inArray(sessions.tokenHash, hashes))!
}

export type OpenSession = NonNullable<Awaited<ReturnType<typeof findSession>>>

/**
 * The open session of a cookie, with the name of its connection; notes its use. A suspended user,
 * connection or tenant has no open session.
 */
export async function findSession(db: Database, key: SessionKey, now: number, lifetime: Lifetime) {
  const isIt = isSessionOf(key)
  const statements = {
    use: noteUse(db, isIt, now, lifetime),
    found: db
      .select({
        sid: sessions.sid,
        userSid: sessions.userSid,
        principal: sessions.principal,
        createdAt: sessions.createdAt,
        expiresAt: sessions.expiresAt,
        connectionSid: sessions.connectionSid,
        connectionName: connectionStanding.name,
        tenantSid: connectionStanding.tenantSid,
      })
      .from(sessions)
      .innerJoin(users, and(eq(users.sid, sessions.userSid), isNull(users.suspendedAt)))
      .innerJoin(
        connectionStanding,
        and(
          eq(connectionStanding.connectionSid, sessions.connectionSid),
          eq(connectionStanding.isSuspended, false),
        ),
      )
      .where(and(isIt, isOpen(now, lifetime))),
  }
  const { found } = await batch(db, statements, { isRepeatable: true })
  return found[0]
}

/** What sign-out needs of an ended session. */
export type EndedSession = { connectionSid: string; logoutRedirectURL: string | null }

/**
 * Ends the session of a cookie and the earlier ones of its browser. Returns the logout URL of the
 * connection; null: it has none.
 */
export async function endSession(
  db: Database,
  key: SessionKey,
  now: number,
  earlier: readonly SessionKey[] = [],
): Promise<EndedSession | undefined> {
  const statements = {
    end: db
      .update(sessions)
      .set({ endedAt: now, endedBecause: 'logout' })
      .where(and(isSessionOfAny([key, ...earlier]), isNull(sessions.endedAt))),
    found: db
      .select({
        connectionSid: sessions.connectionSid,
        logoutRedirectURL: connections.logoutRedirectURL,
      })
      .from(sessions)
      .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
      .where(isSessionOf(key)),
  }
  const { found } = await batch(db, statements, { isRepeatable: true })
  return found[0]
}

/**
 * Sessions that were opened twice as long ago as one may last. Their apps may have sessions of
 * their own for as long again, and are told when this one is ended.
 */
export function sessionExpiry({ absoluteSeconds }: Lifetime): Expiry {
  return {
    table: sessions,
    isDead: (now) => lt(sessions.sid, oldestSession(now, absoluteSeconds)),
    after: grants,
  }
}

export function oldestSession(now: number, absoluteSeconds: number): string {
  return timedSidFrom('SE', Math.max(0, now - 2 * absoluteSeconds * 1000))
}

/** Selects the sessions of a user, a connection or a tenant. */
export type SessionsOf = { userSid: string } | { connectionSid: string } | { tenantSid: string }

/** Their tenant and connection; undefined: no such user, connection or tenant exists. */
export async function findOwner(
  db: Database,
  of: SessionsOf,
): Promise<{ tenantSid: string; connectionSid: string | null } | undefined> {
  if ('userSid' in of) {
    const { tenantSid, connectionSid, sid } = users
    return (await db.select({ tenantSid, connectionSid }).from(users).where(eq(sid, of.userSid)))[0]
  }
  if ('connectionSid' in of) {
    const { tenantSid, sid } = connections
    return (
      await db
        .select({ tenantSid, connectionSid: sid })
        .from(connections)
        .where(eq(sid, of.connectionSid))
    )[0]
  }
  const [tenant] = await db
    .select({ sid: tenants.sid })
    .from(tenants)
    .where(eq(tenants.sid, of.tenantSid))
  return tenant && { tenantSid: tenant.sid, connectionSid: null }
}

const ROW = {
  sid: sessions.sid,
  userSid: sessions.userSid,
  email: users.email,
  connectionSid: sessions.connectionSid,
  connectionName: connections.name,
  tenantSid: connections.tenantSid,
  createdAt: sessions.createdAt,
  lastSeenAt: sessions.lastSeenAt,
  expiresAt: sessions.expiresAt,
  endedAt: sessions.endedAt,
  endedBecause: sessions.endedBecause,
}

export type SessionRow = NonNullable<Awaited<ReturnType<typeof findSessionRow>>>

function selectRows(db: Database) {
  return db
    .select(ROW)
    .from(sessions)
    .innerJoin(users, eq(users.sid, sessions.userSid))
    .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
}

/** A session in any state. */
export async function findSessionRow(db: Database, sid: string) {
  const [row] = await selectRows(db).where(eq(sessions.sid, sid))
  return row
}

/**
 * Newest first; one row more than the page holds. `at`: only those of this connection. Of a tenant,
 * each connection gives a page of its own by its index: the rows read grow with the number of
 * connections, not of sessions.
 */
export function findSessions(
  db: Database,
  of: SessionsOf,
  page: PageRequest,
  filter: { open?: SQL | undefined; at?: string | undefined },
) {
  const wanted = and(
    filter.open,
    filter.at === undefined ? undefined : eq(sessions.connectionSid, filter.at),
    newestSidFirst.after(sessions, page),
  )
  const order = newestSidFirst.order(sessions)
  if (!('tenantSid' in of))
    return selectRows(db)
      .where(and(whose(of), wanted))
      .orderBy(...order)
      .limit(page.limit + 1)
  const ofTenant = alias(connections, 'connection_of_tenant')
  const newest = db
    .select({ sid: sessions.sid })
    .from(sessions)
    .where(and(eq(sessions.connectionSid, ofTenant.sid), wanted))
    .orderBy(...order)
    .limit(page.limit + 1)
  return (
    db
      .select(ROW)
      .from(ofTenant)
      // CROSS JOIN keeps this order. SQLite would scan all sessions first.
      .crossJoin(sessions)
      .innerJoin(users, eq(users.sid, sessions.userSid))
      .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
      .where(and(eq(ofTenant.tenantSid, of.tenantSid), inArray(sessions.sid, newest)))
      .orderBy(...order)
      .limit(page.limit + 1)
  )
}

function whose(of: SessionsOf): SQL {
  if ('userSid' in of) return eq(sessions.userSid, of.userSid)
  if ('connectionSid' in of) return eq(sessions.connectionSid, of.connectionSid)
  return inArray(
    sessions.connectionSid,
    sql`(SELECT ${connections.sid} FROM ${connections}
      WHERE ${connections.tenantSid} = ${of.tenantSid})`,
  )
}

/**
 * Ends sessions and records it, unless there are none. Includes expired sessions, because an app
 * may keep its own session for longer. Returns their number.
 */
export async function revokeRows(
  { db, actor, now, afterResponse }: OperationContext,
  of: SessionsOf | { sid: string },
  event: { tenantSid: string; action: string; subjectSid: string; after: Record<string, string> },
  at?: string,
): Promise<number> {
  const isIt = and(
    'sid' in of ? eq(sessions.sid, of.sid) : whose(of),
    at === undefined ? undefined : eq(sessions.connectionSid, at),
    isNull(sessions.endedAt),
  )
  const counted = db
    .select({ ended: sql<number>`count(*)`.as('ended') })
    .from(sessions)
    .where(isIt)
  const count = counted.as('counted')
  const { found } = await batch(db, {
    found: counted,
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid: event.tenantSid,
        action: event.action,
        subjectSid: event.subjectSid,
        after: sql`json_set(${JSON.stringify(event.after)}, '$.sessions', ${count.ended})`,
      },
      (select) => select.from(count).where(gt(count.ended, 0)),
    ),
    end: db.update(sessions).set({ endedAt: now, endedBecause: 'revoked' }).where(isIt),
  })
  const { ended } = found[0]!
  if (ended > 0) afterResponse?.add('send_logout_tokens')
  return ended
}
