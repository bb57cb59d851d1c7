// The SQL of the outbox: leases, results, offers of logins, the rows that the sweep deletes.
import { and, count, eq, exists, inArray, isNull, lt, sql, type SQL } from 'drizzle-orm'
import { alias, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import { recordedEvents, type EventRow } from '../store.ts'
import { outbox } from '../tables.ts'
import { webhookEndpoints, webhookEndpointTypes } from '../webhooks/tables.ts'
import type { ChannelName, DeliverableEvent } from './channel.ts'

/** A view that only triggers read: what is written to it goes to the endpoints that want it. */
const offeredEvents = sqliteTable('offered_events', {
  sid: text('sid').notNull(),
  type: text('type').notNull(),
  tenantSid: text('tenant_sid'),
  connectionSid: text('connection_sid'),
  event: text('event', { mode: 'json' }).$type<Record<string, unknown>>(),
  createdAt: integer('created_at').notNull(),
})

export type OutboxRow = typeof outbox.$inferSelect

/** A row that belongs to one sender until `leasedUntil`. `attempts` counts the one to be made. */
export type LeasedRow = Pick<
  OutboxRow,
  'sid' | 'eventSid' | 'channel' | 'target' | 'attempts' | 'leasedUntil' | 'createdAt'
> & {
  /** JSON, as it is stored: one that cannot be read is no other’s fault. */
  event: string | null
}

type Lease = {
  channels: readonly ChannelName[]
  /** Targets whose rows are left for later. */
  except: readonly string[]
  now: number
  until: number
  most: number
}

/**
 * Leases due rows: of each target its oldest, the targets by turns, so that one that does not
 * answer holds up no other. Two senders at once get different rows.
 */
export function leaseDue(db: Database, lease: Lease): Promise<LeasedRow[]> {
  const { until } = lease
  return db
    .update(outbox)
    .set({ nextAt: until, leasedUntil: until, attempts: sql`${outbox.attempts} + 1` })
    .where(sql`${outbox.sid} IN ${dueByTurns(lease)}`)
    .returning({
      sid: outbox.sid,
      eventSid: outbox.eventSid,
      channel: outbox.channel,
      target: outbox.target,
      attempts: outbox.attempts,
      leasedUntil: outbox.leasedUntil,
      event: sql<string | null>`${outbox.event}`,
      createdAt: outbox.createdAt,
    })
}

/** From target to target by the index of due rows: what is not due is not read. */
function dueByTurns({ channels, except, now, most }: Lease): SQL {
  const [open, due, row] = [alias(outbox, 'open'), alias(outbox, 'due'), alias(outbox, 'row')]
  const isOpen = isNull(open.outcome)
  const after = sql`SELECT min(${open.target}) FROM ${outbox} AS ${open} WHERE ${isOpen}`
  const oldest = sql`SELECT ${due.sid} FROM ${outbox} AS ${due}
    WHERE ${isNull(due.outcome)} AND ${due.target} = places.place AND ${due.nextAt} <= ${now}
    ORDER BY ${due.nextAt} LIMIT ${most}`
  const turn = sql`row_number() OVER (PARTITION BY ${row.target} ORDER BY ${row.nextAt})`
  return sql`(WITH RECURSIVE places(place) AS (
      ${after} UNION ALL
      SELECT (${after} AND ${open.target} > places.place) FROM places
      WHERE places.place IS NOT NULL
    ), queued(it, way, due, turn) AS (
      SELECT ${row.sid}, ${row.channel}, ${row.nextAt}, ${turn}
      FROM places JOIN ${outbox} AS ${row} ON ${row.sid} IN (${oldest})
      WHERE places.place NOT IN ${listed(except)}
    )
    SELECT it FROM queued WHERE way IN ${listed(channels)} ORDER BY turn, due LIMIT ${most})`
}

export function findEventsOf(db: Database, sids: readonly string[]): Promise<EventRow[]> {
  return db
    .select()
    .from(recordedEvents)
    .where(inArray(recordedEvents.sid, listed([...new Set(sids)])))
}

/**
 * Writes the result of an attempt. Writes nothing where another sender has leased the row since, or
 * where it is done: no two leases of a row end at the same time.
 */
export async function updateLeased(
  db: Database,
  { sid, leasedUntil }: LeasedRow,
  result: Partial<Pick<OutboxRow, 'attempts' | 'nextAt' | 'outcome' | 'lastError' | 'expiresAt'>>,
): Promise<void> {
  await db
    .update(outbox)
    .set(result)
    .where(and(eq(outbox.sid, sid), eq(outbox.leasedUntil, leasedUntil), isNull(outbox.outcome)))
}

/** Whether an active endpoint names one of these types, which `*` does not: one row, or none. */
export function selectNamed(db: Database, types: readonly string[]) {
  const { sid, isActive } = webhookEndpoints
  const active = db
    .select({ sid })
    .from(webhookEndpoints)
    .where(and(eq(sid, webhookEndpointTypes.endpointSid), isActive))
  // EXISTS, so that SQLite begins with the index of types, and not with all endpoints.
  return db
    .select({ type: webhookEndpointTypes.type })
    .from(webhookEndpointTypes)
    .where(and(inArray(webhookEndpointTypes.type, [...types]), exists(active)))
    .limit(1)
}

/** Puts an event that is not of the audit trail in the outbox of each endpoint that names it. */
export async function offerEvent(db: Database, event: DeliverableEvent): Promise<void> {
  const { sid, type, tenantSid, connectionSid, createdAt } = event
  const json = event as unknown as Record<string, unknown>
  await db
    .insert(offeredEvents)
    .values({ sid, type, tenantSid, connectionSid, event: json, createdAt })
}

/** Counted up to here, so that counting stays cheap. */
const MOST_COUNTED = 10_000

/** How many open rows have been due since then: nothing delivers them. */
export function selectOverdue(db: Database, before: number) {
  const overdue = db
    .select({ sid: outbox.sid })
    .from(outbox)
    .where(and(isNull(outbox.outcome), lt(outbox.nextAt, before)))
    .limit(MOST_COUNTED)
    .as('overdue')
  return db.select({ rows: count().as('overdue_rows') }).from(overdue)
}

export const outboxExpiry: Expiry = {
  table: outbox,
  isDead: (now) => lt(outbox.expiresAt, now),
}
