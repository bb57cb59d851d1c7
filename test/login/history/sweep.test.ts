// HISTORY stays within its days and its size: the oldest go first, details before lines, and each
// connection keeps its share.
import { env } from 'cloudflare:workers'
import { count, eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { shareOf } from '../../../src/login/history/share.ts'
import { sweepHistory } from '../../../src/login/history/sweep.ts'
import { measureSize, trimConnections } from '../../../src/login/history/store/sweep.ts'
import type { Ring } from '../../../src/login/history/tables.ts'
import { bytesOf } from '../../../src/login/history/attempt.ts'
import { attemptDetails, attempts, dailyLogins } from '../../../src/platform/db/history-schema.ts'
import { createSid } from '../../../src/ids.ts'
import { openHistory } from '../../../src/platform/db/history.ts'
import { addAttempt } from '../../support/attempts.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'
import { history } from '../../support/world.ts'

const DAY = 24 * 3600 * 1000
const NOW = Date.now()
const budget = () => ({ statements: 1000, until: Date.now() + 60_000 })
const sweep = (limits: { days: number; bytes: number }, more = budget()) =>
  sweepHistory(history, limits, NOW, more)

beforeEach(async () => {
  await history.batch([
    history.delete(attempts),
    history.delete(attemptDetails),
    history.delete(dailyLogins),
  ])
})

/** Lines without details, a minute apart, the last one now. */
async function addLines(lines: number, connectionSid = createSid('CN')): Promise<void> {
  await history.run(sql`INSERT INTO attempts (sid, connection_sid, user_sid, revision, created_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${lines})
    SELECT 'AT' || printf('%012x', ${NOW} - (${lines} - n) * 60000) || printf('%020x', n),
      ${connectionSid}, ${createSid('US')}, 1, ${NOW} - (${lines} - n) * 60000 FROM number`)
}

async function countLines(): Promise<number> {
  const [row] = await history.select({ rows: count() }).from(attempts)
  return row!.rows
}

it('deletes lines and details after their days; counts stay', async () => {
  const connectionSid = createSid('CN')
  const old = await addAttempt({ connectionSid, createdAt: NOW - 91 * DAY, code: 'audience' })
  const young = await addAttempt({ connectionSid, createdAt: NOW - 89 * DAY, code: 'audience' })
  expect(await sweep({ days: 90, bytes: 8e9 })).toMatchObject({ lines: 1, details: 0, backlog: {} })
  const left = await history.select({ sid: attempts.sid }).from(attempts)
  expect(left.map(({ sid }) => sid)).toEqual([young])
  const details = await history.select({ sid: attemptDetails.sid }).from(attemptDetails)
  expect(details.map(({ sid }) => sid)).toEqual([young])
  expect(old).not.toBe(young)
  expect(await history.select().from(dailyLogins)).toHaveLength(2)
})

it('deletes counts of days after 400 days', async () => {
  const connectionSid = createSid('CN')
  const at = (days: number) => ({ connectionSid, day: NOW - days * DAY, code: '', logins: 1 })
  await history.insert(dailyLogins).values([at(401), at(399)])
  expect(await sweep({ days: 90, bytes: 8e9 })).toMatchObject({ counts: 1 })
  expect(await history.select().from(dailyLogins)).toMatchObject([{ day: NOW - 399 * DAY }])
})

it('deletes the oldest lines when the size is reached, until it has room', async () => {
  await addLines(20_000)
  const full = await measureSize(history)
  const { lines, size } = await sweep({ days: 90, bytes: full * 0.6 })
  expect(size).toBeLessThanOrEqual(full * 0.6)
  expect(lines).toBeGreaterThan(4000)
  expect(await countLines()).toBe(20_000 - lines)
  const [oldest] = await history
    .select({ at: sql<number>`min(${attempts.createdAt})`.as('at') })
    .from(attempts)
  expect(oldest!.at).toBe(NOW - (20_000 - lines - 1) * 60_000)
})

it('goes on next time where the budget is used, and measures what is left', async () => {
  await addLines(10_000)
  const few = { statements: 2, until: Date.now() + 60_000 }
  const first = await sweep({ days: 1, bytes: 8e9 }, few)
  expect(first.lines).toBe(2000)
  expect(first.backlog['attempts']).toBeGreaterThan(6000)
  expect((await sweep({ days: 1, bytes: 8e9 })).backlog).toEqual({})
  expect(await countLines()).toBe(1441)
})

it('gives back the pages of the lines that it deletes, those of the indexes too', async () => {
  const [connectionSid, lines] = [createSid('CN'), 20_000]
  // A login a minute by 2,000 users in turn, as they come to a connection for a fortnight.
  const at = sql`${NOW} - (${lines} - n) * 60000`
  await history.run(sql`INSERT INTO attempts (sid, connection_sid, user_sid, revision, created_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${lines})
    SELECT 'AT' || printf('%012x', ${at}) || printf('%020x', n), ${connectionSid},
      'US' || printf('%032x', n * 7919 % 2000), 1, ${at} FROM number`)
  const full = await measureSize(history)
  const half = (lines / 2) * 60_000
  expect((await sweep({ days: half / DAY, bytes: 8e9 })).lines).toBeGreaterThan(9900)
  const left = (await measureSize(history)) / full
  console.log(`half of the lines take ${(100 * left).toFixed(0)} % of the pages`)
  expect(left).toBeLessThan(0.58)
})

it('deletes one portion and no more where that gives no page back', async () => {
  await addLines(6000)
  const full = await measureSize(history)
  const stuck = wrapD1(env.HISTORY!, async (trip) => {
    const results = await trip()
    return results.map((result) => ({ ...result, meta: { ...result.meta, size_after: full } }))
  })
  const { lines } = await sweepHistory(
    openHistory(stuck)!,
    { days: 90, bytes: full / 2 },
    NOW,
    budget(),
  )
  expect(lines).toBe(2000)
})

describe('details', () => {
  it('share a quarter of the size: the flood of one connection pushes out nobody else’s', async () => {
    const message = 'x'.repeat(12_000)
    const quiet = Array.from({ length: 8 }, () => createSid('CN'))
    for (const connectionSid of quiet)
      await addAttempt({ connectionSid, code: 'audience', message, createdAt: NOW - 1000 })
    const flooded = createSid('CN')
    for (let index = 0; index < 40; index++)
      await addAttempt({ connectionSid: flooded, message, createdAt: NOW - 40_000 + index })
    const before = await countLines()
    const { details } = await sweep({ days: 90, bytes: 4 * 200_000 })
    expect(details).toBeGreaterThan(10)
    expect(await countLines()).toBe(before)
    const kept = async (connectionSid: string) =>
      history
        .select({ bytes: attemptDetails.bytes })
        .from(attemptDetails)
        .where(eq(attemptDetails.connectionSid, connectionSid))
    for (const connectionSid of quiet) expect(await kept(connectionSid)).toHaveLength(1)
    const all = await history.select({ bytes: attemptDetails.bytes }).from(attemptDetails)
    expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(200_000)
    expect((await kept(flooded)).length).toBeGreaterThan(3)
  })

  it('leave statements for lines, however many connections hold more than their share', async () => {
    await history.run(sql`INSERT INTO attempt_details
        (connection_sid, ring, sid, bytes, revision, checks)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 300)
      SELECT 'CN' || n, 'newest', 'AT', 1000, 1, '[]' FROM number`)
    await addLines(2100)
    const few = { statements: 4, until: Date.now() + 60_000 }
    const { details, lines } = await sweep({ days: 0, bytes: 400_000 }, few)
    // Two statements of fifty connections each, and two for a portion of lines.
    expect([details, lines]).toEqual([100, 2000])
  })

  it('of a connection: those that strangers can make go first', async () => {
    const connectionSid = createSid('CN')
    const add = (ring: Ring, sid: string) =>
      history
        .insert(attemptDetails)
        .values({ connectionSid, ring, sid, bytes: 1000, revision: 1, checks: [] })
    for (const time of [1, 2, 3]) await add('test', `AT${time}`)
    for (const time of [4, 5, 6]) await add('unproven', `AT${time}`)
    await trimConnections(history, [connectionSid], 4000)
    const kept = await history.select({ sid: attemptDetails.sid }).from(attemptDetails)
    expect(kept.map(({ sid }) => sid).toSorted()).toEqual(['AT1', 'AT2', 'AT3', 'AT6'])
  })

  it('of each connection are cut to the same size, also where one statement cuts several', async () => {
    const flooded = [createSid('CN'), createSid('CN'), createSid('CN')]
    const row = { ring: 'newest' as const, bytes: 1000, revision: 1, checks: [] }
    for (const time of [1, 2, 3, 4])
      for (const connectionSid of flooded)
        await history.insert(attemptDetails).values({ ...row, connectionSid, sid: `AT${time}` })
    expect(await trimConnections(history, flooded, 2500)).toBe(6)
    const kept = await history.select().from(attemptDetails)
    for (const one of flooded)
      expect(kept.filter(({ connectionSid }) => connectionSid === one)).toMatchObject([
        { sid: 'AT3' },
        { sid: 'AT4' },
      ])
  })

  it('take about as many bytes as their rows say', async () => {
    const sizes = [100, 900, 1500, 4000, 9000, 16_000]
    for (const size of sizes) {
      await history.delete(attemptDetails)
      const before = await measureSize(history)
      const row = { ring: 'newest' as const, revision: 1, checks: [] }
      const rows = Array.from({ length: 40 }, (_, index) => ({
        ...row,
        connectionSid: createSid('CN'),
        sid: `AT${index}`,
        bytes: bytesOf('[]', 'x'.repeat(size)),
        message: 'x'.repeat(size),
      }))
      for (const one of rows) await history.insert(attemptDetails).values(one)
      const taken = ((await measureSize(history)) - before) / 40
      console.log(`${size}: ${rows[0]!.bytes} said, ${taken} taken`)
      expect(taken).toBeLessThan(rows[0]!.bytes * 1.15 + 200)
    }
  })

  it.each([
    [[10, 20, 30], 100, Infinity],
    [[10, 20, 300], 100, 70],
    [[50, 60, 300], 100, 33],
    [[], 100, Infinity],
  ])('of %j in %d: a share of %d', (sizes, room, share) => {
    expect(shareOf(sizes, room)).toBe(share)
  })
})
