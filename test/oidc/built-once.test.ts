// The text of a login's statements is built once in an isolate: whoever comes next costs none.
import { SQLiteDialect } from 'drizzle-orm/sqlite-core/dialect'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { domains } from '../../src/platform/db/schema.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { as, createWorld, db, type World } from '../support/world.ts'
import { basic, codeFields, follow, openApp, post, type App } from './relying-party.ts'

let world: World
let app: App
let publicApp: App
beforeAll(async () => {
  world = await createWorld({ connection: { idpInitiated: 'accept' } })
  app = await openApp()
  publicApp = await openApp({ clientType: 'public' })
  await db.delete(domains)
  await db.insert(domains).values({
    tenantSid: world.tenantSid,
    domain: 'tenant.example',
    token: 'x',
    createdBy: 'operator olga',
    createdAt: 1,
    verifiedAt: 1,
  })
})
afterEach(() => vi.restoreAllMocks())

async function addPerson() {
  const email = `built-${crypto.randomUUID()}@tenant.example`
  await world.addUser(email, { signInMethod: 'sso_enforced' })
  return email
}

/** Through the IdP to the app, which exchanges its code and refreshes. Returns the last tokens. */
async function useApp(one: App, browser: Browser, email: string, more: Record<string, string>) {
  const { path, checks } = await one.ask(more)
  const { callback } = await follow(world, browser, path, email)
  const send = async (fields: Record<string, string>) => {
    const isPublic = one.client.clientType === 'public'
    const own = isPublic ? { client_id: one.client.sid } : {}
    const answer = await post('/oauth2/token', { ...fields, ...own }, isPublic ? {} : basic(one))
    expect(answer.status).toBe(200)
    return answer.body as Record<'access_token' | 'refresh_token' | 'id_token', string>
  }
  const { refresh_token: first } = await send(
    codeFields(callback!.searchParams.get('code')!, checks),
  )
  const tokens = await send({ grant_type: 'refresh_token', refresh_token: first })
  const claims = await browser.send('/oauth2/userinfo', {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  })
  expect(await claims.json()).toMatchObject({ email })
  return tokens
}

/** Each goes over real routes, with two people who have never come before. */
const WAYS: Record<string, (email: string, other: string) => Promise<unknown>> = {
  'an app names the person': (email) => useApp(app, openBrowser(), email, { login_hint: email }),
  'a public app names the domain': (email) =>
    useApp(publicApp, openBrowser(), email, { domain_hint: 'tenant.example' }),
  'an app asks in a session, with max_age, for this person': async (email) => {
    const browser = openBrowser()
    const { id_token: hint } = await useApp(app, browser, email, { login_hint: email })
    await useApp(app, browser, email, { max_age: '600', id_token_hint: hint })
  },
  'an app revokes its tokens': async (email) => {
    const tokens = await useApp(app, openBrowser(), email, { login_hint: email })
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect((await post('/oauth2/revoke', { token }, basic(app))).status).toBe(200)
  },
  'the front door': async (email) => {
    const browser = openBrowser()
    const entered = await browser.post('/login', { email, return_to: '/a' })
    await follow(world, browser, entered.headers.get('location')!, email)
    expect(await (await browser.get('/')).text()).toContain(email)
  },
  'somebody else in the same browser, who signs out': async (email, other) => {
    const browser = openBrowser()
    for (const person of [email, other])
      await follow(world, browser, `/sso/${world.connectionSid}`, person)
    expect((await browser.post('/logout')).status).toBe(200)
  },
  'a login without an app, and its message once more': async (email) => {
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond(as(email))
    const arrived = await world.deliver(browser, message, relayState)
    await browser.get(arrived.headers.get('location')!)
    const again = await world.deliver(browser, message, relayState)
    expect(again.headers.get('location')).toMatch(/^\/login\/repeated/)
    expect((await browser.get(again.headers.get('location')!)).status).toBe(302)
  },
  'a login that begins at the IdP': async (email) => {
    const browser = openBrowser()
    const arrived = await world.deliver(browser, await world.idp(null).respond(as(email)))
    expect((await browser.get(arrived.headers.get('location')!)).status).toBe(302)
  },
  'a refused person': async (email) => {
    const { arrived } = await world.login(`not-${email}`)
    expect(arrived.status).toBe(403)
  },
  'a test sign-in': async (email) => {
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser, '?test')
    const message = await world.idp(requestID).respond(as(email))
    const arrived = await world.deliver(browser, message, relayState)
    expect(arrived.headers.get('location')).toMatch(/^\/login\/tested/)
  },
}

it.each(Object.entries(WAYS))('%s: builds no SQL the second time', async (_, go) => {
  const people = await Promise.all([1, 2, 3, 4].map(addPerson))
  await go(people[0]!, people[1]!)
  const build = vi.spyOn(SQLiteDialect.prototype, 'sqlToQuery')
  await go(people[2]!, people[3]!)
  const built = build.mock.results.map(({ value }) => (value as { sql: string }).sql)
  // Events are delivered after the response.
  expect(built.filter((sql) => !/"(outbox|turns|turn_cursor|events)"/.test(sql))).toEqual([])
})
