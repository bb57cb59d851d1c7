// How far it is from an app to its code: requests of the browser to us, and round trips to D1 that
// wait for each other.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { domains } from '../../src/platform/db/schema.ts'
import type { Env } from '../../src/env.ts'
import { ORIGIN } from '../support/browser.ts'
import { toField } from '../support/fake-idp.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { as, createWorld, db, type World } from '../support/world.ts'
import { openApp, REDIRECT_URI, type App } from './relying-party.ts'

const worker = createApp()
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

/** Counts a trip unless another one is on its way at that moment. */
function countSeries() {
  const count = { trips: 0 }
  let underWay = 0
  const binding = wrapD1(env.DB, async (trip) => {
    if (underWay++ === 0) count.trips++
    try {
      return await trip()
    } finally {
      underWay--
    }
  })
  return { environment: { ...env, DB: binding } satisfies Env, count }
}

/** A stranger's browser follows the request of the app. Each step: its path and its trips to D1. */
async function goThrough(more: Record<string, string>) {
  const cookies = new Map<string, string>()
  const steps: [string, number][] = []
  const send = async (path: string, init: RequestInit = {}) => {
    const { environment, count } = countSeries()
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), cookie }
    const response = await worker.request(`${ORIGIN}${path}`, { ...init, headers }, environment)
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0]!.split(/=(.*)/s) as [string, string]
      cookies.set(name, value)
    }
    steps.push([new URL(path, ORIGIN).pathname, count.trips])
    return response.headers.get('location')!
  }
  const { path } = await app.ask(more)
  const idp = new URL(await send(path))
  const departure = await readRequest(idp)
  const message = await world.idp(departure.requestID).respond(as(email))
  const form = { SAMLResponse: toField(message), RelayState: departure.relayState }
  const finish = await send(world.acs, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const last = await send(finish)
  return { steps, last }
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

const expectThreeAndFour = ({ steps, last }: Awaited<ReturnType<typeof goThrough>>) => {
  expect(steps).toEqual([
    ['/oauth2/authorize', 1],
    [world.acs, 2],
    ['/login/finish', 1],
  ])
  const callback = new URL(last)
  expect(last.startsWith(REDIRECT_URI)).toBe(true)
  expect(callback.searchParams.get('code')).toMatch(/./)
}

it('is three requests and four trips if the app names the person', async () => {
  expectThreeAndFour(await goThrough({ login_hint: email }))
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
  expectThreeAndFour(await goThrough({ domain_hint: 'tenant.example' }))
})
