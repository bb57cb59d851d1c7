// Who may do what in the console: every route × every kind of visitor.
import { isNull } from 'drizzle-orm'
import { afterAll, describe, expect, it } from 'vitest'
import { hasPermission, PERMISSIONS, ROLES, type Role } from '../../../src/events/roles.ts'
import {
  LISTED_ROUTES,
  OPEN_ROUTES,
  permissionOf,
} from '../../../src/console/operator/permissions.ts'
import { consoleRoutes } from '../../../src/console/operator/routes.tsx'
import { createApiKey, createSetupLink } from '../../../src/access/operations.ts'
import { contacts, keyPairs } from '../../../src/platform/db/schema.ts'
import type { Browser } from '../../support/browser.ts'
import { addContactRow } from '../../support/contacts.ts'
import { addOperatorRow } from '../../support/operators.ts'
import { registerClient } from '../../support/register-client.ts'
import { good, request } from '../../support/request.ts'
import { addDelivery } from '../../support/sessions.ts'
import { db } from '../../support/world.ts'
import { DIRECTORY_ROUTES } from '../pages/directory/directory-table.ts'
import { WEBHOOK_ROUTES } from '../pages/webhooks-table.ts'
import { addWebhookEndpoint, forgetWebhooks } from '../../support/webhook-endpoint.ts'
import { CONNECTION_ROUTES, fill, type Row } from './connection-table.ts'
import { createCustomer, openLink, openOperator, openStranger, type Customer } from './admins.ts'
import { askRoutes } from './ask-routes.ts'
import { routesOf } from './routes-of.ts'

const page: Row = { need: 'operate', status: 200 }
const post = (form: Record<string, string>, status: number): Row => ({
  need: 'operate',
  status,
  form,
})

const APP = {
  name: 'App',
  redirectURIs: 'https://app.customer.example/callback',
  clientType: 'confidential',
  refreshTokens: 'offline_access',
  accessTokenSeconds: '3600',
  idTokenSignedResponseAlg: 'RS256',
  pkce: 'required',
  sessionDays: '0',
}

const NEW_TENANT = {
  plan: 'enterprise',
  customerChanges: 'wait',
  afterSignOut: 'customer_page',
  massDeactivation: '10',
  language: 'en',
}

