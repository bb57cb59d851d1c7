// What goes on until it is over is told once, however often a job runs.
import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { storeDailyCheck, storeReachability } from '../../src/connections/reachability/store.ts'
import type { EventType } from '../../src/events/catalogue.ts'
import { tellOfBacklog } from '../../src/events/conditions/backlog.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { tellOfSize } from '../../src/health/watch.ts'
import { createSid } from '../../src/ids.ts'
import { dailyLogins } from '../../src/login/history/tables.ts'
import { findUnusual } from '../../src/login/history/unusual.ts'
import { watchFailures } from '../../src/login/watch-failures.ts'
import { breakGlass, conditions } from '../../src/platform/db/schema.ts'
import { noteWrongCode } from '../../src/rollout/break-glass/store/wrong-codes.ts'
import { tellOfWrongCodes } from '../../src/rollout/operations.ts'
import { countDeactivation } from '../../src/scim/store/owners.ts'
import { countingDatabase } from '../support/counting.ts'
import { OPERATOR } from '../support/request.ts'
import { createWorld, db, history } from '../support/world.ts'
import { NO_COST } from '../support/wrap-d1.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2030, 5, 15, 12)
const TODAY = Date.UTC(2030, 5, 15)

const told = (type: EventType, subjectSid: string) =>
  db
    .select()
    .from(recordedEvents)
    .where(and(eq(recordedEvents.type, type), eq(recordedEvents.subjectSid, subjectSid)))

it('a URL that does not answer, and answers again', async () => {
  const { connectionSid, tenantSid } = await createWorld()
  const found = (result: 'reachable' | 'unreachable') => [
    { field: 'ssoPostURL' as const, url: 'https://idp.example', result, reason: 'x' },
  ]
  const check = (result: 'reachable' | 'unreachable', now: number) =>
    storeDailyCheck(db, connectionSid, found(result), now)
  await check('reachable', NOW)
  expect(await told('connection.url_reachable', connectionSid)).toEqual([])
  for (const day of [1, 2, 3]) await check('unreachable', NOW + day * DAY)
  expect(await told('connection.url_unreachable', connectionSid)).toMatchObject([
    { tenantSid, connectionSid, after: { field: 'ssoPostURL' }, createdAt: NOW + DAY },
  ])
  for (const day of [4, 5]) await check('reachable', NOW + day * DAY)
  expect(await told('connection.url_reachable', connectionSid)).toHaveLength(1)
  await check('unreachable', NOW + 6 * DAY)
  expect(await told('connection.url_unreachable', connectionSid)).toHaveLength(2)
  // Taken away by an edit: nobody is told that it answers.
  await storeReachability(db, connectionSid, [], NOW + 7 * DAY)
  expect(await told('connection.url_reachable', connectionSid)).toHaveLength(1)
})

it('a sweep that falls behind, table by table, and catches up', async () => {
  const [one, two] = [createSid('OB'), createSid('OB')]
  for (const now of [NOW, NOW + 1]) await tellOfBacklog(db, 'HISTORY', { [one]: 5, [two]: 0 }, now)
  expect(await told('sweep.fell_behind', one)).toMatchObject([
    { tenantSid: null, after: { table: one, count: 5 } },
  ])
  expect(await told('sweep.fell_behind', two)).toEqual([])
  // A run of the other database ends nothing here.
  await tellOfBacklog(db, 'DB', {}, NOW + 2)
  expect(await told('sweep.caught_up', one)).toEqual([])
  for (const now of [NOW + 3, NOW + 4]) await tellOfBacklog(db, 'HISTORY', {}, now)
  expect(await told('sweep.caught_up', one)).toHaveLength(1)
})

it('a database near its limit, and below it', async () => {
  const before = (await told('database.near_limit', 'DB')).length
  for (const bytes of [1e9, 8.5e9, 9e9, 1e9, 1e9, 9e9]) await tellOfSize(db, bytes, 10, NOW)
  expect((await told('database.near_limit', 'DB')).length - before).toBe(2)
  await tellOfSize(db, 1, 10, NOW)
})

