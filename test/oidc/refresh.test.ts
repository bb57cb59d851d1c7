// Refresh tokens: who gets them, what one use brings, what a second one costs, and when they end.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { editClient } from '../../src/clients/operations.ts'
import { readConfig } from '../../src/env.ts'
import { clients, grants, sessions, users } from '../../src/platform/db/schema.ts'
import { revokeSession } from '../../src/sessions/operations.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { basic, openApp, post, signInWith, type App } from './relying-party.ts'

let world: World
let app: App
let publicApp: App
beforeAll(async () => {
  app = await openApp()
  publicApp = await openApp({ name: 'Single page', clientType: 'public' })
})
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => vi.useRealTimers())

const SECOND = 1000

/** What the token endpoint answers. */
async function refresh(token: string, as: Pick<App, 'client' | 'secret'> = app) {
  const fields = { grant_type: 'refresh_token', refresh_token: token }
  const proof = as.secret === null ? { client_id: as.client.sid } : undefined
  const { body } = await post('/oauth2/token', { ...fields, ...proof }, proof ? {} : basic(as))
  return body
}

/** The error; null: it got new tokens. */
const errorOf = async (...asked: Parameters<typeof refresh>) =>
  (await refresh(...asked)).error ?? null

const userinfo = async (token: string) =>
  (await post('/oauth2/userinfo', {}, { authorization: `Bearer ${token}` })).status

describe('a client gets refresh tokens', () => {
  const tokenOf = async (one: App, scope: string) =>
    (await signInWith(one, world, { scope })).tokens.refresh_token

  it('if it asks for offline_access: the default', async () => {
    const made = await openApp({ refreshTokens: undefined as never })
    expect(made.client.refreshTokens).toBe('offline_access')
    expect(await tokenOf(made, 'openid email')).toBeUndefined()
    const token = await tokenOf(made, 'openid offline_access email')
    expect(await errorOf(token!, made)).toBe(null)
  })

  it('at each login', async () => {
    const made = await openApp({ refreshTokens: 'always' })
    expect(await tokenOf(made, 'openid')).toMatch(/^gpr_/)
  })

  it('never, also not by offline_access', async () => {
    const made = await openApp({ refreshTokens: 'never' })
    expect(await tokenOf(made, 'openid offline_access')).toBeUndefined()
  })

  it('and uses none from the moment when it may not have any', async () => {
    const made = await openApp({ refreshTokens: 'always' })
    const { tokens } = await signInWith(made, world)
    good(await editClient(request(), made.client.sid, { refreshTokens: 'never' }))
    const { error, error_description } = await refresh(tokens.refresh_token!, made)
    expect([error, error_description]).toEqual([
      'invalid_grant',
      'the client gets no refresh tokens, or none without offline_access',
    ])
  })
})

describe('a refresh token of a client with a secret', () => {
  let got: Awaited<ReturnType<typeof signInWith>>
  beforeEach(async () => {
    got = await signInWith(app, world)
  })

  it('brings new tokens of the same login', async () => {
    const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    expect(next.access_token).not.toBe(got.tokens.access_token)
    expect(next.scope).toBe('openid email profile')
    const [before, after] = [got.tokens.id_token!, next.id_token!].map((token) => decodeJwt(token))
    const { iat, exp, at_hash, nonce, ...same } = before!
    expect(nonce).toBe(got.checks.nonce)
    expect(after).toEqual({
      ...same,
      iat: expect.any(Number),
      exp: expect.any(Number),
      at_hash: expect.any(String),
    })
    expect(after!.at_hash).not.toBe(at_hash)
    expect([iat, exp].every(Number.isInteger)).toBe(true)
    expect(await userinfo(next.access_token)).toBe(200)
  })

  it('stays the same, and serves again and again', async () => {
    const token = got.tokens.refresh_token!
    const answers = await Promise.all([refresh(token), refresh(token), refresh(token)])
    for (const { error, refresh_token } of answers)
      expect([error, refresh_token]).toEqual([undefined, token])
    const [grant] = await grantsOf(got)
    expect(grant).toMatchObject({ refreshNumber: 0, refreshedAt: null, endedAt: null })
  })

  it('is no other client’s, and a try of that one leaves it as it is', async () => {
    const other = await openApp({ name: 'Reports' })
    expect(await errorOf(got.tokens.refresh_token!, other)).toBe('invalid_grant')
    expect(await errorOf(got.tokens.refresh_token!, publicApp)).toBe('invalid_grant')
    expect(await errorOf(got.tokens.refresh_token!)).toBe(null)
  })

  it('is nothing with a wrong secret', async () => {
    const stranger = { client: app.client, secret: `gpc_${'x'.repeat(43)}` }
    expect(await errorOf(got.tokens.refresh_token!, stranger)).toBe('invalid_client')
    expect(await errorOf(got.tokens.refresh_token!)).toBe(null)
  })

  it('is nothing to a client that is disabled', async () => {
    const soon = await openApp()
    const { tokens: theirs } = await signInWith(soon, world)
    good(await editClient(request(), soon.client.sid, { disabled: true }))
    expect(await errorOf(theirs.refresh_token!, soon)).toBe('invalid_client')
    expect(await userinfo(theirs.access_token)).toBe(401)
  })
})

