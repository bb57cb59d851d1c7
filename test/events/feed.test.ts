// The feed of events: the table row by row, logins among them, and nothing lost or repeated.
import { env } from 'cloudflare:workers'
import { asc, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FeedCursor, FeedFilter, FeedItem, LoginSource } from '../../src/events/feed/feed.ts'
import { pushEvents } from '../../src/events/feed/push.ts'
import { readFeed } from '../../src/events/feed/read-feed.ts'
import { toDatadog, toSplunk } from '../../src/events/feed/shapes.ts'
import { readTypes } from '../../src/events/feed/types.ts'
import { listEvents } from '../../src/events/operations.ts'
import { recordEvent, recordedEvents } from '../../src/events/store.ts'
import { createSid, createTimedSid } from '../../src/ids.ts'
import { loginSource, SETTLED_AFTER } from '../../src/login/history/feed.ts'
import { attempts } from '../../src/platform/db/history-schema.ts'
import { good, OPERATOR, request } from '../support/request.ts'
import { countingDatabase } from '../support/counting.ts'
import { createWorld, db, history, type World } from '../support/world.ts'

const NOW = Date.now()
let world: World

beforeEach(async () => {
  world = await createWorld()
})

const record = async (count: number, tenantSid: string | null = world.tenantSid, now = NOW) => {
  for (let at = 0; at < count; at++) {
    const event = { actor: OPERATOR, tenantSid, now: now + at, subjectSid: createSid('US') }
    const type = tenantSid === null ? ('key.rotated' as const) : ('user.updated' as const)
    await recordEvent(db, { ...event, type, before: { at }, after: { at: at + 1 } })
  }
}

type Line = Partial<typeof attempts.$inferInsert>

/** A line of a login that has settled. */
async function addLogin(line: Line = {}, at = NOW - SETTLED_AFTER - 60_000): Promise<string> {
  const sid = createTimedSid('AT', at)
  const { connectionSid } = world
  await history.insert(attempts).values({ sid, connectionSid, createdAt: at, ...line })
  return sid
}

const context = (more: object = {}) => ({ ...request(), history, now: NOW, ...more })

async function page(filter: FeedFilter, cursor: FeedCursor | null, limit = 3, more: object = {}) {
  const asked = context(more)
  return good(await readFeed(asked, { filter, cursor, limit }, loginSource(asked)))
}

/** All pages. */
async function read(filter: FeedFilter = { tenantSid: world.tenantSid }, limit = 3) {
  const items: FeedItem[] = []
  for (let cursor: FeedCursor | null = null; ;) {
    const found = await page(filter, cursor, limit)
    items.push(...found.items)
    cursor = found.cursor
    if (!found.hasMore) return { items, cursor, gaps: found.gaps }
  }
}

const rowsOf = () =>
  db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.tenantSid, world.tenantSid))
    .orderBy(asc(recordedEvents.seq))

