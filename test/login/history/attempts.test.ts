// What is read of the lines: by connection and by user, newest first, at a cost that does not grow
// with the lines of others.
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSid, timedSidFrom } from '../../../src/ids.ts'
import {
  findAttempts,
  findLastAttempts,
  findNewest,
  findUserAttempts,
} from '../../../src/login/history/store/attempts.ts'
import { openHistory } from '../../../src/platform/db/history.ts'
import { attemptDetails, attempts } from '../../../src/platform/db/history-schema.ts'
import { countD1 } from '../../support/wrap-d1.ts'
import { history } from '../../support/world.ts'

const DAY = 24 * 3600 * 1000
const NOW = Date.now()
const connectionSid = createSid('CN')
const [alice, stranger] = [createSid('US'), createSid('US')]
const LINES = 5000

/** A line each quarter of an hour for 52 days; one in a hundred is Alice's. */
beforeAll(async () => {
  await history.batch([history.delete(attempts), history.delete(attemptDetails)])
  const at = sql`${NOW} - (${LINES} - n) * ${DAY / 96}`
  await history.run(sql`INSERT INTO attempts (sid, connection_sid, user_sid, revision, created_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${LINES})
    SELECT 'AT' || printf('%012x', ${at}) || printf('%020x', n), ${connectionSid},
      CASE n % 100 WHEN 0 THEN ${alice} ELSE 'US' || n END, 1, ${at} FROM number`)
})

async function rowsReadBy<T>(work: (db: typeof history) => Promise<T>) {
  const { binding, cost } = countD1(env.HISTORY!)
  const found = await work(openHistory(binding)!)
  return { found, rowsRead: cost.rowsRead }
}

describe('the lines of a user', () => {
  it('are listed newest first over all periods, page by page', async () => {
    const all = await findAttempts(
      history,
      connectionSid,
      { limit: 100, after: null },
      { userSid: alice },
    )
    expect(all).toHaveLength(LINES / 100)
    expect(all.map(({ sid }) => sid)).toEqual(
      all.map(({ sid }) => sid).toSorted((left, right) => (left < right ? 1 : -1)),
    )
    expect(all.every(({ userSid }) => userSid === alice)).toBe(true)
    const after = all[19]!
    const next = await findAttempts(
      history,
      connectionSid,
      { limit: 10, after },
      { userSid: alice },
    )
    expect(next.map(({ sid }) => sid)).toEqual(all.slice(20, 31).map(({ sid }) => sid))
    expect(
      await findAttempts(history, createSid('CN'), { limit: 9, after: null }, { userSid: alice }),
    ).toEqual([])
  })

  it.each([
    ['a page of a user', alice],
    ['a page of a user who never came', stranger],
    ['a page of the connection', undefined],
  ])('%s reads few rows among many', async (_, userSid) => {
    const page = { limit: 10, after: null }
    const { rowsRead } = await rowsReadBy((db) =>
      findAttempts(db, connectionSid, page, { userSid }),
    )
    console.log(`${_}: ${rowsRead} rows read`)
    expect(rowsRead).toBeLessThan(100)
  })

  it('at any connection are found with few rows read', async () => {
    for (const [userSid, lines] of [
      [alice, 10],
      [stranger, 0],
    ] as const) {
      const { found, rowsRead } = await rowsReadBy((db) => findUserAttempts(db, userSid, 10))
      expect(found).toHaveLength(lines)
      expect(rowsRead).toBeLessThan(100)
    }
  })

  it('that are the last ones of testers are found with few rows read', async () => {
    const { found, rowsRead } = await rowsReadBy((db) =>
      findLastAttempts(db, connectionSid, [alice, stranger]),
    )
    console.log(`last attempts of two: ${rowsRead} rows read`)
    expect(found.map(({ userSid, createdAt }) => [userSid, createdAt])).toEqual([[alice, NOW]])
    expect(rowsRead).toBeLessThan(100)
  })

  it('that tell whether a room has changed are found with few rows read', async () => {
    const { found, rowsRead } = await rowsReadBy((db) => findNewest(db, connectionSid, 20))
    expect(found).toHaveLength(20)
    expect(found[0]!.sid.startsWith(timedSidFrom('AT', NOW))).toBe(true)
    expect(rowsRead).toBeLessThan(100)
  })
})
