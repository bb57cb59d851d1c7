// When somebody has to sign in again, and as whom: prompt, max_age, hints. Nothing goes in circles.
import { eq, sql } from 'drizzle-orm'
import { SignJWT, generateKeyPair } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connections, domains, sessions, tenants } from '../../src/platform/db/schema.ts'
import { openHandle } from '../../src/login/handle.ts'
import { createSid } from '../../src/ids.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { keyRing, relayStateOf } from '../support/pending-logins.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { askIn, follow, openApp, openSession, signInWith, type App } from './relying-party.ts'

let world: World
let app: App
let email: string
let userSid: string
let browser: Browser
let number = 0
beforeAll(async () => {
  app = await openApp()
})
beforeEach(async () => {
  world = await createWorld()
  // Of its own each time: how often the front door answers for an e-mail is counted.
  email = `prompts-${number++}@tenant.example`
  userSid = await world.addUser(email, { signInMethod: 'sso_enforced' })
  browser = await openSession(world, email)
})

async function authorize(more: Record<string, string>, from = browser) {
  const { location, checks } = await askIn(from, app, more)
  const url = new URL(location ?? 'about:blank', ORIGIN)
  const error = url.searchParams.get('error')
  return { url, error, isGranted: url.searchParams.has('code'), checks }
}

/** Through whatever it leads to, back to the app. */
async function through(more: Record<string, string>, as = email, from = browser, answer = {}) {
  const { path } = await app.ask(more)
  const { callback, trail } = await follow(world, from, path, as, answer)
  return {
    error: callback?.searchParams.get('error') ?? null,
    isGranted: callback?.searchParams.has('code') ?? false,
    atIdP: trail.filter((url) => url.startsWith('https://idp.tenant.example/')),
  }
}

/** What the IdP was asked for. Undefined: through another connection. */
async function askedOf(url: string) {
  return openHandle(await keyRing(), world.connectionSid, relayStateOf(url), Date.now())
}

/** The AuthnRequest on its way to the IdP. */
async function requestIn(url: URL | string): Promise<string> {
  const text = atob(new URL(url).searchParams.get('SAMLRequest')!)
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(stream).text()
}

/** The request as it comes back from a login that began now. */
const returned = (path: string) => `${path}&authenticated_after=${Date.now()}`

const authenticated = (at: number) =>
  db
    .update(sessions)
    .set({ principal: sql`json_set(principal, '$.authnInstant', ${at})` })
    .where(eq(sessions.userSid, userSid))

describe('prompt=none', () => {
  it('gives a code to a signed-in user', async () => {
    expect((await authorize({ prompt: 'none' })).isGranted).toBe(true)
  })

  it('answers login_required without a session', async () => {
    expect((await authorize({ prompt: 'none' }, openBrowser())).error).toBe('login_required')
  })

  it('answers so after the session has ended', async () => {
    await db
      .update(sessions)
      .set({ endedAt: Date.now(), endedBecause: 'revoked' })
      .where(eq(sessions.userSid, userSid))
    expect((await authorize({ prompt: 'none' })).error).toBe('login_required')
  })

  it('answers so if the session is not the user’s that login_hint names', async () => {
    expect((await authorize({ prompt: 'none', login_hint: 'bob@tenant.example' })).error).toBe(
      'login_required',
    )
    expect((await authorize({ prompt: 'none', login_hint: 'nobody' })).error).toBe('login_required')
    expect((await authorize({ prompt: 'none', login_hint: email.toUpperCase() })).isGranted).toBe(
      true,
    )
  })

  it('answers so if the user signed in longer ago than max_age', async () => {
    await authenticated(Date.now() - 61_000)
    expect((await authorize({ prompt: 'none', max_age: '60' })).error).toBe('login_required')
    expect((await authorize({ prompt: 'none', max_age: '3600' })).isGranted).toBe(true)
  })

  it('answers so if the session is not the user’s that our ID token names', async () => {
    const { tokens } = await signInWith(app, world)
    expect((await authorize({ prompt: 'none', id_token_hint: tokens.id_token! })).error).toBe(
      'login_required',
    )
    const own = await askIn(browser, app)
    const { id_token: hint } = await app.redeem(own.callback!, own.checks)
    expect((await authorize({ prompt: 'none', id_token_hint: hint! })).isGranted).toBe(true)
  })

  it('does not trust an ID token with another signature', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const own = await askIn(browser, app)
    const { id_token: genuine } = await app.redeem(own.callback!, own.checks)
    const header = JSON.parse(atob(genuine!.split('.')[0]!)) as { alg: string; kid: string }
    const forged = await new SignJWT({ iss: ORIGIN, sub: userSid })
      .setProtectedHeader(header)
      .sign(privateKey)
    expect((await authorize({ prompt: 'none', id_token_hint: forged })).error).toBe(
      'invalid_request',
    )
  })
})

