// The SQL of connections.
import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { certificates, connections, tenants } from '../db/schema.ts'
import type { Connection } from './connection.ts'

/** The connection with its tenant and certificates, as they are now: one round trip, no cache. */
export async function findConnection(db: Database, sid: string): Promise<Connection | undefined> {
  const [found, pinned] = await db.batch([
    db
      .select({
        connection: connections,
        tenant: {
          name: tenants.name,
          plan: tenants.plan,
          supportContact: tenants.supportContact,
          suspendedAt: tenants.suspendedAt,
        },
      })
      .from(connections)
      .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
      .where(eq(connections.sid, sid)),
    db
      .select({ certificate: certificates.certificate })
      .from(certificates)
      .where(eq(certificates.connectionSid, sid)),
  ])
  const [row] = found
  return (
    row && {
      ...row.connection,
      tenant: row.tenant,
      certificates: pinned.map(({ certificate }) => certificate),
    }
  )
}
