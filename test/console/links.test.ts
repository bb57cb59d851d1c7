// Every page of the console is reached by links from its home, no link leads nowhere, and every form
// that a route takes is on some page: what nobody can find is not there.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApiKey, createSetupLink } from '../../src/access/operations.ts'
import { consoleRoutes } from '../../src/console/operator/routes.tsx'
import { connections, rollouts } from '../../src/platform/db/schema.ts'
import type { Browser } from '../support/browser.ts'
import { addContactRow } from '../support/contacts.ts'
import { registerClient } from '../support/register-client.ts'
import { good, request } from '../support/request.ts'
import { addDelivery } from '../support/sessions.ts'
import { addWebhookEndpoint, forgetWebhooks } from '../support/webhook-endpoint.ts'
import { db } from '../support/world.ts'
import { createCustomer, openOperator } from './operator/admins.ts'
import { routesOf } from './operator/routes-of.ts'

/** The same page of other things is the same page. */
const VISITS_OF_A_ROUTE = 10

type Walked = { wrong: string[]; seen: Set<string>; forms: Set<string> }

/**
 * Follows each link within `base`, page by page, from there and from the pages of `own`: SIDs of
 * tenants and connections. Those of other tests are left alone.
 */
async function walk(
  browser: Browser,
  base: string,
  routes: readonly string[],
  own: readonly string[],
): Promise<Walked> {
  // A name before a parameter in its place.
  const patterns = routes
    .map((route) => ({ route, matches: matcherOf(route) }))
    .toSorted((a, b) => a.route.split(':').length - b.route.split(':').length)
  const routeOf = (method: string, path: string) =>
    patterns.find(({ matches }) => matches(`${method} ${path}`))?.route
  const walked: Walked = { wrong: [], seen: new Set(), forms: new Set() }
  const visits = new Map<string, number>()
  const starts = own.map(
    (sid) => `${base}/${sid.startsWith('TN') ? 'tenants' : 'connections'}/${sid}`,
  )
  const queue = [base, ...starts].map((path) => ({ path, from: 'the start' }))
  const queued = new Set(queue.map(({ path }) => path))
  const isOwn = (path: string) =>
    (path.match(/(?:TN|CN)[0-9a-f]{32}/g) ?? []).every((sid) => own.includes(sid))
  for (const { path, from } of queue) {
    const [pathname] = path.split('?') as [string]
    const route = routeOf('GET', pathname.slice(base.length) || '/')
    if (route === undefined) {
      walked.wrong.push(`${path}, of ${from}: no route`)
      continue
    }
    const before = visits.get(route) ?? 0
    if (before >= VISITS_OF_A_ROUTE) continue
    visits.set(route, before + 1)
    walked.seen.add(route)
    const response = await browser.get(path)
    const text = await response.text()
    if (response.status >= 400) walked.wrong.push(`${path}, of ${from}: ${response.status}`)
    const location = response.headers.get('location')
    const hrefs = [...text.matchAll(/<a\b[^>]*? href="([^"]+)"/g)].map(([, href]) => href!)
    for (const href of location === null ? hrefs : [location]) {
      const url = new URL(href.replaceAll('&amp;', '&'), `https://sso.vendor.example${path}`)
      const next = url.pathname + url.search
      const isHere = url.origin === 'https://sso.vendor.example' && next.startsWith(base)
      if (!isHere || queued.has(next) || !isOwn(next)) continue
      queued.add(next)
      queue.push({ path: next, from: pathname })
    }
    for (const [form] of text.matchAll(/<(?:form|button)\b[^>]*>/g)) {
      const isForm = form.startsWith('<form')
      const method = !isForm || / method="post"/.test(form) ? 'POST' : 'GET'
      const action = / (?:form)?action="([^"?#]+)/.exec(form)?.[1] ?? (isForm ? pathname : '')
      if (!action.startsWith(base)) continue
      const taking = routeOf(method, action.slice(base.length) || '/')
      if (taking === undefined) walked.wrong.push(`${method} ${action}, a form of ${pathname}`)
      else walked.forms.add(taking)
    }
  }
  return walked
}

/** `GET /tenants/:tenant` takes any one name in the place of the parameter. */
function matcherOf(route: string): (asked: string) => boolean {
  const pattern = new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
  return (asked) => pattern.test(asked)
}

