// How far it is from an app to its code: requests of the browser to us, round trips to D1 that wait
// for each other, and rows that the whole login writes.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { certificates, connections, domains, nameIDs } from '../../src/platform/db/schema.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { sweepHistory } from '../../src/login/history/sweep.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { openHistory } from '../../src/platform/db/history.ts'
import { sweep } from '../../src/platform/db/sweep.ts'
import { expiriesOf } from '../../src/sweeps.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { toField } from '../support/fake-idp.ts'
import { countD1, NO_COST, wrapD1 } from '../support/wrap-d1.ts'
import { as, createWorld, db, type World } from '../support/world.ts'
import { basic, codeFields, openApp, post, REDIRECT_URI, type App } from './relying-party.ts'

let app: App
let world: World
let email: string
beforeAll(async () => {
  app = await openApp()
})
beforeEach(async () => {
  world = await createWorld()
  email = `trips-${crypto.randomUUID()}@tenant.example`
  await world.addUser(email, { signInMethod: 'sso_enforced' })
})

const history = countD1(env.HISTORY!)
const cost = { trips: 0, written: 0 }
let underWay = 0
/** A trip counts unless another one is under way at that moment. */
const environment: Env = {
  ...env,
  HISTORY: history.binding,
  DB: wrapD1(env.DB, async (trip) => {
    if (underWay++ === 0) cost.trips++
    try {
      const results = await trip()
      for (const { meta } of results) cost.written += meta.rows_written
      return results
    } finally {
      underWay--
    }
  }),
}

type Step = { path: string; trips: number; written: number; inHistory: number }

/** A stranger's browser follows the request of the app to its code, which the app exchanges. */
async function goThrough(more: Record<string, string>, who = email) {
  const browser = openBrowser(environment)
  const steps: Step[] = []
  const note = async <T>(path: string, work: () => Promise<T>) => {
    Object.assign(cost, { trips: 0, written: 0 })
    Object.assign(history.cost, NO_COST)
    const done = await work()
    const { pathname } = new URL(path, ORIGIN)
    steps.push({ path: pathname, ...cost, inHistory: history.cost.rowsWritten })
    return done
  }
  const { path, checks } = await app.ask(more)
  const asked = await note(path, () => browser.get(path))
  const idp = new URL(asked.headers.get('location')!)
  const departure = await readRequest(idp)
  const message = await world.idp(departure.requestID).respond(as(who))
  const form = { SAMLResponse: toField(message), RelayState: departure.relayState }
  const arrived = await note(world.acs, () => browser.postFromElsewhere(world.acs, form))
  const finish = arrived.headers.get('location')!
  const finished = await note(finish, () => browser.get(finish))
  const last = finished.headers.get('location')!
  expect(last.startsWith(REDIRECT_URI)).toBe(true)
  const code = new URL(last).searchParams.get('code')!
  const token = await note('/oauth2/token', () =>
    post('/oauth2/token', codeFields(code, checks), basic(app), environment),
  )
  expect(token.status).toBe(200)
  return steps
}

async function readRequest(url: URL) {
  const text = atob(url.searchParams.get('SAMLRequest')!)
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const xml = await new Response(stream).text()
  return {
    requestID: / ID="([^"]+)"/.exec(xml)![1]!,
    relayState: url.searchParams.get('RelayState')!,
  }
}

const tripsOf = (steps: Step[]) => steps.slice(0, 3).map(({ path, trips }) => [path, trips])
const threeAndFour = () => [
  ['/oauth2/authorize', 1],
  [world.acs, 2],
  ['/login/finish', 1],
]

it('is three requests and four trips if the app names the person', async () => {
  expect(tripsOf(await goThrough({ login_hint: email }))).toEqual(threeAndFour())
})

it('is as far if the app names the domain', async () => {
  await db.delete(domains)
  await db.insert(domains).values({
    tenantSid: world.tenantSid,
    domain: 'tenant.example',
    token: 'x',
    createdBy: 'operator olga',
    createdAt: 1,
    verifiedAt: 1,
  })
  expect(tripsOf(await goThrough({ domain_hint: 'tenant.example' }))).toEqual(threeAndFour())
})

