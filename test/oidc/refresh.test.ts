// Refresh tokens: each is good once, none outlives the session, and using one twice ends them all.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { editClient } from '../../src/clients/operations.ts'
import { readConfig } from '../../src/env.ts'
import { grants, sessions, tokens, users } from '../../src/platform/db/schema.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import { revokeSession } from '../../src/sessions/operations.ts'
import { good, request } from '../support/request.ts'
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

/** The error; null: it got new tokens. */
async function refresh(token: string, as: Pick<App, 'client' | 'secret'> = app) {
  const fields = { grant_type: 'refresh_token', refresh_token: token }
  const { body } = await post('/oauth2/token', fields, basic(as))
  return body.error ?? null
}

const userinfo = async (token: string) =>
  (await post('/oauth2/userinfo', {}, { authorization: `Bearer ${token}` })).status

it('are changed for new tokens, of the same login', async () => {
  const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
  expect(next.access_token).not.toBe(got.tokens.access_token)
  expect(next.refresh_token).not.toBe(got.tokens.refresh_token)
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
  expect(await refresh(next.refresh_token!)).toBe(null)
})

it('end the grant when they are used again, also for the next token', async () => {
  const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
  expect(await refresh(got.tokens.refresh_token!)).toBe('invalid_grant')
  expect(await refresh(next.refresh_token!)).toBe('invalid_grant')
  expect(await userinfo(next.access_token)).toBe(401)
  expect(await userinfo(got.tokens.access_token)).toBe(401)
})

it('give one answer to several requests at once', async () => {
  const token = got.tokens.refresh_token!
  const answers = await Promise.all([refresh(token), refresh(token), refresh(token)])
  expect(answers.filter((answer) => answer === null).length).toBeLessThanOrEqual(1)
  expect(await userinfo(got.tokens.access_token)).toBe(401)
})

it('end with the session', async () => {
  const [session] = (await world.rows()).sessions
  const { session: lifetime } = readConfig(env)
  good(await revokeSession(request(), session!.sid, lifetime))
  expect(await refresh(got.tokens.refresh_token!)).toBe('invalid_grant')
  expect(await userinfo(got.tokens.access_token)).toBe(401)
})

it('end with the user’s suspension, and stay ended when it is lifted', async () => {
  const set = (suspendedAt: number | null) =>
    db.update(users).set({ suspendedAt }).where(eq(users.sid, got.userSid))
  await set(Date.now())
  expect(await userinfo(got.tokens.access_token)).toBe(401)
  await set(null)
  expect(await refresh(got.tokens.refresh_token!)).toBe('invalid_grant')
})

it('are no other client’s, and a try of that one leaves them as they are', async () => {
  const other = await openApp({ name: 'Reports' })
  expect(await refresh(got.tokens.refresh_token!, other)).toBe('invalid_grant')
  expect(await refresh(got.tokens.refresh_token!)).toBe(null)
})

it('are not spent by a wrong secret', async () => {
  const stranger = { client: app.client, secret: `gpc_${'x'.repeat(43)}` }
  expect(await refresh(got.tokens.refresh_token!, stranger)).toBe('invalid_client')
  expect(await refresh(got.tokens.refresh_token!)).toBe(null)
})

it('are nothing to a client that is disabled', async () => {
  const soon = await openApp()
  const { tokens: theirs } = await signInWith(soon, world)
  good(await editClient(request(), soon.client.sid, { disabled: true }))
  expect(await refresh(theirs.refresh_token!, soon)).toBe('invalid_client')
  expect(await userinfo(theirs.access_token)).toBe(401)
})

it('are no access tokens, nor the other way round', async () => {
  expect(await userinfo(got.tokens.refresh_token!)).toBe(401)
  expect(await refresh(got.tokens.access_token)).toBe('invalid_grant')
  expect(await refresh(got.tokens.refresh_token!)).toBe(null)
})

it('outlive no session: they expire with it, at the latest', async () => {
  const [session] = (await world.rows()).sessions
  const isIt = eq(sessions.sid, session!.sid)
  const [refreshRow] = await db
    .select()
    .from(tokens)
    .where(eq(tokens.tokenHash, await hashSecret(got.tokens.refresh_token!)))
  expect(refreshRow!.expiresAt).toBe(session!.expiresAt)
  await db.update(sessions).set({ expiresAt: Date.now() }).where(isIt)
  expect(await refresh(got.tokens.refresh_token!)).toBe('invalid_grant')
})

it('and access tokens do not outlive the grant', async () => {
  const soon = Date.now() + 60_000
  await db.update(grants).set({ expiresAt: soon }).where(eq(grants.userSid, got.userSid))
  const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
  const [row] = await db
    .select()
    .from(tokens)
    .where(eq(tokens.tokenHash, await hashSecret(next.access_token)))
  expect(row!.expiresAt).toBe(soon)
})

it('count as use of the session, and are refused once it was idle for too long', async () => {
  const set = (lastSeenAt: number) =>
    db.update(sessions).set({ lastSeenAt }).where(eq(sessions.userSid, got.userSid))
  await set(Date.now() - 119 * 60_000)
  const next = await openid.refreshTokenGrant(app.config, got.tokens.refresh_token!)
  const [session] = (await world.rows()).sessions
  expect(session!.lastSeenAt).toBeGreaterThan(Date.now() - 60_000)
  await set(Date.now() - 120 * 60_000)
  expect(await refresh(next.refresh_token!)).toBe('invalid_grant')
})

it('are in the database as hashes alone', async () => {
  const rows = JSON.stringify(await db.select().from(tokens))
  expect(rows).not.toContain(got.tokens.refresh_token)
  expect(rows).not.toContain(got.tokens.access_token)
})
