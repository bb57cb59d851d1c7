// How many D1 trips each page of console and portal waits for, one after another.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/console/operator/routes.tsx'
import { setupRoutes } from '../../src/console/portal/routes.tsx'
import type { Browser } from '../support/browser.ts'
import { registerClient } from '../support/register-client.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { CONNECTION_ROUTES, fill } from './operator/connection-table.ts'
import { createCustomer, openLink, openOperator, type Customer } from './operator/admins.ts'
import { routesOf } from './operator/routes-of.ts'

/** Rounds of any page: the person, what the page is about, and what it shows. */
const MOST = 5
/** Pages with a bound of their own. */
const MOST_OF: Readonly<Record<string, number>> = {
  '/console/connections/:connection': 3,
  // The link says which connection it is about.
  '/setup/': 4,
}

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
let clientSid: string
let operator: Browser
let administrator: Browser
beforeAll(async () => {
  customer = await createCustomer()
  clientSid = (await registerClient()).sid
  operator = await openOperator(environment)
  administrator = await openLink(customer, undefined, environment)
}, 60_000)

async function costOf(browser: Browser, path: string) {
  Object.assign(cost, { rounds: 0, trips: 0 })
  const { status } = await browser.get(path)
  return { status, ...cost }
}

/** Each page, as Hono knows them: a new one is counted without a line here. */
function pagesOf(app: Parameters<typeof routesOf>[0]): string[] {
  return routesOf(app)
    .flatMap((route) => /^GET (.*)/.exec(route)?.[1] ?? [])
    .filter((path) => !OPEN.has(path))
}

/** Without a person, or with a redirect alone. */
const OPEN = new Set(['/sign-in', '/:secret{[A-Za-z0-9_-]{43}}', '/done'])

describe('a page', () => {
  it.each([
    ['the console', '/console', consoleRoutes, () => operator],
    ['the portal', '/setup', setupRoutes, () => administrator],
  ] as const)(
    'of %s waits for few rounds of D1, whatever it shows',
    async (_, base, app, open) => {
      const seen = new Map<string, number>()
      for (const path of pagesOf(app)) {
        const below = path === '/' ? '' : fill(path, customer).replace(':client', clientSid)
        const { status, rounds } = await costOf(open(), `${base}${below}`)
        expect([path, status]).toEqual([path, statusOf(base, path)])
        seen.set(path, rounds)
      }
      const most = (path: string) => MOST_OF[base + path] ?? MOST
      expect([...seen].filter(([path, rounds]) => rounds > most(path))).toEqual([])
      console.log(`rounds of ${base}: ${JSON.stringify(countBy([...seen.values()]))}`)
    },
    120_000,
  )
})

/** The first page of the console leads to another, and some of a connection are for operators. */
function statusOf(base: string, path: string): number {
  if (base + path === '/console/') return 302
  return base === '/setup' && CONNECTION_ROUTES[`GET ${path}`]?.need === 'operate' ? 403 : 200
}

/** How many pages wait for how many rounds. */
function countBy(rounds: number[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const one of rounds) counts[one] = (counts[one] ?? 0) + 1
  return counts
}
