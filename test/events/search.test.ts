// The search of events and logins, newest first, and its export.
import { and, desc, eq, inArray } from 'drizzle-orm'
import Papa from 'papaparse'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportEvents } from '../../src/events/feed/export.ts'
import type { FeedFilter, FeedItem } from '../../src/events/feed/feed.ts'
import {
  NEWEST,
  searchEvents,
  type SearchPage,
  type SearchPosition,
} from '../../src/events/feed/search.ts'
import { LOGIN_TYPES, readTypes, typesWithOutcome } from '../../src/events/feed/types.ts'
import { recordEvent, recordedEvents } from '../../src/events/store.ts'
import { createSid, createTimedSid } from '../../src/ids.ts'
import { loginSearch } from '../../src/login/history/feed.ts'
import { attempts } from '../../src/platform/db/history-schema.ts'
import { good, OPERATOR, request } from '../support/request.ts'
import { createWorld, db, history, type World } from '../support/world.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR
/** After the events of other tests, which share the database. */
const T = Date.UTC(2090, 2, 1)
const PERSON = createSid('US')
let [world, other] = [undefined as unknown as World, undefined as unknown as World]

/** By turns: an event, an accepted login and a refused one, a day apart; then those of another. */
beforeAll(async () => {
  ;[world, other] = [await createWorld(), await createWorld()]
  for (const [of, days] of [
    [world, [1, 2, 3, 4]],
    [other, [5]],
  ] as const)
    for (const day of days) {
      const at = T + day * DAY
      const { tenantSid, connectionSid } = of
      const type = day % 2 === 0 ? ('connection.updated' as const) : ('user.updated' as const)
      const subjectSid = day % 2 === 0 ? connectionSid : PERSON
      const change = { before: { name: '=1+1' }, after: { name: 'Jörg, "the" one' } }
      await recordEvent(db, { actor: OPERATOR, now: at, tenantSid, type, subjectSid, ...change })
      const line = (hour: number, more: object) => {
        const createdAt = at + hour * HOUR
        const sid = createTimedSid('AT', createdAt)
        return { sid, connectionSid, createdAt, userSid: PERSON, ...more }
      }
      await history
        .insert(attempts)
        .values([line(1, {}), line(2, { code: 'audience', userSid: null, isTest: day === 4 })])
    }
})

const context = (more: object = {}) => ({ ...request(), history, now: T + 30 * DAY, ...more })

async function find(filter: FeedFilter, limit = 100, more: object = {}) {
  const asked = context(more)
  const items: FeedItem[] = []
  for (let from: SearchPosition | null = NEWEST; from;) {
    const page: SearchPage = good(
      await searchEvents(asked, filter, { from, limit }, loginSearch(asked)),
    )
    items.push(...page.items)
    from = page.next
  }
  return items
}

async function save(filter: FeedFilter, format: 'ndjson' | 'csv', more: object = {}) {
  const asked = context(more)
  let text = ''
  for await (const line of good(exportEvents(asked, filter, loginSearch(asked), format)))
    text += line
  return text
}

const day = ({ createdAt }: FeedItem) => Math.floor((createdAt - T) / DAY)
const typesOf = (name: string) => readTypes([name]) as ReadonlySet<FeedItem['type']>
const refused = typesWithOutcome(undefined, 'refused')!