/** Things of every kind, and a connection in each state. The SIDs of tenants and connections. */
async function fill(): Promise<string[]> {
  const { tenantSid, connectionSid, userSid, sessionSid } = await createCustomer()
  const { sid: clientSid } = await registerClient()
  await addDelivery({ clientSid, userSid, sessionSid })
  await addContactRow(null)
  await addContactRow(tenantSid)
  await forgetWebhooks('vendor')
  await addWebhookEndpoint(null)
  good(await createApiKey(request(), { name: 'ci', tenantSid, role: 'admin', expiresInDays: 1 }))
  const link = { name: 'ann', capabilities: [], expiresInMinutes: 60 }
  good(await createSetupLink(request(), connectionSid, link))
  const url = 'https://idp.customer.example/metadata'
  const own = [tenantSid, connectionSid]
  for (const state of ['testing', 'validated', 'live'] as const) {
    const other = await createCustomer()
    const row = { state, metadataURL: url, updatedAt: Date.now() }
    await db.update(connections).set(row).where(eq(connections.sid, other.connectionSid))
    await db
      .update(rollouts)
      .set({ reviewedVersion: 1, enabledVersion: 1, informedVersion: 1, approvedVersion: 1 })
      .where(eq(rollouts.sid, other.rolloutSid))
    own.push(other.tenantSid, other.connectionSid)
  }
  return own
}

/** What the pages above do not show, and why. */
const IN_OTHER_STATES: Readonly<Record<string, readonly string[]>> = {
  'for whoever is not signed in': ['GET /sign-in', 'GET /sign-in/finish', 'POST /sign-in'],
  'asked for by a script of the page': ['GET /connections/:connection/room/live'],
  'in a frame of the preview': ['GET /mail/templates/:template/html'],
  'after a first step on another page': ['POST /connections/:connection/save'],
  'with metadata that is read from a URL': [
    'GET /connections/:connection/metadata-source',
    'POST /connections/:connection/metadata-source',
    'POST /connections/:connection/metadata-source/preview',
    'POST /connections/:connection/metadata-source/refresh',
    'POST /connections/:connection/metadata-source/remove',
  ],
  'while a change of the customer waits': [
    'GET /connections/:connection/pending',
    'POST /connections/:connection/pending/:change/accept',
    'POST /connections/:connection/pending/:change/decline',
  ],
  'with more rollouts or versions than the page shows': [
    'GET /connections/:connection/rollouts',
    'GET /connections/:connection/rollouts/:rollout/versions',
  ],
  'at that step of a rollout': [
    'POST /connections/:connection/rollouts/:rollout/aliases/remove',
    'POST /connections/:connection/rollouts/:rollout/enforce',
    'POST /connections/:connection/rollouts/:rollout/go-ahead',
    'POST /connections/:connection/rollouts/:rollout/inform',
    'POST /connections/:connection/rollouts/:rollout/map',
    'POST /connections/:connection/rollouts/:rollout/move/domains',
    'POST /connections/:connection/rollouts/:rollout/roll-back',
    'POST /connections/:connection/rollouts/:rollout/schedule/remove',
  ],
  'once there is one': [
    'POST /connections/:connection/attempts/:attempt/alias',
    'GET /mail/log/:mail',
    'GET /privacy/:erasure',
    'POST /mail/log/:mail/send',
    'POST /keys/retire',
    'POST /keys/rotate',
    'POST /keys/signing-keys/delete',
    'POST /tenants/:tenant/address-claims/:claim/accept',
    'POST /tenants/:tenant/address-claims/:claim/decline',
    'POST /tenants/:tenant/break-glass/:user/end',
    'POST /tenants/:tenant/users/:user/exception/end',
    'POST /tenants/:tenant/users/:user/password',
  ],
  'while there is none': ['POST /operators/tenant'],
  'of what was turned off': [
    'POST /apps/:client/enable',
    'POST /tenants/:tenant/webhooks/:endpoint/on',
    'POST /webhooks/:endpoint/on',
  ],
}

describe('the console', () => {
  it('leads from its home to every page and form, and nowhere else', async () => {
    const own = await fill()
    const routes = routesOf(consoleRoutes)
    const { wrong, seen, forms } = await walk(await openOperator(), '/console', routes, own)
    const missing = routes.filter((route) => !seen.has(route) && !forms.has(route))
    expect(wrong).toEqual([])
    const excused = Object.values(IN_OTHER_STATES).flat()
    expect(missing.filter((route) => !excused.includes(route))).toEqual([])
    expect(excused.filter((route) => !routes.includes(route))).toEqual([])
  })
})
