// The SQL of webhook endpoints. Each change is one batch with its event.
import { and, eq, getTableColumns, inArray, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm'
import { MINUTE } from '../../../durations.ts'
import { LIMITS } from '../../../limits.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../../platform/db/page.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { listed, qualified, rowsOf } from '../../../platform/db/sql.ts'
import { insertWithin } from '../../../platform/db/within-limit.ts'
import { tenants } from '../../../directory/tenants/tables.ts'
import type { RecordedType } from '../../catalogue.ts'
import type { OperationContext } from '../../operation-context.ts'
import { recordCreation, recordEvent } from '../../store.ts'
import type { WebhookEndpoint, WebhookEndpointFields } from '../endpoint.ts'
import { webhookEndpoints, webhookEndpointTenants, webhookEndpointTypes } from '../tables.ts'

type ChangedFields = Record<string, unknown>
type NewRow = typeof webhookEndpoints.$inferInsert

/** The columns that are shown, by name, so that no secret is read. */
const columns = {
  sid: webhookEndpoints.sid,
  tenantSid: webhookEndpoints.tenantSid,
  connectionSid: webhookEndpoints.connectionSid,
  name: webhookEndpoints.name,
  url: webhookEndpoints.url,
  format: webhookEndpoints.format,
  isActive: webhookEndpoints.isActive,
  goneAt: webhookEndpoints.goneAt,
  previousSecretUntil: webhookEndpoints.previousSecretUntil,
  createdBy: webhookEndpoints.createdBy,
  createdAt: webhookEndpoints.createdAt,
  updatedAt: webhookEndpoints.updatedAt,
}

const listOf = (text: string) => JSON.parse(text) as string[]

const view = {
  ...columns,
  types: qualified(sql`(SELECT json_group_array(ordered.one) FROM
    (SELECT ${webhookEndpointTypes.type} AS one FROM ${webhookEndpointTypes}
      WHERE ${webhookEndpointTypes.endpointSid} = ${webhookEndpoints.sid}
      ORDER BY ${webhookEndpointTypes.type}) AS ordered)`).mapWith(listOf),
  tenants: qualified(sql`(SELECT json_group_array(ordered.one) FROM
    (SELECT ${webhookEndpointTenants.tenantSid} AS one FROM ${webhookEndpointTenants}
      WHERE ${webhookEndpointTenants.endpointSid} = ${webhookEndpoints.sid}
      ORDER BY ${webhookEndpointTenants.tenantSid}) AS ordered)`).mapWith(listOf),
}

export async function findEndpoint(
  db: Database,
  sid: string,
): Promise<WebhookEndpoint | undefined> {
  const [row] = await db.select(view).from(webhookEndpoints).where(eq(webhookEndpoints.sid, sid))
  return row
}

/** With its sealed secrets, for what signs, and whether its tenant is suspended. */
export async function findSealedEndpoint(db: Database, sid: string) {
  const [row] = await db
    .select({
      ...getTableColumns(webhookEndpoints),
      isSuspended: sql`${isNotNull(tenants.suspendedAt)}`.mapWith(Boolean).as('is_suspended'),
    })
    .from(webhookEndpoints)
    .leftJoin(tenants, eq(tenants.sid, webhookEndpoints.tenantSid))
    .where(eq(webhookEndpoints.sid, sid))
  return row
}

/** Null: the vendor's. */
function isOf(tenantSid: string | null) {
  return tenantSid === null
    ? isNull(webhookEndpoints.tenantSid)
    : eq(webhookEndpoints.tenantSid, tenantSid)
}

/**
 * Of a tenant, or of the vendor (null), newest first; one row more than the page holds.
 * `connectionSid`: those alone that get the events of this connection.
 */
export function findEndpoints(
  db: Database,
  { tenantSid, connectionSid }: { tenantSid: string | null; connectionSid: string | null },
  page: PageRequest,
): Promise<WebhookEndpoint[]> {
  return db
    .select(view)
    .from(webhookEndpoints)
    .where(
      and(
        isOf(tenantSid),
        connectionSid === null ? undefined : eq(webhookEndpoints.connectionSid, connectionSid),
        newestFirst.after(webhookEndpoints, page),
      ),
    )
    .orderBy(...newestFirst.order(webhookEndpoints))
    .limit(page.limit + 1)
}

/** Which of the SIDs belong to no tenant. */
export async function findUnknownTenants(db: Database, sids: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ sid: tenants.sid })
    .from(tenants)
    .where(inArray(tenants.sid, listed(sids)))
  const known = new Set(rows.map(({ sid }) => sid))
  return sids.filter((sid) => !known.has(sid))
}

