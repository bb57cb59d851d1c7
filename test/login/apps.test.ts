// Logins that end at apps which are registered: by return_to, and from the IdP. And those that
// would like to end elsewhere.
import { env } from 'cloudflare:workers'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { disableClient } from '../../src/clients/operations.ts'
import { findIdpInitiatedReturnTo, findReturnTo } from '../../src/login/return-to.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { HOSTILE_URLS } from '../attacks/hostile-urls.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { APP, forgetClients, registerClient } from '../support/register-client.ts'
import { good, request } from '../support/request.ts'
import { as, createWorld, db, type World } from '../support/world.ts'
import { countD1 } from '../support/wrap-d1.ts'

const START = `${APP}/sign-in`
const KNOWN = { origin: ORIGIN, returnOrigins: [ORIGIN, 'https://app.vendor.example'] }

beforeEach(forgetClients)
afterAll(forgetClients)

/** What is near the origin of the app, and is not it. */
const NEAR = [
  'http://app.customer.example/',
  'https://app.customer.example:8443/',
  'https://app.customer.example.evil.example/',
  'https://app.customer.example@evil.example/',
  'https://evil.example/?https://app.customer.example/',
  'https://evil.example\\@app.customer.example/',
  'https://sub.app.customer.example/',
  '//app.customer.example/',
  'https:app.customer.example',
  'https://user@app.customer.example/',
  ...HOSTILE_URLS,
]

describe('return_to', () => {
  it('may lead to an app that names the origin', async () => {
    await registerClient({ returnOrigins: [APP] })
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const target = `${APP}/inbox?x=1#here`
    const browser = openBrowser()
    const departure = await world.begin(browser, `?return_to=${encodeURIComponent(target)}`)
    const message = await world.idp(departure.requestID).respond(as('alice@tenant.example'))
    const arrived = await world.deliver(browser, message, departure.relayState)
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.headers.get('location')).toBe(target)
  })

  it('may be carried through the front door', async () => {
    await registerClient({ returnOrigins: [APP] })
    const page = await openBrowser().get(`/login?return_to=${encodeURIComponent(`${APP}/a`)}`)
    expect(await page.text()).toContain(`name="return_to" value="${APP}/a"`)
  })

  it('return_to: leads to no app that is disabled, or that does not say so', async () => {
    const silent = await registerClient({ redirectURIs: [`${APP}/callback`] })
    const { connectionSid } = await createWorld()
    const ask = async () => {
      const query = `return_to=${encodeURIComponent(`${APP}/`)}`
      const paths = [
        `/sso/${connectionSid}?${query}`,
        `/login?${query}`,
        `/login/recovery?${query}`,
      ]
      return Promise.all(paths.map(async (path) => (await openBrowser().get(path)).status))
    }
    expect([silent.returnOrigins, await ask()]).toEqual([[], [400, 400, 400]])
    const app = await registerClient({ returnOrigins: [APP] })
    expect(await ask()).toEqual([302, 200, 200])
    good(await disableClient(request(), app.sid))
    expect(await ask()).toEqual([400, 400, 400])
  })

  it('return_to: leads nowhere that is only near an app', async () => {
    await registerClient({ returnOrigins: [APP] })
    for (const target of NEAR)
      expect([target, await findReturnTo(db, KNOWN, target)]).toEqual([target, undefined])
  })

  it('costs one read if the deployment’s own list does not contain it, and otherwise none', async () => {
    await registerClient({ returnOrigins: [APP] })
    for (const [target, trips] of [
      ['/', 0],
      ['/oauth2/authorize?client_id=x', 0],
      ['https://app.vendor.example/a', 0],
      ['javascript:alert(1)', 0],
      ['not a URL', 0],
      [`${APP}/a`, 1],
      ['https://evil.example/', 1],
    ] as const) {
      const { binding, cost } = countD1(env.DB)
      await findReturnTo(openDatabase(binding), KNOWN, target)
      expect([target, cost.trips]).toEqual([target, trips])
      expect(cost.rowsRead).toBeLessThanOrEqual(3)
    }
  })
})

