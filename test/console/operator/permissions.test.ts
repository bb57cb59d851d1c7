// Who may do what in the console: every route × every kind of visitor.
import { afterAll, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../../src/console/operator/routes.tsx'
import { createApiKey, createSetupLink } from '../../../src/access/operations.ts'
import { keyPairs } from '../../../src/platform/db/schema.ts'
import type { Browser } from '../../support/browser.ts'
import { registerClient } from '../../support/register-client.ts'
import { good, request } from '../../support/request.ts'
import { addDelivery } from '../../support/sessions.ts'
import { db } from '../../support/world.ts'
import { DIRECTORY_ROUTES } from '../pages/directory/directory-table.ts'
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
  tokenEndpointAuthMethod: 'client_secret_basic',
  refreshTokens: 'offline_access',
  accessTokenSeconds: '3600',
  sessionDays: '0',
}

const NEW_TENANT = { plan: 'enterprise', customerChanges: 'wait' }

const ROUTES: Readonly<Record<string, Row>> = {
  'GET /': { need: 'operate', status: 302 },
  'GET /tenants': page,
  'GET /tenants/new': page,
  'POST /tenants': post({ name: 'New', ...NEW_TENANT }, 303),
  'GET /tenants/:tenant': page,
  'GET /tenants/:tenant/edit': page,
  'POST /tenants/:tenant': post({ name: 'Renamed', ...NEW_TENANT }, 303),
  'GET /tenants/:tenant/connections/new': page,
  'POST /tenants/:tenant/connections': post({ name: 'Another' }, 303),
  'POST /tenants/:tenant/api-keys': post({ name: 'script', expiresInDays: '30' }, 200),
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
  'GET /keys': page,
  'POST /keys/api-keys': post({ name: 'script', expiresInDays: '30' }, 200),
  // In the order in which they are possible.
  'POST /keys/prepare': post({}, 303),
  'POST /keys/rotate': post({}, 303),
  'POST /keys/retire': post({}, 303),
  'POST /keys/signing-keys/rotate': post({}, 303),
  'POST /keys/signing-keys/delete': post({ kid: 'nobody' }, 404),
  'POST /api-keys/:key/revoke': post({}, 303),
  'GET /audit': page,
  'GET /health': page,
  'GET /connections/:connection/setup-links': page,
  'POST /connections/:connection/setup-links': post({ name: 'ann', expiresInMinutes: '60' }, 200),
  'POST /connections/:connection/setup-links/:link/revoke': post({}, 303),
  'POST /connections/:connection/users': post({ email: 'EMAIL', method: 'password' }, 303),
  ...Object.fromEntries(
    Object.entries(DIRECTORY_ROUTES).map(([route, row]) => [
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

/** Open to everybody: what they answer is tested in sign-in.test.ts. */
const OPEN = ['GET /sign-in', 'POST /sign-in', 'POST /sign-out']

async function pathOf(route: string, customer: Customer): Promise<string> {
  let path = fill(route.split(' ')[1]!, customer)
  if (path.includes(':key')) {
    const key = { name: 'script', tenantSid: customer.tenantSid, expiresInDays: 1 }
    path = path.replace(':key', good(await createApiKey(request(), key)).apiKey.sid)
  }
  if (path.includes(':client')) {
    const { sid } = await registerClient()
    const of = { clientSid: sid, userSid: customer.userSid, sessionSid: customer.sessionSid }
    path = path.replace(':client', sid).replace(':delivery', await addDelivery(of))
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
afterAll(() => db.delete(keyPairs))

describe('the console', () => {
  it('has no route without a row', () => {
    expect(routesOf(consoleRoutes)).toEqual([...Object.keys(ROUTES), ...OPEN].toSorted())
  })

  it('lets an operator do everything', async () => {
    const browser = await openOperator()
    const visit = { open: async () => browser, pathOf, isLetIn: () => true }
    const cells = await askRoutes(ROUTES, visit, ({ status }) => status)
    expect(cells).toEqual(mapRows(({ status }) => status))
  })

  const outsiders: Record<string, (customer: Customer) => Promise<Browser>> = {
    nobody: async () => openStranger(),
    'a customer’s administrator with a link': (customer) => openLink(customer),
    'whoever has a tenant’s API key': async ({ tenantSid }) => {
      const key = { name: 'script', tenantSid, expiresInDays: 1 }
      return withBearer(good(await createApiKey(request(), key)).secret)
    },
    // Keys are for the API: a browser that sends one by itself would be one that another site can
    // use.
    'whoever has an operator’s API key': async () => {
      const key = { name: 'script', tenantSid: null, expiresInDays: 1 }
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
      pages.add((await response.text()).replace(/AT[0-9a-f]{32}/, 'AT'))
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
