// The SQL of connections. Each change is one batch with its audit event.
import { and, eq, isNull, lte, ne, sql, type SQL } from 'drizzle-orm'
import { certificates, quarantinedCertificates } from './certificates/tables.ts'
import { connections } from './tables.ts'
import { domains } from '../directory/domains/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { recordCreation, recordEvent, type AuditEvent } from '../events/store.ts'
import { LIMITS } from '../limits.ts'
import { batch, guardedBatch } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { compile, type Placeholders } from '../platform/db/compile.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { withinLimit } from '../platform/db/within-limit.ts'
import { deleteSource, putSource, updateSource, type MetadataSource } from './metadata/store.ts'
import { deletePending } from './pending/store.ts'
import { storedKeyOf, type QuarantinedRow } from './certificates/store.ts'
import { selectKeyPairs, type KeyPairRow } from '../keys/store.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Connection } from './connection.ts'

export type ConnectionRow = typeof connections.$inferSelect
type TenantOfConnection = Connection['tenant']

/** The connection with its tenant and certificates, as they are now: one round trip, no cache. */
export async function findConnection(db: Database, sid: string): Promise<Connection | undefined> {
  const { found, pinned } = await batch(db, selectConnection(db, sid))
  return found[0] && assemble(found[0], pinned)
}

/** The statements that read a connection for a login, with our own key pairs. */
export type ConnectionQuery = ReturnType<typeof selectWithKeys>

/**
 * The same for a login, with our own key pairs in the same round trip. No other caller gets those.
 */
export async function findConnectionAndKeys(
  db: Database,
  asked: ConnectionQuery,
): Promise<{ connection: Connection; keyPairs: KeyPairRow[] } | undefined> {
  const { found, pinned, keyPairs } = await batch(db, asked)
  return found[0] && { connection: assemble(found[0], pinned), keyPairs }
}

export const connectionOfSid = compile(
  'connectionOfSid',
  (db, { sid }: Placeholders<{ sid: string }>) => selectWithKeys(db, sid),
)

/** `sid`: also a subquery that finds it. */
export function selectWithKeys(db: Database, sid: SQL) {
  return { ...selectConnection(db, sid), keyPairs: selectKeyPairs(db) }
}

/** The tenant's columns have aliases: a batch answers with objects, where equal names collide. */
function selectConnection(db: Database, sid: string | SQL) {
  const { name, plan, supportContact, suspendedAt } = tenants
  return {
    found: db
      .select({
        connection: connections,
        tenant: {
          name: sql<TenantOfConnection['name']>`${name}`.as('tenant_name'),
          plan: sql<TenantOfConnection['plan']>`${plan}`.as('tenant_plan'),
          supportContact: sql<TenantOfConnection['supportContact']>`${supportContact}`.as(
            'tenant_help',
          ),
          suspendedAt: sql<TenantOfConnection['suspendedAt']>`${suspendedAt}`.as(
            'tenant_suspended',
          ),
        },
      })
      .from(connections)
      .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
      .where(eq(connections.sid, sid)),
    pinned: db
      .select(storedKeyOf(certificates))
      .from(certificates)
      .where(eq(certificates.connectionSid, sid)),
  }
}

function assemble(
  { connection, tenant }: { connection: ConnectionRow; tenant: TenantOfConnection },
  pinned: Connection['certificates'],
): Connection {
  return { ...connection, tenant, certificates: pinned }
}

/** How many people may sign in through the connection alone. */
export function countEnforced(db: Database, sid: string): Promise<number> {
  return db.$count(users, isEnforcedAt(sid))
}

const isEnforcedAt = (sid: string) =>
  and(eq(users.connectionSid, sid), eq(users.signInMethod, 'sso_enforced'))