describe('a login that begins at the IdP', () => {
  async function arrive(idpInitiated: 'accept' | 'restart', relayState: string) {
    const world = await createWorld({ connection: { idpInitiated } })
    await world.addUser('alice@tenant.example')
    const browser = openBrowser()
    const message = await world.idp(null).respond(as('alice@tenant.example'))
    const arrived = await world.deliver(browser, message, relayState)
    return { world, browser, location: arrived.headers.get('location')! }
  }

  /** Where it ends, whichever way the connection takes it. */
  async function endOf(idpInitiated: 'accept' | 'restart', relayState: string) {
    const { world, browser, location } = await arrive(idpInitiated, relayState)
    const finish = idpInitiated === 'accept' ? location : await startAgain(world, browser, location)
    return (await browser.get(finish)).headers.get('location')
  }

  async function startAgain(world: World, browser: Browser, location: string) {
    const [path, query] = location.split('?')
    expect(path).toBe(`/sso/${world.connectionSid}`)
    const departure = await world.begin(browser, `?${query}`)
    const message = await world.idp(departure.requestID).respond(as('alice@tenant.example'))
    const arrived = await world.deliver(browser, message, departure.relayState)
    return arrived.headers.get('location')!
  }

  const told = (url: string | null) => {
    const { origin, pathname, searchParams } = new URL(url!)
    return [origin + pathname, Object.fromEntries(searchParams)]
  }

  for (const way of ['accept', 'restart'] as const) {
    it(`${way}: ends at the initiate_login_uri of the app that RelayState names`, async () => {
      await registerClient({ returnOrigins: [APP], initiateLoginURI: `${START}?tenant=a` })
      const target = `${APP}/inbox?x=1&iss=https://evil.example`
      expect(told(await endOf(way, target))).toEqual([
        START,
        { tenant: 'a', iss: ORIGIN, target_link_uri: target },
      ])
    })

    it(`${way}: ends at the default app if RelayState names no app`, async () => {
      const initiateLoginURI = 'https://home.customer.example/start'
      await registerClient({ isDefault: true, initiateLoginURI })
      for (const relayState of ['', 'an id of the IdP’s own', 'https://evil.example/'])
        expect(told(await endOf(way, relayState))).toEqual([initiateLoginURI, { iss: ORIGIN }])
    })

    it(`${way}: ends at RelayState itself if its app has no initiate_login_uri`, async () => {
      await registerClient({ isDefault: true, initiateLoginURI: START })
      await registerClient({ returnOrigins: ['https://plain.customer.example'] })
      for (const target of [
        'https://plain.customer.example/a',
        'https://app.vendor.example/a',
        `${ORIGIN}/`,
      ])
        expect(await endOf(way, target)).toBe(target)
    })

    it(`${way}: ends on our own page without an app`, async () => {
      expect(await endOf(way, '')).toBe(`${ORIGIN}/`)
      const app = await registerClient({ isDefault: true, initiateLoginURI: START })
      good(await disableClient(request(), app.sid))
      expect(await endOf(way, '')).toBe(`${ORIGIN}/`)
    })
  }

  it('ends nowhere that is only near an app', async () => {
    await registerClient({ returnOrigins: [APP], initiateLoginURI: START })
    for (const target of NEAR)
      expect([target, await findIdpInitiatedReturnTo(db, KNOWN, target)]).toEqual([
        target,
        `${ORIGIN}/`,
      ])
  })

  it('costs two reads at most', async () => {
    await registerClient({ returnOrigins: [APP], initiateLoginURI: START })
    for (const [relayState, trips] of [
      ['', 1],
      ['/', 0],
      [`${APP}/a`, 1],
      ['https://app.vendor.example/a', 1],
      ['https://evil.example/', 2],
    ] as const) {
      const { binding, cost } = countD1(env.DB)
      await findIdpInitiatedReturnTo(openDatabase(binding), KNOWN, relayState)
      expect([relayState, cost.trips]).toEqual([relayState, trips])
      expect(cost.rowsRead).toBeLessThanOrEqual(4)
    }
  })
})
