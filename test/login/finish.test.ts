import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { loginCodes } from '../../src/platform/db/schema.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { as, createWorld, db, type World } from '../support/world.ts'

async function arrive(world: World, browser: Browser): Promise<string> {
  const { requestID, relayState } = await world.begin(browser)
  const message = await world.idp(requestID).respond(as('alice@tenant.example'))
  const arrived = await world.deliver(browser, message, relayState)
  return arrived.headers.get('location')!
}

it('browser_mismatch: a login finished in another browser is refused, and spent', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const browser = openBrowser()
  const finish = await arrive(world, browser)
  const stranger = openBrowser()
  await world.begin(stranger)
  const refused = await stranger.get(finish)
  expect(refused.status).toBe(403)
  const page = await refused.text()
  expect(page).toContain('This sign-in was started in another browser')
  expect(page).toMatch(new RegExp(`href="/sso/${world.connectionSid}/again\\?login=[\\w-]{24}"`))
  expect(refused.headers.getSetCookie()).toEqual([])
  expect((await world.rows()).attempts).toMatchObject([{ code: 'browser_mismatch' }])
  // Its code has been where it should not: the first browser cannot use it any more.
  expect((await browser.get(finish)).status).toBe(400)
  expect((await world.rows()).sessions).toEqual([])
})

it('browser_mismatch: a browser without a cookie is another browser', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const finish = await arrive(world, openBrowser())
  expect((await openBrowser().get(finish)).status).toBe(403)
  expect((await world.rows()).sessions).toEqual([])
})

it('login_code_spent: a finish link works once, and says the attempt', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const browser = openBrowser()
  const finish = await arrive(world, browser)
  expect((await browser.get(finish)).status).toBe(302)
  const again = await openBrowser().get(finish)
  expect(again.status).toBe(400)
  const page = await again.text()
  expect(page).toContain('This sign-in was already finished')
  const { attempts, sessions } = await world.rows()
  expect(page).toContain(attempts[0]!.sid)
  expect(sessions).toHaveLength(1)
})

it('login_code_unknown: an unknown code, and an expired one', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const browser = openBrowser()
  expect((await browser.get('/login/finish')).status).toBe(400)
  expect((await browser.get(`/login/finish?code=${'A'.repeat(43)}`)).status).toBe(400)
  const finish = await arrive(world, browser)
  await db
    .update(loginCodes)
    .set({ expiresAt: Date.now() - 1 })
    .where(eq(loginCodes.connectionSid, world.connectionSid))
  const expired = await browser.get(finish)
  expect(expired.status).toBe(400)
  expect(await expired.text()).toContain('This sign-in has expired')
  expect((await world.rows()).sessions).toEqual([])
})

it('a session cookie that was there before is never taken over', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const browser = openBrowser()
  const planted = 'F'.repeat(43)
  browser.cookies.set('__Host-session', planted)
  await browser.get(await arrive(world, browser))
  expect(browser.cookies.get('__Host-session')).not.toBe(planted)
})

it('a session ends no later than SessionNotOnOrAfter', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const sessionNotOnOrAfter = Math.floor(Date.now() / 1000) * 1000 + 600_000
  await world.login('alice@tenant.example', { sessionNotOnOrAfter })
  expect((await world.rows()).sessions).toMatchObject([{ expiresAt: sessionNotOnOrAfter }])
})