describe('prompt=login', () => {
  it('has the IdP ask again, and comes back with a code', async () => {
    const { atIdP, isGranted } = await through({ prompt: 'login' })
    expect(isGranted).toBe(true)
    expect(atIdP).toHaveLength(1)
    expect(await askedOf(atIdP[0]!)).toMatchObject({ forceAuthn: true })
  })

  it('does so for a stranger too, through the front door', async () => {
    const stranger = openBrowser()
    const { url } = await authorize({ prompt: 'login' }, stranger)
    expect(url.pathname).toBe('/login')
    const entered = await stranger.post('/login', {
      email,
      return_to: url.searchParams.get('return_to')!,
    })
    expect(entered.headers.get('location')).toMatch(/^\/sso\/CN\w+\?.*&force_authn=new$/)
  })

  it('refuses an IdP that has not asked again', async () => {
    const old = { authnInstant: Date.now() - 20 * 60_000 }
    const { path } = await app.ask({ prompt: 'login' })
    const { callback, page } = await follow(world, browser, path, email, old)
    expect([callback, page.status]).toEqual([undefined, 403])
  })

  it('ends in login_required if the session after the login does not serve', async () => {
    const { path } = await app.ask({ prompt: 'login' })
    await browser.get(path)
    // A person who returns without a new login has the earlier session.
    const back = await browser.get(returned(path))
    const url = new URL(back.headers.get('location')!)
    expect(url.searchParams.get('error')).toBe('login_required')
  })

  it('is not fooled by a session that another tab has opened in between', async () => {
    const { path } = await app.ask({ prompt: 'login' })
    const back = returned(path)
    await browser.get(path)
    await world.login(email, { authnInstant: Date.now() - 20 * 60_000 }, browser)
    const answered = await browser.get(back)
    expect(new URL(answered.headers.get('location')!).searchParams.get('error')).toBe(
      'login_required',
    )
  })

  it('asks again if the request names a login of long ago or of the future', async () => {
    for (const at of [Date.now() - 31 * 60_000, Date.now() + 60_000, 0]) {
      const { url } = await authorize({ prompt: 'login', authenticated_after: String(at) })
      expect(await requestIn(url), String(at)).toContain('ForceAuthn="true"')
    }
  })
})

