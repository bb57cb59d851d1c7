// Back-channel logout (OpenID Connect Back-Channel Logout 1.0): what apps are sent, how often, and
// where it may not go.
import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApiKey } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import { clients, logoutDeliveries } from '../../src/platform/db/schema.ts'
import worker from '../../src/worker.ts'
import { deliverLogoutTokens } from '../../src/oidc/back-channel/deliver.ts'
import { leaseDue, updateLeased } from '../../src/oidc/back-channel/store.ts'
import { revokeSessions } from '../../src/sessions/operations.ts'
import { createSid } from '../../src/ids.ts'
import { addClient, addGrant, deliveriesOf, openPeople } from '../sessions/stage.ts'
import { ORIGIN } from '../support/browser.ts'
import { countingDatabase } from '../support/counting.ts'
import { PUBLIC_V4, redirectTo, streamOf } from '../support/fake-network.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { config, deliveryOf, openEndpoint, revoked, URI, verify } from './back-channel-stage.ts'
import { endSessions, WAYS_TO_END } from './ways-to-end.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

// What is due is due in the whole database.
beforeEach(() => db.delete(logoutDeliveries))
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a logout token', () => {
  it('has the claims of the standard, and no nonce', async () => {
    const { session, clientSid } = await revoked()
    const endpoint = openEndpoint()
    const now = Date.now()
    expect(await endpoint.deliver(now)).toEqual({ sent: 1, failed: 0 })
    const { payload, protectedHeader } = await verify(endpoint.tokens()[0]!, clientSid)
    expect(protectedHeader).toEqual({
      alg: 'RS256',
      typ: 'logout+jwt',
      kid: expect.any(String),
    })
    const iat = payload.iat!
    expect(Math.abs(iat - now / 1000)).toBeLessThan(60)
    expect(payload).toEqual({
      iss: ORIGIN,
      sub: session.userSid,
      aud: clientSid,
      iat,
      exp: iat + 120,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sid: session.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
  })

  it('goes by POST, in a form, to this app only', async () => {
    await revoked()
    const endpoint = openEndpoint()
    await endpoint.deliver()
    expect(endpoint.visited).toEqual([URI])
    const sent = endpoint.requests.find(({ method }) => method === 'POST')!
    expect(sent.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' })
    expect(String(sent.body)).toMatch(/^logout_token=[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(sent.redirect).toBe('manual')
  })
})

describe('each way of ending sessions', () => {
  it.each(WAYS_TO_END)('sends each app its token: %s', async (way) => {
    const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
    const [first, second] = [await addClient(), await addClient()]
    for (const { session } of people)
      for (const clientSid of [first, second]) await addGrant(session, clientSid)
    const { connectionSid, tenantSid } = world
    const { userSid } = people[0]!.session
    await endSessions(way, { userSid, connectionSid, tenantSid })
    const out = way.includes('user') ? people.slice(0, 1) : people
    const endpoint = openEndpoint()
    // A suspension may be dated a moment ahead, where two changes came in one.
    expect(await endpoint.deliver(Date.now() + 1000)).toEqual({ sent: out.length * 2, failed: 0 })
    const seen = []
    for (const token of endpoint.tokens()) {
      const { aud } = decodeJwt(token)
      const { payload } = await verify(token, aud as string, Date.now() + 1000)
      seen.push(`${payload['sid']} ${payload.sub} ${aud}`)
    }
    expect(seen.toSorted()).toEqual(
      out
        .flatMap(({ session }) =>
          [first, second].map((client) => `${session.sid} ${session.userSid} ${client}`),
        )
        .toSorted(),
    )
  })
})

describe('a delivery', () => {
  it.each([200, 204])('is done with %i', async (status) => {
    const { session } = await revoked()
    const endpoint = openEndpoint(() => new Response(null, { status }))
    const now = Date.now()
    await endpoint.deliver(now)
    const row = await deliveryOf(session)
    expect(row).toMatchObject({ tries: 1, dueAt: null, failure: null, deadAt: null })
    expect(row.sentAt).toBeGreaterThanOrEqual(now)
    await endpoint.deliver(now + 48 * HOUR)
    expect(endpoint.tokens()).toHaveLength(1)
  })

  it.each([
    ['400', () => new Response('{"error":"invalid_request"}', { status: 400 }), 'it answers 400'],
    ['500', () => new Response(null, { status: 500 }), 'it answers 500'],
    // Somebody has understood nothing, or will do it later: neither is an answer.
    ['202', () => new Response(null, { status: 202 }), 'it answers 202'],
    ['a redirect', redirectTo('https://app.vendor.example/elsewhere'), 'it answers 302'],
    [
      'no answer',
      () => Promise.reject(new TypeError('Network connection lost.')),
      'app.vendor.example cannot be reached: Network connection lost.',
    ],
  ])('is tried again after %s', async (_, answer, failure) => {
    const { session } = await revoked()
    const endpoint = openEndpoint(answer)
    const now = Date.now()
    expect(await endpoint.deliver(now)).toEqual({ sent: 0, failed: 1 })
    expect(endpoint.visited).toEqual([URI])
    const row = await deliveryOf(session)
    expect(row).toMatchObject({ tries: 1, failure, sentAt: null, deadAt: null })
    expect(row.dueAt! - now).toBeGreaterThanOrEqual(MINUTE)
  })

  it('is waited for a while and no longer', async () => {
    const { session } = await revoked()
    const endpoint = openEndpoint(() => new Promise(() => undefined))
    await endpoint.deliver(Date.now(), { timeoutSeconds: 0.05 })
    expect(await deliveryOf(session)).toMatchObject({
      tries: 1,
      failure: 'there is no whole answer within 0.05 seconds',
    })
  })

  it('does not read the body of the answer', async () => {
    const { session } = await revoked()
    const { body, state } = streamOf(100)
    await openEndpoint(() => new Response(body)).deliver()
    expect((await deliveryOf(session)).sentAt).not.toBeNull()
    expect(state.chunks).toBeLessThanOrEqual(1)
    expect(state.cancelled).toBe(true)
  })

  it('is tried after 1 and 5 minutes, half an hour, 2, 6 and 24 hours, and then given up', async () => {
    const { session, clientSid } = await revoked()
    const endpoint = openEndpoint(() => new Response(null, { status: 503 }))
    let now = Date.now()
    for (const wait of [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 24 * HOUR]) {
      await endpoint.deliver(now)
      const { dueAt } = await deliveryOf(session)
      // It waits from the failure on, and the test takes a moment itself.
      expect(dueAt! - now - wait).toBeGreaterThanOrEqual(0)
      expect(dueAt! - now - wait).toBeLessThan(10_000)
      const before = endpoint.tokens().length
      await endpoint.deliver(now + wait - 1)
      expect(endpoint.tokens()).toHaveLength(before)
      now = dueAt!
    }
    await endpoint.deliver(now)
    const row = await deliveryOf(session)
    expect(row).toMatchObject({ tries: 7, dueAt: null, sentAt: null, failure: 'it answers 503' })
    expect(row.deadAt).toBeGreaterThanOrEqual(now)
    await endpoint.deliver(now + 100 * HOUR)
    expect(endpoint.tokens()).toHaveLength(7)
    // Each is a token of its own: none can be taken for a replay of another.
    const claims = endpoint.tokens().map((token) => decodeJwt(token))
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(7)
    expect(new Set(claims.map(({ aud }) => aud))).toEqual(new Set([clientSid]))
  })

  it('is given up at once if the client no longer has a URI', async () => {
    const { session, clientSid } = await revoked()
    await db.update(clients).set({ backchannelLogoutURI: null }).where(eq(clients.sid, clientSid))
    const endpoint = openEndpoint()
    await endpoint.deliver()
    expect(endpoint.requests).toEqual([])
    expect(await deliveryOf(session)).toMatchObject({
      dueAt: null,
      deadAt: expect.any(Number),
      failure: 'the client no longer has a URI',
    })
  })

  it('goes to a client that is disabled too: its people have to be out', async () => {
    const { session, clientSid } = await revoked()
    await db.update(clients).set({ disabledAt: 1 }).where(eq(clients.sid, clientSid))
    await openEndpoint().deliver()
    expect((await deliveryOf(session)).sentAt).not.toBeNull()
  })
})

describe('an address that a token may not go to', () => {
  it.each([
    ['an address of a private network', 'https://10.0.0.7/backchannel'],
    ['the metadata of a cloud', 'https://169.254.169.254/latest'],
    ['this machine', 'https://localhost/backchannel'],
    ['a private name', 'https://app.internal/backchannel'],
    ['http', 'http://app.vendor.example/backchannel'],
    ['credentials', 'https://user:secret@app.vendor.example/backchannel'],
  ])('%s', async (_, uri) => {
    const { session } = await revoked({ backchannelLogoutURI: uri })
    const endpoint = openEndpoint(undefined, { elsewhere: () => new Response() })
    expect(await endpoint.deliver()).toEqual({ sent: 0, failed: 1 })
    expect(endpoint.tokens()).toEqual([])
    const { failure } = await deliveryOf(session)
    expect(failure).toMatch(/not a public address|no name of the public internet|no https URL/)
    expect(failure).not.toContain('secret')
  })

  it('a name that leads to a private address', async () => {
    const { session } = await revoked()
    const endpoint = openEndpoint(undefined, { names: { 'app.vendor.example': ['10.0.0.7'] } })
    await endpoint.deliver()
    expect(endpoint.tokens()).toEqual([])
    expect((await deliveryOf(session)).failure).toBe(
      'app.vendor.example leads to 10.0.0.7, which is not public',
    )
  })

  it('but on a developer’s own machine localhost does', async () => {
    const uri = 'http://localhost:3000/backchannel'
    const { session } = await revoked({ backchannelLogoutURI: uri })
    const endpoint = openEndpoint(undefined, { hosts: { [uri]: () => new Response() } })
    await endpoint.deliver(Date.now(), { allowLocal: true })
    expect((await deliveryOf(session)).sentAt).not.toBeNull()
  })
})

describe('several senders', () => {
  it('send each delivery once, also when they come at once', async () => {
    const { people } = await openPeople('ann@tenant.example')
    const { session } = people[0]!
    for (let count = 0; count < 30; count++) await addGrant(session, await addClient())
    good(await revokeSessions(request(), { userSid: session.userSid }))
    const endpoint = openEndpoint()
    const reports = await Promise.all([endpoint.deliver(), endpoint.deliver(), endpoint.deliver()])
    expect(reports.reduce((sum, { sent }) => sum + sent, 0)).toBe(30)
    const audiences = endpoint.tokens().map((token) => decodeJwt(token).aud)
    expect(audiences).toHaveLength(30)
    expect(new Set(audiences).size).toBe(30)
  })

  it('take over from one that was broken off, and it writes nothing more', async () => {
    const { session } = await revoked()
    const now = Date.now()
    const [lost] = await leaseDue(db, now, now + 2 * MINUTE)
    const endpoint = openEndpoint()
    await endpoint.deliver(now + MINUTE)
    expect(endpoint.tokens()).toEqual([])
    await endpoint.deliver(now + 2 * MINUTE)
    expect(endpoint.tokens()).toHaveLength(1)
    await updateLeased(db, lost!, { dueAt: null, deadAt: now })
    expect(await deliveryOf(session)).toMatchObject({ tries: 2, deadAt: null })
  })

  it('do not let an app that gives no answer hold up the others', async () => {
    const { people } = await openPeople('ann@tenant.example')
    const { session } = people[0]!
    const silent = 'https://silent.vendor.example/backchannel'
    for (let count = 0; count < 12; count++)
      await addGrant(session, await addClient({ backchannelLogoutURI: silent }))
    await addGrant(session, await addClient())
    good(await revokeSessions(request(), { userSid: session.userSid }))
    const endpoint = openEndpoint(undefined, {
      names: { 'app.vendor.example': [PUBLIC_V4], 'silent.vendor.example': [PUBLIC_V4] },
    })
    const { sent, failed } = await endpoint.deliver()
    expect(sent).toBe(1)
    // As many as were under way together.
    expect(failed).toBeLessThanOrEqual(5)
    const rows = await deliveriesOf(session.sid)
    const waiting = rows.filter(({ tries, dueAt }) => tries === 0 && dueAt !== null)
    expect(waiting).toHaveLength(12 - failed)
  })

  it('ask the resolver once a run for each name', async () => {
    const { people } = await openPeople('ann@tenant.example')
    const { session } = people[0]!
    for (let count = 0; count < 10; count++) await addGrant(session, await addClient())
    good(await revokeSessions(request(), { userSid: session.userSid }))
    const endpoint = openEndpoint()
    expect((await endpoint.deliver()).sent).toBe(10)
    expect(endpoint.resolved.toSorted()).toEqual([
      'app.vendor.example A',
      'app.vendor.example AAAA',
    ])
  })
})

describe('when it happens', () => {
  /** The platform's own fetch, for what runs in the Worker. */
  function publish() {
    const tokens: string[] = []
    vi.stubGlobal('fetch', async (input: RequestInfo | URL, init: RequestInit = {}) => {
      if (String(input).startsWith('https://cloudflare-dns.com/'))
        return Response.json({ Status: 0, Answer: [{ type: 1, data: PUBLIC_V4 }] })
      tokens.push(new URLSearchParams(String(init.body)).get('logout_token')!)
      return new Response()
    })
    return tokens
  }

  async function signedIn() {
    const { world, people } = await openPeople('ann@tenant.example')
    const { session, browser } = people[0]!
    const clientSid = await addClient()
    await addGrant(session, clientSid)
    return { world, session, browser, clientSid }
  }

  it('after the answer to whatever has ended sessions', async () => {
    const { session, clientSid } = await signedIn()
    const tokens = publish()
    const { secret } = good(
      await createApiKey(request(), {
        name: 'ci',
        tenantSid: null,
        role: 'owner',
        expiresInDays: 1,
      }),
    )
    const context = createExecutionContext()
    const response = await createApp().fetch(
      new Request(`${ORIGIN}/api/v1/users/${session.userSid}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ suspended: true }),
      }),
      env,
      context,
    )
    expect(response.status).toBe(200)
    await waitOnExecutionContext(context)
    expect(tokens).toHaveLength(1)
    await verify(tokens[0]!, clientSid)
    expect((await deliveryOf(session)).sentAt).not.toBeNull()
  })

  it('after our own logout', async () => {
    const { session, browser } = await signedIn()
    const tokens = publish()
    const context = createExecutionContext()
    const cookie = `__Host-session=${browser.cookies.get('__Host-session')}`
    await createApp().fetch(
      new Request(`${ORIGIN}/logout`, { method: 'POST', headers: { origin: ORIGIN, cookie } }),
      env,
      context,
    )
    await waitOnExecutionContext(context)
    expect(tokens).toHaveLength(1)
    expect((await deliveryOf(session)).sentAt).not.toBeNull()
  })

  it('and not after a page that only shows something', async () => {
    await revoked()
    const tokens = publish()
    for (const path of ['/console/tenants', '/logout', '/api/v1/tenants', '/login']) {
      const context = createExecutionContext()
      await createApp().fetch(new Request(ORIGIN + path), env, context)
      await waitOnExecutionContext(context)
    }
    expect(tokens).toEqual([])
  })

  it('every minute, for deliveries that are left', async () => {
    const { session } = await revoked()
    const tokens = publish()
    await worker.scheduled(createScheduledController({ cron: '* * * * *' }), {
      ...env,
      MAIL_FROM: 'notices@vendor.example',
    })
    expect(tokens).toHaveLength(1)
    expect((await deliveryOf(session)).sentAt).not.toBeNull()
  })

  it('for one query if nothing is due', async () => {
    const { db: counted, cost } = countingDatabase()
    const endpoint = openEndpoint()
    const { clientSid } = await revoked()
    await endpoint.deliver()
    const done = (await db.select().from(logoutDeliveries))[0]!
    for (let count = 0; count < 200; count++)
      await db.insert(logoutDeliveries).values({ ...done, sid: createSid('LD'), clientSid })
    await deliverLogoutTokens({
      db: counted,
      config,
      network: endpoint.options,
      now: Date.now(),
    })
    expect(cost).toMatchObject({ trips: 1, statements: 1 })
    // However many have been sent.
    expect(cost.rowsRead).toBeLessThanOrEqual(5)
  })
})
