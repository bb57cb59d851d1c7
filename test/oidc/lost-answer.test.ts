// A batch that was carried out although its answer was lost, and that is sent again: the request is
// answered as if nothing had happened, and a second request is judged as a second one.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/env.ts'
import { ORIGIN, type Browser } from '../support/browser.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { createWorld, type World } from '../support/world.ts'
import { basic, codeFields, openApp, openSession, post, type App } from './relying-party.ts'

/** Every batch is carried out twice. The Worker sees the second answer. */
const twice: Env = {
  ...env,
  DB: wrapD1(env.DB, async (trip) => {
    await trip()
    return trip()
  }),
}
const worker = createApp()

let world: World
let app: App
let publicApp: App
let browser: Browser
beforeAll(async () => {
  app = await openApp()
  publicApp = await openApp({ clientType: 'public' })
  // The first signing key makes itself, once.
  await worker.request(`${ORIGIN}/oauth2/jwks`, {}, env)
})
beforeEach(async () => {
  world = await createWorld()
  await world.addUser('alice@tenant.example')
  browser = await openSession(world, 'alice@tenant.example')
})

async function authorize(one: App) {
  const { path, checks } = await one.ask()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await worker.request(`${ORIGIN}${path}`, { headers: { cookie } }, twice)
  const code = new URL(response.headers.get('location')!).searchParams.get('code')!
  return { code, checks }
}

function exchange(one: App, fields: Record<string, string>, environment = twice) {
  const proof = one.secret === null ? { client_id: one.client.sid } : undefined
  const headers = proof ? {} : basic(one)
  return post('/oauth2/token', { ...fields, ...proof }, headers, environment)
}

const userinfo = (token: string) =>
  post('/oauth2/userinfo', {}, { authorization: `Bearer ${token}` }, twice)

it('gives a code and its tokens, once', async () => {
  const { code, checks } = await authorize(app)
  const { status, body } = await exchange(app, codeFields(code, checks))
  expect(status).toBe(200)
  expect((await userinfo(body.access_token!)).status).toBe(200)
  const second = await exchange(app, codeFields(code, checks), env)
  expect(second.body.error).toBe('invalid_grant')
  expect((await userinfo(body.access_token!)).status).toBe(401)
})

it('refreshes, also for a public client, whose older token still ends all', async () => {
  const first = await authorize(publicApp)
  const { body } = await exchange(publicApp, codeFields(first.code, first.checks))
  const refresh = (refresh_token: string) =>
    exchange(publicApp, { grant_type: 'refresh_token', refresh_token })
  const next = await refresh(body.refresh_token!)
  const third = await refresh(next.body.refresh_token!)
  expect([next.status, third.status]).toEqual([200, 200])
  expect((await refresh(body.refresh_token!)).body.error).toBe('invalid_grant')
  expect((await refresh(third.body.refresh_token!)).body.error).toBe('invalid_grant')
})

it('revokes', async () => {
  const { code, checks } = await authorize(app)
  const { body } = await exchange(app, codeFields(code, checks))
  const fields = { token: body.refresh_token! }
  const { status } = await post('/oauth2/revoke', fields, basic(app), twice)
  expect(status).toBe(200)
  expect((await userinfo(body.access_token!)).status).toBe(401)
})