describe('max_age', () => {
  it('is met by a login that is recent enough', async () => {
    expect((await authorize({ max_age: '600' })).isGranted).toBe(true)
  })

  it('makes the IdP ask again if it is not, and then gives a code', async () => {
    await authenticated(Date.now() - 61_000)
    const { atIdP, isGranted } = await through({ max_age: '60' })
    expect([atIdP.length, isGranted]).toEqual([1, true])
    expect(await requestIn(atIdP[0]!)).toContain('ForceAuthn="true"')
  })

  it('of 0 always asks, and the new login meets it', async () => {
    await authenticated(Date.now() - 1000)
    const { atIdP, isGranted } = await through({ max_age: '0' })
    expect([atIdP.length, isGranted]).toEqual([1, true])
  })

  it('accepts an IdP that does not ask again, if its authentication is recent enough', async () => {
    await authenticated(Date.now() - 601_000)
    const recent = { authnInstant: Date.now() - 500_000 }
    const { atIdP, isGranted } = await through({ max_age: '600' }, email, browser, recent)
    expect([atIdP.length, isGranted]).toEqual([1, true])
  })

  it('tells the app of an IdP that does not ask again and has an older one', async () => {
    await authenticated(Date.now() - 601_000)
    const { path } = await app.ask({ max_age: '600' })
    const old = { authnInstant: Date.now() - 700_000 }
    const { callback } = await follow(world, browser, path, email, old)
    expect(callback?.searchParams.get('error')).toBe('login_required')
    expect(callback?.searchParams.get('error_description')).toBe(
      'the identity provider authenticated the user longer ago than max_age allows',
    )
  })

  it.each([
    [60, 40_000, true],
    [60, 62_000, false],
    [20, 40_000, false],
  ])('grants a skew of %i s to an IdP whose clock is %i ms slow: %s', async (skew, slow, good) => {
    await db
      .update(connections)
      .set({ clockSkewSeconds: skew })
      .where(eq(connections.sid, world.connectionSid))
    const answer = { authnInstant: Date.now() - slow }
    const { isGranted } = await through({ max_age: '0' }, email, browser, answer)
    expect(isGranted).toBe(good)
  })

  it('counts from when the IdP asked, not from when the session was opened', async () => {
    const stranger = openBrowser()
    await world.login(email, { authnInstant: Date.now() - 3600_000 }, stranger)
    const { url } = await authorize({ max_age: '600' }, stranger)
    expect(await requestIn(url)).toContain('ForceAuthn="true"')
    expect((await authorize({}, stranger)).isGranted).toBe(true)
  })

  it('tells the app when that was', async () => {
    const at = Date.now() - 3600_000
    const stranger = openBrowser()
    await world.login(email, { authnInstant: at }, stranger)
    const asked = await askIn(stranger, app)
    const tokens = await app.redeem(asked.callback!, asked.checks)
    expect(tokens.claims()!.auth_time).toBe(Math.floor(at / 1000))
  })
})

describe('prompt=select_account', () => {
  it('asks for the e-mail at the front door, also a signed-in person, and takes any answer', async () => {
    const { url } = await authorize({ prompt: 'select_account', login_hint: email })
    expect(url.pathname).toBe('/login')
    const page = await browser.get(`${url.pathname}${url.search}`)
    expect(await page.text()).toContain(`value="${email}"`)
    const entered = await browser.post('/login', {
      email,
      return_to: url.searchParams.get('return_to')!,
    })
    const { callback } = await follow(world, browser, entered.headers.get('location')!, email)
    expect(callback!.searchParams.has('code')).toBe(true)
  })
})

describe('login_hint', () => {
  it('leads a stranger to their IdP without asking, and tells it whom to expect', async () => {
    await db
      .update(connections)
      .set({ preset: 'entra-id' })
      .where(eq(connections.sid, world.connectionSid))
    const { url } = await authorize({ login_hint: email }, openBrowser())
    expect(await askedOf(url.href)).toBeDefined()
    expect(url.searchParams.get('login_hint')).toBe(email)
    const { isGranted, atIdP } = await through({ login_hint: email }, email, openBrowser())
    expect([isGranted, atIdP.length]).toEqual([true, 1])
  })

  it('has another person sign in than the one who is signed in, and takes who comes', async () => {
    const bob = `bob-${email}`
    await world.addUser(bob, { signInMethod: 'sso_enforced' })
    expect((await authorize({ login_hint: email })).isGranted).toBe(true)
    const asBob = await through({ login_hint: bob }, bob)
    expect([asBob.isGranted, asBob.atIdP.length]).toEqual([true, 1])
    // A hint is a hint: the IdP may know only whom it knows. It is not asked for ever.
    const asAlice = await through({ login_hint: bob }, email, openBrowser())
    expect([asAlice.isGranted, asAlice.atIdP.length]).toEqual([true, 1])
  })

  it('lets people with a choice choose', async () => {
    const chooser = `choice-${email}`
    await world.addUser(chooser, { signInMethod: 'sso_enabled' })
    const { path } = await app.ask({ login_hint: chooser })
    const page = await openBrowser().get(path)
    expect(page.status).toBe(200)
    const text = await page.text()
    expect(text).toContain('How would you like to sign in?')
    expect(text).toContain(`href="/sso/${world.connectionSid}?`)
  })

  it('that is no e-mail leads to the front door', async () => {
    const { url } = await authorize({ login_hint: 'alice' }, openBrowser())
    expect(url.pathname).toBe('/login')
  })

  it('is answered as often as the front door answers, and no more', async () => {
    const stranger = openBrowser()
    const { path } = await app.ask({ login_hint: `often-${email}` })
    let last = 0
    for (let time = 0; time < 12 && last !== 429; time++) last = (await stranger.get(path)).status
    expect(last).toBe(429)
  })
})

