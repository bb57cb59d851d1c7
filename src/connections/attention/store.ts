// The SQL of what is wrong with connections in use, or will be soon.
import { and, asc, eq, inArray, isNotNull, isNull, lt, max, sql } from 'drizzle-orm'
import { tenants } from '../../directory/tenants/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { certificates } from '../certificates/tables.ts'
import { metadataSources } from '../metadata/tables.ts'
import { OPEN_STATES } from '../standing.ts'
import { connections } from '../tables.ts'

/** D1 gives the rows of a batch by the names of their columns: each has its own. */
const place = {
  connection: {
    sid: sql<string>`${connections.sid}`.as('connection_sid'),
    name: sql<string>`${connections.name}`.as('connection_name'),
  },
  tenant: {
    sid: sql<string>`${tenants.sid}`.as('tenant_sid'),
    name: sql<string>`${tenants.name}`.as('tenant_name'),
  },
}
const isInUse = and(inArray(connections.state, OPEN_STATES), isNull(tenants.suspendedAt))

/** Of each kind at most so many: one round trip. */
export function findAttention(db: Database, expiringBefore: number, most: number) {
  const last = max(certificates.notAfter)
  const ofTenant = eq(tenants.sid, connections.tenantSid)
  return batch(db, {
    certificates: db
      .select({ ...place, at: sql<number>`${last}`.as('last') })
      .from(certificates)
      .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
      .innerJoin(tenants, ofTenant)
      .where(isInUse)
      .groupBy(connections.sid)
      .having(lt(last, expiringBefore))
      .orderBy(asc(last))
      .limit(most),
    metadata: db
      .select({ ...place, failure: metadataSources.failure })
      .from(metadataSources)
      .innerJoin(connections, eq(connections.sid, metadataSources.connectionSid))
      .innerJoin(tenants, ofTenant)
      .where(and(isInUse, isNotNull(metadataSources.failure)))
      .limit(most),
    urls: db
      .select({ ...place, at: connections.reachabilityCheckedAt })
      .from(connections)
      .innerJoin(tenants, ofTenant)
      .where(
        and(
          isInUse,
          sql`EXISTS (SELECT 1 FROM json_each(${connections.reachability})
            WHERE json_extract(value, '$.result') <> 'reachable')`,
        ),
      )
      .limit(most),
  })
}
