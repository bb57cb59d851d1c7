// The SQL of lists of connections: of a tenant or of all, filtered and counted.
import { and, eq, inArray, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { tenants } from '../../directory/tenants/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { countUpTo, type Total } from '../../platform/db/count.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed } from '../../platform/db/sql.ts'
import { certificates, quarantinedCertificates } from '../certificates/tables.ts'
import type { ConnectionRow } from '../store.ts'
import { connections } from '../tables.ts'

/** A connection as lists show it. */
export type ConnectionListing = ConnectionRow & {
  tenantName: string
  /** When the last of its certificates expires; null: it has none, or none whose date is known. */
  certificatesExpireAt: number | null
  /** Certificates that wait for somebody to decide. */
  quarantined: number
}

/** Which connections a list shows. */
export type ConnectionFilter = {
  state?: ConnectionRow['state'] | undefined
  /** Those whose last certificate expires before. Milliseconds since 1970. */
  expiringBefore?: number | undefined
  /** These alone. */
  sids?: readonly string[] | undefined
}

function isListed(
  tenantSid: string | undefined,
  { state, expiringBefore, sids }: ConnectionFilter,
): SQL | undefined {
  const { notAfter, connectionSid } = certificates
  const lasting = sql`SELECT 1 FROM ${certificates}
    WHERE ${connectionSid} = ${connections.sid} AND ${notAfter} >= ${expiringBefore}`
  const some = sql`SELECT 1 FROM ${certificates} WHERE ${connectionSid} = ${connections.sid}`
  return and(
    ne(connections.purpose, 'probe'),
    tenantSid === undefined ? undefined : eq(connections.tenantSid, tenantSid),
    state === undefined ? undefined : eq(connections.state, state),
    expiringBefore === undefined ? undefined : sql`EXISTS (${some}) AND NOT EXISTS (${lasting})`,
    sids === undefined ? undefined : inArray(connections.sid, listed(sids)),
  )
}

export function countConnections(
  db: Database,
  tenantSid: string | undefined,
  filter: ConnectionFilter,
): Promise<Total> {
  const rows = db.select({ sid: connections.sid }).from(connections)
  return countUpTo(db, rows.where(isListed(tenantSid, filter)))
}

/** One row more than the page holds. Certificates are looked up for the rows of the page alone. */
export async function findConnections(
  db: Database,
  tenantSid: string | undefined,
  page: PageRequest,
  filter: ConnectionFilter = {},
): Promise<ConnectionListing[]> {
  const rows = await db
    .select({
      connection: connections,
      tenantName: tenants.name,
      certificatesExpireAt: sql<number | null>`(SELECT max(${certificates.notAfter})
        FROM ${certificates} WHERE ${certificates.connectionSid} = ${connections.sid})`,
      quarantined: db.$count(
        quarantinedCertificates,
        and(
          eq(quarantinedCertificates.connectionSid, connections.sid),
          isNull(quarantinedCertificates.refusedAt),
        ),
      ),
    })
    .from(connections)
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(and(isListed(tenantSid, filter), newestFirst.after(connections, page)))
    .orderBy(...newestFirst.order(connections))
    .limit(page.limit + 1)
  return rows.map(({ connection, ...row }) => ({ ...connection, ...row }))
}
