// Userinfo and revocation: what a token is good for, and how it ends.
import { eq } from 'drizzle-orm'
import * as openid from 'openid-client'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connections, sessions, tenants, tokens, users } from '../../src/platform/db/schema.ts'
import { hashSecret } from '../../src/platform/secret.ts'
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
    const isIt = eq(tokens.tokenHash, await hashSecret(got.tokens.access_token))
    const [row] = await db.select().from(tokens).where(isIt)
    expect(row!.expiresAt - row!.createdAt).toBe(600_000)
    await db.update(tokens).set({ expiresAt: Date.now() }).where(isIt)
    expect((await ask(got.tokens.access_token)).status).toBe(401)
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

  it('of an access token ends that one alone', async () => {
    await openid.tokenRevocation(app.config, got.tokens.access_token)
    expect((await ask(got.tokens.access_token)).status).toBe(401)
    const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    expect((await ask(next.access_token)).status).toBe(200)
  })

  it('ends no session', async () => {
    await openid.tokenRevocation(app.config, got.tokens.refresh_token!)
    expect((await world.rows()).sessions[0]!.endedAt).toBe(null)
  })

  it('of an unknown token succeeds', async () => {
    const { status } = await post('/oauth2/revoke', { token: 'x' }, basic(app))
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