describe('domain_hint', () => {
  const DOMAIN = 'tenant.example'
  const verify = async (verifiedAt: number | null = Date.now()) => {
    await db.delete(domains)
    await db.insert(domains).values({
      tenantSid: world.tenantSid,
      domain: DOMAIN,
      token: 'x',
      createdBy: 'operator olga',
      createdAt: 1,
      verifiedAt,
    })
  }
  /** Our own page, or the connection of the world. */
  const wayOf = async (hint = DOMAIN) => {
    const { url } = await authorize({ domain_hint: hint }, openBrowser())
    if (url.origin === ORIGIN) return url.pathname
    return (await askedOf(url.href)) && world.connectionSid
  }

  it('leads to the connection of the tenant whose domain it is', async () => {
    await verify()
    expect(await wayOf()).toBe(world.connectionSid)
    expect(await wayOf('TENANT.example')).toBe(world.connectionSid)
  })

  it('leads to the front door if the domain is unverified or unknown', async () => {
    await verify(null)
    expect(await wayOf()).toBe('/login')
    expect(await wayOf('other.example')).toBe('/login')
    expect(await wayOf('?')).toBe('/login')
  })

  it('leads there if the tenant has two open connections', async () => {
    await verify()
    const [row] = await db
      .select()
      .from(connections)
      .where(eq(connections.sid, world.connectionSid))
    await db.insert(connections).values({ ...row!, sid: createSid('CN'), state: 'draft' })
    expect(await wayOf()).toBe(world.connectionSid)
    await db.insert(connections).values({ ...row!, sid: createSid('CN') })
    expect(await wayOf()).toBe('/login')
    // Unless the domain leads to one of them.
    await db.update(domains).set({ connectionSid: world.connectionSid })
    expect(await wayOf()).toBe(world.connectionSid)
  })

  it('leads there if the tenant has no plan for it or is suspended', async () => {
    await verify()
    const set = (change: Partial<typeof tenants.$inferInsert>) =>
      db.update(tenants).set(change).where(eq(tenants.sid, world.tenantSid))
    await set({ plan: 'standard' })
    expect(await wayOf()).toBe('/login')
    await set({ plan: 'enterprise', suspendedAt: 1 })
    expect(await wayOf()).toBe('/login')
  })
})

it('ends in login_required, not in a loop, if a session ends as it begins', async () => {
  const { path } = await app.ask({ login_hint: email })
  const stranger = openBrowser()
  await stranger.get(path)
  const response = await stranger.get(returned(path))
  expect(new URL(response.headers.get('location')!).searchParams.get('error')).toBe(
    'login_required',
  )
})

it('judges the request anew after the login', async () => {
  const stranger = openBrowser()
  const soon = await openApp()
  const asked = await soon.ask()
  const door = await stranger.get(asked.path)
  const returnTo = new URL(door.headers.get('location')!, ORIGIN).searchParams.get('return_to')!
  const tampered = returnTo.replace('scope=openid', 'scope=offline')
  const { callback } = await follow(world, browser, tampered, email)
  expect(callback!.searchParams.get('error')).toBe('invalid_scope')
})
