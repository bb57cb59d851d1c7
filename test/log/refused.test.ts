// Each refused request writes one line, whichever part of the app refuses it: with its code, the
// pattern of its route, and the reference that its answer shows.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { connections } from '../../src/platform/db/schema.ts'
import { openApp, post } from '../oidc/relying-party.ts'
import { openService } from '../scim/service.ts'
import { callerWithKey } from '../api/caller.ts'
import { askApp } from '../support/ask-app.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { toField } from '../support/fake-idp.ts'
import { linesDuring, type LogLine } from '../support/log.ts'
import { as, createWorld, db } from '../support/world.ts'
import { wrapD1 } from '../support/wrap-d1.ts'

const app = createApp()
const ask = (path: string, init: RequestInit = {}, environment = env) =>
  askApp(app, ORIGIN + path, init, environment)
const form = (fields: Record<string, string>, more: HeadersInit = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: ORIGIN, ...more },
  body: new URLSearchParams(fields).toString(),
})
const json = (body: unknown, more: HeadersInit = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...more },
  body: JSON.stringify(body),
})
const none = { limit: async () => ({ success: false }) }
const limited = { ...env, LOGINS_BY_ADDRESS: none, SCIM_BY_TOKEN: none } as typeof env
const broken = {
  ...env,
  DB: wrapD1(env.DB, async () => {
    throw new Error('a fault that names ann@tenant.example')
  }),
}
const CN = `CN${'0'.repeat(32)}`
const LARGE = 'a'.repeat(600_000)
const SECRET = 'a'.repeat(43)

type Row = [of: string, send: () => Promise<Response>, expected: Partial<LogLine>]

