// “Start again”: every refusal leads back to the target that the login had.
import { eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { loginCodes } from '../../src/platform/db/schema.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { as, attemptCode, createWorld, db, type World } from '../support/world.ts'

const ALICE = 'alice@tenant.example'

async function beginDeep(query = '') {
  const world = await createWorld()
  await world.addUser(ALICE)
  const browser = openBrowser()
  const begun = await world.begin(browser, `?return_to=/deep${query}`)
  const respond = (answer = {}) => world.idp(begun.requestID).respond({ ...as(ALICE), ...answer })
  return { world, browser, begun, respond }
}

async function linkOf(page: Response): Promise<string> {
  return /href="([^"]+)">\s*Start again/.exec(await page.clone().text())![1]!
}

/** Opens the link, and signs in. */
async function startAgain(world: World, browser: Browser, page: Response) {
  const link = (await linkOf(page)).replaceAll('&amp;', '&')
  const departure = await world.begin(browser, link.slice(`/sso/${world.connectionSid}`.length))
  const message = await world.idp(departure.requestID).respond(as(ALICE))
  const arrived = await world.deliver(browser, message, departure.relayState)
  const finished = await browser.get(arrived.headers.get('location')!)
  return { link, departure, location: finished.headers.get('location') }
}

describe('“Start again” keeps the target', () => {
  it.each([
    ['a refused response', { audiences: [['https://other.example']] }],
    ['a user who is not there', as('stranger@tenant.example')],
    ['“Cancel” at the IdP', { status: ['Responder', 'AuthnFailed'], assertion: false, sign: [] }],
  ])('after %s', async (_, answer) => {
    const { world, browser, begun, respond } = await beginDeep()
    const page = await world.deliver(browser, await respond(answer), begun.relayState)
    expect(page.status).toBe(403)
    const again = await startAgain(world, browser, page)
    expect(again.link).toMatch(/\/again\?login=[\w-]{24}$/)
    expect(again.location).toBe(`${ORIGIN}/deep`)
  })

  it('after a lost or changed RelayState: of the newest login of the connection', async () => {
    for (const change of [() => '', (text: string) => `${text.slice(0, -2)}AA`]) {
      const { world, browser, begun, respond } = await beginDeep()
      const page = await world.deliver(browser, await respond(), change(begun.relayState))
      expect(page.status).toBe(400)
      expect(await attemptCode(page)).toBe('relay_state_unknown')
      expect(await page.clone().text()).toContain('Your sign-in cannot be found')
      const again = await startAgain(world, browser, page)
      expect(again.link).toMatch(/\/again$/)
      expect(again.location).toBe(`${ORIGIN}/deep`)
    }
  })

  it('after a login that took longer than ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { world, browser, begun, respond } = await beginDeep()
      vi.setSystemTime(Date.now() + 601_000)
      const page = await world.deliver(browser, await respond(), begun.relayState)
      expect(await attemptCode(page)).toBe('relay_state_expired')
      expect(await page.clone().text()).toContain('Your sign-in took too long')
      expect((await startAgain(world, browser, page)).location).toBe(`${ORIGIN}/deep`)
    } finally {
      vi.useRealTimers()
    }
  })

  it('after an expired login code, with the reference of its attempt', async () => {
    const { world, browser, begun, respond } = await beginDeep()
    const arrived = await world.deliver(browser, await respond(), begun.relayState)
    await db
      .update(loginCodes)
      .set({ expiresAt: Date.now() - 1 })
      .where(eq(loginCodes.connectionSid, world.connectionSid))
    const page = await browser.get(arrived.headers.get('location')!)
    expect(page.status).toBe(400)
    expect(await page.clone().text()).toContain((await world.rows()).attempts[0]!.sid)
    expect((await startAgain(world, browser, page)).location).toBe(`${ORIGIN}/deep`)
  })
})

describe('the link', () => {
  it('keeps the login hint and what the app asked for', async () => {
    const world = await createWorld({
      connection: { entityID: 'https://sts.windows.net/x/', preset: 'entra-id' },
    })
    const browser = openBrowser()
    await world.begin(browser, `?return_to=/deep&login_hint=${ALICE}&force_authn`)
    const { url, xml } = await world.begin(browser, '/again')
    expect(url.searchParams.get('login_hint')).toBe(ALICE)
    expect(xml).toContain('ForceAuthn="true"')
  })

  it('gives another browser no target', async () => {
    const { world, begun, respond } = await beginDeep()
    const other = openBrowser()
    const page = await world.deliver(other, await respond({ sign: [] }), begun.relayState)
    expect((await startAgain(world, other, page)).location).toBe(`${ORIGIN}/`)
  })

  it('takes no target of another connection', async () => {
    const { browser } = await beginDeep()
    const other = await createWorld()
    await other.addUser(ALICE)
    const name = [...browser.cookies.keys()][0]!.slice('__Host-login-'.length)
    const departure = await other.begin(browser, `/again?login=${name}`)
    const message = await other.idp(departure.requestID).respond(as(ALICE))
    const arrived = await other.deliver(browser, message, departure.relayState)
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.headers.get('location')).toBe(`${ORIGIN}/`)
  })
})