describe('the feed', () => {
  it('has each row of the table, in its order', async () => {
    await record(7)
    const rows = await rowsOf()
    const { items } = await read()
    expect(
      items.map(({ sid, before, after, actorId, createdAt }) => [
        sid,
        before,
        after,
        actorId,
        createdAt,
      ]),
    ).toEqual(
      rows.map(({ sid, before, after, actorId, createdAt }) => [
        sid,
        before,
        after,
        actorId,
        createdAt,
      ]),
    )
    const listed = good(
      await listEvents(context(), { tenantSid: world.tenantSid }, { limit: 100, after: null }),
    )
    expect(listed.items.map(({ sid }) => sid)).toEqual(rows.map(({ sid }) => sid).toReversed())
  })

  it('goes on from a cursor with what was committed since, and with nothing twice', async () => {
    await record(4)
    const first = await read()
    expect((await page({ tenantSid: world.tenantSid }, first.cursor)).items).toEqual([])
    // Its clock is behind: the order of commits counts.
    await record(2, world.tenantSid, NOW - 3_600_000)
    const { items } = await page({ tenantSid: world.tenantSid }, first.cursor)
    expect(items).toHaveLength(2)
    expect(first.items.map(({ sid }) => sid)).not.toContain(items[0]!.sid)
  })

  it('loses none of events that are written while it is read', async () => {
    await record(1)
    const seen: string[] = []
    let cursor: FeedCursor | null = null
    const writing = Promise.all([record(10), record(10), record(10)])
    let isDone = false
    void writing.then(() => (isDone = true))
    do {
      const found: Awaited<ReturnType<typeof page>> = await page(
        { tenantSid: world.tenantSid },
        cursor,
        4,
      )
      seen.push(...found.items.map(({ sid }) => sid))
      cursor = found.cursor
      if (isDone && !found.hasMore) break
    } while (seen.length < 1000)
    const missed = await page({ tenantSid: world.tenantSid }, cursor, 100)
    seen.push(...missed.items.map(({ sid }) => sid))
    expect(seen).toEqual((await rowsOf()).map(({ sid }) => sid))
  })

  it('filters by type, group, thing, actor and time', async () => {
    await record(2)
    const subjectSid = createSid('RO')
    const { tenantSid } = world
    const now = NOW + 5000
    const event = { actor: OPERATOR, tenantSid, now, subjectSid }
    await recordEvent(db, { ...event, type: 'rollout.created' })
    const sids = async (filter: FeedFilter) =>
      (await read({ tenantSid, ...filter })).items.map((item) => item.subjectSid)
    const types = readTypes(['rollout.*'])
    if ('unknown' in types) throw new Error(types.unknown)
    expect(await sids({ types })).toEqual([subjectSid])
    expect(await sids({ subjectSid })).toEqual([subjectSid])
    expect(await sids({ since: now })).toEqual([subjectSid])
    expect(await sids({ actorId: 'nobody' })).toEqual([])
    expect(await sids({ actorId: 'olga' })).toHaveLength(3)
    expect(readTypes(['user.updated', 'users.*'])).toEqual({ unknown: 'users.*' })
  })

  it('ends before a time, and says so', async () => {
    await record(6)
    const login = await addLogin()
    const { tenantSid } = world
    const before = async (until: number) =>
      (await read({ tenantSid, until })).items.map(({ sid }) => sid)
    expect(await before(NOW + 4)).toHaveLength(5)
    expect(await before(NOW)).toEqual([login])
    expect(await before(NOW - 3_600_000)).toEqual([])
  })

  it('shows a tenant its own events alone, to its key too', async () => {
    const other = await createWorld()
    await record(2, other.tenantSid)
    await record(1, null)
    await record(2)
    const items = (await read()).items
    expect(new Set(items.map(({ tenantSid }) => tenantSid))).toEqual(new Set([world.tenantSid]))
    const actor = {
      kind: 'customer admin' as const,
      id: 'AK1',
      name: 'ci',
      tenantSid: other.tenantSid,
      connectionSid: null,
      capabilities: [],
    }
    const asked = context({ actor })
    const source: LoginSource = () => Promise.reject(new Error('it was asked'))
    for (const filter of [{}, { tenantSid: world.tenantSid }]) {
      const found = await readFeed(asked, { filter, cursor: null, limit: 3 }, source)
      expect(found).toMatchObject({ ok: false, error: { code: 'not_there' } })
    }
  })

  it('reads a part of a large table for a page, whatever the filter', async () => {
    const { tenantSid } = world
    await env.DB.prepare(
      `INSERT INTO recorded_events (sid, tenant_sid, type, actor_kind, actor_id, subject_sid, mails,
        created_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      SELECT 'EV' || lower(hex(randomblob(16))), ?1, 'user.updated', 'operator', 'olga', ?1, 0, ?2
      FROM n`,
    )
      .bind(tenantSid, NOW)
      .run()
    const { db: counted, cost } = countingDatabase()
    const types = new Set(['tenant.created' as const])
    const cases = [{ types }, { types, tenantSid }, { types, subjectSid: tenantSid }]
    for (const filter of [...cases, { tenantSid }, { since: NOW + 1e9 }]) {
      const before = cost.rowsRead
      await page(filter, null, 100, { db: counted, history: null })
      expect(cost.rowsRead - before).toBeLessThan(20_000)
    }
    const before = cost.rowsRead
    const search = { types, tenantSid, until: NOW + 1e9 }
    await listEvents(context({ db: counted }), search, { limit: 50, after: null })
    expect(cost.rowsRead - before).toBeLessThan(20_000)
  })
})

