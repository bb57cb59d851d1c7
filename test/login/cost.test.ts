// What a login costs: round trips to D1 and KV, and rows read however many users and tenants there
// are.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import {
  aliases,
  certificates,
  connections,
  domains,
  keyPairs,
  moves,
  tenants,
} from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { openHandle } from '../../src/login/handle.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { prepareKeyPair, rotateKeyPairs } from '../../src/keys/operations.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { toField, type Answer } from '../support/fake-idp.ts'
import { keyRing } from '../support/pending-logins.ts'
import { good, request } from '../support/request.ts'
import { as, createWorld, db, type World } from '../support/world.ts'
import { countD1 } from '../support/wrap-d1.ts'
import { askApp } from '../support/ask-app.ts'

const app = createApp()

type Cost = { d1: number; kvReads: number; kvWrites: number; rowsRead: number }

/** The environment, counting what is asked of it. */
function counting() {
  const kv = { kvReads: 0, kvWrites: 0 }
  const { binding: DB, cost } = countD1(env.DB, /webhook_endpoint_types|recorded_events/)
  const RELAY = {
    get: (key: string) => {
      kv.kvReads++
      return env.RELAY.get(key, 'json')
    },
    put: (key: string, value: string, options: KVNamespacePutOptions) => {
      kv.kvWrites++
      return env.RELAY.put(key, value, options)
    },
  }
  const total = (): Cost => ({ d1: cost.trips, rowsRead: cost.rowsRead, ...kv })
  return { total, env: { ...env, DB, RELAY } as unknown as Env }
}

async function measure(browser: Browser, path: string, form?: Record<string, string>) {
  const counted = counting()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const init: RequestInit = form
    ? { method: 'POST', body: new URLSearchParams(form), headers: { origin: ORIGIN } }
    : { headers: { cookie } }
  const response = await askApp(app, new URL(path, ORIGIN).href, init, counted.env)
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0]!.split(/=(.*)/s)
    browser.cookies.set(name!, value!)
  }
  return { response, cost: counted.total() }
}

async function measureLogin(email: string, query = '', finishes = 302) {
  const world = await createWorld()
  await world.addUser(email)
  return measureNext(world, email, query, finishes)
}

async function measureNext(
  world: World,
  email: string,
  query = '',
  finishes = 302,
  browser = openBrowser(),
  answer: Partial<Answer> = {},
) {
  const begun = await measure(browser, `/sso/${world.connectionSid}${query}`)
  const url = new URL(begun.response.headers.get('location')!)
  const relayState = url.searchParams.get('RelayState')!
  const state = await openHandle(await keyRing(), world.connectionSid, relayState, Date.now())
  const message = await world.idp(state!.requestID).respond({ ...as(email), ...answer })
  const arrived = await measure(browser, world.acs, {
    SAMLResponse: toField(message),
    RelayState: relayState,
  })
  expect(arrived.response.status).toBe(303)
  const finished = await measure(browser, arrived.response.headers.get('location')!)
  expect(finished.response.status).toBe(finishes)
  return { begin: begun.cost, acs: arrived.cost, finish: finished.cost }
}

it('is 1 D1 to begin, 2 D1 at the ACS, 1 D1 to finish, and no KV', async () => {
  const cost = await measureLogin('alice@tenant.example')
  expect(cost.begin).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 0 })
  expect(cost.acs).toMatchObject({ d1: 2, kvReads: 0, kvWrites: 0 })
  expect(cost.finish).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 0 })
})

it('is the same for a test sign-in and its page', async () => {
  const cost = await measureLogin('alice@tenant.example', '?test', 200)
  expect(cost.begin).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 0 })
  expect(cost.acs).toMatchObject({ d1: 2, kvReads: 0, kvWrites: 0 })
  expect(cost.finish).toMatchObject({ d1: 1, kvReads: 0, kvWrites: 0 })
})