describe('a refresh token of a public client', () => {
  let got: Awaited<ReturnType<typeof signInWith>>
  let token: string
  beforeEach(async () => {
    got = await signInWith(publicApp, world)
    token = got.tokens.refresh_token!
  })
  const again = (one: string) => refresh(one, publicApp)
  const later = (milliseconds: number) =>
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })

  it('brings the next one', async () => {
    const next = await again(token)
    expect(next.refresh_token).toMatch(/^gpr_/)
    expect(next.refresh_token).not.toBe(token)
    expect((await again(next.refresh_token!)).error).toBeUndefined()
  })

  it('brings the same one again for thirty seconds, also to several requests at once', async () => {
    const answers = await Promise.all([again(token), again(token), again(token)])
    later(29 * SECOND)
    answers.push(await again(token))
    const [next, ...same] = answers.map(({ refresh_token }) => refresh_token)
    expect(next).toMatch(/^gpr_/)
    expect(new Set(same)).toEqual(new Set([next]))
    expect(await userinfo(answers.at(-1)!.access_token!)).toBe(200)
  })

  it('ends the grant after thirty seconds, with the next one and all access tokens', async () => {
    const next = await again(token)
    later(30 * SECOND)
    expect((await again(token)).error).toBe('invalid_grant')
    expect((await again(next.refresh_token!)).error).toBe('invalid_grant')
    expect(await userinfo(next.access_token!)).toBe(401)
    expect(await userinfo(got.tokens.access_token)).toBe(401)
  })

  it('ends the grant once the next one was used', async () => {
    const next = await again(token)
    const third = await again(next.refresh_token!)
    expect((await again(token)).error).toBe('invalid_grant')
    expect((await again(third.refresh_token!)).error).toBe('invalid_grant')
  })

  it('does not give the time again by a repetition', async () => {
    await again(token)
    later(20 * SECOND)
    await again(token)
    later(11 * SECOND)
    expect((await again(token)).error).toBe('invalid_grant')
  })

  it('is nothing if it was made up: the grant goes on', async () => {
    const guessed = token.replace(/^(.{79}).{12}/, '$1000000000009')
    expect((await again(guessed)).error).toBe('invalid_grant')
    expect((await again(token)).error).toBeUndefined()
  })
})

describe('refresh tokens and the session', () => {
  let got: Awaited<ReturnType<typeof signInWith>>
  beforeEach(async () => {
    got = await signInWith(app, world)
  })

  it('end together', async () => {
    const [session] = (await world.rows()).sessions
    const { session: lifetime } = readConfig(env)
    good(await revokeSession(request(), session!.sid, lifetime))
    expect(await errorOf(got.tokens.refresh_token!)).toBe('invalid_grant')
    expect(await userinfo(got.tokens.access_token)).toBe(401)
  })

  it('end with the user’s suspension, and stay ended when it is lifted', async () => {
    const set = (suspendedAt: number | null) =>
      db.update(users).set({ suspendedAt }).where(eq(users.sid, got.userSid))
    await set(Date.now())
    expect(await userinfo(got.tokens.access_token)).toBe(401)
    await set(null)
    expect(await errorOf(got.tokens.refresh_token!)).toBe('invalid_grant')
  })

  it('run out together', async () => {
    const [session] = (await world.rows()).sessions
    const isIt = eq(sessions.sid, session!.sid)
    await db.update(sessions).set({ expiresAt: Date.now() }).where(isIt)
    expect(await errorOf(got.tokens.refresh_token!)).toBe('invalid_grant')
  })

  it('count as use, and are refused once it was idle for too long', async () => {
    const set = (lastSeenAt: number) =>
      db.update(sessions).set({ lastSeenAt }).where(eq(sessions.userSid, got.userSid))
    await set(Date.now() - 119 * 60_000)
    const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
    const [session] = (await world.rows()).sessions
    expect(session!.lastSeenAt).toBeGreaterThan(Date.now() - 60_000)
    await set(Date.now() - 120 * 60_000)
    expect(await errorOf(next.refresh_token!)).toBe('invalid_grant')
  })
})

it('are no access tokens, nor the other way round', async () => {
  const { tokens } = await signInWith(app, world)
  expect(await userinfo(tokens.refresh_token!)).toBe(401)
  expect(await errorOf(tokens.access_token)).toBe('invalid_grant')
  expect(await errorOf(tokens.refresh_token!)).toBe(null)
})

it('are nowhere in the database, nor is what they share', async () => {
  const { tokens, code } = await signInWith(app, world)
  const rows = JSON.stringify(await db.select().from(grants))
  expect(tokens.refresh_token).toContain(code.slice(32))
  for (const secret of [code.slice(32), tokens.refresh_token, tokens.access_token])
    expect(rows).not.toContain(secret)
})

function grantsOf({ userSid }: { userSid: string }) {
  return db
    .select({
      refreshNumber: grants.refreshNumber,
      refreshedAt: grants.refreshedAt,
      endedAt: grants.endedAt,
    })
    .from(grants)
    .innerJoin(sessions, eq(sessions.sid, grants.sessionSid))
    .innerJoin(clients, eq(clients.sid, grants.clientSid))
    .where(eq(sessions.userSid, userSid))
}
