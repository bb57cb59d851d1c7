// The SQL of logout deliveries. Only triggers insert them, when a session ends.
import { and, eq, inArray, isNotNull, isNull, lte, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { recordEvent } from '../../events/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { newestSidFirst, type PageRequest } from '../../platform/db/page.ts'
import type { IdTokenAlgorithm } from '../../clients/client.ts'
import { clients } from '../../clients/tables.ts'
import { appSessions, logoutDeliveries } from './tables.ts'
import { qualified } from '../../platform/db/sql.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { DAY } from '../../durations.ts'

export type DeliveryRow = typeof logoutDeliveries.$inferSelect

/** A delivery that belongs to one sender until `dueAt`. */
export type LeasedDelivery = Awaited<ReturnType<typeof leaseDue>>[number]

/** Leased at a time: even with slow clients, all are tried well before the lease ends. */
export const LEASED_AT_ONCE = 20

/** Leases due deliveries, the oldest first. Two senders at once get different ones. */
export async function leaseDue(db: Database, now: number, until: number) {
  const { leased } = await batch(db, lease({ now, until }))
  return leased
}

/** RETURNING takes no join. */
function ofClient<Value>(column: SQLiteColumn) {
  return qualified(sql<Value>`(SELECT ${column} FROM ${clients}
    WHERE ${clients.sid} = ${logoutDeliveries.clientSid})`)
}

const lease = compile(
  'lease',
  (db, { now, until }: Placeholders<{ now: number; until: number }>) => {
    const due = alias(logoutDeliveries, 'due')
    const oldest = db
      .select({ sid: due.sid })
      .from(due)
      .where(and(isNotNull(due.dueAt), lte(due.dueAt, now)))
      .orderBy(due.dueAt)
      .limit(LEASED_AT_ONCE)
    const leased = db
      .update(logoutDeliveries)
      .set({ dueAt: until, tries: sql`${logoutDeliveries.tries} + 1` })
      .where(inArray(logoutDeliveries.sid, oldest))
      .returning({
        sid: logoutDeliveries.sid,
        clientSid: logoutDeliveries.clientSid,
        sessionSid: logoutDeliveries.sessionSid,
        userSid: logoutDeliveries.userSid,
        tries: logoutDeliveries.tries,
        dueAt: logoutDeliveries.dueAt,
        uri: ofClient<string | null>(clients.backchannelLogoutURI),
        algorithm: ofClient<IdTokenAlgorithm>(clients.idTokenSignedResponseAlg),
      })
    return { leased }
  },
)

/** Writes the result of a try. Writes nothing after the lease: another sender may have it. */
export async function updateLeased(
  db: Database,
  { sid, tries, dueAt }: LeasedDelivery,
  result: Partial<Pick<DeliveryRow, 'tries' | 'dueAt' | 'failure' | 'sentAt' | 'deadAt'>>,
): Promise<void> {
  await db
    .update(logoutDeliveries)
    .set(result)
    .where(
      and(
        eq(logoutDeliveries.sid, sid),
        eq(logoutDeliveries.tries, tries),
        eq(logoutDeliveries.dueAt, dueAt!),
      ),
    )
}

export const DELIVERY_STATES = ['due', 'dead', 'sent'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

const IN_STATE: Readonly<Record<DeliveryState, SQL>> = {
  due: isNotNull(logoutDeliveries.dueAt),
  dead: isNotNull(logoutDeliveries.deadAt),
  sent: isNotNull(logoutDeliveries.sentAt),
}

/** Newest first; one row more than the page holds. */
export function findDeliveries(
  db: Database,
  filter: { clientSid?: string | undefined; state?: DeliveryState | undefined },
  page: PageRequest,
): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(logoutDeliveries)
    .where(
      and(
        filter.clientSid === undefined
          ? undefined
          : eq(logoutDeliveries.clientSid, filter.clientSid),
        filter.state && IN_STATE[filter.state],
        newestSidFirst.after(logoutDeliveries, page),
      ),
    )
    .orderBy(...newestSidFirst.order(logoutDeliveries))
    .limit(page.limit + 1)
}

export async function findDelivery(db: Database, sid: string): Promise<DeliveryRow | undefined> {
  const [row] = await db.select().from(logoutDeliveries).where(eq(logoutDeliveries.sid, sid))
  return row
}

/** Makes a delivery due at once, with all its tries; changes nothing if it was sent meanwhile. */
export async function retryRow(
  { db, actor, now }: OperationContext,
  { sid, clientSid, failure }: DeliveryRow,
): Promise<void> {
  await db.batch([
    db
      .update(logoutDeliveries)
      .set({ dueAt: now, tries: 0, deadAt: null })
      .where(and(eq(logoutDeliveries.sid, sid), isNull(logoutDeliveries.sentAt))),
    recordEvent(db, {
      actor,
      tenantSid: null,
      type: 'logout_delivery.retried',
      subjectSid: clientSid,
      after: { delivery: sid, failure },
      now,
    }),
  ])
}

/** Sent for a day, or given up for seven. Each term is written like the partial index it uses. */
export const deliveryExpiry: Expiry = {
  table: logoutDeliveries,
  isDead: (now) => {
    const { createdAt, deadAt, sentAt } = logoutDeliveries
    return sql`(${sentAt} IS NOT NULL AND ${sentAt} <= ${now - DAY}
      OR ${deadAt} IS NOT NULL AND ${createdAt} <= ${now - 7 * DAY})`
  },
}

/** Apps' sessions that have ended by their `sessionDays`. Nobody is told. */
export const appSessionExpiry: Expiry = {
  table: appSessions,
  isDead: (now) => lte(appSessions.expiresAt, now),
}
