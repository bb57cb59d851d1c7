// The SQL of connections. Each change is one batch with its audit event.
import { and, eq, isNull, lte, ne, sql, type SQL } from 'drizzle-orm'
import { certificates, quarantinedCertificates } from './certificates/tables.ts'
import { connections } from './tables.ts'
import { domains } from '../directory/domains/tables.ts'
import { users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { selectNamed } from '../events/outbox/store.ts'
import { recordCreation, recordEvent } from '../events/store.ts'
import { LIMITS } from '../limits.ts'
import { batch, guardedBatch, type Statement } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { compile, type Placeholders } from '../platform/db/compile.ts'
import { insertWithin, withinLimit } from '../platform/db/within-limit.ts'
import { deleteSource, putSource, updateSource } from './metadata/store.ts'
import { deletePending } from './pending/store.ts'
import { endOpened, insertCertificate, storedKeyOf } from './certificates/store.ts'
import { selectKeyPairs, type KeyPairRow } from '../keys/store.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Connection } from './connection.ts'
import type { ConnectionChange } from './connection-change.ts'

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
): Promise<{ connection: Connection; keyPairs: KeyPairRow[]; wantsLogins: boolean } | undefined> {
  const { found, pinned, keyPairs, named } = await batch(db, asked)
  return (
    found[0] && {
      connection: assemble(found[0], pinned),
      keyPairs,
      wantsLogins: named.length > 0,
    }
  )
}

export const connectionOfSid = compile(
  'connectionOfSid',
  (db, { sid }: Placeholders<{ sid: string }>) => selectWithKeys(db, sid),
)

/** `sid`: also a subquery that finds it. */
export function selectWithKeys(db: Database, sid: SQL) {
  return {
    ...selectConnection(db, sid),
    keyPairs: selectKeyPairs(db),
    // Whether an endpoint wants logins: so that others cost no row and no trip.
    named: selectNamed(db, ['login.succeeded', 'login.refused']),
  }
}

/** The tenant's columns have aliases: a batch answers with objects, where equal names collide. */
function selectConnection(db: Database, sid: string | SQL) {
  const { name, plan, supportContact, productName, accentColor, helpURL, suspendedAt } = tenants
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
          productName: sql<TenantOfConnection['productName']>`${productName}`.as('tenant_product'),
          accentColor: sql<TenantOfConnection['accentColor']>`${accentColor}`.as('tenant_color'),
          helpURL: sql<TenantOfConnection['helpURL']>`${helpURL}`.as('tenant_help_page'),
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

/** How many people may sign in through the connection alone. Suspended ones may not at all. */
export function countEnforced(db: Database, sid: string): Promise<number> {
  return db.$count(users, isEnforcedAt(sid))
}

const isEnforcedAt = (sid: string) =>
  and(
    eq(users.connectionSid, sid),
    eq(users.signInMethod, 'sso_enforced'),
    isNull(users.suspendedAt),
  )

/** Notes that our metadata was read. No edit: the version of the row stays. */
export async function noteMetadataFetch(db: Database, sid: string, now: number): Promise<void> {
  await db.update(connections).set({ metadataFetchedAt: now }).where(eq(connections.sid, sid))
}

export async function findTenantPlan(db: Database, tenantSid: string) {
  const [tenant] = await db
    .select({ plan: tenants.plan })
    .from(tenants)
    .where(eq(tenants.sid, tenantSid))
  return tenant?.plan
}

/**
 * False, and nothing done, where the tenant has as many as it may have. `also`: what is created
 * with it in one batch, and is what the request is remembered by.
 */
export async function insertConnection(
  context: OperationContext,
  row: typeof connections.$inferInsert,
  also: readonly Statement[] = [],
): Promise<boolean> {
  const { db } = context
  const limit = { most: LIMITS.connections.most, where: countedWith(row.tenantSid).where }
  return insertWithin(db, connections, row, limit, {
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
    creation: recordCreation(also.length > 0 ? forgotten(context) : context, {
      tenantSid: row.tenantSid,
      type: 'connection.created',
      subjectSid: row.sid,
      after: { name: row.name },
    }),
    also,
  })
}

/** The same request, of which nothing is remembered. */
function forgotten(context: OperationContext): OperationContext {
  const copy = { ...context }
  delete copy.idempotency
  return copy
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
  const { keepsVersion, resumeIn, source, sourceDue, setSource, cutsOff } = change
  const { addCertificates = [], removeCertificates = [], quarantine = [], refuse = [] } = change
  // NULL where another change came first, which the column does not take: the batch is taken back.
  const version = keepsVersion
    ? sql`${connections.updatedAt}`
    : sql`max(${now}, ${connections.updatedAt} + 1)`
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
    // First, to make room for those that come.
    remove: removeCertificates.flatMap((fingerprint) => [
      ...(change.compromised ? endOpened(db, { connectionSid: sid, fingerprint, now }) : []),
      db.delete(certificates).where(isKey(certificates, sid, fingerprint)),
    ]),
    add: addCertificates.map((certificate) => insertCertificate(db, certificate)),
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
