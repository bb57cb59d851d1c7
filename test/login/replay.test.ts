import { expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { as, attemptCode, createWorld } from '../support/world.ts'

it('one response posted 20 times at once gives one session and 19 refusals with replayed', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const browser = openBrowser()
  const { requestID, relayState } = await world.begin(browser)
  const message = await world.idp(requestID).respond(as('alice@tenant.example'))
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => world.deliver(browser, message, relayState)),
  )
  const locations = responses.map(({ headers }) => headers.get('location')!)
  const accepted = locations.filter((location) => location.startsWith('/login/finish?'))
  const repeated = locations.filter((location) => location.startsWith('/login/repeated?'))
  expect([accepted.length, repeated.length]).toEqual([1, 19])
  for (const location of repeated) {
    const refused = await browser.get(location)
    expect([refused.status, await attemptCode(refused)]).toEqual([403, 'replayed'])
  }

  const ledger = (await world.rows()).spent
  expect(ledger.map(({ kind, id }) => [kind, id === requestID]).toSorted()).toEqual([
    ['assertion', false],
    ['request', true],
  ])
  const finish = accepted[0]!
  const finished = await Promise.all(Array.from({ length: 20 }, () => browser.get(finish)))
  expect(finished.filter(({ status }) => status === 302)).toHaveLength(1)
  const { sessions, attempts } = await world.rows()
  expect(sessions).toHaveLength(1)
  expect(attempts.filter(({ code }) => code === null)).toHaveLength(1)
  expect(attempts.filter(({ code }) => code === 'replayed')).toHaveLength(19)
})

it('a request is answered once, also by another assertion', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const first = await world.login('alice@tenant.example')
  const second = await world.idp(first.departure.requestID).respond(as('alice@tenant.example'))
  const response = await world.deliver(openBrowser(), second, first.departure.relayState)
  const refused = await openBrowser().get(response.headers.get('location')!)
  expect(await attemptCode(refused)).toBe('replayed')
  expect((await world.rows()).sessions).toHaveLength(1)
})

it('an unsolicited response is accepted once', async () => {
  const world = await createWorld({ connection: { idpInitiated: 'accept' } })
  await world.addUser('alice@tenant.example')
  const message = await world.idp(null).respond(as('alice@tenant.example'))
  expect((await world.deliver(openBrowser(), message)).status).toBe(303)
  const again = await world.deliver(openBrowser(), message)
  const refused = await openBrowser().get(again.headers.get('location')!)
  expect(await attemptCode(refused)).toBe('replayed')
})

it('the ledger holds a request longer than its RelayState, however short-lived the assertion', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  await world.login('alice@tenant.example', {
    confirmations: [{ notOnOrAfter: Date.now() + 1000 }],
    notOnOrAfter: null,
  })
  const row = (await world.rows()).spent.find(({ kind }) => kind === 'request')
  expect(row!.expiresAt).toBeGreaterThan(Date.now() + 600_000)
})

it('the ledger holds an assertion as long as it could be replayed', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const notOnOrAfter = Date.now() + 20 * 3600_000
  await world.login('alice@tenant.example', { confirmations: [{ notOnOrAfter }] })
  const row = (await world.rows()).spent.find(({ kind }) => kind === 'assertion')
  expect(row!.expiresAt).toBeGreaterThanOrEqual(notOnOrAfter)
})
