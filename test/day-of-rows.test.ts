// Days of 1,000,000 logins and 100,000 users whose apps refresh all day, at a scale of 1 to 1,000:
// what logins leave, the sweeps take away.
import { env } from 'cloudflare:workers'
import { getTableName, is, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { readConfig } from '../src/env.ts'
import { timedSidFrom } from '../src/ids.ts'
import { nameFrom } from '../src/login/handle.ts'
import * as schema from '../src/platform/db/schema.ts'
import { budgetOfRun, measureBacklog, sweep } from '../src/platform/db/sweep.ts'
import { expiriesOf } from '../src/sweeps.ts'
import { basic, openApp, post, signInWith, type App } from './oidc/relying-party.ts'
import { clearDatabase, createWorld, db, type World } from './support/world.ts'

const SCALE = 1000
const LOGINS = 1_000_000 / SCALE
const REFRESHING = 100_000 / SCALE
const PORTION = 5000 / SCALE

const MINUTE = 60_000
const RUN = 10 * MINUTE
const RUNS_A_DAY = (24 * 60) / 10
/** Two fifths of a day’s logins come between eight and nine. */
const isPeak = (run: number) => run >= 48 && run < 54

/** What a login to an app leaves, by table, and what a logout adds to it. */
const LOGIN = { spent: 2, login_codes: 1, sessions: 1, grants: 1 }
const LOGOUT = { logout_deliveries: 1 }
/** One login in three ends with a logout; the others run out. */
const LOGOUTS = 1 / 3

const tables = Object.values(schema)
  .filter((value) => is(value, SQLiteTable))
  .map((table) => table as SQLiteTable)
const expiries = expiriesOf(readConfig(env))

/** The rows of each table that logins fill. */
async function countRows(names?: readonly string[]) {
  const wanted = tables.filter((table) => !names || names.includes(getTableName(table)))
  const counts: Record<string, number> = {}
  for (const table of wanted) counts[getTableName(table)] = await db.$count(table)
  return counts
}

/** The tables that have grown, and by how much. */
async function growthOf(work: () => Promise<unknown>) {
  const before = await countRows()
  await work()
  const after = await countRows()
  const grown = Object.entries(after).filter(([name, rows]) => rows !== before[name])
  return Object.fromEntries(grown.map(([name, rows]) => [name, rows - before[name]!]))
}

let app: App
let world: World
let userSid: string
let number = 0
beforeAll(clearDatabase)
afterEach(() => vi.unstubAllGlobals())
beforeEach(async () => {
  // No app is told of a logout.
  vi.stubGlobal('fetch', async () => new Response(null, { status: 503 }))
  app = await openApp({
    backchannelLogoutURI: 'https://app.vendor.example/backchannel',
    sessionDays: 30,
  })
  world = await createWorld()
  userSid = await world.addUser('alice@tenant.example')
})

it('leaves what this test makes: a login, a refresh and a logout', async () => {
  // The first login of a person, connection and key leaves rows that stay.
  await signInWith(app, world)
  let tokens: Awaited<ReturnType<typeof signInWith>>
  const login = await growthOf(async () => (tokens = await signInWith(app, world)))
  // The person is new: these rows are one a user. What logins looked like is bounded elsewhere.
  for (const name of ['users', 'search_words', 'proofs', 'name_ids', 'attempts']) delete login[name]
  expect(login).toEqual(LOGIN)
  const fields = { grant_type: 'refresh_token', refresh_token: tokens!.tokens.refresh_token! }
  expect(await growthOf(() => post('/oauth2/token', fields, basic(app)))).toEqual({})
  expect(await growthOf(() => tokens.browser.post('/logout'))).toEqual(LOGOUT)
})

/** A number of logins at a moment, and the logouts that some of them end with. */
async function addLogins(now: number, count: number) {
  const of = { sid: timedSidFrom('SE', now), name: nameFrom(now), tag: number++ }
  const numbers = sql`WITH RECURSIVE number(n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})`
  const id = sql`printf('-%d-%d', ${of.tag}, n)`
  const { connectionSid } = world
  const made = [
    // Assertions of five minutes, as most IdPs make them, and requests.
    sql`INSERT INTO spent (expires_at, connection_sid, kind, id, attempt_sid) ${numbers}
      SELECT ${now + 10 * MINUTE}, ${connectionSid}, 'assertion', ${id}, 'AT' FROM number`,
    sql`INSERT INTO spent (expires_at, connection_sid, kind, id, attempt_sid) ${numbers}
      SELECT ${now + 20 * MINUTE}, ${connectionSid}, 'request', ${id}, 'AT' FROM number`,
    sql`INSERT INTO login_codes (name, code_hash, attempt_sid, connection_sid, revision, user_sid, principal, expires_at, spent_by)
      ${numbers} SELECT ${of.name} || ${id}, 'x', 'AT', ${connectionSid}, 1, ${userSid}, '{}', ${now}, 'SE' FROM number`,
    sql`INSERT INTO sessions (sid, token_hash, user_sid, connection_sid, attempt_sid, principal, created_at, last_seen_at, expires_at)
      ${numbers} SELECT ${of.sid} || ${id}, 'x', ${userSid}, ${connectionSid}, 'AT', '{}', ${now}, ${now}, ${now + 8 * 60 * MINUTE} FROM number`,
    sql`INSERT INTO grants (session_sid, secret_hash, client_sid, redirect_uri, scope, code_challenge, code_expires_at, created_at)
      ${numbers} SELECT ${of.sid} || ${id}, 'x', ${app.client.sid}, 'x', 'openid', 'x', ${now}, ${now} FROM number`,
    sql`INSERT INTO logout_deliveries (sid, client_sid, session_sid, user_sid, tries, sent_at, created_at)
      ${numbers} SELECT ${timedSidFrom('LD', now)} || ${id}, ${app.client.sid}, 'SE', ${userSid}, 1, ${now}, ${now} FROM number
      WHERE n <= ${Math.round(count * LOGOUTS)}`,
  ]
  for (const rows of made) await db.run(rows)
}

it('takes away in a day what a day makes', async () => {
  const filled = Object.keys({ ...LOGIN, ...LOGOUT })
  const began = Date.UTC(2030, 0, 1)
  const ends: Record<string, number>[] = []
  const perDay = { made: [] as number[], deleted: [] as number[] }
  for (let day = 0; day < 2; day++) {
    let [made, deleted] = [0, 0]
    for (let run = 0; run < RUNS_A_DAY; run++) {
      const now = began + (day * RUNS_A_DAY + run) * RUN
      const count = Math.round(isPeak(run) ? (LOGINS * 0.4) / 6 : (LOGINS * 0.6) / (RUNS_A_DAY - 6))
      await addLogins(now, count)
      made += 5 * count + Math.round(count * LOGOUTS)
      // Each run has the budget of the job. A portion is smaller by the scale.
      const budget = { ...budgetOfRun(), until: Infinity }
      const report = await sweep(db, expiries, now, budget, PORTION)
      deleted += filled.reduce((sum, name) => sum + (report.deleted[name] ?? 0), 0)
      if (run % 36 === 0) {
        expect(await measureBacklog(db, expiries, now)).toEqual({})
      }
    }
    ends.push(await countRows(filled))
    perDay.made.push(made)
    perDay.deleted.push(deleted)
  }
  console.log(`rows a day: ${JSON.stringify(perDay)}, at the end of each: ${JSON.stringify(ends)}`)
  expect(perDay.deleted[1]).toBeGreaterThanOrEqual(perDay.made[1]!)
  expect(ends[1]).toEqual(ends[0])
  expect(perDay.made[1]! / LOGINS).toBeCloseTo(5 + LOGOUTS, 0)
}, 120_000)

it('does not grow with refreshing: a hundred users, each hour of a day', async () => {
  const spa = await openApp({ clientType: 'public' })
  const { tokens } = await signInWith(spa, world)
  let token = tokens.refresh_token!
  const growth = await growthOf(async () => {
    for (let time = 0; time < REFRESHING; time++) {
      const fields = { grant_type: 'refresh_token', refresh_token: token }
      const { body } = await post('/oauth2/token', { ...fields, client_id: spa.client.sid })
      token = body.refresh_token!
    }
  })
  expect(token).toMatch(/^gpr_/)
  expect(growth).toEqual({})
})
