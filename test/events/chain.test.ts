// The chain over the audit trail: each way to change it by hand is found, and what may be deleted
// is no change.
import { env } from 'cloudflare:workers'
import { and, asc, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/env.ts'
import { isSigned, openCheckpointKey } from '../../src/events/chain/checkpoint.ts'
import { chainEvents } from '../../src/events/chain/extend.ts'
import { canonicalJSON } from '../../src/events/chain/hash.ts'
import { verifyChain, type ChainCursor } from '../../src/events/chain/operations.ts'
import { deleteOldEvents } from '../../src/events/chain/retain.ts'
import { eventChain, eventCheckpoints } from '../../src/events/chain/tables.ts'
import type { ChainFault } from '../../src/events/chain/verify.ts'
import { recordEvent } from '../../src/events/store.ts'
import { eventDetails, events } from '../../src/events/tables.ts'
import { createSid } from '../../src/ids.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { OPERATOR, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import schema from '../../src/platform/db/schema.sql?raw'

const DAY = 24 * 3600 * 1000
const NOW = Date.UTC(2026, 9, 1)
const secrets = readConfig(env).keySecrets
let world: World

beforeEach(async () => {
  world = await createWorld()
})

async function record(count: number, now = NOW, tenantSid: string | null = world.tenantSid) {
  const type = tenantSid === null ? ('key.rotated' as const) : ('user.updated' as const)
  for (let at = 0; at < count; at++) {
    const [before, after] = [
      { name: `Ann ${at}` },
      { name: `Änn ${at}`, list: [1, { b: 2, a: 1 }] },
    ]
    const event = { actor: OPERATOR, now: now + at, tenantSid, type, before, after }
    await recordEvent(db, { ...event, subjectSid: createSid('US') })
  }
  while ((await chainEvents({ db, secrets, now })).chained > 0);
}

const chainOf = (chain: string = world.tenantSid) =>
  db.select().from(eventChain).where(eq(eventChain.chain, chain)).orderBy(asc(eventChain.number))

/** All pages. */
async function verify(
  more: Partial<Parameters<typeof verifyChain>[1]> = {},
  keys: Parameters<typeof verifyChain>[2] = secrets,
) {
  const faults: ChainFault[] = []
  let [verified, erased] = [0, 0]
  let cursor: ChainCursor | null = null
  for (;;) {
    const page = await verifyChain(
      request(),
      { chain: world.tenantSid, limit: 3, ...more, cursor },
      keys,
    )
    if (!page.ok) throw new Error(page.error.code)
    faults.push(...page.value.faults)
    verified += page.value.verified
    erased += page.value.erased
    cursor = page.value.next
    if (!cursor) return { ...page.value, faults, verified, erased }
  }
}

const codes = async (...asked: Parameters<typeof verify>) =>
  (await verify(...asked)).faults.map(({ code, number }) => `${code} ${number}`)

/** With the triggers of these tables taken away, and put back in the same transaction. */
async function byHand(...statements: string[]) {
  const triggers = schema
    .split(/\n(?=CREATE )/)
    .filter((text) => /^CREATE TRIGGER \w+ (?:BEFORE|AFTER) (?:UPDATE|DELETE) ON event/.test(text))
    .map((text) => text.split(/\nEND;/)[0]! + '\nEND')
  expect(triggers).toHaveLength(7)
  const names = triggers.map((text) => /TRIGGER (\w+)/.exec(text)![1]!)
  await env.DB.batch([
    env.DB.prepare('PRAGMA defer_foreign_keys = true'),
    ...names.map((name) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    ...statements.map((statement) => env.DB.prepare(statement)),
    ...triggers.map((text) => env.DB.prepare(text)),
  ])
}

describe('a chain that nobody touched', () => {
  it('is verified to its end, page by page, for each tenant apart', async () => {
    const other = await createWorld()
    await record(4)
    await record(2, NOW, other.tenantSid)
    await record(1)
    expect(await verify()).toMatchObject({
      faults: [],
      verified: 5,
      erased: 0,
      number: 5,
      signedTo: 5,
      deletedTo: 0,
      waiting: 0,
    })
    expect(await verify({ chain: other.tenantSid })).toMatchObject({ verified: 2, faults: [] })
  })

  it('counts what waits of the named tenant alone', async () => {
    const other = await createWorld()
    await record(1)
    const event = { actor: OPERATOR, now: NOW, type: 'user.updated' as const }
    await recordEvent(db, { ...event, tenantSid: other.tenantSid, subjectSid: createSid('US') })
    expect(await verify()).toMatchObject({ verified: 1, waiting: 0 })
  })

  it('has a chain of its own for events of no tenant', async () => {
    await record(2, NOW, null)
    const links = await chainOf('')
    expect(links.length).toBeGreaterThanOrEqual(2)
    expect(await verify({ chain: '', limit: 500 })).toMatchObject({
      tenantSid: null,
      faults: [],
      number: links.at(-1)!.number,
    })
  })

  it('is one of all that a walk without a tenant reads', async () => {
    await record(1)
    const seen: (string | null)[] = []
    let cursor: ChainCursor | null = null
    do {
      const page = await verifyChain(request(), { cursor, limit: 500 }, secrets)
      if (!page.ok) throw new Error(page.error.code)
      seen.push(page.value.tenantSid)
      cursor = page.value.next
    } while (cursor)
    expect(seen[0]).toBeNull()
    expect(seen).toContain(world.tenantSid)
  })

  it('is written once where two runs do it at the same time', async () => {
    const event = { actor: OPERATOR, now: NOW, type: 'user.updated' as const }
    await recordEvent(db, { ...event, tenantSid: world.tenantSid, subjectSid: createSid('US') })
    const run = { db, secrets, now: NOW }
    await Promise.all([chainEvents(run), chainEvents(run), chainEvents(run)])
    expect((await chainOf()).map(({ number }) => number)).toEqual([1])
    expect(await codes()).toEqual([])
  })

  it('says “erased” of deleted details, also of those deleted before they had a place', async () => {
    await record(3)
    const [first] = await chainOf()
    await db.delete(eventDetails).where(eq(eventDetails.eventSeq, first!.eventSeq))
    const tenantSid = world.tenantSid
    const event = { actor: OPERATOR, now: NOW, tenantSid, subjectSid: 'x' }
    await recordEvent(db, { ...event, type: 'user.updated' })
    const [newest] = await db
      .select()
      .from(events)
      .where(and(eq(events.tenantSid, tenantSid), eq(events.subjectSid, 'x')))
    await db.delete(eventDetails).where(eq(eventDetails.eventSeq, newest!.seq))
    await chainEvents({ db, secrets, now: NOW })
    expect((await chainOf()).at(-1)!.digest).toBe('')
    expect(await verify()).toMatchObject({ faults: [], verified: 4, erased: 2 })
  })
})

describe('a change by hand is found:', () => {
  beforeEach(() => record(5))

  it('an event that was changed', async () => {
    const [, second] = await chainOf()
    const seq = second!.eventSeq
    await byHand(`UPDATE events SET actor_id = 'eve' WHERE seq = ${seq}`)
    expect((await verify()).faults).toEqual([
      { code: 'event_changed', number: 2, seq, sid: expect.stringMatching(/^EV/) },
    ])
  })

  it('details that were changed', async () => {
    const seq = (await chainOf())[2]!.eventSeq
    await byHand(`UPDATE event_details SET personal = json_set(personal, '$.after.name', 'Eve')
      WHERE event_seq = ${seq}`)
    expect(await codes()).toEqual(['details_changed 3'])
    await byHand(`UPDATE event_details SET personal = 'no JSON' WHERE event_seq = ${seq}`)
    expect(await codes()).toEqual(['details_changed 3'])
  })

  it('details that were added where there were none', async () => {
    const event = { actor: OPERATOR, now: NOW, tenantSid: world.tenantSid, subjectSid: 'y' }
    await recordEvent(db, { ...event, type: 'user.updated' })
    const [made] = await db
      .select()
      .from(events)
      .where(and(eq(events.tenantSid, world.tenantSid), eq(events.subjectSid, 'y')))
    await db.delete(eventDetails).where(eq(eventDetails.eventSeq, made!.seq))
    await chainEvents({ db, secrets, now: NOW })
    await db.insert(eventDetails).values({ eventSeq: made!.seq, salt: '00', personal: '{}' })
    expect(await codes()).toEqual(['details_added 6'])
  })

  it('an event that was deleted, with its place and without', async () => {
    const [, second, , fourth] = await chainOf()
    await byHand(
      `DELETE FROM event_details WHERE event_seq = ${second!.eventSeq}`,
      `DELETE FROM event_chain WHERE event_seq = ${second!.eventSeq}`,
      `DELETE FROM events WHERE seq = ${second!.eventSeq}`,
    )
    expect(await codes()).toEqual(['numbers_missing 3'])
    await byHand(`DELETE FROM event_chain WHERE event_seq = ${fourth!.eventSeq}`)
    expect(await codes()).toEqual(['numbers_missing 3', 'numbers_missing 5', 'not_chained null'])
  })

  it('two events that changed places', async () => {
    const [, second, third] = await chainOf()
    const [a, b] = [second!.eventSeq, third!.eventSeq]
    await byHand(
      `UPDATE events SET seq = -1 WHERE seq = ${a}`,
      `UPDATE events SET seq = ${a} WHERE seq = ${b}`,
      `UPDATE events SET seq = ${b} WHERE seq = -1`,
    )
    expect(await codes()).toEqual(['event_changed 2', 'event_changed 3'])
    await byHand(
      `UPDATE event_chain SET number = -1 WHERE event_seq = ${a}`,
      `UPDATE event_chain SET number = 2 WHERE event_seq = ${b}`,
      `UPDATE event_chain SET number = 3 WHERE event_seq = ${a}`,
    )
    expect(await codes()).toContain('order_changed 3')
  })

  it('an event that was put in between', async () => {
    const [first] = await chainOf()
    const seq = first!.eventSeq - 1_000_000
    // Number 2 gives way: its place goes to the forged event.
    await byHand(
      `INSERT INTO events (seq, sid, tenant_sid, type, actor_kind, subject_sid, created_at)
        VALUES (${seq}, 'EVforged${world.tenantSid}', '${world.tenantSid}', 'user.updated', 'operator', 'x', 1)`,
    )
    expect(await codes()).toEqual(['not_chained null'])
    await byHand(
      `UPDATE event_chain SET number = number + 100 WHERE chain = '${world.tenantSid}' AND number > 1`,
      `INSERT INTO event_chain SELECT ${seq}, chain, 2, digest, hash, hash FROM event_chain
        WHERE chain = '${world.tenantSid}' AND number = 1`,
      `UPDATE event_chain SET number = number - 99 WHERE chain = '${world.tenantSid}' AND number > 100`,
    )
    const found = await codes()
    expect(found).toEqual(expect.arrayContaining(['order_changed 2', 'event_changed 2']))
    await byHand(
      `DELETE FROM event_chain WHERE event_seq = ${seq}`,
      `DELETE FROM events WHERE seq = ${seq}`,
    )
  })

  it('a chain that was written anew by who cannot sign', async () => {
    const [, second] = await chainOf()
    const { tenantSid } = world
    await byHand(
      `UPDATE events SET actor_id = 'eve' WHERE seq = ${second!.eventSeq}`,
      `DELETE FROM event_chain WHERE chain = '${tenantSid}' AND number > 1`,
    )
    // The job writes the places anew only where none of a later event is left.
    await byHand(`DELETE FROM event_chain WHERE event_seq > ${second!.eventSeq}`)
    await chainEvents({ db, secrets, now: NOW })
    expect(await codes()).toEqual(['signed_head_differs 5'])
    await record(2)
    expect(await codes()).toEqual(['signed_head_differs 5'])
  })

  it('the end that was cut off: by the signed head, and by a head that is known outside', async () => {
    const links = await chainOf()
    const { number, hash } = links[4]!
    const [head] = await db
      .select()
      .from(eventCheckpoints)
      .where(eq(eventCheckpoints.chain, world.tenantSid))
    expect(await codes({ expected: { number, hash } })).toEqual([])
    const gone = links
      .slice(3)
      .map(({ eventSeq }) => eventSeq)
      .join()
    const cutOff = [
      `DELETE FROM event_details WHERE event_seq IN (${gone})`,
      `DELETE FROM event_chain WHERE event_seq IN (${gone})`,
      `DELETE FROM events WHERE seq IN (${gone})`,
    ]
    await byHand(...cutOff)
    expect(await codes()).toEqual(['signed_head_missing 5'])
    await byHand(`DELETE FROM event_checkpoints WHERE chain = '${world.tenantSid}'`)
    expect(await verify()).toMatchObject({ faults: [], signedTo: 0 })
    expect(await codes({ expected: { number, hash } })).toEqual(['expected_head_missing 5'])
    const wrong = { number: 2, hash: head!.hash }
    expect(await codes({ expected: wrong })).toEqual(['expected_head_differs 2'])
  })

  it('a head that is not ours', async () => {
    await byHand(`UPDATE event_checkpoints SET number = 4 WHERE chain = '${world.tenantSid}'`)
    expect(await codes()).toEqual(['head_forged 4'])
  })
})

describe('retention', () => {
  const keep = (days: number | null, now: number) => deleteOldEvents({ db, secrets, days, now })
  /** Before all events of other tests. */
  const OLD = Date.UTC(1999, 0, 1)
  const later = OLD + 30 * DAY

  it('signs a checkpoint and deletes what it covers; the rest verifies', async () => {
    await record(3, OLD)
    await record(2, NOW)
    const links = await chainOf()
    expect(await keep(30, later)).toEqual({ deleted: 0 })
    expect(await keep(null, later + DAY)).toEqual({ deleted: 0 })
    expect(await keep(30, later + DAY)).toEqual({ deleted: 3 })
    expect((await chainOf()).map(({ number }) => number)).toEqual([4, 5])
    expect(await db.$count(events, eq(events.tenantSid, world.tenantSid))).toBe(2)
    const { hash, number } = links[1]!
    expect(await verify()).toMatchObject({ faults: [], verified: 2, deletedTo: 3, number: 5 })
    expect(await codes({ expected: { number, hash } })).toEqual(['expected_head_deleted 2'])
    expect(await codes({ expected: { number: 3, hash: links[2]!.hash } })).toEqual([])
  })

  it('lets a chain whose events have all gone go on', async () => {
    const other = await createWorld()
    await record(2, OLD)
    await record(1, NOW, other.tenantSid)
    await keep(30, later + DAY)
    expect(await chainOf()).toEqual([])
    await record(1, NOW)
    expect((await chainOf())[0]).toMatchObject({ number: 3 })
    expect(await codes()).toEqual([])
  })

  it('deletes nothing of a chain that was changed', async () => {
    await record(3, OLD)
    await record(1, NOW)
    const [, second] = await chainOf()
    await byHand(`UPDATE events SET actor_id = 'eve' WHERE seq = ${second!.eventSeq}`)
    await expect(keep(30, later + DAY)).rejects.toThrow('broken')
    expect(await chainOf()).toHaveLength(4)
    await byHand(`UPDATE events SET actor_id = 'olga' WHERE seq = ${second!.eventSeq}`)
    expect(await keep(30, later + DAY)).toEqual({ deleted: 3 })
  })

  it('needs the key that signs', async () => {
    await record(1, OLD)
    await record(1, NOW)
    const none = { ...secrets, keyEncryptionKey: { name: 'KEY_ENCRYPTION_KEY', text: undefined } }
    const run = deleteOldEvents({ db, secrets: none, days: 30, now: later + DAY })
    await expect(run).rejects.toThrow('KEY_ENCRYPTION_KEY')
    expect(await keep(30, later + DAY)).toEqual({ deleted: 1 })
  })

  it('a forged checkpoint lets rows be deleted, and is found', async () => {
    await record(3)
    const [, second] = await chainOf()
    const { eventSeq, number, hash } = second!
    const forged = {
      chain: world.tenantSid,
      kind: 'start' as const,
      number,
      eventSeq,
      hash,
      createdAt: NOW,
    }
    const isCovered = and(eq(eventChain.chain, world.tenantSid), eq(eventChain.number, 1))
    await expect(db.delete(eventChain).where(isCovered)).rejects.toThrow()
    await db.insert(eventCheckpoints).values({ ...forged, signature: 'A'.repeat(86) })
    await db.delete(eventChain).where(isCovered)
    expect(await codes()).toEqual(['checkpoint_forged 2', 'not_chained null'])
    const { publicKey } = (await openCheckpointKey(secrets))!
    const none = { ...secrets, keyEncryptionKey: { name: 'KEY_ENCRYPTION_KEY', text: undefined } }
    expect(await codes({}, none)).toContain('checkpoint_not_checked 2')
    expect(await codes({ publicKey }, none)).toContain('checkpoint_forged 2')
  })
})

describe('the triggers', () => {
  it('refuse to change a place or to take a checkpoint back, and let details go', async () => {
    await record(2)
    const isOurs = eq(eventChain.chain, world.tenantSid)
    const change = db.update(eventChain).set({ hash: 'x' }).where(isOurs)
    expect(await refusalOf(change)).toContain('the chain of events is append-only')
    const removal = db.delete(eventChain).where(isOurs)
    expect(await refusalOf(removal)).toContain('the chain of events is append-only')
    const isMark = eq(eventCheckpoints.chain, world.tenantSid)
    const back = db.update(eventCheckpoints).set({ number: 1 }).where(isMark)
    expect(await refusalOf(back)).toContain('checkpoints go forward')
    const without = db.delete(eventCheckpoints).where(isMark)
    expect(await refusalOf(without)).toContain('checkpoints go forward')
  })

  it('keep the newest event of all, whatever a checkpoint says', async () => {
    await record(1)
    const [{ eventSeq, number, hash }] = (await chainOf()) as [typeof eventChain.$inferSelect]
    const mark = { chain: world.tenantSid, kind: 'start' as const, number, eventSeq, hash }
    await db.insert(eventCheckpoints).values({ ...mark, signature: 'x', createdAt: NOW })
    await db.delete(eventDetails).where(eq(eventDetails.eventSeq, eventSeq))
    await db.delete(eventChain).where(eq(eventChain.eventSeq, eventSeq))
    const removal = db.delete(events).where(eq(events.seq, eventSeq))
    expect(await refusalOf(removal)).toContain('events are append-only')
  })
})

describe('the bytes', () => {
  it('are those of RFC 8785', () => {
    expect(canonicalJSON({ b: [1e21, 'ä"\n'], a: { '\u20ac': null, '1': true } })).toBe(
      '{"a":{"1":true,"€":null},"b":[1e+21,"ä\\"\\n"]}',
    )
  })

  it('of a checkpoint are signed with one key for a secret', async () => {
    const key = (await openCheckpointKey(secrets))!
    const mark = {
      chain: '',
      kind: 'head' as const,
      number: 1,
      eventSeq: 1,
      hash: 'h',
      createdAt: 1,
    }
    const signature = await key.sign(mark)
    expect(await isSigned(mark, signature, key.publicKey)).toBe(true)
    expect(await isSigned({ ...mark, number: 2 }, signature, key.publicKey)).toBe(false)
    expect(await isSigned({ ...mark, kind: 'start' }, signature, key.publicKey)).toBe(false)
    expect(await isSigned(mark, signature, 'x')).toBe(false)
  })
})
