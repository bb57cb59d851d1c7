// Who may do what in the setup portal: every route × every kind of visitor.
import { beforeAll, describe, expect, it } from 'vitest'
import { setupRoutes } from '../../../src/console/portal/routes.tsx'
import type { Browser } from '../../support/browser.ts'
import { CONNECTION_ROUTES, fill, type Need, type Row } from '../operator/connection-table.ts'
import {
  createCustomer,
  hidden,
  openLink,
  openOperator,
  openStranger,
  type Customer,
} from '../operator/admins.ts'
import { addContactRow } from '../../support/contacts.ts'
import { askRoutes } from '../operator/ask-routes.ts'
import { routesOf } from '../operator/routes-of.ts'
import { DOMAIN_ROUTES } from '../pages/directory/directory-table.ts'
import { WEBHOOK_ROUTES } from '../pages/webhooks-table.ts'

const ROUTES: Readonly<Record<string, Row>> = {
  ...CONNECTION_ROUTES,
  ...DOMAIN_ROUTES,
  ...WEBHOOK_ROUTES,
  'GET /owners': { need: 'look', status: 200 },
  'POST /end': { need: 'look', status: 303, form: {} },
}

/** Open to everybody: what they answer is tested in link.test.ts. */
const LINK = '/:secret{[A-Za-z0-9_-]{43}}'
const OPEN = [`GET ${LINK}`, `POST ${LINK}`, 'GET /done']

const VISITORS: Readonly<Record<string, { may: readonly Need[]; refused: number }>> = {
  nobody: { may: [], refused: 403 },
  'an operator without a link': { may: [], refused: 403 },
  'a link that may only look': { may: ['look'], refused: 403 },
  'a link that may configure': { may: ['look', 'configure'], refused: 403 },
  'a link that may test': { may: ['look', 'test'], refused: 403 },
  'a link that may release': { may: ['look', 'release'], refused: 403 },
  'a link that may give passwords back': { may: ['look', 'rollBack'], refused: 403 },
  'a link that may do both': { may: ['look', 'configure', 'test'], refused: 403 },
}

async function openAs(visitor: string, customer: Customer): Promise<Browser> {
  if (visitor === 'nobody') return openStranger()
  if (visitor === 'an operator without a link') return openOperator()
  const { may } = VISITORS[visitor]!
  return openLink(
    customer,
    (['configure', 'test', 'release', 'rollBack'] as const).filter((one) => may.includes(one)),
  )
}

async function pathOf(route: string, customer: Customer): Promise<string> {
  let path = fill(route.split(' ')[1]!, customer)
  if (path.includes(':contact'))
    path = path.replace(':contact', await addContactRow(customer.tenantSid))
  return `/setup${path === '/' ? '' : path}`
}

describe('the setup portal', () => {
  it('has no route without a row', () => {
    expect(routesOf(setupRoutes)).toEqual([...Object.keys(ROUTES), ...OPEN].toSorted())
  })

  for (const [visitor, { may, refused }] of Object.entries(VISITORS))
    it(`lets ${visitor} do exactly what they may`, async () => {
      const isLetIn = ({ need }: Row) => may.includes(need)
      const open = (customer: Customer) => openAs(visitor, customer)
      const cells = await askRoutes(ROUTES, { open, pathOf, isLetIn }, ({ status }) => status)
      const expected = Object.entries(ROUTES).map(([route, row]) => [
        route,
        isLetIn(row) ? row.status : refused,
      ])
      expect(cells).toEqual(Object.fromEntries(expected))
    })
})

