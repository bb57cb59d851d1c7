// How many D1 trips the pages of the console wait for, one after another.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type Browser } from '../support/browser.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { createSignInLink } from '../../src/access/operations.ts'
import { good, request } from '../support/request.ts'
import { CONNECTION_ROUTES, fill } from './operator/connection-table.ts'
import { createCustomer, type Customer } from './operator/admins.ts'
import { DIRECTORY_ROUTES } from './pages/directory/directory-table.ts'

/** Rounds of any page: the person, what the page is about, and what it shows. */
const MOST = 5

/** Turns of the event loop without a new trip, after which those that wait are carried out. */
const QUIET_TURNS = 20

/** Databases that carry trips out in rounds: what is asked at the same time is one round. */
function inRounds() {
  let waiting: (() => void)[] = []
  let isWatched = false
  const cost = { rounds: 0, trips: 0 }
  const watch = async () => {
    for (let turns = 0, seen = 0; turns < QUIET_TURNS; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      if (waiting.length > seen) turns = 0
      seen = waiting.length
    }
    const release = waiting
    waiting = []
    isWatched = false
    cost.rounds++
    for (const go of release) go()
  }
  const wrap = (real: D1Database) =>
    wrapD1(real, async (trip) => {
      cost.trips++
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (!isWatched) void watch()
        isWatched = true
      })
      return trip()
    })
  return {
    cost,
    environment: { ...env, DB: wrap(env.DB), ...(env.HISTORY && { HISTORY: wrap(env.HISTORY) }) },
  }
}

const { cost, environment } = inRounds()

let customer: Customer
let browser: Browser
beforeAll(async () => {
  customer = await createCustomer()
  browser = openBrowser(environment)
  const { secret } = good(await createSignInLink(request(), { name: 'olga' }))
  await browser.post('/console/sign-in', { link: secret })
}, 60_000)

async function costOf(path: string) {
  Object.assign(cost, { rounds: 0, trips: 0 })
  const { status } = await browser.get(path)
  return { status, ...cost }
}

const PAGES = [
  '/tenants',
  '/connections',
  '/apps',
  '/keys',
  '/audit',
  '/tenants/:tenant',
  ...pagesOf(CONNECTION_ROUTES).map((path) => `/connections/:connection${path}`),
  ...pagesOf(DIRECTORY_ROUTES).map((path) => `/tenants/:tenant${path}`),
].map((path) => `/console${path.replace(/\/$/, '')}`)

function pagesOf(table: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(table).flatMap((route) => /^GET (.*)/.exec(route)?.[1] ?? [])
}

describe('a page of the console', () => {
  it('of a connection waits for three rounds of D1', async () => {
    const asked = await costOf(`/console/connections/${customer.connectionSid}`)
    expect(asked.status).toBe(200)
    expect(asked.rounds).toBeLessThanOrEqual(3)
  })

  it('waits for few rounds, whatever it shows', async () => {
    const seen = new Map<string, number>()
    for (const path of PAGES) {
      const { status, rounds } = await costOf(fill(path, customer))
      expect([path, status]).toEqual([path, 200])
      seen.set(path, rounds)
    }
    expect([...seen].filter(([, rounds]) => rounds > MOST)).toEqual([])
  }, 60_000)
})
