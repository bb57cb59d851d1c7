// What the browser keeps of a login, what KV keeps instead, and what a login does without KV.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Env } from '../../src/env.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { as, createWorld, type World, type Departure } from '../support/world.ts'

const ALICE = 'alice@tenant.example'
const LONG = `/oauth2/authorize?client_id=CL1&state=${'s'.repeat(5400)}`

const broken = new Proxy({} as KVNamespace, {
  get: () => () => Promise.reject(new Error('KV GET failed: 503')),
})
const empty = { get: async () => null, put: async () => undefined } as unknown as KVNamespace
const withKV = (RELAY: KVNamespace): Env => ({ ...env, RELAY })

async function createAlice(): Promise<World> {
  const world = await createWorld()
  await world.addUser(ALICE)
  return world
}

/** From the IdP to the end: where it leads. */
async function end(world: World, browser: Browser, departure: Departure) {
  const message = await world.idp(departure.requestID).respond(as(ALICE))
  const arrived = await world.deliver(browser, message, departure.relayState)
  expect(arrived.status).toBe(303)
  const finished = await browser.get(arrived.headers.get('location')!)
  return { status: finished.status, location: finished.headers.get('location'), finished }
}

const loginCookies = ({ cookies }: Browser) =>
  [...cookies.keys()].filter((name) => name.startsWith('__Host-login-'))

describe('the login cookie', () => {
  it('is sealed: neither the target nor the connection can be read', async () => {
    const world = await createAlice()
    const browser = openBrowser()
    await world.begin(browser, '?return_to=/inbox%3Fkey%3Dsecret')
    const [name] = loginCookies(browser)
    const value = browser.cookies.get(name!)!
    const bytes = atob(value.replaceAll('-', '+').replaceAll('_', '/'))
    expect(bytes).not.toMatch(/inbox|CN[0-9a-f]/)
  })

  it('holds a target of 2,000 characters without KV', async () => {
    const world = await createAlice()
    const browser = openBrowser(withKV(broken))
    const target = `/inbox?${'a'.repeat(1993)}`
    const begun = await world.begin(browser, `?return_to=${encodeURIComponent(target)}`)
    const [name] = loginCookies(browser)
    expect(name!.length + browser.cookies.get(name!)!.length).toBeLessThanOrEqual(4096)
    expect((await end(world, browser, begun)).location).toBe(ORIGIN + target)
  })

  it('leaves a longer target to KV, up to the longest authorization request', async () => {
    const world = await createAlice()
    const browser = openBrowser()
    const begun = await world.begin(browser, `?return_to=${encodeURIComponent(LONG)}`)
    const [name] = loginCookies(browser)
    expect(browser.cookies.get(name!)!.length).toBeLessThan(400)
    expect((await end(world, browser, begun)).location).toBe(ORIGIN + LONG)
  })

  it.each([
    ['down', broken],
    ['empty', empty],
  ])('ends signed in with KV %s, if only on our own page', async (_, kv) => {
    const world = await createAlice()
    const browser = openBrowser(withKV(kv))
    const begun = await world.begin(browser, `?return_to=${encodeURIComponent(LONG)}`)
    expect(await end(world, browser, begun)).toMatchObject({ status: 302, location: `${ORIGIN}/` })
    expect((await world.rows()).sessions).toHaveLength(1)
  })

  it('stays for the newest eight logins; the others end by KV, in this browser alone', async () => {
    const world = await createAlice()
    const browser = openBrowser()
    const begun: Departure[] = []
    for (let tab = 0; tab < 40; tab++)
      begun.push(await world.begin(browser, `?return_to=/tab/${tab}`))
    expect(loginCookies(browser)).toHaveLength(8)
    const header = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    expect(header.length).toBeLessThan(4096)

    const thief = openBrowser()
    await world.begin(thief)
    expect((await end(world, thief, begun[1]!)).status).toBe(403)
    for (const tab of [0, 5, 31, 32, 39])
      expect(await end(world, browser, begun[tab]!), `tab ${tab}`).toMatchObject({
        status: 302,
        location: `${ORIGIN}/tab/${tab}`,
      })
  })

  it('of forty tabs that begin at the same moment: each ends, with KV down', async () => {
    const world = await createAlice()
    const browser = openBrowser(withKV(broken))
    const begun = await Promise.all(
      Array.from({ length: 40 }, (_, tab) => world.begin(browser, `?return_to=/tab/${tab}`)),
    )
    expect(loginCookies(browser)).toHaveLength(40)
    for (const [tab, departure] of begun.entries())
      expect((await end(world, browser, departure)).location).toBe(`${ORIGIN}/tab/${tab}`)
  })

  it('makes room eight at a time, and gives KV nothing that we did not seal', async () => {
    const world = await createAlice()
    const put: string[] = []
    const kv = { ...empty, put: async (key: string) => void put.push(key) }
    const browser = openBrowser(withKV(kv as unknown as KVNamespace))
    for (let planted = 0; planted < 60; planted++) {
      const name = planted.toString(16).padStart(8, '0') + 'A'.repeat(16)
      browser.cookies.set(`__Host-login-${name}`, 'A'.repeat(400))
    }
    await world.begin(browser)
    expect(loginCookies(browser)).toHaveLength(60 - 8 + 1)
    expect(put).toEqual([])
  })
})

