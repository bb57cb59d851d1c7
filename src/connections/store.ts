// The SQL of connections. Each change is one batch with its audit event.
import { and, eq, gt, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import { describeActor } from '../events/actor.ts'
import { recordCreation, recordEvent, type AuditEvent } from '../events/store.ts'
import { isNotNullViolation, type Database } from '../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { events } from '../events/tables.ts'
import { keyPairs } from '../keys/tables.ts'
import { certificates, quarantinedCertificates } from './certificates/tables.ts'
import { metadataSources } from './metadata/tables.ts'
import type { Reachability } from './reachability.ts'
import { connections } from './tables.ts'
import { selectKeyPairs, type KeyPairRow } from '../keys/store.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Connection } from './connection.ts'

export type ConnectionRow = typeof connections.$inferSelect
export type CertificateRow = typeof certificates.$inferSelect
export type QuarantinedRow = typeof quarantinedCertificates.$inferSelect
export type MetadataSource = typeof metadataSources.$inferSelect
type TenantOfConnection = Connection['tenant']

const DAY = 24 * 3600 * 1000

/** The connection with its tenant and certificates, as they are now: one round trip, no cache. */
export async function findConnection(db: Database, sid: string): Promise<Connection | undefined> {
  const [[found], pinned] = await db.batch(selectConnection(db, sid))
  return found && assemble(found, pinned)
}

/** The same for a login, with our own key pairs beside it in the same round trip: nobody else is given those. */
export async function findConnectionAndKeys(
  db: Database,
  sid: string,
): Promise<{ connection: Connection; keyPairs: KeyPairRow[] } | undefined> {
  const [[found], pinned, keyPairs] = await db.batch([
    ...selectConnection(db, sid),
    selectKeyPairs(db),
  ])
  return found && { connection: assemble(found, pinned), keyPairs }
}

/** The tenant's columns have names of their own: a batch answers with objects, in which columns of one name hide each other. */
function selectConnection(db: Database, sid: string) {
  return [
    db
      .select({
        connection: connections,
        tenant: {
          name: sql<TenantOfConnection['name']>`${tenants.name}`.as('tenant_name'),
          plan: sql<TenantOfConnection['plan']>`${tenants.plan}`.as('tenant_plan'),
          supportContact: sql<TenantOfConnection['supportContact']>`${tenants.supportContact}`.as(
            'tenant_help',
          ),
          suspendedAt: sql<TenantOfConnection['suspendedAt']>`${tenants.suspendedAt}`.as(
            'tenant_suspended',
          ),
        },
      })
      .from(connections)
      .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
      .where(eq(connections.sid, sid)),
    db
      .select({ certificate: certificates.certificate, subject: certificates.subject })
      .from(certificates)
      .where(eq(certificates.connectionSid, sid)),
  ] as const
}

function assemble(
  { connection, tenant }: { connection: ConnectionRow; tenant: TenantOfConnection },
  pinned: Connection['certificates'],
): Connection {
  return { ...connection, tenant, certificates: pinned }
}

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
  context: OperationContext,
  row: typeof connections.$inferInsert,
): Promise<void> {
  const { db } = context
  await db.batch([
    db.insert(connections).values(row),
    ...recordCreation(context, {
      tenantSid: row.tenantSid,
      action: 'connection.create',
      subjectSid: row.sid,
      after: { name: row.name },
    }),
  ])
}

/** A change of a connection and of what belongs to it. */
export type ConnectionChange = {
  row: Partial<typeof connections.$inferInsert>
  /** True where nothing that an administrator edits changes. The change is held against their edits all the same. */
  keepsVersion?: boolean
  addCertificates?: (typeof certificates.$inferInsert)[]
  removeCertificates?: string[]
  /** To wait for somebody's decision. */
  quarantine?: QuarantinedRow[]
  /** Fingerprints that wait no more. Those that are added to the pinned ones do not, in any case. */
  release?: string[]
  /** Not to be offered again, whether they waited or were pinned. */
  refuse?: (Omit<QuarantinedRow, 'lastSeenAt'> & { refusedAt: number })[]
  /** Where the connection has one. */
  source?: Partial<MetadataSource>
  /** The source's due time as it was read: where it is another one now, another refresh was faster. */
  sourceDue?: number
  /** A whole source, or none. */
  setSource?: MetadataSource | null
  events: Pick<AuditEvent, 'action' | 'before' | 'after'>[]
}

/**
 * Applies a change, if nobody has changed the connection since it was read; false, and nothing done, where somebody has.
 */
