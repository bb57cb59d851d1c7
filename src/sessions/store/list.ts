// The SQL that lists sessions, for the people who may see and end them.
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestSidFirst, type PageRequest } from '../../platform/db/page.ts'
import { sessions } from '../tables.ts'

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

/** The condition that a session is one of them. */
export function whose(of: SessionsOf): SQL {
  if ('userSid' in of) return eq(sessions.userSid, of.userSid)
  if ('connectionSid' in of) return eq(sessions.connectionSid, of.connectionSid)
  return inArray(
    sessions.connectionSid,
    sql`(SELECT ${connections.sid} FROM ${connections}
      WHERE ${connections.tenantSid} = ${of.tenantSid})`,
  )
}