it('reads at most 20 rows a step, and exactly as many among 20,000 users in 500 tenants as among a few', async () => {
  await putFence()
  const { keySecrets } = readConfig(env)
  for (const step of [prepareKeyPair, rotateKeyPairs, prepareKeyPair])
    good(await step(request(), keySecrets))
  expect(await db.select().from(keyPairs)).toHaveLength(3)
  const few = await readEverything()
  const numbers = (count: number) =>
    sql`WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})`
  await db.run(sql`INSERT INTO tenants (sid, name, plan, created_at)
    ${numbers(500)} SELECT 'TN' || n, 'Tenant', 'enterprise', 1 FROM number`)
  await db.run(sql`INSERT INTO connections (sid, tenant_sid, name, state, entity_id, created_at, updated_at)
    ${numbers(500)} SELECT 'CN' || n, 'TN' || n, 'C', 'live', 'https://idp.example', 1, 1 FROM number`)
  await db.run(sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, connection_sid, created_at, updated_at)
    ${numbers(20_000)} SELECT 'US' || n, 'TN' || (n % 500 + 1), n || '@x.example', n || '@x.example', 'sso_enabled', 'CN' || (n % 500 + 1), 1, 1 FROM number`)
  await db.run(sql`INSERT INTO spent (connection_sid, kind, id, attempt_sid, expires_at)
    ${numbers(20_000)} SELECT 'CN' || (n % 500 + 1), 'assertion', n, 'AT', 1 FROM number`)
  const many = await readEverything()
  await db.delete(keyPairs)
  await takeFence()
  // Other files of the run share the database: what was made here has short SIDs.
  for (const table of ['spent', 'users', 'connections', 'tenants']) {
    const sid = sql.identifier(table === 'spent' ? 'connection_sid' : 'sid')
    await db.run(sql`DELETE FROM ${sql.identifier(table)} WHERE length(${sid}) < 10`)
  }
  // With two certificates pinned and three key pairs of our own. What these say is in
  // docs/storage.md.
  const expected = {
    'the first login': { begin: 8, acs: 19, finish: 10 },
    'the next login': { begin: 8, acs: 18, finish: 10 },
    'by an alias': { begin: 8, acs: 19, finish: 10 },
    'by an alias again': { begin: 8, acs: 18, finish: 10 },
    'by a name': { begin: 8, acs: 19, finish: 10 },
    'by a name again': { begin: 8, acs: 19, finish: 10 },
    'a test': { begin: 8, acs: 17, finish: 5 },
    'in the eighth tab': { begin: 8, acs: 18, finish: 10 },
    'by a second way': { begin: 8, acs: 20, finish: 11 },
    'by a second way again': { begin: 8, acs: 19, finish: 11 },
    'by a second way and a name': { begin: 8, acs: 20, finish: 11 },
    'by both again': { begin: 8, acs: 20, finish: 11 },
    'front door': { unknown: 2, password: 4, enabled: 5, enforced: 5 },
    'in a domain of newcomers': { unknown: 9, password: 9, enabled: 9, enforced: 9 },
    'a login that creates its user': { begin: 8, acs: 45, finish: 10 },
  }
  expect(few).toEqual(expected)
  expect(many).toEqual(expected)
  // Creating a user is once in the life of a person.
  for (const [way, steps] of Object.entries(expected))
    if (way !== 'a login that creates its user')
      expect(Math.max(...Object.values(steps))).toBeLessThanOrEqual(20)
})

/** A NameID that looks like an address and is not the e-mail: all that may be asked is asked. */
const UPN = { nameID: 'named@corp.example' }

const NAME = { nameID: 'moved@corp.example' }

const FENCE = { connectionSid: `CN${'f'.repeat(32)}`, tenantSid: `TN${'f'.repeat(32)}` }

/** A browser in which logins have begun that nobody has finished: each has left a cookie. */
async function openTabs({ connectionSid }: World, count: number): Promise<Browser> {
  const browser = openBrowser()
  for (let tab = 0; tab < count; tab++) {
    const other = openBrowser()
    await measure(other, `/sso/${connectionSid}`)
    for (const [name, value] of other.cookies) browser.cookies.set(name, value)
  }
  return browser
}

/**
 * A connection and a domain behind all others: the end of a range of an index costs the look at the row behind
 * it, where there is one.
 */
async function putFence(): Promise<void> {
  const { connectionSid, tenantSid } = FENCE
  await db.batch([
    db.insert(tenants).values({ sid: tenantSid, name: 'Last', plan: 'standard', createdAt: 1 }),
    db.insert(connections).values({
      sid: connectionSid,
      tenantSid,
      name: 'Last',
      state: 'draft',
      entityID: 'urn:last',
      createdAt: 1,
      updatedAt: 1,
    }),
    db.insert(certificates).values({
      connectionSid,
      fingerprint: 'f',
      certificate: 'none',
      subject: 'none',
      algorithm: 'none',
      spki: 'none',
      createdAt: 1,
    }),
    db.insert(domains).values({
      tenantSid,
      domain: 'zzz.example',
      token: 'x',
      createdBy: 'x',
      createdAt: 1,
      verifiedAt: 1,
    }),
  ])
}

async function takeFence(): Promise<void> {
  const { connectionSid, tenantSid } = FENCE
  await db.batch([
    db.delete(certificates).where(eq(certificates.connectionSid, connectionSid)),
    db.delete(domains).where(eq(domains.tenantSid, tenantSid)),
    db.delete(connections).where(eq(connections.sid, connectionSid)),
    db.delete(tenants).where(eq(tenants.sid, tenantSid)),
  ])
}

/** Rows of every step of every way through a login, of a world of its own. */
async function readEverything() {
  const world = await createWorld({ pinned: ['idp', 'idpNext'] })
  await db.delete(domains).where(eq(domains.domain, 'tenant.example'))
  const { connectionSid } = world
  await world.addUser('enabled@tenant.example')
  await world.addUser('enforced@tenant.example', { signInMethod: 'sso_enforced' })
  await world.addUser('named@tenant.example')
  await world.addUser('password@tenant.example', { signInMethod: 'password' })
  const userSid = await world.addUser('mapped@tenant.example')
  const emailKey = 'alias@tenant.example'
  await db
    .insert(aliases)
    .values({ connectionSid, emailKey, userSid, createdBy: 'x', createdAt: 1 })
  const other = createSid('CN')
  const [like] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
  await db.insert(connections).values({ ...like!, sid: other })
  for (const name of ['moving', 'moved'])
    await db.insert(moves).values({
      userSid: await world.addUser(`${name}@tenant.example`, { connectionSid: other }),
      connectionSid,
    })
  const login = async (
    email: string,
    query = '',
    finishes = 302,
    browser = openBrowser(),
    answer: Partial<Answer> = {},
  ) => {
    const cost = await measureNext(world, email, query, finishes, browser, answer)
    return {
      begin: cost.begin.rowsRead,
      acs: cost.acs.rowsRead,
      finish: cost.finish.rowsRead,
    }
  }
  const enter = async (email: string, status: number) => {
    const { response, cost } = await measure(openBrowser(), '/login', { email })
    expect(response.status).toBe(status)
    return cost.rowsRead
  }
  const enterAs = async (unknown: string, [other, sso]: [number, number]) => ({
    unknown: await enter(`${unknown}@tenant.example`, other),
    password: await enter('password@tenant.example', other),
    enabled: await enter('enabled@tenant.example', other),
    enforced: await enter('enforced@tenant.example', sso),
  })
  const ordinary = {
    'the first login': await login('enabled@tenant.example'),
    'the next login': await login('enabled@tenant.example'),
    'by an alias': await login(emailKey),
    'by an alias again': await login(emailKey),
    'by a name': await login('named@tenant.example', '', 302, openBrowser(), UPN),
    'by a name again': await login('named@tenant.example', '', 302, openBrowser(), UPN),
    'a test': await login('enabled@tenant.example', '?test', 200),
    'in the eighth tab': await login('enabled@tenant.example', '', 302, await openTabs(world, 7)),
    'by a second way': await login('moving@tenant.example'),
    'by a second way again': await login('moving@tenant.example'),
    'by a second way and a name': await login('moved@tenant.example', '', 302, openBrowser(), NAME),
    'by both again': await login('moved@tenant.example', '', 302, openBrowser(), NAME),
    'front door': await enterAs('unknown', [200, 303]),
  }
  await db.insert(domains).values({
    tenantSid: world.tenantSid,
    domain: 'tenant.example',
    token: 'x',
    connectionSid,
    createdBy: 'operator olga',
    createdAt: 1,
    verifiedAt: 1,
  })
  const ofWorld = eq(connections.sid, connectionSid)
  await db
    .update(connections)
    .set({ newcomers: 'sso_enforced', newcomersPerHour: 10 })
    .where(ofWorld)
  return {
    ...ordinary,
    'in a domain of newcomers': await enterAs('nobody', [303, 303]),
    'a login that creates its user': await login('created@tenant.example'),
  }
}

it('sends no further query if our key pairs are in the database, and reads a row for each', async () => {
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
