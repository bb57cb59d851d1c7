// The list of a connection's logins with filters: what each shows, and what it reads among many.
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSid } from '../../../src/ids.ts'
import {
  countAttempts,
  findAttempts,
  type AttemptFilter,
} from '../../../src/login/history/store/attempts.ts'
import { attempts } from '../../../src/platform/db/history-schema.ts'
import { openHistory } from '../../../src/platform/db/history.ts'
import { history } from '../../support/world.ts'
import { countD1 } from '../../support/wrap-d1.ts'

const MINUTE = 60_000
const NOW = Date.now()
const connectionSid = createSid('CN')
const alice = createSid('US')
const LINES = 5000
const FIRST = { limit: 10, after: null }

/** One a minute. One in a hundred is refused, in the ring of persons; each thousandth is Alice's. */
beforeAll(async () => {
  await history.delete(attempts)
  const at = sql`${NOW} - (${LINES} - n) * ${MINUTE}`
  const isRefused = sql`n % 100 = 0`
  await history.run(sql`INSERT INTO attempts
      (sid, connection_sid, ring, ring_number, code, user_sid, revision, created_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${LINES})
    SELECT 'AT' || printf('%012x', ${at}) || printf('%020x', n), ${connectionSid},
      CASE WHEN ${isRefused} THEN 'person' END, CASE WHEN ${isRefused} THEN n END,
      CASE WHEN ${isRefused} THEN iif(n = 3000, 'user_suspended', 'user_unknown')
        WHEN n = ${LINES - 7} THEN 'browser_mismatch' END,
      CASE n % 1000 WHEN 0 THEN ${alice} END, 1, ${at} FROM number`)
})

async function listed(filter: AttemptFilter) {
  const { binding, cost } = countD1(env.HISTORY!)
  const rows = await findAttempts(openHistory(binding)!, connectionSid, FIRST, filter)
  return { rows: rows.slice(0, FIRST.limit), cost, total: 0 }
}

describe('a filtered list of logins', () => {
  it.each<[string, AttemptFilter, number, number]>([
    ['refused', { outcome: 'refused' }, 10, 50],
    ['accepted', { outcome: 'accepted' }, 10, 1000],
    ['a frequent code', { code: 'user_unknown' }, 10, 49],
    ['a rare code', { code: 'user_suspended' }, 1, 1],
    ['a code of no login', { code: 'replayed' }, 0, 0],
    ['a code that no ring has', { code: 'browser_mismatch' }, 1, 1],
    ['a person', { userSid: alice }, 5, 5],
    ['a person and a result', { userSid: alice, outcome: 'accepted' }, 0, 0],
    ['a day', { since: NOW - 90 * MINUTE, before: NOW - 80 * MINUTE }, 10, 10],
    ['refused of a day', { outcome: 'refused', since: NOW - 250 * MINUTE }, 3, 3],
    ['a reference of another connection', { sid: createSid('AT') }, 0, 0],
  ])('%s', async (_, filter, shown, all) => {
    const { rows, cost } = await listed(filter)
    expect(rows).toHaveLength(shown)
    const total = await countAttempts(history, connectionSid, filter)
    expect(typeof total === 'number' ? total : total.moreThan).toBe(all)
    const { outcome, code } = filter
    for (const row of rows) {
      if (outcome) expect(row.code === null).toBe(outcome === 'accepted')
      if (code) expect(row.code).toBe(code)
    }
    const limit = code === 'browser_mismatch' ? 5000 : 400
    console.log(`${_}: ${cost.rowsRead} rows read`)
    expect(cost.rowsRead).toBeLessThan(limit)
  })

  it('one login by its reference', async () => {
    const [newest] = (await listed({})).rows
    expect((await listed({ sid: newest!.sid })).rows).toEqual([newest])
  })

  it('refused ones go on over pages', async () => {
    const first = await findAttempts(history, connectionSid, FIRST, { outcome: 'refused' })
    const after = first[9]!
    const next = await findAttempts(
      history,
      connectionSid,
      { limit: 10, after },
      {
        outcome: 'refused',
      },
    )
    expect(next[0]!.sid).toBe(first[10]!.sid)
  })

  it('counts up to a number, and says when there are more', async () => {
    expect(await countAttempts(history, connectionSid, {})).toEqual({ moreThan: 1000 })
  })
})
