// The SQL of the hash chain: events that wait for their place, pages of a chain, and checkpoints.
import { and, asc, eq, getTableColumns, gt, inArray, isNull, lte, sql } from 'drizzle-orm'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded, listed, rowsOf } from '../../platform/db/sql.ts'
import { eventDetails, events } from '../tables.ts'
import { eventChain, eventCheckpoints } from './tables.ts'
import type { Position, StoredLink } from './verify.ts'

export type Checkpoint = typeof eventCheckpoints.$inferSelect
export type ChainRow = typeof eventChain.$inferSelect

const EVENT = {
  sid: events.sid,
  type: events.type,
  tenantSid: events.tenantSid,
  connectionSid: events.connectionSid,
  actorKind: events.actorKind,
  actorId: events.actorId,
  subjectSid: events.subjectSid,
  createdAt: events.createdAt,
}
const DETAILS = { salt: eventDetails.salt, personal: eventDetails.personal }

/** Events get their places in their order: all up to this one have theirs. */
const CHAINED_UP_TO = sql<number>`(SELECT coalesce(max(${eventChain.eventSeq}), 0)
  FROM ${eventChain})`

/** Events without a place, in their order. */
export function findUnchained(db: Database, most: number) {
  return db
    .select({ seq: events.seq, event: EVENT, details: DETAILS })
    .from(events)
    .leftJoin(eventDetails, eq(eventDetails.eventSeq, events.seq))
    .where(gt(events.seq, CHAINED_UP_TO))
    .orderBy(asc(events.seq))
    .limit(most)
}

/** Of these chains: the newest place, and the checkpoints with the hash that stands there now. */
export async function findEnds(db: Database, chains: readonly string[]) {
  const { chain, number, hash, eventSeq: seq } = eventChain
  const wanted = rowsOf(chains)
  const newest = sql`(SELECT max(${number}) FROM ${eventChain} WHERE ${chain} = ${wanted.value})`
  const { ends, checkpoints } = await batch(db, {
    ends: db
      .select({ chain, number, hash, seq })
      .from(wanted.from)
      .innerJoin(eventChain, and(eq(chain, wanted.value), eq(number, newest))),
    checkpoints: db
      .select({
        ...getTableColumns(eventCheckpoints),
        hashThere: sql<string | null>`${hash}`.as('hash_there'),
      })
      .from(eventCheckpoints)
      .leftJoin(
        eventChain,
        and(eq(chain, eventCheckpoints.chain), eq(number, eventCheckpoints.number)),
      )
      .where(inArray(eventCheckpoints.chain, listed(chains))),
  })
  return { ends, checkpoints }
}

/** False: another run was first, and nothing was written. */
export async function insertLinks(
  db: Database,
  links: readonly ChainRow[],
  heads: readonly Checkpoint[],
): Promise<boolean> {
  const rows = rowsOf(links)
  const columns = fieldsOf<ChainRow>(rows, getTableColumns(eventChain))
  try {
    await batch(db, {
      links: insertFromSelect(db, eventChain, columns, (select) => select.from(rows.from)),
      heads: heads.length > 0 ? upsertCheckpoints(db, heads) : undefined,
    })
    return true
  } catch (error) {
    if (isUniqueViolation(error)) return false
    throw error
  }
}

function upsertCheckpoints(db: Database, checkpoints: readonly Checkpoint[]) {
  const rows = rowsOf(checkpoints)
  const columns = fieldsOf<Checkpoint>(rows, getTableColumns(eventCheckpoints))
  const { chain, kind, number, eventSeq, hash, signature, createdAt } = eventCheckpoints
  // SQLite needs the WHERE before ON CONFLICT.
  const all = sql`true`
  return insertFromSelect(db, eventCheckpoints, columns, (select) =>
    select.from(rows.from).where(all),
  ).onConflictDoUpdate({
    target: [chain, kind],
    set: {
      number: excluded(number),
      eventSeq: excluded(eventSeq),
      hash: excluded(hash),
      signature: excluded(signature),
      createdAt: excluded(createdAt),
    },
  })
}

function fieldsOf<Row>({ value }: ReturnType<typeof rowsOf>, columns: Record<string, unknown>) {
  const fields = Object.keys(columns).map((name) => [
    name,
    sql`json_extract(${value}, ${`$.${name}`})`,
  ])
  return Object.fromEntries(fields) as Record<keyof Row, ReturnType<typeof sql>>
}

type ChainPage = {
  after: Position
  from: number
  most: number
  /** Counts what waits of all chains, not of this one. */
  isAll?: boolean
}

/**
 * A page of a chain, its checkpoints, and events without a place: after `from`, up to the end of
 * the page; of the last page, up to the newest event that has a place.
 */