export async function updateConnection(
  { db, actor, now }: OperationContext,
  connection: Pick<Connection, 'sid' | 'tenantSid' | 'updatedAt'>,
  change: ConnectionChange,
): Promise<boolean> {
  const { sid, tenantSid } = connection
  const { keepsVersion, source, sourceDue, setSource } = change
  const { addCertificates = [], removeCertificates = [], quarantine = [], refuse = [] } = change
  // Where another change came first this is NULL, which the column does not take: the whole batch is taken back.
  const version = keepsVersion
    ? sql`${connections.updatedAt}`
    : sql`max(${now}, ${connections.updatedAt} + 1)`
  const updatedAt = sql<number>`CASE WHEN ${connections.updatedAt} = ${connection.updatedAt} THEN ${version} END`
  const ofPinned = (fingerprint: string) =>
    and(eq(certificates.connectionSid, sid), eq(certificates.fingerprint, fingerprint))
  const release = [
    ...(change.release ?? []),
    ...addCertificates.map(({ fingerprint }) => fingerprint),
  ]
  try {
    await db.batch([
      db
        .update(connections)
        .set({ ...change.row, updatedAt })
        .where(eq(connections.sid, sid)),
      ...addCertificates.map((certificate) =>
        db.insert(certificates).values(certificate).onConflictDoNothing(),
      ),
      ...removeCertificates.map((fingerprint) =>
        db.delete(certificates).where(ofPinned(fingerprint)),
      ),
      ...release.map((fingerprint) =>
        db
          .delete(quarantinedCertificates)
          .where(
            and(
              eq(quarantinedCertificates.connectionSid, sid),
              eq(quarantinedCertificates.fingerprint, fingerprint),
            ),
          ),
      ),
      ...quarantine.map((waiting) =>
        db.insert(quarantinedCertificates).values(waiting).onConflictDoNothing(),
      ),
      ...refuse.map((refused) =>
        db
          .insert(quarantinedCertificates)
          .values(refused)
          .onConflictDoUpdate({
            target: [quarantinedCertificates.connectionSid, quarantinedCertificates.fingerprint],
            set: { refusedAt: refused.refusedAt },
          }),
      ),
      ...(source ? [updateSource(db, sid, source, sourceDue)] : []),
      ...(setSource === null
        ? [deleteSource(db, sid)]
        : setSource
          ? [putSource(db, setSource)]
          : []),
      ...change.events.map((event) =>
        recordEvent(db, { actor, now, tenantSid, subjectSid: sid, ...event }),
      ),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}

function updateSource(
  db: Database,
  connectionSid: string,
  source: Partial<MetadataSource>,
  due: number | undefined,
) {
  const { refreshAt } = metadataSources
  return db
    .update(metadataSources)
    .set({
      ...source,
      ...(due !== undefined && {
        refreshAt: sql<number>`CASE WHEN ${refreshAt} = ${due} THEN ${source.refreshAt ?? due} END`,
      }),
    })
    .where(eq(metadataSources.connectionSid, connectionSid))
}

function putSource(db: Database, source: MetadataSource) {
  return db
    .insert(metadataSources)
    .values(source)
    .onConflictDoUpdate({ target: metadataSources.connectionSid, set: source })
}

function deleteSource(db: Database, connectionSid: string) {
  return db.delete(metadataSources).where(eq(metadataSources.connectionSid, connectionSid))
}

/** The keys of an IdP: trusted, waiting or refused, and where its metadata says which they are. */
export type Keyring = {
  pinned: CertificateRow[]
  /** Those that wait, and those that were refused. */
  quarantined: QuarantinedRow[]
  source: MetadataSource | undefined
}

export async function findKeyring(db: Database, connectionSid: string): Promise<Keyring> {
  const [pinned, quarantined, [source]] = await db.batch([
    db
      .select()
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid))
      .orderBy(certificates.createdAt),
    db
      .select()
      .from(quarantinedCertificates)
      .where(eq(quarantinedCertificates.connectionSid, connectionSid))
      .orderBy(quarantinedCertificates.createdAt),
    db.select().from(metadataSources).where(eq(metadataSources.connectionSid, connectionSid)),
  ])
  return { pinned, quarantined, source }
}

export async function findMetadataSource(
  db: Database,
  connectionSid: string,
): Promise<MetadataSource | undefined> {
  const [source] = await db
    .select()
    .from(metadataSources)
    .where(eq(metadataSources.connectionSid, connectionSid))
  return source
}

/** Keeps what was found out. No edit: the version of the row stays. */
export async function storeReachability(
  db: Database,
  sid: string,
  reachability: Reachability[],
  now: number,
): Promise<void> {
  await db
    .update(connections)
    .set({ reachability, reachabilityCheckedAt: now })
    .where(eq(connections.sid, sid))
}

/** Connections whose URLs were never asked or not since `before`, the longest ago first. */
export async function findUnchecked(db: Database, before: number, limit: number) {
  const { sid, ssoRedirectURL, ssoPostURL, logoutRedirectURL, reachabilityCheckedAt } = connections
  const select = () =>
    db.select({ sid, ssoRedirectURL, ssoPostURL, logoutRedirectURL }).from(connections)
  // Apart, so that each is a range of the index and rows that are not due are not read.
  const [never, longAgo] = await db.batch([
    select().where(isNull(reachabilityCheckedAt)).limit(limit),
    select().where(lte(reachabilityCheckedAt, before)).orderBy(reachabilityCheckedAt).limit(limit),
  ])
  return [...never, ...longAgo].slice(0, limit)
}

/**
 * Takes the sources that are due, the longest due first, by making them due again at `lease`: whoever else comes meanwhile takes
 * others, and one at which a run dies does not stop the next run.
 */
export async function leaseDueSources(
  db: Database,
  now: number,
  lease: number,
  limit: number,
): Promise<{ sid: string }[]> {
  const { connectionSid, refreshAt } = metadataSources
  return db
    .update(metadataSources)
    .set({ refreshAt: lease })
    .where(
      inArray(
        connectionSid,
        db
          .select({ connectionSid })
          .from(metadataSources)
          .where(lte(refreshAt, now))
          .orderBy(refreshAt)
          .limit(limit),
      ),
    )
    .returning({ sid: connectionSid })
}

/** Rows of a time when the date was not kept. */
export function findUndatedCertificates(db: Database, limit: number): Promise<CertificateRow[]> {
  return db.select().from(certificates).where(isNull(certificates.notAfter)).limit(limit)
}

export async function dateCertificates(
  db: Database,
  dated: readonly (Pick<CertificateRow, 'connectionSid' | 'fingerprint'> & { notAfter: number })[],
): Promise<void> {
  const [first, ...others] = dated.map(({ connectionSid, fingerprint, notAfter }) =>
    db
      .update(certificates)
      .set({ notAfter })
      .where(
        and(
          eq(certificates.connectionSid, connectionSid),
          eq(certificates.fingerprint, fingerprint),
        ),
      ),
  )
  if (first) await db.batch([first, ...others])
}

/**
 * Records a warning for each certificate, the IdPs' and our own, that has come within another of these numbers of days of its end.
 * Each once: row and event are written together.
 */
export async function recordExpiryWarnings(
  db: Database,
  now: number,
  warningDays: readonly number[],
): Promise<void> {
  const ascending = warningDays.toSorted((left, right) => left - right)
  const due = (table: typeof certificates | typeof keyPairs) => {
    const { notAfter, warnedDays } = table
    const days = sql<number>`CASE ${sql.join(
      ascending.map((day) => sql`WHEN ${notAfter} <= ${now + day * DAY} THEN ${day}`),
      sql` `,
    )} END`
    const last = Math.max(...ascending)
    return {
      days,
      where: and(
        gt(notAfter, now),
        lte(notAfter, now + last * DAY),
        or(isNull(warnedDays), gt(warnedDays, days)),
      ),
    }
  }
  const event = {
    sid: sql<string>`'EV' || lower(hex(randomblob(16)))`.as('sid'),
    actor: sql<string>`${describeActor({ kind: 'maintenance' })}`.as('actor'),
    action: sql<string>`'certificate.expires_soon'`.as('action'),
    before: sql<null>`NULL`.as('before'),
    createdAt: sql<number>`${now}`.as('created_at'),
  }
  const after = (table: typeof certificates | typeof keyPairs, days: SQL<number>) =>
    sql<
      Record<string, unknown>
    >`json_object('fingerprint', ${table.fingerprint}, 'notAfter', ${table.notAfter}, 'days', ${days})`.as(
      'after',
    )
  const theirs = due(certificates)
  const ours = due(keyPairs)
  await db.batch([
    db.insert(events).select((query) =>
      query
        .select({
          sid: event.sid,
          tenantSid: connections.tenantSid,
          actor: event.actor,
          action: event.action,
          subjectSid: certificates.connectionSid,
          before: event.before,
          after: after(certificates, theirs.days),
          createdAt: event.createdAt,
        })
        .from(certificates)
        .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
        .where(theirs.where),
    ),
    db.update(certificates).set({ warnedDays: theirs.days }).where(theirs.where),
    db.insert(events).select((query) =>
      query
        .select({
          sid: event.sid,
          tenantSid: sql<null>`NULL`.as('tenant_sid'),
          actor: event.actor,
          action: event.action,
          subjectSid: keyPairs.fingerprint,
          before: event.before,
          after: after(keyPairs, ours.days),
          createdAt: event.createdAt,
        })
        .from(keyPairs)
        .where(ours.where),
    ),
    db.update(keyPairs).set({ warnedDays: ours.days }).where(ours.where),
  ])
}
