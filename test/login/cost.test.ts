// What a login costs: round trips to D1 and KV, and rows read however many users and tenants there are.
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { keyPairs } from '../../src/db/schema.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { prepareKeyPair, rotateKeyPairs } from '../../src/keys/operations.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { toField } from '../support/fake-idp.ts'
import { good, request } from '../support/request.ts'
import { as, createWorld, db, type World } from '../support/world.ts'

const app = createApp()

type Cost = { d1: number; kvReads: number; kvWrites: number; rowsRead: number }

/** The environment, counting what is asked of it. */
function counting() {
  const cost: Cost = { d1: 0, kvReads: 0, kvWrites: 0, rowsRead: 0 }
  const note = <T>(result: T): T => {
    for (const { meta } of [result].flat() as D1Result[]) cost.rowsRead += meta?.rows_read ?? 0
    return result
  }
  const real = new WeakMap<object, D1PreparedStatement>()
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const run = (method: 'all' | 'run' | 'raw') => async () => {
      cost.d1++
      return note(await (statement[method] as () => Promise<unknown>)())
    }
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: run('all'),
      run: run('run'),
      raw: run('raw'),
    } as unknown as D1PreparedStatement
    real.set(wrapped, statement)
    return wrapped
  }
  const DB = {
    prepare: (query: string) => wrap(env.DB.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) => {
      cost.d1++
      return note(await env.DB.batch(statements.map((statement) => real.get(statement)!)))
    },
  }
  const RELAY = {
    get: (key: string) => {
      cost.kvReads++
      return env.RELAY.get(key, 'json')
    },
    put: (key: string, value: string, options: KVNamespacePutOptions) => {
      cost.kvWrites++
      return env.RELAY.put(key, value, options)
    },
  }
  return { cost, env: { ...env, DB, RELAY } as unknown as Env }
}

async function measure(browser: Browser, path: string, form?: Record<string, string>) {
  const counted = counting()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const init: RequestInit = form
    ? { method: 'POST', body: new URLSearchParams(form), headers: { origin: ORIGIN } }
    : { headers: { cookie } }
  const response = await app.request(new URL(path, ORIGIN).href, init, counted.env)
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0]!.split(/=(.*)/s)
    browser.cookies.set(name!, value!)
  }
  return { response, cost: counted.cost }
}

async function measureLogin(email: string, query = '', finishes = 302) {
  const world = await createWorld()
  await world.addUser(email)
  return measureNext(world, email, query, finishes)
}

async function measureNext(world: World, email: string, query = '', finishes = 302) {
  const browser = openBrowser()
  const begun = await measure(browser, `/sso/${world.connectionSid}${query}`)
  const url = new URL(begun.response.headers.get('location')!)
  const relayState = url.searchParams.get('RelayState')!
  const state = await env.RELAY.get<{ requestID: string }>(relayState, 'json')
  const message = await world.idp(state!.requestID).respond(as(email))
  const arrived = await measure(browser, world.acs, {
    SAMLResponse: toField(message),
    RelayState: relayState,
  })
  expect(arrived.response.status).toBe(303)
  const finished = await measure(browser, arrived.response.headers.get('location')!)
  expect(finished.response.status).toBe(finishes)
  return { begin: begun.cost, acs: arrived.cost, finish: finished.cost }
}

it('is 1 D1 and 1 KV write to begin, 1 KV read and 2 D1 at the ACS, 1 D1 to finish', async () => {
  const cost = await measureLogin('alice@tenant.example')
  expect(cost.begin).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 1 })
  expect(cost.acs).toMatchObject({ d1: 2, kvReads: 1, kvWrites: 0 })
  expect(cost.finish).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 0 })
})

it('is the same for a test sign-in, and 1 KV read for its page', async () => {
  const cost = await measureLogin('alice@tenant.example', '?test', 200)
  expect(cost.begin).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 1 })
  expect(cost.acs).toMatchObject({ d1: 2, kvReads: 1, kvWrites: 0 })
  expect(cost.finish).toMatchObject({ d1: 1, kvReads: 1, kvWrites: 0 })
})

it('reads no more rows for the next login of a day, which adds to its count', async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  const first = await measureNext(world, 'alice@tenant.example')
  const second = await measureNext(world, 'alice@tenant.example')
  expect(second.acs.rowsRead).toBeLessThanOrEqual(first.acs.rowsRead + 3)
  expect(second.acs.rowsRead).toBeLessThanOrEqual(20)
  console.log(`rows read by the second login of a day: ${JSON.stringify(second)}`)
})

it('reads as many rows among 20,000 users and 500 tenants as among a few', async () => {
  const before = await measureLogin('alice@tenant.example')
  const numbers = (count: number) =>
    sql`WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})`
  await db.run(sql`INSERT INTO tenants (sid, name, plan, created_at)
    ${numbers(500)} SELECT 'TN' || n, 'Tenant', 'enterprise', 1 FROM number`)
  await db.run(sql`INSERT INTO connections (sid, tenant_sid, name, state, entity_id, created_at, updated_at)
    ${numbers(500)} SELECT 'CN' || n, 'TN' || n, 'C', 'live', 'https://idp.example', 1, 1 FROM number`)
  await db.run(sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, connection_sid, created_at, updated_at)
    ${numbers(20_000)} SELECT 'US' || n, 'TN' || (n % 500 + 1), n || '@x.example', n || '@x.example', 'sso_enabled', 'CN' || (n % 500 + 1), 1, 1 FROM number`)
  await db.run(sql`INSERT INTO spent (connection_sid, kind, id, expires_at)
    ${numbers(20_000)} SELECT 'CN' || (n % 500 + 1), 'assertion', n, 1 FROM number`)
  const after = await measureLogin('bob@tenant.example')
  for (const step of ['begin', 'acs', 'finish'] as const)
    // The end of an index range costs a row more or less, by where a random SID falls.
    expect(after[step].rowsRead, step).toBeLessThanOrEqual(before[step].rowsRead + 3)
  expect(after.acs.rowsRead).toBeLessThanOrEqual(20)
  expect(after.begin.rowsRead + after.acs.rowsRead + after.finish.rowsRead).toBeLessThanOrEqual(40)
  console.log(`rows read: ${JSON.stringify(after)}`)
  // Other files of the run share the database: what was made here has short SIDs.
  for (const table of ['spent', 'users', 'connections', 'tenants']) {
    const sid = sql.identifier(table === 'spent' ? 'connection_sid' : 'sid')
    await db.run(sql`DELETE FROM ${sql.identifier(table)} WHERE length(${sid}) < 10`)
  }
})

it('asks no more often where our key pairs are in the database, and reads a row for each', async () => {
  const before = await measureLogin('alice@tenant.example')
  const { keySecrets } = readConfig(env)
  good(await prepareKeyPair(request(), keySecrets))
  good(await rotateKeyPairs(request(), keySecrets))
  good(await prepareKeyPair(request(), keySecrets))
  expect(await db.select().from(keyPairs)).toHaveLength(3)
  const after = await measureLogin('bob@tenant.example')
  await db.delete(keyPairs)
  for (const step of ['begin', 'acs', 'finish'] as const) {
    const { rowsRead, ...rest } = after[step]
    const { rowsRead: rowsBefore, ...restBefore } = before[step]
    expect(rest, step).toEqual(restBefore)
    expect(rowsRead, step).toBeLessThanOrEqual(rowsBefore + 3)
  }
  console.log(`rows read with three key pairs: ${JSON.stringify(after)}`)
})
