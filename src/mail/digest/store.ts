// The SQL of the weekly digest.
import { and, count, desc, eq, gte, isNotNull, lt, sql } from 'drizzle-orm'
import { events } from '../../events/tables.ts'
import type { EventType } from '../../events/catalogue.ts'
import type { Database } from '../../platform/db/client.ts'
import { contacts } from '../contacts/tables.ts'
import { mails } from '../post/tables.ts'

type Week = { from: number; to: number }

/** Tenants with contacts and with events in the week, whose digest was not posted yet. */
export async function findUndigested(
  db: Database,
  { from, to }: Week,
  { causePrefix, most }: { causePrefix: string; most: number },
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ tenantSid: contacts.tenantSid })
    .from(contacts)
    .where(
      and(
        isNotNull(contacts.tenantSid),
        sql`EXISTS (SELECT 1 FROM ${events} WHERE ${and(
          eq(events.tenantSid, contacts.tenantSid),
          gte(events.createdAt, from),
          lt(events.createdAt, to),
        )})`,
        sql`NOT EXISTS (SELECT 1 FROM ${mails}
          WHERE ${mails.cause} = ${causePrefix} || ${contacts.tenantSid})`,
      ),
    )
    .limit(most)
  return rows.flatMap(({ tenantSid }) => tenantSid ?? [])
}

/** What happened to a tenant in a week, the most frequent first. */
export function countEvents(
  db: Database,
  tenantSid: string,
  { from, to }: Week,
): Promise<{ type: EventType; times: number }[]> {
  const times = count()
  return db
    .select({ type: events.type, times })
    .from(events)
    .where(
      and(eq(events.tenantSid, tenantSid), gte(events.createdAt, from), lt(events.createdAt, to)),
    )
    .groupBy(events.type)
    .orderBy(desc(times))
    .limit(20)
}
