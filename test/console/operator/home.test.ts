// The first page of the console: what waits, what fails, and how logins go.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createConnection } from '../../../src/connections/operations.ts'
import {
  certificates,
  connections,
  metadataSources,
  tenants,
  turns,
} from '../../../src/platform/db/schema.ts'
import { DAY } from '../../../src/durations.ts'
import { createCustomer } from '../../rollout/customer.ts'
import { good, request } from '../../support/request.ts'
import { db } from '../../support/world.ts'
import { openOperator, openStranger } from './admins.ts'

it('shows what waits for operators and customers, and leads there', async () => {
  const customer = await createCustomer({ tenant: { name: 'Waiting Ltd' } })
  const { tenantSid } = customer
  const rollout = await customer.select({
    users: await customer.addPeople(['ann@waiting.example']),
  })
  const { sid } = good(await createConnection(request(), tenantSid, { name: 'Second IdP' }))
  const browser = await openOperator()
  // A look at the customer brings its steps up to date, as the job does.
  await browser.get(`/console/connections/${sid}`)
  // The longest waiting come first, and other tests leave steps too.
  await db.update(turns).set({ beganAt: 1 }).where(eq(turns.tenantSid, tenantSid))
  const page = await (await browser.get('/console')).text()
  const { connectionSid } = customer
  expect(page).toContain(
    `href="/console/connections/${connectionSid}/rollouts/${rollout}#choose">Select the people of`,
  )
  expect(page).toContain(`href="/console/connections/${sid}#theirs">Enter the details of the IdP`)
  expect(page.indexOf('Select the people of')).toBeLessThan(page.indexOf('Enter the details'))
  expect(page).toContain('Waiting Ltd')
  expect(page).toContain('aria-current="page"')
})

it('shows what expires and fails, of connections in use alone', async () => {
  const { world, connectionSid, tenantSid } = await createCustomer({
    tenant: { name: 'Expiring Ltd' },
  })
  const browser = await openOperator()
  const shown = async (what: string) =>
    (await (await browser.get('/console')).text()).includes(
      `href="/console/connections/${connectionSid}${what}"`,
    )
  expect(await shown('/certificates')).toBe(false)
  await db
    .update(certificates)
    .set({ notAfter: 59 * DAY })
    .where(eq(certificates.connectionSid, connectionSid))
  expect(await shown('/certificates')).toBe(true)
  await db.insert(metadataSources).values({
    connectionSid,
    url: 'https://idp.example/metadata',
    refreshAt: Date.now() + DAY,
    failure: { code: 'endpoint_unreachable', reason: 'no answer', since: Date.now() - DAY },
    createdAt: 1,
  })
  expect(await shown('/metadata-source')).toBe(true)
  const url = 'https://idp.tenant.example/sso'
  const result = { field: 'ssoRedirectURL', url, result: 'unreachable', reason: 'x' } as const
  await db
    .update(connections)
    .set({ reachability: [result], reachabilityCheckedAt: Date.now() })
    .where(eq(connections.sid, connectionSid))
  expect(await shown('#theirs')).toBe(true)
  await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid))
  expect(await shown('/certificates')).toBe(false)
  expect(world.connectionSid).toBe(connectionSid)
})

it('is for operators', async () => {
  const response = await openStranger().get('/console')
  expect(response.headers.get('location')).toBe('/console/sign-in')
})