const ROUTES: Readonly<Record<string, Row>> = {
  'GET /': { need: 'operate', status: 200 },
  'GET /search': page,
  'GET /tenants': page,
  'GET /tenants/new': page,
  'POST /tenants': post({ name: 'New', ...NEW_TENANT }, 303),
  'GET /tenants/:tenant': page,
  'GET /tenants/:tenant/edit': page,
  'POST /tenants/:tenant': post({ name: 'Renamed', ...NEW_TENANT }, 303),
  'GET /tenants/:tenant/connections/new': page,
  'POST /tenants/:tenant/connections': post({ name: 'Another' }, 303),
  'POST /tenants/:tenant/api-keys': post(
    { name: 'script', role: 'support', expiresInDays: '30' },
    200,
  ),
  'GET /privacy': page,
  'GET /privacy/:erasure': { need: 'operate', status: 404 },
  'GET /privacy/export/user/:user': page,
  'GET /privacy/export/tenant/:tenant': page,
  'GET /erase/user/:user': page,
  'POST /erase/user/:user': post({ confirm: 'somebody else' }, 400),
  // The stage has no SID of that kind.
  'GET /erase/:kind/:sid': { need: 'operate', status: 404 },
  'POST /erase/:kind/:sid': { need: 'operate', status: 404, form: { confirm: 'x' } },
  'GET /tenants/:tenant/break-glass': page,
  'POST /tenants/:tenant/break-glass': post(
    { user: 'EMAIL', reason: 'runs the account', expiresInDays: '30' },
    303,
  ),
  // Who is no owner has nothing to end, and no codes.
  'POST /tenants/:tenant/break-glass/:user/end': post({}, 404),
  'GET /connections': page,
  'GET /apps': page,
  'GET /apps/new': page,
  'POST /apps': post(APP, 200),
  'GET /apps/:client': page,
  'GET /apps/:client/edit': page,
  // A request without a version comes from a page that has not seen the row.
  'POST /apps/:client': post(APP, 412),
  'POST /apps/:client/secret': post({ keepPreviousHours: '24' }, 200),
  'GET /apps/:client/deliveries': page,
  'POST /apps/:client/deliveries/:delivery/retry': post({}, 303),
  'POST /apps/:client/disable': post({}, 303),
  'POST /apps/:client/enable': post({}, 303),
  'GET /mail': page,
  'GET /mail/contacts': page,
  'POST /mail/contacts': post({ name: 'Team', email: 'EMAIL', wanted: 'digest' }, 303),
  'GET /mail/contacts/:contact': page,
  'POST /mail/contacts/:contact': post({ name: 'Team', email: 'EMAIL' }, 303),
  'POST /mail/contacts/:contact/remove': post({}, 303),
  'GET /mail/log/:mail': { need: 'operate', status: 404 },
  'POST /mail/log/:mail/send': post({}, 404),
  'GET /mail/templates': page,
  'GET /mail/templates/:template': page,
  'GET /mail/templates/:template/html': page,
  'GET /keys': page,
  'POST /keys/api-keys': post({ name: 'script', role: 'support', expiresInDays: '30' }, 200),
  // In the order in which they are possible.
  'POST /keys/prepare': post({}, 303),
  'POST /keys/rotate': post({}, 303),
  'POST /keys/retire': post({}, 303),
  'POST /keys/signing-keys/rotate': post({ algorithm: 'RS256' }, 303),
  'POST /keys/signing-keys/delete': post({ kid: 'nobody' }, 404),
  'POST /api-keys/:key/revoke': post({}, 303),
  'GET /audit': page,
  'GET /audit/export.ndjson': page,
  'GET /audit/export.csv': page,
  'GET /rollouts/:rollout': { ...page, status: 302 },
  'GET /health': page,
  'GET /account': page,
  'POST /account/sign-out-everywhere': post({}, 303),
  'GET /operators': page,
  // Mail to nobody: the link is shown.
  'POST /operators': post({ name: 'Ola', email: 'EMAIL', role: 'support' }, 200),
  'GET /operators/:operator': page,
  'POST /operators/:operator': post({ name: 'Ola', role: 'admin' }, 303),
  'POST /operators/:operator/remove': post({}, 303),
  'POST /operators/tenant': post({}, 303),
  'GET /connections/:connection/setup-links': page,
  'POST /connections/:connection/setup-links': post({ name: 'ann', expiresInMinutes: '60' }, 200),
  'GET /connections/:connection/setup-links/:link/send': page,
  'POST /connections/:connection/setup-links/:link/send': post({ email: 'EMAIL' }, 200),
  'POST /connections/:connection/setup-links/:link/revoke': post({}, 303),
  'POST /connections/:connection/users': post({ email: 'EMAIL', method: 'password' }, 303),
  ...WEBHOOK_ROUTES,
  ...Object.fromEntries(
    Object.entries({ ...DIRECTORY_ROUTES, ...WEBHOOK_ROUTES }).map(([route, row]) => [
      route.replace(' ', ' /tenants/:tenant'),
      row,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(CONNECTION_ROUTES).map(([route, row]) => {
      const [method, path] = route.split(' ')
      const below = path === '/' ? '' : path
      return [`${method} /connections/:connection${below}`, row]
    }),
  ),
}

const browsers = new Map<Role, Promise<Browser>>()

/** An operator with that role. */
function openAs(role: Role): Promise<Browser> {
  let found = browsers.get(role)
  if (!found) browsers.set(role, (found = openOperator(undefined, { role })))
  return found
}

const APP_DELIVERY = '/apps/:client/deliveries/:logout'

/** Open to everybody: what they answer is tested in sign-in.test.ts. */
const OPEN = ['GET /sign-in', 'GET /sign-in/finish', 'POST /sign-in', 'POST /sign-out']

async function pathOf(route: string, customer: Customer): Promise<string> {
  const [, asked] = route.split(' ') as [string, string]
  let own = asked
  if (asked.startsWith('/webhooks/:endpoint')) {
    // There may be ten of them.
    await forgetWebhooks('vendor')
    const { sid, deliverySid } = await addWebhookEndpoint(null)
    own = asked.replace(':endpoint', sid).replace(':delivery', deliverySid)
  }
  let path = fill(own.replace('/apps/:client/deliveries/:delivery', APP_DELIVERY), customer)
  if (path.includes(':contact')) {
    const ofTenant = path.startsWith('/mail/') ? null : customer.tenantSid
    path = path.replace(':contact', await addContactRow(ofTenant))
  }
  if (path.includes(':operator'))
    path = path.replace(':operator', (await addOperatorRow('support')).sid)
  if (path.includes(':key')) {
    const key = {
      name: 'script',
      tenantSid: customer.tenantSid,
      role: 'admin' as const,
      expiresInDays: 1,
    }
    path = path.replace(':key', good(await createApiKey(request(), key)).apiKey.sid)
  }
  if (path.includes(':client')) {
    const { sid } = await registerClient()
    const of = { clientSid: sid, userSid: customer.userSid, sessionSid: customer.sessionSid }
    path = path.replace(':client', sid).replace(':logout', await addDelivery(of))
  }
  if (path.includes(':link')) {
    const link = { name: 'ann', capabilities: [], expiresInMinutes: 60 }
    const created = good(await createSetupLink(request(), customer.connectionSid, link))
    path = path.replace(':link', created.setupLink.sid)
  }
  return `/console${path === '/' ? '' : path}`
}

const mapRows = <T>(expected: (row: Row) => T) =>
  Object.fromEntries(Object.entries(ROUTES).map(([route, row]) => [route, expected(row)]))

// Other tests sign with the keys of the settings.
afterAll(async () => {
  await db.delete(keyPairs)
  await db.delete(contacts).where(isNull(contacts.tenantSid))
  await forgetWebhooks()
})

describe('the console', () => {
  it('has no route without a row', () => {
    expect(routesOf(consoleRoutes)).toEqual([...Object.keys(ROUTES), ...OPEN].toSorted())
  })

  it('lists the permission of every route, and of no other', () => {
    expect(LISTED_ROUTES.toSorted()).toEqual(Object.keys(ROUTES).toSorted())
    expect([...OPEN_ROUTES]).toEqual(OPEN)
  })

  it('role: refuses every route to each role without its permission', async () => {
    const customer = await createCustomer()
    const wrong: string[] = []
    for (const role of ROLES) {
      const browser = await openAs(role)
      const refused = Object.entries(ROUTES).filter(
        ([route]) => !hasPermission(role, permissionOf(route)!),
      )
      for (const [route, { form }] of refused) {
        const path = fill(`/console${route.split(' ')[1]}`, customer).replaceAll(/:\w+/g, 'x')
        const response = await (form ? browser.post(path, form) : browser.get(path))
        const text = await response.text()
        if (response.status !== 403 || !text.includes('Your role does not allow that'))
          wrong.push(`${role} ${route} ${response.status}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('lets an operator with the least role that has the permission do everything', async () => {
    const browser = await openOperator()
    const least = (route: string) => {
      const role = PERMISSIONS[permissionOf(route)!].at(-1)!
      return route.endsWith('sign-out-everywhere')
        ? openOperator(undefined, { role })
        : openAs(role)
    }
    const visit = { open: async () => browser, browserOf: least, pathOf, isLetIn: () => true }
    const cells = await askRoutes(ROUTES, visit, ({ status }) => status)
    expect(cells).toEqual(mapRows(({ status }) => status))
    // Each form has a customer of its own, of whom there are more than a hundred.
  }, 240_000)

  const outsiders: Record<string, (customer: Customer) => Promise<Browser>> = {
    nobody: async () => openStranger(),
    'a customer’s administrator with a link': (customer) => openLink(customer),
    'whoever has a tenant’s API key': async ({ tenantSid }) => {
      const key = { name: 'script', tenantSid, role: 'admin' as const, expiresInDays: 1 }
      return withBearer(good(await createApiKey(request(), key)).secret)
    },
    // Keys are for the API: a browser that sends one by itself would be one that another site can
    // use.
    'whoever has an operator’s API key': async () => {
      const key = { name: 'script', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
      return withBearer(good(await createApiKey(request(), key)).secret)
    },
  }
  for (const [visitor, open] of Object.entries(outsiders))
    it(`unauthenticated: lets ${visitor} do nothing`, async () => {
      const visit = { open, pathOf, isLetIn: () => false }
      const cells = await askRoutes(ROUTES, visit, ({ status, headers }) =>
        status === 303 ? headers.get('location') : status,
      )
      expect(cells).toEqual(mapRows(({ form }) => (form ? 401 : '/console/sign-in')))
    })

  it('not_there: a SID that nobody has looks like an address that leads nowhere', async () => {
    const browser = await openOperator()
    const pages = new Set<string>()
    for (const path of [
      `/console/connections/CN${'0'.repeat(32)}`,
      '/console/connections/nonsense',
      `/console/tenants/TN${'0'.repeat(32)}`,
      '/console/nowhere',
    ]) {
      const response = await browser.get(path)
      expect([path, response.status]).toEqual([path, 404])
      // Each refusal has a reference of its own.
      pages.add((await response.text()).replace(/RQ[0-9a-f]{32}/g, 'RQ'))
    }
    expect(pages.size).toBe(1)
  })

  it('keeps one connection’s attempts and links from another’s pages', async () => {
    const browser = await openOperator()
    const [customer, other] = [await createCustomer(), await createCustomer()]
    const base = `/console/connections/${customer.connectionSid}`
    expect((await browser.get(`${base}/attempts/${other.attemptSid}`)).status).toBe(404)
    const link = { name: 'ann', capabilities: [], expiresInMinutes: 60 }
    const { setupLink } = good(await createSetupLink(request(), other.connectionSid, link))
    expect((await browser.post(`${base}/setup-links/${setupLink.sid}/revoke`)).status).toBe(404)
  })
})

function withBearer(secret: string): Browser {
  const browser = openStranger()
  const headers = { authorization: `Bearer ${secret}` }
  return {
    ...browser,
    get: (path) => browser.sendAs(path, { headers }),
    post: (path, fields = {}) =>
      browser.sendAs(path, {
        method: 'POST',
        headers: { ...headers, origin: 'https://sso.vendor.example' },
        body: new URLSearchParams(fields),
      }),
    upload: (path, body) =>
      browser.sendAs(path, {
        method: 'POST',
        headers: { ...headers, origin: 'https://sso.vendor.example' },
        body,
      }),
  }
}
