// The SQL of one session. Code that ends it writes `endedAt` and nothing else: triggers end its
// grants and queue its logout tokens (schema.sql, `sessions_end`).
import { and, eq, gt, gte, inArray, isNull, lt, lte, type SQL } from 'drizzle-orm'
import { connections, connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { timedSidFrom } from '../../ids.ts'
import { grants } from '../../oidc/tables.ts'
import { sessions } from '../tables.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import type { LocatedHash } from '../../platform/located-secret.ts'
import { oldest, type Lifetime } from '../lifetime.ts'

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
 * Sessions that were opened twice as long ago as one may last. Apps with sessions of their own are
 * told when this one is ended; later, if their `sessionDays` says that they last longer.
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