/** Each of them comes before what is measured, and so fill the rings of the connection. */
const PEOPLE = 31
const LOGINS = 2 * PEOPLE
const DAY = 24 * 3600 * 1000

async function addPeople(): Promise<string[]> {
  const people = Array.from({ length: PEOPLE }, () => `${crypto.randomUUID()}@tenant.example`)
  for (const who of people) await world.addUser(who, { signInMethod: 'sso_enforced' })
  await logIn(people)
  return people
}

async function logIn(people: readonly string[]): Promise<void> {
  for (const who of people) await goThrough({ login_hint: who }, who)
}

const rowsOf = (steps: Step[]) =>
  steps.reduce((rows, { written, inHistory }) => rows + written + inHistory, 0)

describe('a login of somebody who came before, in both databases', () => {
  it('writes at most twenty rows', async () => {
    const [who] = await addPeople()
    const steps = await goThrough({ login_hint: who! }, who)
    // The last use of connection and certificate is noted once a minute: here it is.
    await db
      .update(connections)
      .set({ lastLoginAt: 1 })
      .where(eq(connections.sid, world.connectionSid))
    await db
      .update(certificates)
      .set({ lastUsedAt: 1 })
      .where(eq(certificates.connectionSid, world.connectionSid))
    // That a NameID was seen is noted once a day: here it is too.
    await db
      .update(nameIDs)
      .set({ lastSeenAt: 1 })
      .where(eq(nameIDs.connectionSid, world.connectionSid))
    const first = await goThrough({ login_hint: who! }, who)
    console.log(`rows written: ${rowsOf(steps)}, at most ${rowsOf(first)}`)
    expect(steps.map(({ inHistory }) => inHistory)).toEqual([0, 6, 0, 0])
    expect(rowsOf(first)).toBeLessThanOrEqual(20)
    // docs/storage.md says these.
    expect([rowsOf(steps), rowsOf(first)]).toEqual([15, 18])
  })

  it('leaves at most 600 bytes a day after, and sweeps delete at most ten rows of it', async () => {
    const written = { DB: 0, HISTORY: 0 }
    const sweepAll = async (now: number, days: number) => {
      const [state, lines] = [countD1(env.DB), countD1(env.HISTORY!)]
      const budget = () => ({ statements: 10_000, until: Infinity })
      await sweep(openDatabase(state.binding), expiriesOf(readConfig(env)), now, budget())
      await sweepHistory(openHistory(lines.binding)!, { days, bytes: 8e9 }, now, budget())
      written.DB = state.cost.rowsWritten
      written.HISTORY = lines.cost.rowsWritten
    }
    const sizeOf = async () => {
      const found = [env.DB, env.HISTORY!].map((binding) => binding.prepare('SELECT 1').run())
      return (await Promise.all(found)).reduce((sum, { meta }) => sum + meta.size_after, 0)
    }
    // What other files of the run have left is not counted.
    await sweepAll(Date.now() + 91 * DAY, 90)
    const people = await addPeople()
    await sweepAll(Date.now() + DAY, 90)
    const before = await sizeOf()
    for (let time = 0; time < LOGINS / PEOPLE; time++) await logIn(people)
    await sweepAll(Date.now() + DAY, 90)
    const left = ((await sizeOf()) - before) / LOGINS
    const short = written.DB / LOGINS
    // The lines go after HISTORY_DAYS, those of the logins before them with them.
    await sweepAll(Date.now() + 91 * DAY, 90)
    const long = written.HISTORY / (LOGINS + PEOPLE)
    console.log(`left a login: ${left} bytes; rows deleted: ${short} in DB, ${long} in HISTORY`)
    expect(left).toBeGreaterThan(100)
    expect(left).toBeLessThanOrEqual(600)
    expect(short + long).toBeLessThanOrEqual(10)
  })
})