describe('the search', () => {
  it.each([1, 2, 5, 100])(
    'has each event and login once, newest first, %i a page',
    async (limit) => {
      const { tenantSid } = world
      const found = await find({ tenantSid }, limit)
      expect(found.map((item) => [day(item), item.type.split('.')[0], item.outcome])).toEqual(
        [4, 3, 2, 1].flatMap((at) => [
          [at, 'login', 'refused'],
          [at, 'login', 'succeeded'],
          [at, at % 2 === 0 ? 'connection' : 'user', 'succeeded'],
        ]),
      )
      expect(new Set(found.map(({ sid }) => sid)).size).toBe(12)
      expect(found.every((item) => item.tenantSid === tenantSid)).toBe(true)
    },
  )

  it('filters both by time, type, outcome, actor and thing', async () => {
    const { tenantSid, connectionSid } = world
    const shown = async (filter: FeedFilter) =>
      (await find({ tenantSid, ...filter }, 2)).map((item) => `${day(item)} ${item.type}`)
    const since = { since: T + 2 * DAY, until: T + 3 * DAY + HOUR }
    expect(await shown(since)).toEqual([
      '3 user.updated',
      '2 login.refused',
      '2 login.succeeded',
      '2 connection.updated',
    ])
    expect(await shown({ ...since, types: typesOf('login.*') })).toEqual([
      '2 login.refused',
      '2 login.succeeded',
    ])
    expect(await shown({ types: refused })).toEqual([4, 3, 2, 1].map((at) => `${at} login.refused`))
    expect(await shown({ actorId: 'olga' })).toHaveLength(4)
    expect(await shown({ actorId: PERSON, since: T + 4 * DAY })).toEqual(['4 login.succeeded'])
    expect(await shown({ actorId: 'eve' })).toEqual([])
    expect(await shown({ subjectSid: PERSON, since: T + 3 * DAY })).toEqual([
      '4 login.succeeded',
      '3 login.succeeded',
      '3 user.updated',
    ])
    expect(await shown({ subjectSid: connectionSid, since: T + 4 * DAY })).toHaveLength(3)
    expect(await shown({ subjectSid: other.connectionSid })).toEqual([])
    expect(await shown({ subjectSid: PERSON, actorId: createSid('US') })).toEqual([])
  })

  it('of operators is of all tenants; a tenant’s key sees its own', async () => {
    const all = await find({ since: T })
    expect(new Set(all.map(({ tenantSid }) => tenantSid))).toEqual(
      new Set([world.tenantSid, other.tenantSid]),
    )
    expect(all).toHaveLength(15)
    const actor = { kind: 'customer admin', id: 'AK1', name: 'key', tenantSid: world.tenantSid }
    const asked = context({ actor: { ...actor, role: 'read-only', capabilities: [] } })
    const at = { from: NEWEST, limit: 10 }
    for (const filter of [{}, { tenantSid: other.tenantSid }])
      expect(await searchEvents(asked, filter, at, loginSearch(asked))).toMatchObject({
        ok: false,
        error: { code: 'not_there' },
      })
  })

  it('says where the database of logins does not answer', async () => {
    const asked = context({ history: null })
    const at = { from: NEWEST, limit: 10 }
    const { tenantSid } = world
    const page = good(await searchEvents(asked, { tenantSid }, at, loginSearch(asked)))
    expect(page.logins).toBe('unavailable')
    expect(page.items).toHaveLength(4)
    expect(await save({ tenantSid }, 'ndjson', { history: null })).toMatch(/{"incomplete":true}\n$/)
    expect(await save({ tenantSid }, 'csv', { history: null })).toMatch(/"incomplete"\r\n$/)
  })
})

describe('the export', () => {
  it('has what the search shows, in both forms', async () => {
    for (const filter of [{ tenantSid: world.tenantSid }, { types: refused, since: T }]) {
      const found = await find(filter, 3)
      expect(found.length).toBeGreaterThan(3)
      const lines = (await save(filter, 'ndjson')).trimEnd().split('\n')
      expect(lines.map((line) => JSON.parse(line))).toEqual(found)
      const { data } = Papa.parse<Record<string, string>>(await save(filter, 'csv'), {
        header: true,
        skipEmptyLines: true,
      })
      expect(data.map(({ sid, type, outcome, code }) => [sid, type, outcome, code])).toEqual(
        found.map(({ sid, type, outcome, code }) => [sid, type, outcome, code ?? '']),
      )
      expect(data.map(({ after }) => after)).toEqual(
        found.map(({ after }) => (after === null ? '' : JSON.stringify(after))),
      )
    }
  })

  it('of a tenant agrees with the tables row by row', async () => {
    const { tenantSid, connectionSid } = world
    const lines = (await save({ tenantSid }, 'ndjson')).trimEnd().split('\n')
    const items = lines.map((line) => JSON.parse(line) as FeedItem)
    const events = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.tenantSid, tenantSid))
      .orderBy(desc(recordedEvents.seq))
    expect(items.filter(({ seq }) => seq !== null)).toEqual(
      events.map(({ mails: _mails, ...event }) => ({
        ...event,
        outcome: 'succeeded',
        code: null,
        isTest: false,
      })),
    )
    const logins = await history
      .select()
      .from(attempts)
      .where(and(inArray(attempts.connectionSid, [connectionSid])))
      .orderBy(desc(attempts.sid))
    const isLogin = (type: string) => (LOGIN_TYPES as readonly string[]).includes(type)
    expect(
      items
        .filter(({ type }) => isLogin(type))
        .map(({ sid, code, actorId, isTest, createdAt }) => [
          sid,
          code,
          actorId,
          isTest,
          createdAt,
        ]),
    ).toEqual(
      logins.map(({ sid, code, userSid, isTest, createdAt }) => [
        sid,
        code,
        userSid,
        isTest,
        createdAt,
      ]),
    )
    expect(items).toHaveLength(events.length + logins.length)
  })
})
