// What the page Domains says of newcomers and exceptions, in console and portal.
import { eq } from 'drizzle-orm'
import { beforeEach, expect, it } from 'vitest'
import { domains, connections } from '../../../../src/platform/db/schema.ts'
import { addException } from '../../../../src/directory/exceptions/operations.ts'
import type { Browser } from '../../../support/browser.ts'
import { addConnection } from '../../../scim/service.ts'
import { good, request } from '../../../support/request.ts'
import { db } from '../../../support/world.ts'
import { createCustomer, openLink, openOperator, type Customer } from '../../operator/admins.ts'

let customer: Customer
let operator: Browser
let portal: Browser
beforeEach(async () => {
  customer = await createCustomer()
  operator = await openOperator()
  portal = await openLink(customer, ['configure', 'test'])
})

const pages = async () =>
  Promise.all([
    operator.get(`/console/tenants/${customer.tenantSid}/domains`).then((page) => page.text()),
    portal.get('/setup/domains').then((page) => page.text()),
  ])

const both = async (words: string) => {
  for (const page of await pages()) expect(page).toContain(words)
}

const set = (fields: Partial<typeof connections.$inferInsert>) =>
  db.update(connections).set(fields).where(eq(connections.sid, customer.connectionSid))
const setDomains = (fields: Partial<typeof domains.$inferInsert>) =>
  db.update(domains).set(fields).where(eq(domains.tenantSid, customer.tenantSid))

it('say where each domain leads and what newcomers get', async () => {
  await set({ state: 'live' })
  await setDomains({ connectionSid: null })
  await both('By password: the domain leads to no connection')
  await setDomains({ connectionSid: customer.connectionSid, verifiedAt: null })
  await both('Password, by Their IdP')
  await set({ newcomers: 'sso_enforced' })
  await both('SSO alone, at once, by Their IdP, once the domain is verified')
  await setDomains({ verifiedAt: 1, verifiedBy: 'operator' })
  await both('SSO alone, at once, by Their IdP. A first login creates nobody')
  await set({ newcomersPerHour: 7 })
  await both('by Their IdP. First logins create up to 7 users an hour')
  await set({ state: 'testing' })
  await both('SSO alone, at once, by Their IdP, once the connection is validated')
})

it('does not name another connection to a link', async () => {
  const connectionSid = await addConnection(customer.tenantSid)
  await setDomains({ connectionSid })
  const [ofConsole, ofPortal] = await pages()
  expect(ofConsole).toContain('Password, by Second IdP')
  expect(ofPortal).toContain('As another connection of the tenant says')
  expect(ofPortal).not.toContain('Second IdP')
})

it('list exceptions, in the portal those of its own domains and without an action', async () => {
  const { tenantSid, connectionSid, email, userSid } = customer
  const input = { user: email, reason: 'Works until <May>', expiresAt: Date.now() + 60_000 }
  good(await addException(request(), tenantSid, input))
  await setDomains({ connectionSid, domain: email.split('@')[1]! })
  const [ofConsole, ofPortal] = await pages()
  expect(ofConsole).toContain(`/users/${userSid}#exception`)
  for (const page of [ofConsole, ofPortal]) expect(page).toContain('Works until &lt;May&gt;')
  expect(ofPortal).not.toContain('/users/')
  expect(ofPortal).toContain('Support adds and ends exceptions.')
  await setDomains({ connectionSid: await addConnection(tenantSid) })
  expect((await pages())[1]).not.toContain('Works until')
})
