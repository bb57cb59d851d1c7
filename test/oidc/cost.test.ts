// What a login to an app costs: round trips to D1 and rows, with one app and one user as with many.
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { keepSigningKeys } from '../../src/oidc/signing-keys/signing-keys.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { signingKeys } from '../../src/platform/db/schema.ts'
import { ORIGIN } from '../support/browser.ts'
import { countD1, type Cost } from '../support/wrap-d1.ts'
import { createWorld, db } from '../support/world.ts'
import { basic, codeFields, openApp, openSession, type App } from './relying-party.ts'
import { askApp } from '../support/ask-app.ts'

const app = createApp()

let client: App
beforeAll(async () => {
  await db.delete(signingKeys)
  client = await openApp()
  // The first keys make themselves, once: they are there before anything is counted.
  await askApp(app, `${ORIGIN}/oauth2/jwks`, {}, env)
})
afterAll(() => db.delete(signingKeys))

async function measure(path: string, init: RequestInit = {}) {
  const { binding, cost } = countD1(env.DB)
  const environment: Env = { ...env, DB: binding }
  const response = await askApp(app, `${ORIGIN}${path}`, init, environment)
  return { response, cost: { ...cost } }
}

function send(path: string, fields: Record<string, string>, headers: Record<string, string>) {
  return measure(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })
}

/** authorize → code → token → userinfo → refresh, by somebody who is signed in. */
async function measureAll() {
  const world = await createWorld()
  const email = `cost-${crypto.randomUUID()}@tenant.example`
  await world.addUser(email)
  const browser = await openSession(world, email)
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const { path, checks } = await client.ask()
  const authorize = await measure(path, { headers: { cookie } })
  const code = new URL(authorize.response.headers.get('location')!).searchParams.get('code')!
  const token = await send('/oauth2/token', codeFields(code, checks), basic(client))
  const tokens = (await token.response.json()) as Record<string, string>
  const userinfo = await send(
    '/oauth2/userinfo',
    {},
    { authorization: `Bearer ${tokens.access_token}` },
  )
  const refresh = await send(
    '/oauth2/token',
    { grant_type: 'refresh_token', refresh_token: tokens.refresh_token! },
    basic(client),
  )
  for (const { response } of [token, userinfo, refresh]) expect(response.status).toBe(200)
  const keys = await measure('/oauth2/jwks')
  const document = await measure('/.well-known/openid-configuration')
  return {
    authorize: authorize.cost,
    token: token.cost,
    userinfo: userinfo.cost,
    refresh: refresh.cost,
    keys: keys.cost,
    document: document.cost,
  }
}

const rowsOf = (costs: Record<string, Cost>) =>
  Object.fromEntries(Object.entries(costs).map(([step, { rowsRead }]) => [step, rowsRead]))

it('is one round trip to the code, one to the tokens, one to userinfo: a few rows each', async () => {
  const costs = await measureAll()
  expect(
    Object.fromEntries(
      Object.entries(costs).map(([step, { trips, rowsRead, rowsWritten }]) => [
        step,
        [trips, rowsRead, rowsWritten],
      ]),
    ),
  ).toEqual({
    authorize: [1, 13, 1],
    token: [1, 17, 1],
    userinfo: [1, 9, 0],
    refresh: [1, 22, 0],
    keys: [1, 2, 0],
    document: [0, 0, 0],
  })
})

it('reads as many rows among 500 apps and 20,000 grants as among a few', async () => {
  const before = rowsOf(await measureAll())
  const numbers = (count: number) =>
    sql`WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})`
  await db.run(sql`INSERT INTO clients (sid, name, client_type, redirect_uris, created_at, updated_at)
    ${numbers(500)} SELECT 'CLmany' || n, 'App', 'public', '[]', 1, 1 FROM number`)
  const sid = sql`(SELECT max(sid) FROM sessions)`
  await db.run(sql`INSERT INTO grants (session_sid, secret_hash, client_sid, redirect_uri, scope, code_challenge, code_expires_at, spent_at, created_at)
    ${numbers(20_000)} SELECT ${sid}, 'many' || n, 'CLmany' || (n % 500 + 1), 'x', 'openid', 'x', 1, 1, 1 FROM number`)
  const after = rowsOf(await measureAll())
  await db.run(sql`DELETE FROM grants WHERE secret_hash LIKE 'many%'`)
  await db.run(sql`DELETE FROM clients WHERE sid LIKE 'CLmany%'`)
  for (const [step, rows] of Object.entries(after))
    // The end of an index range costs a row more or less, by where a random SID falls.
    expect(rows, step).toBeLessThanOrEqual(before[step]! + 3)
  console.log(`rows among many: ${JSON.stringify(after)}`)
})

it('costs a row more a key while two of each algorithm are published', async () => {
  const before = rowsOf(await measureAll())
  await db.update(signingKeys).set({ signsAt: 1 })
  const context = { db, actor: { kind: 'maintenance' }, now: Date.now() } as const
  await keepSigningKeys(context, readConfig(env).keySecrets)
  expect(await db.select().from(signingKeys)).toHaveLength(4)
  const after = rowsOf(await measureAll())
  expect(after.token! - before.token!).toBeLessThanOrEqual(2)
  expect(after.authorize).toBeLessThanOrEqual(before.authorize! + 3)
})
