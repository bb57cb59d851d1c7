// How many logins a day came to what: counted when they come, whatever becomes of their attempts.
import { count, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { attempts, dailyLogins } from '../../src/platform/db/history-schema.ts'
import { getProgress } from '../../src/rollout/operations.ts'
import { createCustomer } from '../rollout/customer.ts'
import { openBrowser } from '../support/browser.ts'
import { good } from '../support/request.ts'
import { addAttempt } from '../support/attempts.ts'
import { as, createWorld, history, type World } from '../support/world.ts'
import { stayOnOneDay } from '../support/same-day.ts'

stayOnOneDay()

const DAY = 24 * 3600 * 1000
const today = () => Math.floor(Date.now() / DAY) * DAY

const countsOf = ({ connectionSid }: World) =>
  history
    .select({ day: dailyLogins.day, code: dailyLogins.code, logins: dailyLogins.logins })
    .from(dailyLogins)
    .where(eq(dailyLogins.connectionSid, connectionSid))
    .orderBy(dailyLogins.day, dailyLogins.code)

it('counts a thousand refusals of a day, though the ring holds 250, and shows them', async () => {
  const c = await createCustomer()
  const { connectionSid } = c.world
  const yesterday = today() - 1
  const refuse = (createdAt: number) =>
    addAttempt({ connectionSid, createdAt, isProven: false, code: 'signature_invalid' })
  for (let hundreds = 0; hundreds < 10; hundreds++)
    await Promise.all(Array.from({ length: 100 }, () => refuse(yesterday)))
  await refuse(today())
  const [ring] = await history
    .select({ rows: count() })
    .from(attempts)
    .where(eq(attempts.connectionSid, connectionSid))
  expect(ring).toEqual({ rows: 250 })
  const sid = await c.select({})
  const { days } = good(await getProgress(c.ask(), sid))
  expect(days!.slice(-3)).toMatchObject([
    { logins: 0, failures: 0, reasons: {} },
    { logins: 0, failures: 1000, reasons: { signature_invalid: 1000 } },
    { logins: 0, failures: 1, reasons: { signature_invalid: 1 } },
  ])
})

it('counts each login once under its result, also when two come at the same moment', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  await world.addUser('gone@tenant.example', { suspendedAt: 1 })
  const people = ['alice@tenant.example', 'gone@tenant.example', 'nobody@tenant.example']
  await Promise.all([...people, ...people].map((email) => world.login(email)))
  expect(await countsOf(world)).toEqual([
    { day: today(), code: '', logins: 2 },
    { day: today(), code: 'user_suspended', logins: 2 },
    { day: today(), code: 'user_unknown', logins: 2 },
  ])
})

it('counts no message that comes again', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const { browser, departure, message } = await world.login('alice@tenant.example')
  await Promise.all(
    Array.from({ length: 5 }, () => world.deliver(browser, message, departure.relayState)),
  )
  expect(await countsOf(world)).toMatchObject([{ code: '', logins: 1 }])
  expect((await world.rows()).attempts.filter(({ code }) => code === 'replayed')).toHaveLength(5)
})

it('counts a login that ends in another browser as refused, once', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  await world.login('alice@tenant.example')
  const { requestID, relayState } = await world.begin(openBrowser())
  const message = await world.idp(requestID).respond(as('alice@tenant.example'))
  const arrived = await world.deliver(openBrowser(), message, relayState)
  const finish = arrived.headers.get('location')!
  for (let time = 0; time < 2; time++) await openBrowser().get(finish)
  expect(await countsOf(world)).toMatchObject([
    { code: '', logins: 1 },
    { code: 'browser_mismatch', logins: 1 },
  ])
})

it('leaves tests out', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  for (const email of ['alice@tenant.example', 'nobody@tenant.example']) {
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser, '?test')
    await world.deliver(browser, await world.idp(requestID).respond(as(email)), relayState)
  }
  const { connectionSid } = world
  await addAttempt({ connectionSid, isTest: true, code: 'response_issuer' })
  expect((await world.rows()).attempts).toHaveLength(3)
  expect(await countsOf(world)).toEqual([])
})
