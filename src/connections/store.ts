// The SQL of connections.
import { eq, inArray } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { certificates, connections, tenants } from '../db/schema.ts'
import type { Connection } from './connection.ts'

/** The connection with its tenant and certificates, as they are now: one round trip, no cache. */
export async function findConnection(db: Database, sid: string): Promise<Connection | undefined> {
  // Three statements and no join: D1 answers a batch with objects, in which columns of one name would hide each other.
  const [[connection], [tenant], pinned] = await db.batch([
    db.select().from(connections).where(eq(connections.sid, sid)),
    db
      .select()
      .from(tenants)
      .where(
        inArray(
          tenants.sid,
          db
            .select({ sid: connections.tenantSid })
            .from(connections)
            .where(eq(connections.sid, sid)),
        ),
      ),
    db
      .select({ certificate: certificates.certificate })
      .from(certificates)
      .where(eq(certificates.connectionSid, sid)),
  ])
  if (!connection || !tenant) return undefined
  return { ...connection, tenant, certificates: pinned.map(({ certificate }) => certificate) }
}
