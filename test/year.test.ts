// The short form of test/scale/year.ts: a few days at a scale, in SQLite. It says that sizes come to
// a stop; the long form says where.
import { expect, it } from 'vitest'
import { simulateFlood } from './scale/flood.ts'
import { simulateDb } from './scale/year-db.ts'
import { simulateHistory } from './scale/year-history.ts'

const LOGINS = 500

it('DB takes no more on the fourth day than on the second, and nothing of logins stays', async () => {
  const { ends, backlog, left } = await simulateDb(LOGINS, 4)
  expect(ends[3]!.file).toBeLessThan(1.05 * ends[1]!.file)
  expect(ends[3]!.file).toBeLessThan((10e9 * LOGINS) / 1_000_000)
  expect([backlog, left]).toEqual([0, 0])
})

it('HISTORY stays within its size, details within a quarter, and the newest lines are kept', async () => {
  const year = await simulateHistory(LOGINS, 9, 3.4)
  const { limit, ends, backlog, bytesALine, leftOfHalf } = year
  // Before, it was full.
  expect(ends[7]!.most).toBeGreaterThan(limit * 0.98)
  for (const { used, details, detailPages } of ends) {
    expect(used).toBeLessThanOrEqual(limit)
    expect(details).toBeLessThanOrEqual(limit / 4)
    expect(detailPages).toBeLessThanOrEqual(limit / 4)
  }
  expect(ends[8]!.daysOfLines).toBeGreaterThan(6)
  expect(ends[8]!.daysOfLines).toBeLessThan(9)
  expect(backlog).toBe(0)
  expect(bytesALine).toBeLessThan(400)
  expect(leftOfHalf).toBeLessThan(0.6)
})

it('the flood of one connection costs no other one a line or a detail', async () => {
  const { details, flooded, lost } = await simulateFlood(100)
  expect(details.after).toBeLessThanOrEqual(details.limit)
  expect(flooded.lines).toBeLessThanOrEqual(750)
  expect(flooded.most).toBeLessThanOrEqual(1_000_000)
  expect(lost).toEqual({ details: 0, lines: 0 })
})
