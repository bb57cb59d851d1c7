// Userinfo and revocation: what a token is good for, and how it ends.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import * as openid from 'openid-client'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { clients, connections, sessions, tenants, users } from '../../src/platform/db/schema.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { readToken } from '../../src/oidc/grant-token.ts'
import { openBrowser } from '../support/browser.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { basic, openApp, post, signInWith, type App } from './relying-party.ts'

let world: World
let app: App
let got: Awaited<ReturnType<typeof signInWith>>
beforeAll(async () => {
  app = await openApp()
})
beforeEach(async () => {
  world = await createWorld()
  got = await signInWith(app, world)
})

afterEach(() => vi.useRealTimers())

/** The token with another character there. */
const another = (token: string, at: number) =>
  `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`

const ask = (token: string) => post('/oauth2/userinfo', {}, { authorization: `Bearer ${token}` })

describe('userinfo', () => {
  it('tells by scope', async () => {
    const person = { given_name: 'Alice', family_name: 'Ämter & Söhne', name: expect.any(String) }
    const address = { email: got.email, email_verified: true }
    const where = { tenant_sid: world.tenantSid, connection_sid: world.connectionSid }
    expect((await ask(got.tokens.access_token)).body).toEqual({
      sub: got.userSid,
      ...where,
      ...address,
      ...person,
    })
    const plain = await signInWith(app, world, { scope: 'openid' })
    expect((await ask(plain.tokens.access_token)).body).toEqual({ sub: plain.userSid, ...where })
    const mailed = await signInWith(app, world, { scope: 'openid email' })
    expect((await ask(mailed.tokens.access_token)).body).toEqual({
      sub: mailed.userSid,
      ...where,
      email: mailed.email,
      email_verified: true,
    })
  })

  it('takes the token by GET, by POST, and in a form', async () => {
    const token = got.tokens.access_token
    const headers = { authorization: `Bearer ${token}` }
    const byGet = await openBrowser().send('/oauth2/userinfo', { headers })
    expect([byGet.status, byGet.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect((await post('/oauth2/userinfo', { access_token: token })).body.sub).toBe(got.userSid)
    const twice = await post('/oauth2/userinfo', { access_token: token }, headers)
    expect([twice.status, twice.body.error]).toEqual([400, 'invalid_request'])
  })

  it('does not take it from the query, or from a cookie', async () => {
    const query = new URLSearchParams({ access_token: got.tokens.access_token })
    expect((await got.browser.get(`/oauth2/userinfo?${query}`)).status).toBe(401)
  })

  it('tells a caller without a token which scheme to use, and no error', async () => {
    const { status, headers, body } = await post('/oauth2/userinfo', {})
    expect([status, headers.get('www-authenticate'), body]).toEqual([
      401,
      'Bearer realm="gatepost"',
      {},
    ])
  })

  it('answers invalid_token for any other', async () => {
    for (const token of ['x', `gpa_${'x'.repeat(43)}`, got.tokens.id_token!]) {
      const { status, headers, body } = await ask(token)
      expect([status, body.error]).toEqual([401, 'invalid_token'])
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="gatepost", error="invalid_/)
    }
  })

  it('answers so for an expired token', async () => {
    expect(got.tokens.expires_in).toBe(3600)
    const { number } = (await readToken(
      readConfig(env).loginSecrets,
      'access',
      got.tokens.access_token,
    ))!
    vi.useFakeTimers({ toFake: ['Date'], now: number + 3_600_000 - 1 })
    expect((await ask(got.tokens.access_token)).status).toBe(200)
    vi.setSystemTime(number + 3_600_000)
    expect((await ask(got.tokens.access_token)).status).toBe(401)
  })

  it('lasts as long as the client’s setting of this moment says', async () => {
    const brief = await openApp({ accessTokenSeconds: 60 })
    const { tokens } = await signInWith(brief, world)
    expect(tokens.expires_in).toBe(60)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    expect((await ask(tokens.access_token)).status).toBe(401)
    await db
      .update(clients)
      .set({ accessTokenSeconds: 3600 })
      .where(eq(clients.sid, brief.client.sid))
    expect((await ask(tokens.access_token)).status).toBe(200)
  })

  it('never says that a token outlives its session', async () => {
    const sid = (await world.rows()).sessions[0]!.sid
    await db
      .update(sessions)
      .set({ expiresAt: Date.now() + 90_000 })
      .where(eq(sessions.sid, sid))
    const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    expect(next.expires_in).toBeLessThanOrEqual(90)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 90_000 })
    expect((await ask(next.access_token)).status).toBe(401)
  })

  it('counts as use of the session', async () => {
    const isIt = eq(sessions.userSid, got.userSid)
    await db
      .update(sessions)
      .set({ lastSeenAt: Date.now() - 119 * 60_000 })
      .where(isIt)
    expect((await ask(got.tokens.access_token)).status).toBe(200)
    const [session] = (await world.rows()).sessions
    expect(session!.lastSeenAt).toBeGreaterThan(Date.now() - 60_000)
  })

  it.each([
    ['number', (token: string) => token.replace(/^(.{79}).{12}/, '$1ffffffffffff')],
    ['MAC', (token: string) => another(token, 100)],
    ['kind', (token: string) => token.replace('gpa_', 'gpr_')],
    ['secret', (token: string) => another(token, 40)],
  ])('answers so for a token with another %s', async (_, change) => {
    const changed = change(got.tokens.access_token)
    expect(changed).toHaveLength(got.tokens.access_token.length)
    expect(changed).not.toBe(got.tokens.access_token)
    expect((await ask(changed)).status).toBe(401)
  })

  it('takes a token of the previous LOGIN_SECRET while that is set', async () => {
    const { LOGIN_SECRET } = env
    const rotated = { ...env, LOGIN_SECRET: btoa('n'.repeat(32)) }
    const headers = { authorization: `Bearer ${got.tokens.access_token}` }
    const askAt = (environment: Env) => post('/oauth2/userinfo', {}, headers, environment)
    expect((await askAt(rotated)).status).toBe(401)
    const both = { ...rotated, LOGIN_SECRET_PREVIOUS: LOGIN_SECRET }
    expect((await askAt(both)).status).toBe(200)
  })

  it('answers so after a sign-out', async () => {
    await got.browser.post('/logout')
    expect((await ask(got.tokens.access_token)).status).toBe(401)
  })

  it.each([
    ['user', () => db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, got.userSid))],
    [
      'connection',
      () =>
        db
          .update(connections)
          .set({ state: 'suspended' })
          .where(eq(connections.sid, world.connectionSid)),
    ],
    [
      'tenant',
      () => db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, world.tenantSid)),
    ],
    [
      'session',
      () => db.update(sessions).set({ lastSeenAt: 0 }).where(eq(sessions.userSid, got.userSid)),
    ],
  ])('says so once the %s is suspended, or idle for too long', async (_, suspend) => {
    expect((await ask(got.tokens.access_token)).status).toBe(200)
    await suspend()
    expect((await ask(got.tokens.access_token)).status).toBe(401)
  })

  it('knows users by the login e-mail of the directory, as it is now', async () => {
    await db
      .update(users)
      .set({ email: 'New@tenant.example', emailKey: 'new@tenant.example' })
      .where(eq(users.sid, got.userSid))
    expect((await ask(got.tokens.access_token)).body.email).toBe('New@tenant.example')
  })

  it('answers scripts of any origin, which must bring the token themselves', async () => {
    const preflight = await openBrowser().send('/oauth2/userinfo', {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example', 'access-control-request-headers': 'authorization' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    expect(preflight.headers.get('access-control-allow-credentials')).toBe(null)
    const { headers } = await ask('x')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-expose-headers')).toBe('www-authenticate')
  })
})

