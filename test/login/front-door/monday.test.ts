// A company's Monday: everybody behind one address signs in within a minute, whatever a stranger
// does meanwhile.
import { expect, it } from 'vitest'
import { openBrowser } from '../../support/browser.ts'
import { as, createWorld } from '../../support/world.ts'

const OFFICE = '198.51.100.7'
const PEOPLE = 300

it('lets 300 people of one company in, behind one address and in one minute', async () => {
  const world = await createWorld()
  const emails = Array.from({ length: PEOPLE }, (_, n) => `person.${n}@tenant.example`)
  for (const email of emails) await world.addUser(email, { signInMethod: 'sso_enforced' })

  const stranger = openBrowser(undefined, { address: '203.0.113.66' })
  const hammered = []
  for (const email of emails.slice(0, 10))
    for (let n = 0; n < 25; n++) hammered.push((await stranger.post('/login', { email })).status)
  expect(hammered).toContain(429)

  const ways = []
  for (const email of emails) {
    const browser = openBrowser(undefined, { address: OFFICE })
    ways.push({ email, browser, door: await browser.post('/login', { email }) })
  }
  expect(new Set(ways.map(({ door }) => door.status))).toEqual(new Set([303]))

  const finished = []
  for (const { email, browser, door } of ways) {
    const departure = await world.begin(
      browser,
      new URL(door.headers.get('location')!, 'https://sso.vendor.example').search,
    )
    const message = await world.idp(departure.requestID).respond(as(email))
    const arrived = await world.deliver(browser, message, departure.relayState)
    finished.push((await browser.get(arrived.headers.get('location')!)).status)
  }
  expect(new Set(finished)).toEqual(new Set([302]))
  expect((await world.rows()).sessions).toHaveLength(PEOPLE)
}, 240_000)