describe('what belongs to somebody else', () => {
  let customer: Customer
  let other: Customer
  let browser: Browser
  beforeAll(async () => {
    ;[customer, other] = [await createCustomer(), await createCustomer()]
    browser = await openLink(customer)
  })

  const pageOf = async (path: string) => {
    const response = await browser.get(path)
    // Each refusal has a reference of its own.
    const page = (await response.text()).replaceAll(/RQ[0-9a-f]{32}/g, 'RQ')
    return { status: response.status, page }
  }

  it('looks like what is not there', async () => {
    const guessed = await pageOf(`/setup/attempts/AT${'0'.repeat(32)}`)
    expect(guessed.status).toBe(404)
    expect(await pageOf(`/setup/attempts/${other.attemptSid}`)).toEqual(guessed)
    const contactSid = await addContactRow(other.tenantSid)
    expect(await pageOf(`/setup/contacts/${contactSid}`)).toEqual(guessed)
    expect(await pageOf(`/setup/certificates/${'0'.repeat(64)}`)).toEqual(guessed)
    expect(await pageOf(`/setup/connections/${other.connectionSid}`)).toEqual(guessed)
    const revoked = await browser.post(`/setup/sessions/${other.sessionSid}/revoke`)
    expect(revoked.status).toBe(404)
  })

  it('is not reached through the console', async () => {
    for (const path of [
      `/console/connections/${other.connectionSid}`,
      `/console/connections/${customer.connectionSid}`,
      `/console/tenants/${customer.tenantSid}`,
      '/console/audit',
    ]) {
      const response = await browser.get(path)
      expect([path, response.status]).toEqual([path, 303])
      expect(response.headers.get('location')).toBe('/console/sign-in')
    }
  })

  it('is not in the pages of the portal', async () => {
    for (const path of [
      '',
      '/certificates',
      '/settings',
      '/history',
      '/sessions',
      '/users',
      '/name-ids',
      '/attempts',
      '/domains',
      '/contacts',
    ]) {
      const { status, page } = await pageOf(`/setup${path}`)
      expect([path, status]).toEqual([path, 200])
      expect(page).not.toContain(other.connectionSid)
      expect(page).not.toContain(other.tenantSid)
      expect(page).not.toContain(other.domain)
      expect(page).not.toMatch(/"\/console/)
    }
  })
})

describe('a link without a capability', () => {
  it('forbidden: shows no form for what it may not do', async () => {
    const customer = await createCustomer()
    const browser = await openLink(customer, [])
    for (const path of [
      '',
      '/certificates',
      '/settings',
      '/sessions',
      '/metadata-source',
      '/users',
      '/name-ids',
      '/domains',
      '/contacts',
    ]) {
      const page = await (await browser.get(`/setup${path}`)).text()
      // Filters of a list change nothing.
      const actions = [...page.matchAll(/<form(?![^>]*method="get")[^>]*action="([^"]+)"/g)].map(
        ([, action]) => action,
      )
      expect([path, actions]).toEqual([path, ['/setup/end']])
    }
    const refused = await browser.post('/setup/preset', { preset: 'okta' })
    expect(await refused.text()).toContain('Your setup link does not allow this')
  })

  it('never is an operator’s', async () => {
    const customer = await createCustomer()
    const browser = await openLink(customer)
    for (const event of ['validate', 'go_live', 'suspend', 'resume']) {
      const response = await browser.post('/setup/state', { event })
      expect([event, response.status]).toEqual([event, 403])
    }
    const versionNow = async () =>
      hidden(await (await browser.get('/setup/settings')).text(), 'version')
    const form = { requestBinding: 'HTTP-Redirect', idpInitiated: 'restart' }
    const saved = await browser.post('/setup/settings', {
      ...form,
      version: await versionNow(),
      'allow-sha1': 'true',
      name: 'renamed',
      clockSkewSeconds: '300',
    })
    expect(saved.status).toBe(303)
    const page = await (await browser.get('/setup')).text()
    expect(page).toContain('Their IdP')
    expect(page).not.toContain('Legacy algorithms are allowed')
    // Not by the form of a preview either, which carries fields of its own.
    const change = JSON.stringify({
      way: 'settings',
      fields: { allow: ['sha1'] },
      certificates: [],
      metadataURL: null,
    })
    expect(
      (await browser.post('/setup/save', { change, version: await versionNow() })).status,
    ).toBe(403)
  })
})
