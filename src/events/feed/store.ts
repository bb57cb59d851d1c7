// The SQL that reads the audit trail a part at a time: in the order of commits for the feed, newest
// first for pages.
import { and, asc, desc, eq, gt, gte, inArray, lt, lte, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import { toPage, type Cursor, type Page, type PageRequest } from '../../platform/db/page.ts'
import { HOUR } from '../../durations.ts'
import { recordedEvents, type EventRow } from '../store.ts'
import { events } from '../tables.ts'
import type { FeedFilter } from './feed.ts'

/** Events that one page reads, so that a filter that fits few reads a bounded part. */
const A_PART = 2000

/** `readTo`: all events up to here were looked at. `isEnd`: there are none behind it. */
export async function findFed(
  db: Database,
  filter: FeedFilter,
  after: number,
  limit: number,
): Promise<{ rows: EventRow[]; readTo: number; isEnd: boolean }> {
  const end = await findEnd(db, filter)
  const part = db
    .select({ seq: events.seq })
    .from(events)
    .where(and(isIndexed(filter), gt(events.seq, after), end))
    .orderBy(asc(events.seq))
    .limit(A_PART)
  const seqs = part.as('part')
  const { seq } = recordedEvents
  const { rows, read } = await batch(db, {
    rows: db
      .select()
      .from(recordedEvents)
      .where(and(inArray(seq, part), isWanted(filter)))
      .orderBy(asc(seq))
      .limit(limit),
    read: db
      .select({
        count: sql<number>`count(*)`.as('count'),
        last: sql<number | null>`max(${seqs.seq})`.as('last'),
      })
      .from(seqs),
  })
  const isCut = rows.length === limit
  const { count, last } = read[0]!
  return {
    rows,
    readTo: isCut ? rows.at(-1)!.seq : (last ?? after),
    isEnd: count < A_PART && !isCut,
  }
}

/** One index serves a part: that of the thing, else that of the tenant, else the order itself. */
function isIndexed({ tenantSid, subjectSid }: FeedFilter): SQL | undefined {
  if (subjectSid !== undefined) return eq(events.subjectSid, subjectSid)
  return tenantSid === undefined ? undefined : eq(events.tenantSid, tenantSid)
}

function isWanted({ tenantSid, actorId, types, since, until }: FeedFilter): SQL | undefined {
  const { type, createdAt } = recordedEvents
  return and(
    tenantSid === undefined ? undefined : eq(recordedEvents.tenantSid, tenantSid),
    actorId === undefined ? undefined : eq(recordedEvents.actorId, actorId),
    types && inArray(type, listed([...types])),
    since === undefined ? undefined : gte(createdAt, since),
    until === undefined ? undefined : lt(createdAt, until),
  )
}

/** Newest first. A page without events may have more behind it: it reads one part. */
export async function findEvents(
  db: Database,
  search: FeedFilter,
  page: PageRequest,
): Promise<Page<EventRow>> {
  const { seq } = recordedEvents
  const { after } = page
  const end = await findEnd(db, search)
  const part = db
    .select({ seq: events.seq, sid: events.sid, createdAt: events.createdAt })
    .from(events)
    .where(and(isIndexed(search), after === null ? undefined : isBefore(after), end))
    .orderBy(desc(events.seq))
    .limit(A_PART)
  const seqs = part.as('part')
  const { rows, ends } = await batch(db, {
    rows: db
      .select()
      .from(recordedEvents)
      .where(and(inArray(seq, db.select({ seq: seqs.seq }).from(seqs)), isWanted(search)))
      .orderBy(desc(seq))
      .limit(page.limit + 1),
    // Where no more are wanted of this part, the next page begins behind it.
    ends: db
      .select({ sid: seqs.sid, createdAt: seqs.createdAt })
      .from(seqs)
      .orderBy(asc(seqs.seq))
      .limit(1),
  })
  const found = toPage(rows, page)
  const last = ends[0]
  const isOver = !last || (search.since !== undefined && last.createdAt < search.since - SKEW)
  if (found.next || isOver || !(await isAnyBefore(db, search, last))) return found
  return { items: found.items, next: last }
}

/** Nothing behind this place is before `until`. */
async function findEnd(db: Database, { until }: FeedFilter): Promise<SQL | undefined> {
  return until === undefined ? undefined : lte(events.seq, await findSeqAt(db, until + 2 * SKEW))
}

/** As `findFed`, but before a place, the newest first. */
export async function findFedBefore(
  db: Database,
  filter: FeedFilter,
  before: number,
  limit: number,
): Promise<{ rows: EventRow[]; readTo: number; isEnd: boolean }> {
  const { since } = filter
  const first = since === undefined ? undefined : gt(events.seq, await findSeqAt(db, since))
  const part = db
    .select({ seq: events.seq })
    .from(events)
    .where(and(isIndexed(filter), lt(events.seq, before), first, await findEnd(db, filter)))
    .orderBy(desc(events.seq))
    .limit(A_PART)
  const seqs = part.as('part')
  const { seq } = recordedEvents
  const { rows, read } = await batch(db, {
    rows: db
      .select()
      .from(recordedEvents)
      .where(and(inArray(seq, db.select({ seq: seqs.seq }).from(seqs)), isWanted(filter)))
      .orderBy(desc(seq))
      .limit(limit),
    read: db
      .select({
        count: sql<number>`count(*)`.as('count'),
        last: sql<number | null>`min(${seqs.seq})`.as('last'),
      })
      .from(seqs),
  })
  const isCut = rows.length === limit
  const { count, last } = read[0]!
  return {
    rows,
    readTo: isCut ? rows.at(-1)!.seq : (last ?? before),
    isEnd: count < A_PART && !isCut,
  }
}

async function isAnyBefore(db: Database, search: FeedFilter, end: Cursor): Promise<boolean> {
  const more = await db
    .select({ seq: events.seq })
    .from(events)
    .where(and(isIndexed(search), isBefore(end)))
    .orderBy(desc(events.seq))
    .limit(1)
  return more.length > 0
}

/** Committed before that event. */
function isBefore({ sid }: Cursor): SQL {
  const that = alias(events, 'that')
  return sql`${events.seq} < (SELECT ${that.seq} FROM ${events} AS ${that}
    WHERE ${that.sid} = ${sid})`
}

/** Clocks of Workers differ: events of this time before may have been committed after. */
const SKEW = HOUR

/** A place in the order before all events since then, found by halves: some 40 rows. */
export async function findSeqAt(db: Database, since: number): Promise<number> {
  const { seq, createdAt } = events
  const middle = sql`(low + high) / 2`
  const timeOf = sql`(SELECT ${createdAt} FROM ${events} WHERE ${seq} >= ${middle}
    ORDER BY ${seq} LIMIT 1)`
  const isBefore = sql`${timeOf} < ${since - SKEW}`
  const [found] = await db.all<{ low: number }>(sql`WITH RECURSIVE halves(low, high) AS (
      SELECT (SELECT coalesce(min(${seq}), 1) FROM ${events}),
        (SELECT coalesce(max(${seq}), 0) + 1 FROM ${events})
      UNION ALL
      SELECT CASE WHEN ${isBefore} THEN ${middle} + 1 ELSE low END,
        CASE WHEN ${isBefore} THEN high ELSE ${middle} END
      FROM halves WHERE low < high
    )
    SELECT max(low) AS low FROM halves`)
  return found!.low - 1
}
