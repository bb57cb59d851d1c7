// How many D1 trips each page of console and portal waits for, one after another. What the app does
// after its response is not counted: nobody waits for it.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/console/operator/routes.tsx'
import { setupRoutes } from '../../src/console/portal/routes.tsx'
import { eraseUser } from '../../src/privacy/people.ts'
import { sendSetupLink } from '../../src/mail/send-personal.ts'
import { contacts } from '../../src/platform/db/schema.ts'
import type { Browser } from '../support/browser.ts'
import { addContactRow } from '../support/contacts.ts'
import { addOperatorRow } from '../support/operators.ts'
import type { Operator } from '../../src/access/operations.ts'
import { registerClient } from '../support/register-client.ts'
import { addWebhookEndpoint, forgetWebhooks } from '../support/webhook-endpoint.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
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
/** The vendor’s. */
let endpointSid: string
let contactSid: string
/** The operators’. */
let addressSid: string
let linkSid: string
let mailSid: string
let account: Operator
let erasureSid: string
let operator: Browser
let administrator: Browser
beforeAll(async () => {
  customer = await createCustomer()
  clientSid = (await registerClient()).sid
  endpointSid = (await addWebhookEndpoint(null)).sid
  contactSid = await addContactRow(customer.tenantSid)
  addressSid = await addContactRow(null)
  const link = { name: 'ann', capabilities: [], expiresInMinutes: 60, email: 'ann@a.example' }
  const office = { mailer: null, origin: 'https://sso.vendor.example', product: 'Vendor' }
  const sent = good(await sendSetupLink(request(), office, customer.connectionSid, link))
  linkSid = sent.setupLink.sid
  mailSid = sent.mail.sid
  account = await addOperatorRow('support')
  const world = await createWorld()
  const leaver = await world.addUser('leaver@tenant.example')
  erasureSid = good(await eraseUser(request(), leaver, { confirm: 'leaver@tenant.example' })).sid
  operator = await openOperator(environment, { onAnswer: noteAnswer })
  administrator = await openLink(customer, undefined, environment, noteAnswer)
}, 60_000)
afterAll(async () => {
  await forgetWebhooks()
  await db.delete(contacts).where(eq(contacts.sid, addressSid))
})

function pathOf(base: string, path: string): string {
  const isVendors = base === '/console' && path.startsWith('/webhooks/')
  const own = isVendors ? path.replace(':endpoint', endpointSid) : path
  return fill(own.replace(':kind/:sid', 'tenant/:tenant'), customer)
    .replace(':client', clientSid)
    .replace(':contact', path.startsWith('/mail/') ? addressSid : contactSid)
    .replace(':link', linkSid)
    .replace(':operator', account.sid)
    .replace(':erasure', erasureSid)
    .replace(':mail', mailSid)
}

/** Until the answer of the last request. */
let waitedFor = { ...cost }
const noteAnswer = () => {
  waitedFor = { ...cost }
}

async function costOf(browser: Browser, path: string) {
  Object.assign(cost, { rounds: 0, trips: 0 })
  const { status } = await browser.get(path)
  return { status, ...waitedFor }
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
        const below = path === '/' ? '' : pathOf(base, path)
        const { status, rounds } = await costOf(open(), `${base}${below}`)
        expect([path, status]).toEqual([path, statusOf(base, path)])
        seen.set(path, rounds)
      }
      const most = (path: string) => MOST_OF[base + path] ?? MOST
      expect([...seen].filter(([path, rounds]) => rounds > most(path))).toEqual([])
      console.log(`rounds of ${base}: ${JSON.stringify(countBy([...seen.values()]))}`)
      // It has counted: a page shows at least who is there.
      expect(
        Math.min(...[...seen].map(([path, rounds]) => (statusOf(base, path) === 400 ? 1 : rounds))),
      ).toBeGreaterThan(0)
    },
    120_000,
  )
})

/** Some pages of a connection are not the link’s; one leads to the connection’s. */
function statusOf(base: string, path: string): number {
  if (base === '/console' && path === '/rollouts/:rollout') return 302
  // The end of a login, without one.
  if (path === '/sign-in/finish') return 400
  const need = CONNECTION_ROUTES[`GET ${path}`]?.need
  return base === '/setup' && (need === 'operate' || need === 'rollBack') ? 403 : 200
}

/** How many pages wait for how many rounds. */
function countBy(rounds: number[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const one of rounds) counts[one] = (counts[one] ?? 0) + 1
  return counts
}