const ROWS: Row[] = [
  [
    'an unknown path',
    () => ask('/nothing?email=ann@x.example'),
    { status: 404, code: 'not_found', area: 'login', route: '/*' },
  ],
  [
    'an unknown connection',
    () => ask(`/sso/${CN}`),
    { status: 404, code: 'connection_unknown', route: '/sso/:connection' },
  ],
  [
    'a wrong method at the ACS',
    () => ask(`/saml/${CN}/acs`),
    { status: 405, code: 'method_not_allowed', method: 'GET' },
  ],
  [
    'a form that is too large',
    () => ask(`/saml/${CN}/acs`, form({ SAMLResponse: LARGE })),
    { status: 413, code: 'body_too_large' },
  ],
  [
    'a form without a response',
    () => ask(`/saml/${CN}/acs`, form({ a: 'b' })),
    { status: 400, code: 'response_field', route: '/saml/:connection/acs' },
  ],
  [
    'a body that is no form',
    () => ask(`/saml/${CN}/acs`, json({})),
    { status: 415, code: 'content_type' },
  ],
  [
    'a LogoutRequest',
    () => ask('/?SAMLRequest=abc'),
    { status: 400, code: 'single_logout_unsupported' },
  ],
  [
    'a return target',
    () => ask(`/sso/${CN}?return_to=https://evil.example`),
    { status: 400, code: 'return_to' },
  ],
  [
    'a code that is none',
    () => ask('/login/finish?code=abc'),
    { status: 400, code: 'login_code_unknown', route: '/login/finish' },
  ],
  [
    'a browser that looks ahead',
    () => ask('/login/finish?code=abc', { headers: { 'sec-purpose': 'prefetch' } }),
    { status: 503, code: 'looking_ahead' },
  ],
  [
    'a logout of another site',
    () => ask('/logout', form({}, { origin: 'https://evil.example' })),
    { status: 403, code: 'not_same_site' },
  ],
  [
    'a wrong recovery code',
    () =>
      ask('/login/recovery', form({ email: 'ann@tenant.example', code: '0000-0000-0000-0000' })),
    { area: 'recovery' },
  ],
  [
    'a form of another site in the console',
    () => ask('/console/tenants', form({}, { origin: 'https://evil.example' })),
    { status: 403, code: 'not_same_site', area: 'console' },
  ],
  [
    'a setup link that is none',
    () => ask(`/setup/${SECRET}`),
    { code: 'setup_link', area: 'setup' },
  ],
  [
    'the API without a key',
    () => ask('/api/v1/tenants'),
    { status: 401, code: 'unauthenticated', area: 'api', route: '/api/v1/tenants' },
  ],
  [
    'the API with a wrong key',
    () => ask('/api/v1/tenants', { headers: { authorization: `Bearer gp_${SECRET}` } }),
    { status: 401, code: 'unauthenticated' },
  ],
  [
    'an unknown path of the API',
    () => ask('/api/v1/nothing'),
    { status: 404, code: 'not_found', route: '/api/v1/*' },
  ],
  [
    'a wrong method in the API',
    () => ask('/api/v1/health', { method: 'DELETE' }),
    { status: 405, code: 'method_not_allowed', method: 'DELETE' },
  ],
  [
    'SCIM without a token',
    () => ask(`/scim/v2/${CN}/Users`),
    { status: 401, code: 'http_401', area: 'scim' },
  ],
  [
    'a revocation by nobody',
    () => ask(`/revocation/${CN}`, json({})),
    { status: 401, code: 'revocation_token', why: 'not_set_up', area: 'revocation' },
  ],
  [
    'a token request without a client',
    () => ask('/oauth2/token', form({ grant_type: 'authorization_code' })),
    { status: 401, code: 'invalid_client', area: 'oidc', route: '/oauth2/token' },
  ],
  [
    'userinfo without a token',
    () => ask('/oauth2/userinfo'),
    { status: 401, code: 'unauthenticated' },
  ],
  [
    'userinfo with a wrong one',
    () => ask('/oauth2/userinfo', { headers: { authorization: 'Bearer abc' } }),
    { status: 401, code: 'invalid_token' },
  ],
  [
    'an unknown app',
    () => ask('/oauth2/authorize?client_id=abc'),
    { status: 400, area: 'oidc', route: '/oauth2/authorize' },
  ],
  [
    'a logout of an unknown app',
    () => ask('/oauth2/logout?id_token_hint=abc'),
    { code: 'id_token_hint', route: '/oauth2/logout' },
  ],
  [
    'too many logins',
    () => ask('/login', form({ email: 'ann@tenant.example' }), limited),
    { status: 429, code: 'too_many_requests' },
  ],
  [
    'a database that is down',
    () => ask(`/sso/${CN}`, {}, broken),
    { status: 500, code: 'internal' },
  ],
  [
    'the API while it is down',
    () => ask('/api/v1/tenants', { headers: { authorization: `Bearer gp_${SECRET}` } }, broken),
    { status: 500, code: 'internal', area: 'api' },
  ],
  [
    'SCIM while it is down',
    () =>
      ask(`/scim/v2/${CN}/Users`, { headers: { authorization: `Bearer gps_${SECRET}` } }, broken),
    { status: 500, area: 'scim' },
  ],
  [
    'a deployment without settings',
    () => ask('/', {}, { ...env, ORIGIN: '' }),
    { status: 503, code: 'not_configured' },
  ],
]

/** What was asked for, as far as it could tell of a person or a secret. */
const SENT = /ann@|tenant\.example|evil|SAMLRequest|aaaa|return_to=|0000-0000|a fault that/

async function refusalsDuring(send: () => Promise<Response>) {
  let response: Response | undefined
  const lines = await linesDuring(async () => (response = await send()))
  expect(JSON.stringify(lines)).not.toMatch(SENT)
  return { response: response!, refused: lines.filter(({ event }) => event === 'refused'), lines }
}

