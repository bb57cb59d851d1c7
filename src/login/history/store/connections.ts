// The SQL that says whose connections the lines of logins name. It reads DB, not HISTORY.
import { eq, inArray } from 'drizzle-orm'
import { connections } from '../../../connections/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { listed } from '../../../platform/db/sql.ts'

/** All of a tenant: suspended ones have logins too. */
export async function findTenantConnections(db: Database, tenantSid: string): Promise<string[]> {
  const { sid } = connections
  const rows = await db
    .select({ sid })
    .from(connections)
    .where(eq(connections.tenantSid, tenantSid))
  return rows.map((row) => row.sid)
}

/** The tenants of connections. */
export async function findConnectionTenants(
  db: Database,
  sids: readonly string[],
): Promise<Map<string, string>> {
  const { sid, tenantSid } = connections
  const rows = await db
    .select({ sid, tenantSid })
    .from(connections)
    .where(inArray(sid, listed(sids)))
  return new Map(rows.map((row) => [row.sid, row.tenantSid]))
}