export async function readChain(
  db: Database,
  chain: string,
  { after, from, most, isAll = false }: ChainPage,
) {
  const { eventSeq: seq, number, digest, previous, hash } = eventChain
  const page = and(eq(eventChain.chain, chain), gt(number, after.number))
  const ofChain = chain === '' ? isNull(events.tenantSid) : eq(events.tenantSid, chain)
  const last = db
    .select({ seq })
    .from(eventChain)
    .where(page)
    .orderBy(asc(number))
    .limit(1)
    .offset(most - 1)
  const { links, checkpoints, unchained, waiting } = await batch(db, {
    links: db
      .select({
        chain: eventChain.chain,
        number,
        digest,
        previous,
        seq,
        hash,
        event: EVENT,
        details: DETAILS,
      })
      .from(eventChain)
      .leftJoin(events, eq(events.seq, seq))
      .leftJoin(eventDetails, eq(eventDetails.eventSeq, seq))
      .where(page)
      .orderBy(asc(number))
      .limit(most),
    checkpoints: db.select().from(eventCheckpoints).where(eq(eventCheckpoints.chain, chain)),
    unchained: db
      .select({ seq: events.seq, sid: events.sid })
      .from(events)
      .where(
        and(
          ofChain,
          gt(events.seq, from),
          lte(events.seq, sql`coalesce((${last}), ${CHAINED_UP_TO})`),
          sql`NOT EXISTS (SELECT 1 FROM ${eventChain} WHERE ${seq} = ${events.seq})`,
        ),
      )
      .limit(most),
    waiting: db
      .select({ seq: events.seq })
      .from(events)
      .where(and(gt(events.seq, CHAINED_UP_TO), isAll ? undefined : ofChain))
      .limit(MOST_WAITING),
  })
  const found: StoredLink[] = links
  return { links: found, checkpoints, unchained, waiting: waiting.length }
}

/** Events that wait are counted to here. */
const MOST_WAITING = 1000

/** The chain after this one, in the order of the text. Undefined: there is none. */
export async function findNextChain(
  db: Database,
  after: string | null,
): Promise<string | undefined> {
  if (after === null) return ''
  const [next] = await db
    .select({
      chain: sql<string | null>`min(
        coalesce((SELECT min(${eventChain.chain}) FROM ${eventChain}
          WHERE ${eventChain.chain} > ${after}), ${LAST}),
        coalesce((SELECT min(${eventCheckpoints.chain}) FROM ${eventCheckpoints}
          WHERE ${eventCheckpoints.chain} > ${after}), ${LAST}),
        coalesce((SELECT min(${events.tenantSid}) FROM ${events}
          WHERE ${events.tenantSid} > ${after}), ${LAST}))`,
    })
    .from(sql`(SELECT 1)`)
  return next?.chain === LAST || next?.chain === null ? undefined : next?.chain
}

/** After every SID. */
const LAST = '~'

/** Chains whose oldest event is older, at most so many. */
export async function findDue(db: Database, before: number, most: number): Promise<string[]> {
  const { chain, number, eventSeq } = eventChain
  const due = await db.all<{ place: string }>(sql`WITH RECURSIVE walk(place) AS (
      SELECT (SELECT min(${chain}) FROM ${eventChain})
      UNION ALL
      SELECT (SELECT min(${chain}) FROM ${eventChain} WHERE ${chain} > walk.place)
      FROM walk WHERE walk.place IS NOT NULL
    )
    SELECT walk.place AS place FROM walk
    WHERE (SELECT ${events.createdAt} FROM ${events} WHERE ${events.seq} =
      (SELECT ${eventSeq} FROM ${eventChain} WHERE ${chain} = walk.place
        ORDER BY ${number} LIMIT 1)) < ${before}
    LIMIT ${most}`)
  return due.map(({ place }) => place)
}

/** Writes the checkpoint, then deletes what it covers. The newest event of all stays. */
export async function deletePrefix(db: Database, checkpoint: Checkpoint): Promise<void> {
  const { chain, number, eventSeq } = checkpoint
  const isCovered = and(eq(eventChain.chain, chain), lte(eventChain.number, number))
  const ofChain = chain === '' ? isNull(events.tenantSid) : eq(events.tenantSid, chain)
  const seqs = db.select({ seq: eventChain.eventSeq }).from(eventChain).where(isCovered)
  await batch(db, {
    checkpoint: upsertCheckpoints(db, [checkpoint]),
    details: db.delete(eventDetails).where(inArray(eventDetails.eventSeq, seqs)),
    links: db.delete(eventChain).where(isCovered),
    events: db.delete(events).where(and(ofChain, lte(events.seq, eventSeq))),
  })
}

/** The newest event, which is never deleted. */
export async function findNewest(db: Database): Promise<number> {
  const [newest] = await db
    .select({ seq: sql<number>`coalesce(max(${events.seq}), 0)` })
    .from(events)
  return newest!.seq
}
