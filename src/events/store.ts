// The SQL of the audit trail, which only grows.
import { sql, type SQL } from 'drizzle-orm'
import { sqliteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from '../platform/db/client.ts'
import { insertFromSelect, type InsertColumns } from '../platform/db/insert-from-select.ts'
import { idempotencyKeys, recordedEventColumns } from './tables.ts'
import type { OperationContext } from './operation-context.ts'
import { createSid } from '../ids.ts'
import type { Actor, ActorKind } from './actor.ts'
import { definitionOf, type RecordedType } from './catalogue.ts'
import { noteRecorded } from './outbox/recorded.ts'

/** The view that an event is written to and read from. A trigger writes to its tables. */
export const recordedEvents = sqliteTable('recorded_events', recordedEventColumns())

type Values = Record<string, unknown>

export type AuditEvent = {
  actor: Actor
  tenantSid: string | null
  type: RecordedType
  subjectSid: string
  /** By default the subject, where it is a connection. */
  connectionSid?: string
  before?: Values | SQL
  after?: Values | SQL
  /** Milliseconds since 1970. */
  now: number
}

/** The statement that records an event. It goes into the batch of the change. */
export function recordEvent(db: Database, event: AuditEvent) {
  const { actor, now, ...rest } = event
  noteRecorded()
  return db.insert(recordedEvents).values({
    ...rest,
    ...partsOf(actor, rest),
    sid: createSid('EV'),
    createdAt: now,
  })
}

/** An event with parts that are SQL expressions. */
export type EventOfRows = {
  actor: Actor | { kind: ActorKind; id: SQL<string>; name: SQL<string> }
  now: number | SQL<number>
  type: RecordedType
} & Pick<
  InsertColumns<typeof recordedEvents>,
  'tenantSid' | 'subjectSid' | 'connectionSid' | 'before' | 'after'
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
  if (!db.$client.isUnbound) noteRecorded()
  const event = { ...rest, ...partsOf(actor, rest), sid: eventSid, createdAt: now }
  return insertFromSelect(db, recordedEvents, event, from)
}

function partsOf(
  actor: EventOfRows['actor'],
  { type, tenantSid }: Pick<EventOfRows, 'type' | 'tenantSid'>,
) {
  const { audience, mail } = definitionOf(type)
  if (audience === 'operator' && tenantSid !== null)
    throw new TypeError(`${type} is for operators: it belongs to no tenant`)
  return {
    actorKind: actor.kind,
    actorId: 'id' in actor ? actor.id : null,
    actorName: 'name' in actor ? actor.name : null,
    mails: mail !== null,
  }
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

export type EventRow = typeof recordedEvents.$inferSelect

/** The fields that differ, with their values before and after. */
export function difference(before: Values, after: Values): { before: Values; after: Values } {
  const changed = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
  const pick = (from: Values) => Object.fromEntries(changed.map((field) => [field, from[field]]))
  return { before: pick(before), after: pick(after) }
}
