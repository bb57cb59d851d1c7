// The SQL that erases details of events: those that name a person, or all of a tenant. The events
// stay: `audit verify` tells erased details from changed ones.
import { and, asc, eq, gt, inArray, isNull, lte, ne, or, sql, type SQL } from 'drizzle-orm'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEvent } from '../../events/store.ts'
import { eventDetails, events } from '../../events/tables.ts'
import { batch, changedBy } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import type { SoughtWord } from '../sought.ts'

/** Events that one statement reads. */
const READ_AT_ONCE = 20_000
/** Details that one statement returns. */
const MOST_FOUND = 500

const ofTenant = (tenantSid: string | null): SQL =>
  tenantSid === null ? isNull(events.tenantSid) : eq(events.tenantSid, tenantSid)

/** The last of the next events. Null: there are none. */
const lastOf = (db: Database, tenantSid: string | null, after: number) => {
  const next = db
    .select({ seq: sql<number>`${events.seq}`.as('seq') })
    .from(events)
    .where(and(ofTenant(tenantSid), gt(events.seq, after)))
    .orderBy(asc(events.seq))
    .limit(READ_AT_ONCE)
    .as('next')
  return db.select({ last: sql<number | null>`max(${next.seq})`.as('last') }).from(next)
}

/** True in SQL where one of the words is in the text: without a look at what is around it. */
export function hasWord(
  text: SQL | typeof eventDetails.personal,
  words: readonly SoughtWord[],
): SQL {
  const found = words.map((word) => sql`instr(lower(${text}), ${word.text}) > 0`)
  return or(...found) ?? sql`0`
}

export type FoundDetails = { seq: number; subjectSid: string; personal: string }

/**
 * The details among the next events that have one of the words, and all of the person’s own.
 * `last`: the last event that was read; null: there were none.
 */
export async function readDetails(
  db: Database,
  of: { tenantSid: string | null; userSid: string; after: number; words: readonly SoughtWord[] },
): Promise<{ found: FoundDetails[]; last: number | null }> {
  const { tenantSid, userSid, after, words } = of
  const { found, last } = await batch(db, {
    last: lastOf(db, tenantSid, after),
    found: db
      .select({
        seq: sql<number>`${events.seq}`.as('seq'),
        subjectSid: events.subjectSid,
        personal: eventDetails.personal,
      })
      .from(events)
      .innerJoin(eventDetails, eq(eventDetails.eventSeq, events.seq))
      .where(
        and(
          ofTenant(tenantSid),
          gt(events.seq, after),
          lte(events.seq, sql`(${lastOf(db, tenantSid, after)})`),
          // The record of the erasure says who did it.
          ne(events.type, 'user.erased'),
          or(eq(events.subjectSid, userSid), hasWord(eventDetails.personal, words)),
        ),
      )
      .orderBy(asc(events.seq))
      .limit(MOST_FOUND),
  })
  const end = found.length === MOST_FOUND ? found.at(-1)!.seq : (last[0]?.last ?? null)
  return { found, last: end }
}

export async function deleteDetails(db: Database, seqs: readonly number[]): Promise<number> {
  const { deleted } = await batch(
    db,
    { deleted: db.delete(eventDetails).where(inArray(eventDetails.eventSeq, listed(seqs))) },
    { isRepeatable: true },
  )
  return changedBy(deleted)
}

/** Deletes the details of a tenant’s next events. */
export async function deleteNextDetails(
  db: Database,
  tenantSid: string,
  after: number,
): Promise<{ deleted: number; last: number | null }> {
  const [next] = await lastOf(db, tenantSid, after)
  const last = next?.last ?? null
  if (last === null) return { deleted: 0, last }
  const seqs = db
    .select({ seq: events.seq })
    .from(events)
    .where(and(eq(events.tenantSid, tenantSid), gt(events.seq, after), lte(events.seq, last)))
  const { deleted } = await batch(
    db,
    { deleted: db.delete(eventDetails).where(inArray(eventDetails.eventSeq, seqs)) },
    { isRepeatable: true },
  )
  return { deleted: changedBy(deleted), last }
}

/** Whether the tenant has been exported as a whole since then. */
export async function findExportSince(
  db: Database,
  tenantSid: string,
  since: number,
): Promise<boolean> {
  const found = await db
    .select({ seq: events.seq })
    .from(events)
    .where(
      and(
        eq(events.subjectSid, tenantSid),
        eq(events.type, 'tenant.exported'),
        gt(events.createdAt, since),
      ),
    )
    .limit(1)
  return found.length > 0
}

/** The record of an export. */
export async function recordExport(
  { db, actor, now }: OperationContext,
  type: 'user.exported' | 'tenant.exported',
  tenantSid: string,
  subjectSid: string,
): Promise<void> {
  await recordEvent(db, { actor, now, type, tenantSid, subjectSid })
}
