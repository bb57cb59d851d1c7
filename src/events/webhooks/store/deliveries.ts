// The SQL of the deliveries of one webhook endpoint: its rows of the outbox.
import { and, count, eq, inArray, isNull, lte, sql, type SQL } from 'drizzle-orm'
import { changedBy, batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../../platform/db/page.ts'
import type { OperationContext } from '../../operation-context.ts'
import { recordEvent } from '../../store.ts'
import { events, outbox } from '../../tables.ts'
import type { WebhookEndpoint } from '../endpoint.ts'

/** Sent again by one call, and counted. */
export const MOST_AT_ONCE = 1000

export const WEBHOOK_STATES = ['waiting', 'dead', 'delivered'] as const
export type WebhookState = (typeof WEBHOOK_STATES)[number]

/** Written like the partial indexes: a bound value would not use them. */
const IN_STATE: Readonly<Record<WebhookState, SQL>> = {
  waiting: isNull(outbox.outcome),
  dead: sql`${outbox.outcome} = 'dead'`,
  delivered: eq(outbox.outcome, 'delivered'),
}

const columns = {
  sid: outbox.sid,
  eventSid: outbox.eventSid,
  /** Null: the event was deleted. The row of a login has its own. */
  type: sql<
    string | null
  >`coalesce(${events.type}, iif(json_valid(${outbox.event}), ${outbox.event}, '{}') ->> '$.type')`,
  attempts: outbox.attempts,
  nextAt: outbox.nextAt,
  outcome: outbox.outcome,
  lastError: outbox.lastError,
  createdAt: outbox.createdAt,
}

function isOf({ sid }: Pick<WebhookEndpoint, 'sid'>) {
  return and(eq(outbox.channel, 'webhook'), eq(outbox.target, sid))
}

function selectDeliveries(db: Database) {
  return db.select(columns).from(outbox).leftJoin(events, eq(events.sid, outbox.eventSid))
}

export type WebhookDeliveryRow = Awaited<ReturnType<typeof selectDeliveries>>[number]

/** Newest first; one row more than the page holds. */
export function findWebhookDeliveries(
  db: Database,
  endpoint: WebhookEndpoint,
  state: WebhookState | undefined,
  page: PageRequest,
): Promise<WebhookDeliveryRow[]> {
  return selectDeliveries(db)
    .where(and(isOf(endpoint), state && IN_STATE[state], newestFirst.after(outbox, page)))
    .orderBy(...newestFirst.order(outbox))
    .limit(page.limit + 1)
}

export async function findWebhookDelivery(
  db: Database,
  endpoint: WebhookEndpoint,
  sid: string,
): Promise<WebhookDeliveryRow | undefined> {
  const [row] = await selectDeliveries(db).where(and(isOf(endpoint), eq(outbox.sid, sid)))
  return row
}

/** How many were given up, counted to `MOST_AT_ONCE`. */
export async function countDead(db: Database, endpoint: WebhookEndpoint): Promise<number> {
  const some = db
    .select({ sid: outbox.sid })
    .from(outbox)
    .where(and(isOf(endpoint), IN_STATE.dead))
    .limit(MOST_AT_ONCE)
    .as('some')
  const [row] = await db.select({ rows: count() }).from(some)
  return row!.rows
}

/** Makes one due at once, with all its attempts. A run that is sending it keeps it. */
export async function retryDelivery(
  context: OperationContext,
  endpoint: WebhookEndpoint,
  { sid, eventSid, lastError }: WebhookDeliveryRow,
): Promise<void> {
  const { db, now } = context
  const isOpen = and(eq(outbox.sid, sid), isOf(endpoint), IN_STATE.waiting)
  await db.batch([
    db
      .update(outbox)
      .set(dueAt(now))
      .where(and(eq(outbox.sid, sid), isOf(endpoint), IN_STATE.dead)),
    db
      .update(outbox)
      .set(dueAt(now))
      .where(and(isOpen, lte(outbox.leasedUntil, now))),
    recordRetry(context, endpoint, { event: eventSid, failure: lastError }),
  ])
}

/** The oldest that were given up. Returns how many. */
export async function retryDead(
  context: OperationContext,
  endpoint: WebhookEndpoint,
): Promise<number> {
  const { db, now } = context
  const oldest = db
    .select({ sid: outbox.sid })
    .from(outbox)
    .where(and(isOf(endpoint), IN_STATE.dead))
    .orderBy(outbox.createdAt)
    .limit(MOST_AT_ONCE)
  const { updated } = await batch(db, {
    updated: db.update(outbox).set(dueAt(now)).where(inArray(outbox.sid, oldest)),
    event: recordRetry(context, endpoint, { failure: null }),
  })
  return changedBy(updated)
}

function dueAt(now: number) {
  return { attempts: 0, nextAt: now, leasedUntil: 0, outcome: null, expiresAt: null }
}

function recordRetry(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, connectionSid }: WebhookEndpoint,
  after: Record<string, unknown>,
) {
  return recordEvent(db, {
    actor,
    now,
    tenantSid,
    ...(connectionSid !== null && { connectionSid }),
    type: 'webhook_endpoint.deliveries_retried',
    subjectSid: sid,
    after,
  })
}