/** False, and nothing done, where there are as many endpoints as there may be. */
export function insertEndpoint(
  context: OperationContext,
  row: NewRow & { tenantSid: string | null },
  { types, tenants: only }: Pick<WebhookEndpointFields, 'types' | 'tenants'>,
): Promise<boolean> {
  const { sid, tenantSid, connectionSid, name, url, format } = row
  const limit = { most: LIMITS.webhookEndpoints.most, where: isOf(tenantSid) }
  return insertWithin(context.db, webhookEndpoints, row, limit, {
    types: insertTypes(context.db, sid, types),
    tenants: insertTenants(context.db, sid, only),
    creation: recordCreation(context, {
      tenantSid,
      ...(connectionSid != null && { connectionSid }),
      type: 'webhook_endpoint.created',
      subjectSid: sid,
      after: { name, url: originOf(url), format, types, tenants: only },
    }),
  })
}

/** False, without any change, if another change came first. */
export async function updateEndpoint(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid, updatedAt: seen }: WebhookEndpoint,
  {
    types,
    tenants: only,
    ...row
  }: Partial<Omit<NewRow, 'sid'>> & Partial<Pick<WebhookEndpointFields, 'types' | 'tenants'>>,
  event: { type: RecordedType; before?: ChangedFields; after?: ChangedFields },
): Promise<boolean> {
  // If another change came first, this is NULL: the NOT NULL column then rolls the batch back.
  const updatedAt = sql<number>`CASE WHEN ${webhookEndpoints.updatedAt} = ${seen}
    THEN max(${now}, ${webhookEndpoints.updatedAt} + 1) END`
  const updated = await guardedBatch(db, {
    endpoint: db
      .update(webhookEndpoints)
      .set({ ...row, updatedAt })
      .where(eq(webhookEndpoints.sid, sid)),
    types: types && [clearTypes(db, sid), insertTypes(db, sid, types)],
    tenants: only && [clearTenants(db, sid), insertTenants(db, sid, only)],
    event: recordEvent(db, {
      actor,
      now,
      tenantSid,
      ...(connectionSid !== null && { connectionSid }),
      subjectSid: sid,
      ...event,
    }),
  })
  return updated !== undefined
}

/** The endpoint answered 410. Once, however many deliveries learn it at the same time. */
export async function turnOffGone(
  context: Pick<OperationContext, 'db' | 'now'>,
  sid: string,
): Promise<void> {
  const endpoint = await findEndpoint(context.db, sid)
  if (!endpoint?.isActive) return
  const change = { isActive: false, goneAt: context.now }
  await updateEndpoint(
    { ...context, actor: { kind: 'maintenance' } } as OperationContext,
    endpoint,
    change,
    { type: 'webhook_endpoint.gone', before: { isActive: true }, after: { isActive: false } },
  )
}

/** What waits for it stays in the outbox, and is given up there. */
export async function deleteEndpoint(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid, name, url }: WebhookEndpoint,
): Promise<void> {
  await db.batch([
    clearTypes(db, sid),
    clearTenants(db, sid),
    db.delete(webhookEndpoints).where(eq(webhookEndpoints.sid, sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      ...(connectionSid !== null && { connectionSid }),
      type: 'webhook_endpoint.deleted',
      subjectSid: sid,
      before: { name, url: originOf(url) },
    }),
  ])
}

/** Counts a test message. False, and nothing done, where there were as many in this minute. */
export async function countTest(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  sid: string,
  most: number,
): Promise<boolean> {
  const minute = Math.floor(now / MINUTE)
  const isLater = ne(webhookEndpoints.testedMinute, minute)
  const counted = await db
    .update(webhookEndpoints)
    .set({
      testedMinute: minute,
      tests: sql`CASE WHEN ${isLater} THEN 1 ELSE ${webhookEndpoints.tests} + 1 END`,
    })
    .where(and(eq(webhookEndpoints.sid, sid), or(isLater, lt(webhookEndpoints.tests, most))))
    .returning({ sid: webhookEndpoints.sid })
  return counted.length > 0
}

/** Its test is in the audit trail, since a request went out. */
export async function recordTest(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid }: WebhookEndpoint,
  after: ChangedFields,
): Promise<void> {
  await recordEvent(db, {
    actor,
    now,
    tenantSid,
    ...(connectionSid !== null && { connectionSid }),
    type: 'webhook_endpoint.tested',
    subjectSid: sid,
    after,
  })
}

/** Of a URL, what an event may show: the rest may be a token. */
export function originOf(url: string): string {
  return new URL(url).origin
}

function clearTypes(db: Database, sid: string) {
  return db.delete(webhookEndpointTypes).where(eq(webhookEndpointTypes.endpointSid, sid))
}

function insertTypes(db: Database, endpointSid: string, types: readonly string[]) {
  const { from, value } = rowsOf(types)
  return insertFromSelect(db, webhookEndpointTypes, { endpointSid, type: value }, (select) =>
    select.from(from),
  )
}

function clearTenants(db: Database, sid: string) {
  return db.delete(webhookEndpointTenants).where(eq(webhookEndpointTenants.endpointSid, sid))
}

function insertTenants(db: Database, endpointSid: string, only: readonly string[]) {
  const { from, value } = rowsOf(only)
  const columns = { endpointSid, tenantSid: value }
  return insertFromSelect(db, webhookEndpointTenants, columns, (select) => select.from(from))
}
