// Back, reload, double click, prefetch: whoever that very login has signed in goes on.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { sessions } from '../../src/platform/db/schema.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { registerClient } from '../support/register-client.ts'
import { as, attemptCode, createWorld, db, type World } from '../support/world.ts'

const ALICE = 'alice@tenant.example'

/** Alice, signed in by a login that led to `target`. */
async function signIn(target = '/deep', settings = {}) {
  const world = await createWorld(settings)
  await world.addUser(ALICE)
  await world.addUser('bob@tenant.example')
  const browser = openBrowser()
  const begun = await world.begin(browser, `?return_to=${encodeURIComponent(target)}`)
  const message = await world.idp(begun.requestID).respond(as(ALICE))
  const arrived = await world.deliver(browser, message, begun.relayState)
  const finish = arrived.headers.get('location')!
  const finished = await browser.get(finish)
  expect(finished.headers.get('location')).toBe(new URL(target, ORIGIN).href)
  return { world, browser, begun, message, finish }
}

/** Posts a message, and follows to where it leads. */
async function post(world: World, browser: Browser, message: string, relayState: string) {
  const arrived = await world.deliver(browser, message, relayState)
  const location = arrived.headers.get('location') ?? ''
  expect(location).toMatch(/^\/login\/repeated\?message=[\w-]+$/)
  return browser.get(location)
}

/** What a repeated message must not change. */
async function stateOf(world: World) {
  const { spent, loginCodes, sessions: opened } = await world.rows()
  return { spent, loginCodes, opened }
}

describe('a message that comes again', () => {
  it('leads on, and opens and extends nothing', async () => {
    const { world, browser, begun, message } = await signIn()
    await db.update(sessions).set({ lastSeenAt: Date.now() - 600_000 })
    const before = await stateOf(world)
    const cookies = new Map(browser.cookies)
    const again = await post(world, browser, message, begun.relayState)
    expect([again.status, again.headers.get('location')]).toEqual([302, `${ORIGIN}/deep`])
    expect(await stateOf(world)).toEqual(before)
    expect(browser.cookies).toEqual(cookies)
  })

  it('leads on as another answer to the same request, of the same person', async () => {
    const { world, browser, begun } = await signIn()
    const second = await world.idp(begun.requestID).respond(as(ALICE))
    const again = await post(world, browser, second, begun.relayState)
    expect(again.headers.get('location')).toBe(`${ORIGIN}/deep`)
  })

  it('is refused as an answer that speaks of another person', async () => {
    const { world, browser, begun } = await signIn()
    const second = await world.idp(begun.requestID).respond(as('bob@tenant.example'))
    const again = await post(world, browser, second, begun.relayState)
    expect([again.status, await attemptCode(again)]).toEqual([403, 'replayed'])
  })

  it('leads on where the login began at the IdP', async () => {
    const world = await createWorld({ connection: { idpInitiated: 'accept' } })
    await world.addUser(ALICE)
    const browser = openBrowser()
    const message = await world.idp(null).respond(as(ALICE))
    const target = 'https://app.vendor.example/inbox'
    const arrived = await world.deliver(browser, message, target)
    await browser.get(arrived.headers.get('location')!)
    const again = await post(world, browser, message, target)
    expect(again.headers.get('location')).toBe(target)
  })

  it('is verified first: a changed one is refused for what is wrong with it', async () => {
    const { world, browser, begun, message } = await signIn()
    const changed = message.replace('Alice', 'Malice')
    const refused = await world.deliver(browser, changed, begun.relayState)
    expect([refused.status, await attemptCode(refused)]).toEqual([403, 'signature_digest'])
  })

  it.each([
    ['another browser', async () => openBrowser()],
    [
      'a browser with another login of the same person',
      async (world: World) => (await world.login(ALICE)).browser,
    ],
    [
      'a browser whose session has ended',
      async (_: World, browser: Browser) => {
        await db.update(sessions).set({ endedAt: Date.now(), endedBecause: 'revoked' })
        return browser
      },
    ],
  ])('is refused from %s, with its reference and “Start again”', async (_, from) => {
    const { world, browser, begun, message } = await signIn()
    const other = await from(world, browser)
    const before = await stateOf(world)
    const again = await post(world, other, message, begun.relayState)
    expect([again.status, await attemptCode(again)]).toEqual([403, 'replayed'])
    expect(await again.text()).toMatch(/\/again\?login=[\w-]{24}"/)
    expect(await stateOf(world)).toEqual(before)
  })

  it('is refused under a link that we have not sealed', async () => {
    const { browser } = await signIn()
    for (const message of ['', 'A'.repeat(200)])
      expect((await browser.get(`/login/repeated?message=${message}`)).status).toBe(400)
  })
})

describe('of an app, whose request has been used,', () => {
  it.each([
    ['initiate_login_uri', 'https://app.example/login', /^https:\/\/app\.example\/login\?iss=/],
    ['first page', null, /^https:\/\/app\.example\/$/],
  ])('the way leads to its %s', async (_, initiateLoginURI, expected) => {
    const { sid: clientSid } = await registerClient({
      redirectURIs: ['https://app.example/callback'],
      initiateLoginURI,
    })
    const target = `/oauth2/authorize?client_id=${clientSid}&state=used`
    const { world, browser, begun, message, finish } = await signIn(target)
    const again = await post(world, browser, message, begun.relayState)
    expect(again.headers.get('location')).toMatch(expected)
    expect((await browser.get(finish)).headers.get('location')).toMatch(expected)
  })
})

describe('the end of a login', () => {
  it('leads on when it is loaded again, also after its code has been swept', async () => {
    const { world, browser, finish } = await signIn()
    const before = await stateOf(world)
    const cookie = browser.cookies.get('__Host-session')
    const again = await browser.get(finish)
    expect([again.status, again.headers.get('location')]).toEqual([302, `${ORIGIN}/deep`])
    expect(await stateOf(world)).toEqual(before)
    expect(browser.cookies.get('__Host-session')).toBe(cookie)
  })

  it('is refused after the session has ended', async () => {
    const { browser, finish } = await signIn()
    await db.update(sessions).set({ endedAt: Date.now(), endedBecause: 'logout' })
    expect((await browser.get(finish)).status).toBe(400)
  })

  it.each([
    { method: 'HEAD' },
    { headers: { 'sec-purpose': 'prefetch' } },
    { headers: { 'sec-purpose': 'prefetch;prerender' } },
    { headers: { purpose: 'prefetch' } },
    { headers: { 'x-moz': 'prefetch' } },
  ])('is not spent by a look ahead: %o', async (init) => {
    const world = await createWorld()
    await world.addUser(ALICE)
    const browser = openBrowser()
    const begun = await world.begin(browser)
    const message = await world.idp(begun.requestID).respond(as(ALICE))
    const arrived = await world.deliver(browser, message, begun.relayState)
    const finish = arrived.headers.get('location')!
    const ahead = await browser.sendAs(finish, init)
    expect([ahead.status, ahead.headers.getSetCookie()]).toEqual([503, []])
    expect((await world.rows()).sessions).toEqual([])
    expect((await browser.get(finish)).status).toBe(302)
    const [session] = await db
      .select()
      .from(sessions)
      .where(eq(sessions.connectionSid, world.connectionSid))
    expect(session).toBeDefined()
  })
})
