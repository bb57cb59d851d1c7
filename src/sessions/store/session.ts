// The SQL of one session. Code that ends it writes `endedAt` and nothing else: triggers end its
// grants and queue its logout tokens (schema.sql, `sessions_end`).
import { and, eq, gt, gte, inArray, isNull, lt, lte, sql, type SQL } from 'drizzle-orm'
import { connections, connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { timedSidFrom } from '../../ids.ts'
import { grants } from '../../oidc/tables.ts'
import { readAndNote } from '../../platform/db/batch.ts'
import type { TenantBranding } from '../../platform/branding.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { listed } from '../../platform/db/sql.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import type { LocatedHash } from '../../platform/located-secret.ts'
import { limitsOf, type Lifetime, type SessionLimits } from '../lifetime.ts'
import { sessions } from '../tables.ts'
import { MINUTE } from '../../durations.ts'

/** Why a session ended early. */
export const SESSION_ENDS = sessions.endedBecause.enumValues

/**
 * The condition that a session is open, for any query of `sessions`. A suspension ends sessions.
 */
export function isOpen({
  now,
  openedAfter,
  usedAfter,
}: SessionLimits | Placeholders<SessionLimits>): SQL {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, now),
    gt(sessions.createdAt, openedAfter),
    gt(sessions.lastSeenAt, usedAfter),
  )!
}

/**
 * The statement that notes the use of an open session: to the minute, so that few requests write.
 */
export function noteUse(db: Database, session: SQL, limits: Placeholders<SessionLimits>) {
  const { now } = limits
  return db
    .update(sessions)
    .set({ lastSeenAt: now })
    .where(and(session, isOpen(limits), lte(sessions.lastSeenAt, sql`${now} - ${MINUTE}`)))
}

/** The same for lists: the SID says the time too, and bounds how far an index is read. */
export function isOpenInList(now: number, lifetime: Lifetime): SQL {
  const limits = limitsOf(now, lifetime)
  const first = timedSidFrom('SE', Math.max(0, limits.openedAfter))
  return and(gte(sessions.sid, first), isOpen(limits))!
}

/** What a session cookie says. */
export type SessionKey = LocatedHash

/** A browser without a cookie: no session has this key. */
const NO_SESSION: SessionKey = { sid: '', hash: '' }

export type SessionValues = ReturnType<typeof valuesOfSession>

/** The values of `isSessionOf`. */
export function valuesOfSession({ sid, hash }: SessionKey = NO_SESSION) {
  return { sessionSid: sid, sessionHash: hash }
}

/** The session of a cookie. */
export function isSessionOf({ sessionSid, sessionHash }: Placeholders<SessionValues>): SQL {
  return and(eq(sessions.sid, sessionSid), eq(sessions.tokenHash, sessionHash))!
}

export type BrowserValues = ReturnType<typeof valuesOfBrowser>

/** The values of `isSessionOfAny`. */
export function valuesOfBrowser(keys: readonly SessionKey[]) {
  return {
    sids: JSON.stringify(keys.map(({ sid }) => sid)),
    hashes: JSON.stringify(keys.map(({ hash }) => hash)),
  }
}

/** Any of a browser’s sessions. No hash of a random secret fits the row of another one. */
export function isSessionOfAny({ sids, hashes }: Placeholders<BrowserValues>): SQL {
  return and(inArray(sessions.sid, listed(sids)), inArray(sessions.tokenHash, listed(hashes)))!
}

export type OpenSession = NonNullable<Awaited<ReturnType<typeof findSession>>>

/**
 * The open session of a cookie, with the name of its connection; notes its use. A suspended user,
 * connection or tenant has no open session.
 */
export async function findSession(db: Database, key: SessionKey, now: number, lifetime: Lifetime) {
  const { use, ...reads } = openSession({ ...valuesOfSession(key), ...limitsOf(now, lifetime) })
  const { found } = await readAndNote(db, reads, { use })
  return found[0]
}

/** For the pages of a session. */
const BRANDING = {
  productName: tenants.productName,
  accentColor: tenants.accentColor,
  helpURL: tenants.helpURL,
  supportContact: tenants.supportContact,
}

const openSession = compile(
  'openSession',
  (db, values: Placeholders<SessionValues & SessionLimits>) => {
    const isIt = isSessionOf(values)
    return {
      use: noteUse(db, isIt, values),
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
          ...BRANDING,
        })
        .from(sessions)
        .innerJoin(users, and(eq(users.sid, sessions.userSid), isNull(users.suspendedAt)))
        .innerJoin(
          connectionStanding,
          and(
            eq(connectionStanding.connectionSid, sessions.connectionSid),
            eq(connectionStanding.hasNoSessions, false),
          ),
        )
        .innerJoin(tenants, eq(tenants.sid, connectionStanding.tenantSid))
        .where(and(isIt, isOpen(values))),
    }
  },
)

/** What sign-out needs of an ended session. */
export type EndedSession = TenantBranding & {
  connectionSid: string
  logoutRedirectURL: string | null
  /** The setting of the tenant. */
  afterSignOut: 'customer_page' | 'app'
  /** False: the database is full. The session stays open, and apps are not told. */
  hasEnded: boolean
}

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
  const keys = { ...valuesOfSession(key), ...valuesOfBrowser([key, ...earlier]) }
  const { end: ending, ...reads } = endSessions({ ...keys, now })
  const { end, found } = await readAndNote(db, reads, { end: ending })
  return found[0] && { ...found[0], hasEnded: end !== undefined }
}

type EndValues = SessionValues & BrowserValues & { now: number }

const endSessions = compile('endSessions', (db, values: Placeholders<EndValues>) => ({
  end: db
    .update(sessions)
    .set({ endedAt: values.now, endedBecause: 'logout' })
    .where(and(isSessionOfAny(values), isNull(sessions.endedAt))),
  found: db
    .select({
      connectionSid: sessions.connectionSid,
      logoutRedirectURL: connections.logoutRedirectURL,
      afterSignOut: tenants.afterSignOut,
      ...BRANDING,
    })
    .from(sessions)
    .innerJoin(connections, eq(connections.sid, sessions.connectionSid))
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(isSessionOf(values)),
}))

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
