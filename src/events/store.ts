// The SQL of the audit trail, which only grows.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Database } from '../platform/db/client.ts'
import { insertFromSelect, type InsertColumns } from '../platform/db/insert-from-select.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { events, idempotencyKeys } from './tables.ts'
import type { OperationContext } from './operation-context.ts'
import { createSid } from '../ids.ts'
import { describeActor, type Actor } from './actor.ts'

export type AuditEvent = {
  actor: Actor
  tenantSid: string | null
  action: string
  subjectSid: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
  /** Milliseconds since 1970. */
  now: number
}

/** The statement that records an event. It goes into the batch of the change. */
export function recordEvent(db: Database, event: AuditEvent) {
  const { actor, now, ...rest } = event
  return db
    .insert(events)
    .values({ ...rest, sid: createSid('EV'), actor: describeActor(actor), createdAt: now })
}

/** An event with parts that are SQL expressions. */
type EventOfRows = Pick<AuditEvent, 'actor'> & { now: number | SQL<number> } & Omit<
    InsertColumns<typeof events>,
    'sid' | 'actor' | 'createdAt'
  >

/**
 * Records one event for each row of a query. `from` names the query’s tables, whose columns the
 * event may use.
 */
export function recordEventFrom(
  db: Database,
  { actor, now, ...rest }: EventOfRows,
  from: Parameters<typeof insertFromSelect>[3],
) {
  return insertFromSelect(
    db,
    events,
    { ...rest, sid: eventSid, actor: describeActor(actor), createdAt: now },
    from,
  )
}

/** A SID as `createSid` makes it, one for each row of a query. */
const eventSid = sql`'EV' || lower(hex(randomblob(16)))`

/**
 * The statements that a creation adds: its event, and the Idempotency-Key of the request. A key
 * that was used before violates UNIQUE and rolls the batch back. `created` is the SID of the new
 * thing, where the event has another subject.
 */
export function recordCreation(
  { db, actor, now, idempotency }: OperationContext,
  event: Omit<AuditEvent, 'actor' | 'now' | 'before'>,
  created = event.subjectSid,
) {
  return [
    recordEvent(db, { actor, now, ...event }),
    ...(idempotency
      ? [db.insert(idempotencyKeys).values({ ...idempotency, subjectSid: created, createdAt: now })]
      : []),
  ]
}

export type EventRow = typeof events.$inferSelect

/** Newest first, of a tenant, of one thing, or of all; one row more than the page holds. */
export function findEvents(
  db: Database,
  of: { tenantSid?: string; subjectSid?: string },
  page: PageRequest,
): Promise<EventRow[]> {
  return db
    .select()
    .from(events)
    .where(
      and(
        of.tenantSid === undefined ? undefined : eq(events.tenantSid, of.tenantSid),
        of.subjectSid === undefined ? undefined : eq(events.subjectSid, of.subjectSid),
        newestFirst.after(events, page),
      ),
    )
    .orderBy(...newestFirst.order(events))
    .limit(page.limit + 1)
}

type EventValues = Record<string, unknown>

/** The fields that differ, with their values before and after. */
export function difference(
  before: EventValues,
  after: EventValues,
): { before: EventValues; after: EventValues } {
  const changed = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
  const pick = (from: EventValues) =>
    Object.fromEntries(changed.map((field) => [field, from[field]]))
  return { before: pick(before), after: pick(after) }
}