describe('revocation', () => {
  it('of a refresh token ends all that came of the login', async () => {
    await openid.tokenRevocation(app.config, got.tokens.refresh_token!)
    expect((await ask(got.tokens.access_token)).status).toBe(401)
    const again = openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('of an access token ends it and those before it, and no later one', async () => {
    const earlier = got.tokens.access_token
    const { access_token } = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    await openid.tokenRevocation(app.config, access_token)
    expect((await ask(earlier)).status).toBe(401)
    expect((await ask(access_token)).status).toBe(401)
    const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    expect((await ask(next.access_token)).status).toBe(200)
  })

  it('ends no session', async () => {
    await openid.tokenRevocation(app.config, got.tokens.refresh_token!)
    expect((await world.rows()).sessions[0]!.endedAt).toBe(null)
  })

  it('of an unknown token succeeds', async () => {
    const { status, headers, body } = await post('/oauth2/revoke', { token: 'x' }, basic(app))
    // Clients that read every answer as JSON can read this one.
    expect([headers.get('content-type'), body]).toEqual(['application/json', {}])
    expect(status).toBe(200)
  })

  it('is refused to another client, and changes nothing', async () => {
    const other = await openApp({ name: 'Reports' })
    for (const token of [got.tokens.access_token, got.tokens.refresh_token!]) {
      const { status, body } = await post('/oauth2/revoke', { token }, basic(other))
      expect([status, body.error]).toEqual([400, 'invalid_grant'])
    }
    expect((await ask(got.tokens.access_token)).status).toBe(200)
    await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
  })

  it('is refused without proof of being the client, and changes nothing', async () => {
    const token = got.tokens.refresh_token!
    const wrong = await post('/oauth2/revoke', { token }, basic({ ...app, secret: 'wrong' }))
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
    const none = await post('/oauth2/revoke', { token, client_id: app.client.sid })
    expect([none.status, none.body.error]).toEqual([401, 'invalid_client'])
    expect((await ask(got.tokens.access_token)).status).toBe(200)
  })

  it('needs a token', async () => {
    const { status, body } = await post('/oauth2/revoke', {}, basic(app))
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })
})
