// A full D1 answers what only reads, and refuses each write. People who are signed in stay so.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApiKey } from '../../src/access/operations.ts'
import { sessions } from '../../src/platform/db/schema.ts'
import type { Env } from '../../src/env.ts'
import { basic, openApp, post, REDIRECT_URI, signInWith, type App } from '../oidc/relying-party.ts'
import { openService } from '../scim/service.ts'
import { openBrowser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { wrapD1 } from '../support/wrap-d1.ts'

const BYE = 'https://app.vendor.example/bye'

let message = ''
const full: Env = {
  ...env,
  DB: wrapD1(env.DB, async (trip, asked) => {
    if (message && asked.some(({ query }) => !/^\s*select\b/i.test(query))) throw new Error(message)
    return trip()
  }),
}

let world: World
let app: App
let lines: Record<string, unknown>[] = []
beforeEach(async () => {
  message = ''
  world = await createWorld()
  app = await openApp({ postLogoutRedirectURIs: [BYE] })
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)))
})

afterEach(() => vi.restoreAllMocks())

/** Somebody signed in, whose requests meet a full database from now on. */
async function openPerson(text: string) {
  const signedIn = await signInWith(app, world)
  const browser = openBrowser(full)
  for (const [name, value] of signedIn.browser.cookies) browser.cookies.set(name, value)
  await db.update(sessions).set({ lastSeenAt: Date.now() - 120_000 })
  lines = []
  message = text
  return { ...signedIn, browser }
}

const codes = () => lines.filter(({ event }) => event === 'storage_fault').map(({ code }) => code)

describe.each([
  'D1_ERROR: database or disk is full: SQLITE_FULL',
  'D1_ERROR: Exceeded maximum DB size.',
  'D1_ERROR: attempt to write a readonly database: SQLITE_READONLY',
])('%s', (text) => {
  it('leaves a person signed in, and says so in the log', async () => {
    const { browser, email } = await openPerson(text)
    expect(await (await browser.get('/')).text()).toContain(email)
    expect(codes()).toEqual(['full'])
  })

  it('answers userinfo', async () => {
    const { browser, tokens, email } = await openPerson(text)
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const answer = await browser.send('/oauth2/userinfo', { headers })
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ email })])
    expect(codes()).toEqual(['full'])
  })

  it('goes on refreshing for an app with a secret, whose use it cannot note', async () => {
    const { tokens } = await openPerson(text)
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token! }
    const { status, body } = await post('/oauth2/token', fields, basic(app), full)
    expect([status, body.refresh_token]).toEqual([200, tokens.refresh_token])
    const headers = { authorization: `Bearer ${body.access_token}` }
    expect((await openBrowser(full).send('/oauth2/userinfo', { headers })).status).toBe(200)
    expect(codes()).toEqual(['full', 'full'])
  })

  it('refuses the refresh token of a public client, which must be spent, and leaves it good', async () => {
    const single = await openApp({ clientType: 'public' })
    const { tokens } = await signInWith(single, world)
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token! }
    const ask = (of: Env) =>
      post('/oauth2/token', { ...fields, client_id: single.client.sid }, {}, of)
    message = text
    const refused = await ask(full)
    expect([refused.status, refused.body.error]).toEqual([503, 'server_error'])
    message = ''
    expect((await ask(full)).status).toBe(200)
  })

  it('tells an app that wants no page, and shows all others one', async () => {
    const { browser } = await openPerson(text)
    const { path } = await app.ask({ prompt: 'none' })
    const silent = new URL((await browser.get(path)).headers.get('location')!)
    expect(silent.href.startsWith(REDIRECT_URI)).toBe(true)
    expect(silent.searchParams.get('error')).toBe('temporarily_unavailable')
    const shown = await browser.get((await app.ask()).path)
    expect([shown.status, shown.headers.get('retry-after')]).toEqual([503, '300'])
    expect(await shown.text()).toContain('This service has no storage left')
  })

  it('signs out of the browser, and says that it told no app', async () => {
    const { browser, tokens, userSid } = await openPerson(text)
    const query = new URLSearchParams({
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: BYE,
    })
    const page = await browser.get(`/oauth2/logout?${query}`)
    expect(page.status).toBe(503)
    const words = await page.text()
    expect(words).toContain('You are signed out of this browser only')
    expect(words).toContain(`href="${BYE}"`)
    expect(browser.cookies.has('__Host-session')).toBe(false)
    expect(lines.at(-1)).toMatchObject({ event: 'refused', code: 'signed_out_in_part' })
    const [row] = await db.select().from(sessions).where(eq(sessions.userSid, userSid))
    expect(row!.endedAt).toBeNull()
  })

  it('answers API keys and SCIM tokens whose use it cannot note', async () => {
    const { secret } = good(
      await createApiKey(request(), {
        name: 'ops',
        tenantSid: null,
        role: 'owner',
        expiresInDays: 1,
      }),
    )
    const service = await openService(world)
    message = text
    const headers = { authorization: `Bearer ${secret}` }
    expect((await openBrowser(full).send('/api/v1/tenants', { headers })).status).toBe(200)
    expect((await service.ask('GET', '/Users', undefined, {}, full)).status).toBe(200)
    expect(codes()).toEqual(['full', 'full'])
  })
})