describe('logins in the feed', () => {
  it('stand among the events, by their times, once they have settled', async () => {
    const userSid = createSid('US')
    const old = NOW - SETTLED_AFTER
    await record(1, world.tenantSid, old - 120_000)
    const accepted = await addLogin({ userSid }, old - 60_000)
    const refused = await addLogin(
      { code: 'audience', ring: 'refused', ringNumber: 1 },
      old - 30_000,
    )
    const fresh = await addLogin({}, old + 1000)
    await record(1)
    const { items, cursor } = await read()
    expect(items.map(({ type, outcome, code }) => [type, outcome, code])).toEqual([
      ['user.updated', 'succeeded', null],
      ['login.succeeded', 'succeeded', null],
      ['login.refused', 'refused', 'audience'],
      ['user.updated', 'succeeded', null],
    ])
    expect(items[1]).toMatchObject({
      sid: accepted,
      seq: null,
      subjectSid: userSid,
      tenantSid: world.tenantSid,
      connectionSid: world.connectionSid,
    })
    expect(items[2]!.sid).toBe(refused)
    const later = await page({ tenantSid: world.tenantSid }, cursor, 3, { now: NOW + 2000 })
    expect(later.items.map(({ sid }) => sid)).toEqual([fresh])
  })

  it('are not lost where one is written after later ones', async () => {
    const old = NOW - SETTLED_AFTER
    await addLogin({}, old + 4000)
    const { cursor } = await read()
    const late = await addLogin({}, old + 1000)
    const found = await page({ tenantSid: world.tenantSid }, cursor, 5, { now: NOW + 5000 })
    expect(found.items[0]!.sid).toBe(late)
    expect(found.items).toHaveLength(2)
  })

  it('wait where their database does not answer', async () => {
    await addLogin()
    await record(1)
    const missing = await page({ tenantSid: world.tenantSid }, null, 5, { history: null })
    expect(missing).toMatchObject({ logins: 'unavailable', items: [{ type: 'user.updated' }] })
    const { items } = await page({ tenantSid: world.tenantSid }, missing.cursor)
    expect(items.map(({ type }) => type)).toEqual(['login.succeeded'])
  })

  it('that were replaced before they were read are counted', async () => {
    const code = 'signature_missing'
    const old = NOW - SETTLED_AFTER
    const line = (ringNumber: number) => ({ code, ring: 'unproven' as const, ringNumber })
    await addLogin(line(4), old - 50_000)
    await addLogin(line(5), old - 40_000)
    const { connectionSid } = world
    const first = await page({ tenantSid: world.tenantSid }, null, 5)
    expect(first.gaps).toEqual([
      { connectionSid, missing: 3, isExact: false, before: old - 50_000 },
    ])
    // A flood replaced 6 to 9, and the lines that were read.
    await history.delete(attempts).where(eq(attempts.connectionSid, connectionSid))
    await addLogin(line(10), old + 1000)
    await addLogin(line(11), old + 1001)
    const filter = { tenantSid: world.tenantSid }
    const then = await page(filter, first.cursor, 5, { now: NOW + 5000 })
    expect(then.gaps).toEqual([{ connectionSid, missing: 4, isExact: true, before: old + 1000 }])
    const types = new Set(['login.succeeded' as const])
    expect((await page({ ...filter, types }, first.cursor, 5, { now: NOW + 5000 })).gaps).toEqual(
      [],
    )
  })

  it('are read for all tenants at once', async () => {
    const sid = await addLogin()
    const filter = { types: new Set(['login.succeeded' as const]), since: NOW - 3_600_000 }
    const { items } = await read(filter, 200)
    expect(items.find((item) => item.sid === sid)).toMatchObject({ tenantSid: world.tenantSid })
  })
})

describe('the push to R2', () => {
  it('writes each event into one object, and goes on where it ended', async () => {
    const bucket = env.EVENTS_BUCKET!
    const asked = context()
    const push = () => pushEvents(asked, bucket, loginSource(asked))
    while ((await push()).objects > 0);
    await record(3)
    await addLogin()
    const before = new Set((await bucket.list({ limit: 1000 })).objects.map(({ key }) => key))
    expect(await push()).toEqual({ objects: 1 })
    expect(await push()).toEqual({ objects: 0 })
    const { objects } = await bucket.list({ limit: 1000 })
    const fresh = objects.filter(({ key }) => !before.has(key))
    expect(fresh).toHaveLength(1)
    const text = await (await bucket.get(fresh[0]!.key))!.text()
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const rows = await rowsOf()
    expect(lines.filter(({ seq }) => seq !== null).map(({ sid }) => sid)).toEqual(
      rows.map(({ sid }) => sid),
    )
  })

  it('does nothing without a bucket', async () => {
    expect(await pushEvents(context(), undefined, loginSource(context()))).toEqual({ objects: 0 })
  })
})

it('has forms for Splunk and Datadog', () => {
  const event = {
    sid: 'EV1',
    type: 'login.refused',
    tenantSid: 'TN1',
    timestamp: '1970-01-01T00:00:01.500Z',
  }
  expect(toSplunk(event, 'sso.example')).toMatchObject({
    time: 1.5,
    sourcetype: 'gatepost:event',
    event,
  })
  expect(toDatadog(event, 'sso.example')).toMatchObject({
    ddsource: 'gatepost',
    ddtags: 'type:login.refused,tenant:TN1',
    status: 'warn',
  })
})