it('logins that fail more often than usual, once a day', async () => {
  const { connectionSid, tenantSid } = await createWorld()
  const count = (day: number, logins: number) =>
    history.insert(dailyLogins).values({ day, connectionSid, code: 'user_unknown', logins })
  await count(TODAY - DAY, 14)
  await count(TODAY, 19)
  await watchFailures(db, history, NOW)
  expect(await told('connection.failures_unusual', connectionSid)).toEqual([])
  await history.update(dailyLogins).set({ logins: 40 }).where(eq(dailyLogins.day, TODAY))
  for (const hour of [0, 1, 2]) await watchFailures(db, history, NOW + hour * HOUR)
  expect(await told('connection.failures_unusual', connectionSid)).toMatchObject([
    { tenantSid, after: { count: 40, usual: 2 } },
  ])
})

it.each([
  [19, 0, false],
  [20, 0, true],
  [60, 140, false],
  [61, 140, true],
])('%i refusals after %i in a week: unusual %s', (today, week, isUnusual) => {
  const rows = [
    { connectionSid: 'a', day: TODAY, refused: today },
    { connectionSid: 'a', day: TODAY - 3 * DAY, refused: week },
    // Too long ago to count.
    { connectionSid: 'a', day: TODAY - 8 * DAY, refused: 100_000 },
    { connectionSid: 'b', day: TODAY - DAY, refused: 100_000 },
  ]
  expect(findUnusual(rows, TODAY).length === 1).toBe(isUnusual)
})

it('more deactivations in an hour than the tenant says, once an hour', async () => {
  const { connectionSid, tenantSid } = await createWorld()
  const deactivation = { tenantSid, connectionSid, userSid: 'US0' }
  const deactivate = async (times: number, now: number) => {
    for (let time = 0; time < times; time++) {
      const [count, event] = countDeactivation({ db, actor: OPERATOR, now }, deactivation)
      await db.batch([count!, event!])
    }
  }
  await deactivate(10, NOW)
  const storms = () => told('scim.storm_detected', connectionSid)
  expect(await storms()).toEqual([])
  await deactivate(30, NOW + 1)
  expect(await storms()).toMatchObject([{ tenantSid, after: { count: 11 } }])
  await deactivate(30, NOW + HOUR)
  expect(await storms()).toHaveLength(2)
})

it('wrong recovery codes of an owner, once an hour, and of nobody else', async () => {
  const world = await createWorld()
  const email = `owner@${world.tenantSid.toLowerCase()}.example`
  const [userSid, other] = [await world.addUser(email), await world.addUser(`x${email}`)]
  await db.insert(breakGlass).values({
    tenantSid: world.tenantSid,
    userSid,
    reason: 'x',
    createdBy: 'x',
    createdAt: NOW,
    expiresAt: NOW + DAY,
  })
  for (const now of [NOW, NOW + 1, NOW + 2, NOW + HOUR]) {
    for (const key of [email, `x${email}`, 'nobody@a.example']) await noteWrongCode(db, key, now)
    await Promise.all([tellOfWrongCodes(db, now), tellOfWrongCodes(db, now)])
  }
  expect((await told('recovery_code.refused', userSid)).map(({ createdAt }) => createdAt)).toEqual([
    NOW,
    NOW + HOUR,
  ])
  expect(await told('recovery_code.refused', other)).toEqual([])
  await db.delete(conditions)
  // An owner’s wrong code and a stranger’s cost the same, the first and the next.
  const { db: counted, cost } = countingDatabase()
  const costs = []
  for (const key of [email, 'stranger@a.example', email, 'stranger@a.example']) {
    Object.assign(cost, NO_COST)
    await noteWrongCode(counted, key, NOW)
    costs.push([cost.trips, cost.statements, cost.rowsWritten])
  }
  const [owner, stranger, ownerAgain, strangerAgain] = costs
  expect([owner, ownerAgain]).toEqual([stranger, strangerAgain])
  expect(owner!.slice(0, 2)).toEqual([1, 1])
  expect(owner![2]).toBeGreaterThan(0)
})
