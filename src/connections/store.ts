// The SQL of connections. Each change is one batch with its audit event.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { recordCreation, recordEvent, type AuditEvent } from '../audit/store.ts'
import { isNotNullViolation, type Database } from '../db/client.ts'
import { newestFirst, type PageRequest } from '../db/page.ts'
import { certificates, connections, quarantinedCertificates, tenants } from '../db/schema.ts'
import type { Request } from '../outcome.ts'
import type { Connection } from './connection.ts'

export type ConnectionRow = typeof connections.$inferSelect
export type CertificateRow = typeof certificates.$inferSelect

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

/** A connection as lists show it. */
export type ConnectionListing = ConnectionRow & {
  tenantName: string
  /** When the last of its certificates expires; null: it has none, or none whose date is known. */
  certificatesExpireAt: number | null
  /** Certificates that wait for somebody to decide. */
  quarantined: number
}

/** One row more than the page holds. Certificates are looked up for the rows of the page alone. */
export async function findConnections(
  db: Database,
  tenantSid: string | undefined,
  page: PageRequest,
): Promise<ConnectionListing[]> {
  const rows = await db
    .select({
      connection: connections,
      tenantName: tenants.name,
      certificatesExpireAt: sql<
        number | null
      >`(SELECT max(${certificates.notAfter}) FROM ${certificates} WHERE ${certificates.connectionSid} = ${connections.sid})`,
      quarantined: sql<number>`(SELECT count(*) FROM ${quarantinedCertificates} WHERE ${quarantinedCertificates.connectionSid} = ${connections.sid} AND ${quarantinedCertificates.refusedAt} IS NULL)`,
    })
    .from(connections)
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(
      and(
        tenantSid === undefined ? undefined : eq(connections.tenantSid, tenantSid),
        newestFirst.after(connections, page),
      ),
    )
    .orderBy(...newestFirst.order(connections))
    .limit(page.limit + 1)
  return rows.map(({ connection, ...listed }) => ({ ...connection, ...listed }))
}

export async function findTenantPlan(db: Database, tenantSid: string) {
  const [tenant] = await db
    .select({ plan: tenants.plan })
    .from(tenants)
    .where(eq(tenants.sid, tenantSid))
  return tenant?.plan
}

export function findCertificates(db: Database, connectionSid: string): Promise<CertificateRow[]> {
  return db
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, connectionSid))
    .orderBy(certificates.createdAt)
}

export async function insertConnection(
  request: Request,
  row: typeof connections.$inferInsert,
): Promise<void> {
  const { db } = request
  await db.batch([
    db.insert(connections).values(row),
    ...recordCreation(request, {
      tenantSid: row.tenantSid,
      action: 'connection.create',
      subjectSid: row.sid,
      after: { name: row.name },
    }),
  ])
}

/** A change of a connection and its certificates. */
export type ConnectionChange = {
  row: Partial<typeof connections.$inferInsert>
  addCertificates: (typeof certificates.$inferInsert)[]
  removeCertificates: string[]
  event: Pick<AuditEvent, 'action' | 'before' | 'after'>
}

/**
 * Applies a change, if nobody has changed the connection since it was read; false, and nothing done, where somebody has.
 */
export async function updateConnection(
  { db, actor, now }: Request,
  connection: Connection,
  change: ConnectionChange,
): Promise<boolean> {
  const { sid, tenantSid } = connection
  // Where another change came first this is NULL, which the column does not take: the whole batch is taken back.
  const updatedAt = sql<number>`CASE WHEN ${connections.updatedAt} = ${connection.updatedAt} THEN max(${now}, ${connections.updatedAt} + 1) END`
  try {
    await db.batch([
      db
        .update(connections)
        .set({ ...change.row, updatedAt })
        .where(eq(connections.sid, sid)),
      ...change.addCertificates.map((certificate) =>
        db.insert(certificates).values(certificate).onConflictDoNothing(),
      ),
      ...change.removeCertificates.map((fingerprint) =>
        db
          .delete(certificates)
          .where(
            and(eq(certificates.connectionSid, sid), eq(certificates.fingerprint, fingerprint)),
          ),
      ),
      recordEvent(db, { actor, now, tenantSid, subjectSid: sid, ...change.event }),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}