describe('one line for', () => {
  it.each(ROWS)('%s', async (_, send, expected) => {
    const { response, refused, lines } = await refusalsDuring(send)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatchObject({
      status: response.status,
      ms: expect.any(Number),
      ...expected,
    })
    expect(lines.filter(({ event }) => event === 'login')).toEqual([])
    const { reference } = refused[0]!
    if (reference) expect(await response.text()).toContain(reference)
  })

  it('a key of the API that may not, a body it does not take, and a page of nobody', async () => {
    const operator = await callerWithKey(null)
    const lines = await linesDuring(async () => {
      await operator('POST', '/tenants', { body: { name: '', plan: 'x' } })
      await operator('POST', '/tenants', { body: '<a>', headers: { 'content-type': 'text/xml' } })
      await operator('GET', `/tenants/TN${'0'.repeat(32)}`)
    })
    expect(lines).toMatchObject([
      { event: 'refused', code: 'input', status: 400, route: '/api/v1/tenants' },
      { event: 'refused', code: 'content_type', status: 415 },
      { event: 'refused', code: 'not_there', status: 404, route: '/api/v1/tenants/:tenant' },
    ])
  })

  it('an error of SCIM, with its keyword', async () => {
    const { ask: scim } = await openService()
    const lines = await linesDuring(() => scim('GET', '/Users?filter=ann%20eq'))
    expect(lines).toMatchObject([
      { event: 'refused', area: 'scim', code: 'invalid_filter', status: 400 },
    ])
  })

  it('a request of an app that goes back to it with an error', async () => {
    const { client, ask: asking } = await openApp()
    const { path } = await asking({ prompt: 'none' })
    const { response, refused } = await refusalsDuring(() => openBrowser().get(path))
    expect(response.status).toBe(303)
    const clientSid = client.sid
    expect(refused).toMatchObject([{ code: 'login_required', status: 303, clientSid }])
    const token = await linesDuring(() => post('/oauth2/token', { client_id: client.sid }))
    expect(token).toMatchObject([{ event: 'refused', code: 'invalid_request', clientSid }])
  })
})

describe('a response that is refused', () => {
  it('has one line, with the connection and what its page refers to', async () => {
    const world = await createWorld()
    const browser = openBrowser()
    const { relayState, requestID } = await world.begin(browser)
    const message = await world.idp(requestID, 'attacker').respond(as('ann@tenant.example'))
    const { response, lines } = await refusalsDuring(() =>
      world.deliver(browser, message, relayState),
    )
    const { connectionSid } = world
    const reference = (await world.rows()).attempts[0]!.sid
    expect(lines).toMatchObject([
      { event: 'refused', connectionSid, reference, code: 'signature_invalid', isTest: false },
    ])
    expect(await response.text()).toContain(reference)
    expect(lines[0]).toMatchObject({ read: expect.any(Number), verify: expect.any(Number) })
  })

  it('has one line for a test, which the page after it tells of', async () => {
    const world = await createWorld()
    const browser = openBrowser()
    const { relayState, requestID } = await world.begin(browser, '?test')
    const message = await world.idp(requestID).respond(as('nobody@tenant.example'))
    const { lines } = await refusalsDuring(() => world.deliver(browser, message, relayState))
    expect(lines).toMatchObject([{ event: 'refused', isTest: true, status: 303 }])
    expect(lines[0]).toMatchObject({ code: 'user_unknown' })
  })

  it('has one line where the connection is suspended', async () => {
    const world = await createWorld()
    const { connectionSid } = world
    await db
      .update(connections)
      .set({ state: 'suspended' })
      .where(eq(connections.sid, connectionSid))
    const { refused } = await refusalsDuring(() => ask(`/sso/${connectionSid}`))
    expect(refused).toMatchObject([{ code: 'connection_suspended', connectionSid }])
  })
})

describe('no line for', () => {
  it('a request that is answered, and a health check that is not ready', async () => {
    const lines = await linesDuring(async () => {
      for (const path of ['/', '/health', '/login', '/logout', '/favicon.ico', '/nothing/'])
        await ask(path)
      await ask('/ready', {}, { ...broken, ORIGIN: 'https://sso.vendor.example' })
    })
    expect(lines.filter(({ event }) => event === 'refused').map(({ route }) => route)).toEqual([
      '/*',
    ])
  })

  it('a message that was answered already, where its own browser sends it again', async () => {
    const world = await createWorld()
    await world.addUser('ann@tenant.example')
    const { browser, message, departure } = await world.login('ann@tenant.example')
    const fields = { SAMLResponse: toField(message), RelayState: departure.relayState }
    const lines = await linesDuring(async () => {
      const again = await browser.postFromElsewhere(world.acs, fields)
      expect((await browser.get(again.headers.get('location')!)).status).toBe(302)
    })
    expect(lines).toEqual([])
  })
})