describe('what KV keeps for one address', () => {
  /** A limit that counts by key and lets `most` through, and a KV that counts what is put. */
  function limited(most: number) {
    const asked: string[] = []
    const put: string[] = []
    const limit = async ({ key }: { key: string }) => {
      if (!key.startsWith('keep ')) return { success: true }
      asked.push(key)
      return { success: asked.length <= most }
    }
    const RELAY = new Proxy(env.RELAY, {
      get: (kv, name: keyof KVNamespace) =>
        name === 'put'
          ? async (key: string, ...rest: [string]) => {
              put.push(key)
              return kv.put(key, ...rest)
            }
          : kv[name].bind(kv),
    })
    return { asked, put, env: { ...env, RELAY, LOGINS_BY_ADDRESS: { limit } as RateLimit } }
  }

  it('has a limit: a login with a long target beyond it still ends, on our own page', async () => {
    const world = await createAlice()
    const of = limited(1)
    const browser = openBrowser(of.env, { address: '203.0.113.9' })
    const begun: Departure[] = []
    for (let n = 0; n < 3; n++)
      begun.push(await world.begin(browser, `?return_to=${encodeURIComponent(LONG)}`))
    expect(of.asked).toEqual(Array.from({ length: 3 }, () => 'keep 203.0.113.9'))
    expect(of.put).toHaveLength(1)
    const ends = []
    for (const departure of begun) ends.push((await end(world, browser, departure)).location)
    expect(ends).toEqual([ORIGIN + LONG, `${ORIGIN}/`, `${ORIGIN}/`])
  })

  it('has a limit: cookies beyond it stay in the browser, up to 24, and their logins end', async () => {
    const world = await createAlice()
    const of = limited(0)
    const browser = openBrowser(of.env, { address: '203.0.113.9' })
    const begun: Departure[] = []
    for (let tab = 0; tab < 30; tab++)
      begun.push(await world.begin(browser, `?return_to=/tab/${tab}`))
    expect(of.put).toEqual([])
    expect(of.asked.length).toBeGreaterThan(0)
    expect(loginCookies(browser)).toHaveLength(25)
    const ends = []
    for (const departure of begun) ends.push(await end(world, browser, departure))
    // Which five is chance where they began in the same second.
    expect(ends.filter(({ status }) => status === 403)).toHaveLength(5)
    for (const [tab, { status, location }] of ends.entries())
      if (status !== 403) expect(location).toBe(`${ORIGIN}/tab/${tab}`)
  })
})

describe('the secret', () => {
  const rotated = (current: string, previous: string): Env => ({
    ...env,
    LOGIN_SECRET: btoa(current.padEnd(32, '.')),
    LOGIN_SECRET_PREVIOUS: previous,
  })

  it('may rotate while a login is under way', async () => {
    const world = await createAlice()
    const before = openBrowser()
    const begun = await world.begin(before, '?return_to=/inbox')
    const after = openBrowser(rotated('new', env.LOGIN_SECRET))
    for (const [name, value] of before.cookies) after.cookies.set(name, value)
    expect((await end(world, after, begun)).location).toBe(`${ORIGIN}/inbox`)
  })

  it('that is gone refuses the login with words, and “Start again”', async () => {
    const world = await createAlice()
    const before = openBrowser()
    const { requestID, relayState } = await world.begin(before)
    const after = openBrowser(rotated('new', ''))
    const message = await world.idp(requestID).respond(as(ALICE))
    const refused = await world.deliver(after, message, relayState)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('Your sign-in cannot be found')
  })
})
