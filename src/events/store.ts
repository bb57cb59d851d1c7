// The SQL of the audit trail: appending only.
import { and, eq, sql } from 'drizzle-orm'
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

/** The statement that records an event: it goes into the batch of the change it tells of. */
export function recordEvent(db: Database, event: AuditEvent) {
  const { actor, now, ...rest } = event
  return db
    .insert(events)
    .values({ ...rest, sid: createSid('EV'), actor: describeActor(actor), createdAt: now })
}

/** An event of which parts depend on rows. */
type EventOfRows = Pick<AuditEvent, 'actor' | 'now'> &
  Omit<InsertColumns<typeof events>, 'sid' | 'actor' | 'createdAt'>

/**
 * The same for what happens only where a query finds something: one event for each of its rows.
 * `from` says what the query reads, and its columns may stand in the event.
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

/** As `createSid` makes them: each row of a query gets one of its own. */
const eventSid = sql`'EV' || lower(hex(randomblob(16)))`

/**
 * What a creation writes besides what it creates: its event, and the Idempotency-Key that asked for
 * it. A key that has created something before violates UNIQUE and takes the batch back. `created`
 * is the SID of what was created, where the event has another subject.
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

/** The fields of `after` that differ from those of `before`, as they were and as they are. */
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