/** Notes that our metadata was read. No edit: the version of the row stays. */
export async function noteMetadataFetch(db: Database, sid: string, now: number): Promise<void> {
  await db.update(connections).set({ metadataFetchedAt: now }).where(eq(connections.sid, sid))
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

/** False, and nothing done, where the tenant has as many as it may have. */
export async function insertConnection(
  context: OperationContext,
  row: typeof connections.$inferInsert,
): Promise<boolean> {
  const { db } = context
  const createdAt = withinLimit(LIMITS.connections.most, row.createdAt, countedWith(row.tenantSid))
  const inserted = await guardedBatch(db, {
    row: db.insert(connections).values({ ...row, createdAt }),
    // The first connection of a tenant is where its domains lead.
    domains: db
      .update(domains)
      .set({ connectionSid: row.sid })
      .where(
        and(
          eq(domains.tenantSid, row.tenantSid),
          isNull(domains.connectionSid),
          sql`1 = (SELECT count(*) FROM ${connections}
            WHERE ${connections.tenantSid} = ${row.tenantSid})`,
        ),
      ),
    creation: recordCreation(context, {
      tenantSid: row.tenantSid,
      action: 'connection.create',
      subjectSid: row.sid,
      after: { name: row.name },
    }),
  })
  return inserted !== undefined
}

/** The connections of a tenant that its limit counts. */
function countedWith(tenantSid: string) {
  const where = and(eq(connections.tenantSid, tenantSid), ne(connections.state, 'suspended'))
  return { table: connections, where }
}

export async function isTenantFull(db: Database, tenantSid: string): Promise<boolean> {
  const { table, where } = countedWith(tenantSid)
  return (await db.$count(table, where)) >= LIMITS.connections.most
}

/** A change of a connection and of what belongs to it. */
export type ConnectionChange = {
  row: Partial<typeof connections.$inferInsert>
  /**
   * True where nothing that an administrator edits changes. The change still fails if an edit came
   * first.
   */
  keepsVersion?: boolean
  /** The state to go on in, where the tenant has room for one more that is not suspended. */
  resumeIn?: ConnectionRow['state']
  addCertificates?: (typeof certificates.$inferInsert)[]
  removeCertificates?: string[]
  /** To wait for somebody's decision. */
  quarantine?: QuarantinedRow[]
  /** Fingerprints that no longer wait. Those that become pinned do not, in any case. */
  release?: string[]
  /** Not to be offered again, whether they waited or were pinned. */
  refuse?: (Omit<QuarantinedRow, 'lastSeenAt'> & { refusedAt: number })[]
  /** Where the connection has one. */
  source?: Partial<MetadataSource>
  /** The source's due time as it was read: if it is another one now, another refresh was faster. */
  sourceDue?: number
  /** A whole source, or none. */
  setSource?: MetadataSource | null
  /** The pending change that this is: it waits no more. */
  settles?: string | undefined
  /** The change fails where more people may sign in through the connection alone. */
  cutsOff?: number
  events: Pick<AuditEvent, 'action' | 'before' | 'after'>[]
}

/**
 * Applies a change, if the connection has not changed since it was read. False, and nothing done,
 * where it has.
 */
export async function updateConnection(
  { db, actor, now }: OperationContext,
  connection: Pick<Connection, 'sid' | 'tenantSid' | 'updatedAt'>,
  change: ConnectionChange,
): Promise<boolean> {
  const { sid, tenantSid } = connection
  const { keepsVersion, resumeIn, source, sourceDue, setSource } = change
  const { addCertificates = [], removeCertificates = [], quarantine = [], refuse = [] } = change
  // NULL where another change came first, which the column does not take: the batch is taken back.
  const version = keepsVersion
    ? sql`${connections.updatedAt}`
    : sql`max(${now}, ${connections.updatedAt} + 1)`
  const { cutsOff } = change
  const isAsRead = and(
    eq(connections.updatedAt, connection.updatedAt),
    cutsOff === undefined ? undefined : lte(db.$count(users, isEnforcedAt(sid)), cutsOff),
  )
  const updatedAt = sql<number>`CASE WHEN ${isAsRead} THEN ${version} END`
  const counted = countedWith(tenantSid)
  const state = resumeIn && withinLimit(LIMITS.connections.most, resumeIn, counted)
  const release = [
    ...(change.release ?? []),
    ...addCertificates.map(({ fingerprint }) => fingerprint),
  ]
  const updated = await guardedBatch(db, {
    row: db
      .update(connections)
      .set({ ...change.row, ...(state && { state }), updatedAt })
      .where(eq(connections.sid, sid)),
    add: addCertificates.map((certificate) =>
      db.insert(certificates).values(certificate).onConflictDoNothing(),
    ),
    remove: removeCertificates.map((fingerprint) =>
      db.delete(certificates).where(isKey(certificates, sid, fingerprint)),
    ),
    release: release.map((fingerprint) =>
      db.delete(quarantinedCertificates).where(isKey(quarantinedCertificates, sid, fingerprint)),
    ),
    quarantine: quarantine.map((waiting) =>
      db.insert(quarantinedCertificates).values(waiting).onConflictDoNothing(),
    ),
    refuse: refuse.map((refused) =>
      db
        .insert(quarantinedCertificates)
        .values(refused)
        .onConflictDoUpdate({
          target: [quarantinedCertificates.connectionSid, quarantinedCertificates.fingerprint],
          set: { refusedAt: refused.refusedAt },
        }),
    ),
    editSource: source && updateSource(db, sid, source, sourceDue),
    removeSource: setSource === null ? deleteSource(db, sid) : undefined,
    setSource: setSource ? putSource(db, setSource) : undefined,
    settle: change.settles ? deletePending(db, change.settles) : undefined,
    events: change.events.map((event) =>
      recordEvent(db, { actor, now, tenantSid, subjectSid: sid, ...event }),
    ),
  })
  return updated !== undefined
}

function isKey(
  table: typeof certificates | typeof quarantinedCertificates,
  connectionSid: string,
  fingerprint: string,
) {
  return and(eq(table.connectionSid, connectionSid), eq(table.fingerprint, fingerprint))
}
