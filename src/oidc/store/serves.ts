// Which sessions serve an app: open, and with user, connection and tenant in good standing.
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { sessions } from '../../sessions/tables.ts'
import type { Lifetime } from '../../sessions/lifetime.ts'
import { isOpen } from '../../sessions/store.ts'

/**
 * Of `sessions`, joined with `users` and `connectionStanding`. A trigger has ended the session of a
 * suspended user, connection or tenant: the conditions beside it are a second lock.
 */
export function serves(now: number, lifetime: Lifetime): SQL {
  return and(
    isOpen(now, lifetime),
    isNull(users.suspendedAt),
    eq(connectionStanding.isSuspended, false),
  )!
}

export const isUserOfSession = eq(users.sid, sessions.userSid)
export const isStandingOfSession = eq(connectionStanding.connectionSid, sessions.connectionSid)

/** Of a statement that has no joins of its own: whether the session of that SID serves. */
export function isServed(sessionSid: SQLiteColumn, now: number, lifetime: Lifetime) {
  return sql`EXISTS (SELECT 1 FROM ${sessions} JOIN ${users} ON ${isUserOfSession}
    JOIN ${connectionStanding} ON ${isStandingOfSession}
    WHERE ${sessions.sid} = ${sessionSid} AND ${serves(now, lifetime)})`
}
