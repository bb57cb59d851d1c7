// The SQL of the weekly digest: to whom it is owed, and what happened in the week.
import { and, count, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import { tenants } from '../../../directory/tenants/tables.ts'
import { HOUR } from '../../../durations.ts'
import { findSeqAt } from '../../../events/feed/store.ts'
import { events } from '../../../events/tables.ts'
import type { EventType } from '../../../events/catalogue.ts'
import type { Database } from '../../../platform/db/client.ts'
import { contacts } from '../../contacts/tables.ts'
import { mails } from '../../post/tables.ts'
import { dueTenants, type DueTime } from './due.ts'

/** Milliseconds since 1970; `to` is the end. */
export type Week = { from: number; to: number }

/** A digest that the mail service did not take is tried again after this. */
const AGAIN = HOUR

type UndigestedQuery = { causePrefix: string; most: number; due: DueTime }

/**
 * Tenants with a contact who wants the digest, and with something to tell: an event of the week, or
 * something that is due. Those whose mails were posted and are open come again, last.
 */
export async function findUndigested(
  db: Database,
  { from, to }: Week,
  { causePrefix, most, due }: UndigestedQuery,
): Promise<string[]> {
  const isPosted = sql`EXISTS (SELECT 1 FROM ${mails} WHERE ${isOfCause(causePrefix)})`
  const hasEvents = sql`EXISTS (SELECT 1 FROM ${events} WHERE ${and(
    eq(events.tenantSid, contacts.tenantSid),
    gte(events.createdAt, from),
    lt(events.createdAt, to),
  )})`
  const rows = await db
    .select({ tenantSid: contacts.tenantSid })
    .from(contacts)
    .innerJoin(tenants, and(eq(tenants.sid, contacts.tenantSid), isNull(tenants.suspendedAt)))
    .where(
      and(
        isNotNull(contacts.tenantSid),
        sql`NOT EXISTS (SELECT 1 FROM json_each(${mutedOrNothing}) WHERE value = 'digest')`,
        or(hasEvents, ...dueTenants(db, due).map((query) => inArray(contacts.tenantSid, query))),
        or(sql`NOT ${isPosted}`, isOpenAgain(causePrefix, due.now)),
      ),
    )
    .groupBy(contacts.tenantSid)
    .orderBy(isPosted)
    .limit(most)
  return rows.flatMap(({ tenantSid }) => tenantSid ?? [])
}

/** A contact that cannot be read is met when the letters are written, and stops no other tenant. */
const mutedOrNothing = sql`iif(json_valid(${contacts.muted}), ${contacts.muted}, '[]')`

const isOfCause = (prefix: string) => sql`${mails.cause} = ${prefix} || ${contacts.tenantSid}`

function isOpenAgain(prefix: string, now: number) {
  const isOpen = inArray(mails.outcome, ['waiting', 'sending'])
  const some = (which: ReturnType<typeof gt>) =>
    sql`EXISTS (SELECT 1 FROM ${mails} WHERE ${and(isOfCause(prefix), isOpen, which)})`
  return and(
    some(lt(mails.changedAt, now - AGAIN)),
    sql`NOT ${some(gte(mails.changedAt, now - AGAIN))}`,
  )
}

/** Whether the digest of operators is owed: not posted, or open and not tried lately. */
export async function isOwed(db: Database, cause: string, now: number): Promise<boolean> {
  const posted = await db
    .select({ outcome: mails.outcome, changedAt: mails.changedAt })
    .from(mails)
    .where(eq(mails.cause, cause))
  const open = posted.filter(({ outcome }) => outcome === 'waiting' || outcome === 'sending')
  if (posted.length === 0) return true
  return open.length > 0 && open.every(({ changedAt }) => changedAt < now - AGAIN)
}

/**
 * What happened to a tenant in a week, the most frequent first; `tenantSid` null: to all, and to
 * the deployment.
 */
export async function countEvents(
  db: Database,
  tenantSid: string | null,
  { from, to }: Week,
): Promise<{ type: EventType; times: number }[]> {
  const times = count()
  const isOf =
    tenantSid === null ? gt(events.seq, await findSeqAt(db, from)) : eq(events.tenantSid, tenantSid)
  return db
    .select({ type: events.type, times })
    .from(events)
    .where(and(isOf, gte(events.createdAt, from), lt(events.createdAt, to)))
    .groupBy(events.type)
    .orderBy(desc(times))
    .limit(20)
}
