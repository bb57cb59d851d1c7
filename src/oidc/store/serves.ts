// The condition that a session serves an app: it is open, and neither its user nor its connection
// or tenant is suspended.
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import type { Placeholders } from '../../platform/db/compile.ts'
import type { SessionLimits } from '../../sessions/lifetime.ts'
import { isOpen } from '../../sessions/store/session.ts'
import { sessions } from '../../sessions/tables.ts'

/**
 * For a query of `sessions`, joined with `users` and `connectionStanding`. Triggers end the
 * sessions of a suspended user, connection or tenant; these conditions are a second defence.
 */
export function serves(limits: Placeholders<SessionLimits>): SQL {
  return and(
    isOpen(limits),
    isNull(users.suspendedAt),
    eq(connectionStanding.hasNoSessions, false),
  )!
}

export const isUserOfSession = eq(users.sid, sessions.userSid)
export const isStandingOfSession = eq(connectionStanding.connectionSid, sessions.connectionSid)

/** The same condition for a statement without joins. */
export function isServed(sessionSid: SQLiteColumn, limits: Placeholders<SessionLimits>) {
  return sql`EXISTS (SELECT 1 FROM ${sessions} JOIN ${users} ON ${isUserOfSession}
    JOIN ${connectionStanding} ON ${isStandingOfSession}
    WHERE ${sessions.sid} = ${sessionSid} AND ${serves(limits)})`
}
