// Through every page of the console and of the setup portal, in the order in which people meet
// them.
import type { Page } from 'playwright-core'
import { createSignInLink } from '../../../src/access/operations.ts'
import { logoutDeliveries } from '../../../src/platform/db/schema.ts'
import { createSid } from '../../../src/ids.ts'
import {
  createSetupLink,
  createTenantAndConnection,
  metadataOf,
  signInToConsole,
} from '../cases/console-steps.ts'
import { expectHeading } from '../cases/steps.ts'
import type { Database } from '../harness/database.ts'
import type { Scene } from '../harness/scene.ts'
import { tenantSid } from '../../../examples/demo/customer.ts'

export type Shot = (name: string, page: Page) => Promise<void>

export type Tour = Scene & { database: Database }

/** Everything an operator sees. */
export async function tourConsole(tour: Tour, page: Page, shot: Shot, run: string): Promise<void> {
  const { origin, connectionSid, database } = tour
  const go = async (name: string, path: string) => {
    await page.goto(origin + path)
    await shot(name, page)
  }
  await go('console-sign-in', '/console/sign-in')
  const link = await createSignInLink(database.ask(), {
    email: 'olga@vendor.example',
    name: 'olga',
  })
  if (!link.ok) throw new Error(link.error.code)
  await go('console-sign-in-link', `/console/sign-in?link=${link.value.secret}`)
  await go('console-sign-in-spent', '/console/sign-in?link=spent')
  await signInToConsole(tour, page)
  await shot('console-tenants', page)
  await go('console-tenant-new', '/console/tenants/new')
  await page.goto(`${origin}/console/tenants`)
  await createTenantAndConnection(page, { tenant: `Acme ${run}`, connection: 'Okta' })
  await shot('console-connection-new', page)
  const draft = new URL(page.url()).pathname
  await createSetupLink(page, 'Ann Admin, Acme')
  await shot('console-setup-link', page)
  await go('console-setup-links', `${draft}/setup-links`)
  await go('console-metadata', `${draft}/metadata`)
  await page.getByLabel('Or its text').fill('<html>Sign in to see the metadata</html>')
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await shot('console-metadata-refused', page)
  await page.getByLabel('Or its text').fill(await metadataOf(tour.idp))
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await expectHeading(page, 'Preview of the metadata')
  await shot('console-preview', page)
  await go('console-metadata-url', `${draft}/metadata-url`)
  await go('console-fields', `${draft}/fields`)

  await go('console-tenant', `/console/tenants/${tenantSid}`)
  await page.getByLabel('Purpose').fill('CRM synchronisation')
  await page.getByRole('button', { name: 'Create API key' }).click()
  await shot('console-api-key', page)
  await go('console-tenant-edit', `/console/tenants/${tenantSid}/edit`)
  await showDirectory(`${origin}/console/tenants/${tenantSid}`, page, shot)
  await go('console-connections', '/console/connections')
  await page.getByRole('link', { name: 'Entra ID' }).first().click()
  await expectHeading(page, 'Entra ID')
  await shot('console-connection-entra-id', page)
  const base = `/console/connections/${connectionSid}`
  await go('console-connection', base)
  await go('console-certificates', `${base}/certificates`)
  await page.locator('#waiting a').first().click()
  await shot('console-certificate', page)
  await go('console-metadata-source', `${base}/metadata-source`)
  await go('console-settings', `${base}/settings`)
  await go('console-users', `${base}/users`)
  await go('console-attempts', `${base}/attempts`)
  await page.getByRole('row').filter({ hasText: 'Refused' }).getByRole('link').first().click()
  await shot('console-attempt', page)
  await go('console-sessions', `${base}/sessions`)
  await go('console-provisioning', `${base}/provisioning`)
  await go('console-history', `${base}/history`)
  await showApps(tour, page, shot)
  await go('console-keys', '/console/keys')
  await go('console-audit', '/console/audit')
  await go('console-not-there', `${base.slice(0, -1)}x`)
}

/** Apps: the form, the page with the secret, the list, and one. */
async function showApps({ origin, database }: Tour, page: Page, shot: Shot): Promise<void> {
  await page.goto(`${origin}/console/apps/new`)
  await page.locator('#name').fill('Customer portal')
  await page.locator('#redirectURIs').fill('https://portal.example.com/*')
  await page.getByRole('button', { name: 'Register app' }).click()
  await shot('console-app-refused', page)
  await page
    .locator('#redirectURIs')
    .fill('https://portal.example.com/callback\nhttp://localhost:8080/callback')
  await page.getByLabel('Allowed return origins').fill('https://portal.example.com')
  await page.getByLabel('Initiate login URI').fill('https://portal.example.com/sign-in')
  await page.getByRole('button', { name: 'Register app' }).click()
  await shot('console-app-secret', page)
  await page.getByRole('link', { name: 'Continue to the app' }).click()
  await shot('console-app', page)
  await addDeliveries(database, new URL(page.url()).pathname.split('/').at(-1)!)
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await shot('console-deliveries', page)
  await page.goto(`${origin}/console/apps`)
  await shot('console-apps', page)
}

/** What an app has taken, what waits, and what it would not take. */
async function addDeliveries({ client }: Database, clientSid: string): Promise<void> {
  const now = Date.now()
  const hour = 3_600_000
  const states = [
    { tries: 1, dueAt: now + 40_000, failure: 'it answers 502', createdAt: now - 20_000 },
    { tries: 1, sentAt: now - 3 * hour, createdAt: now - 3 * hour },
    { tries: 7, deadAt: now - hour, failure: 'it answers 404', createdAt: now - 34 * hour },
  ]
  for (const state of states)
    await client.insert(logoutDeliveries).values({
      sid: createSid('LD'),
      clientSid,
      sessionSid: createSid('SE'),
      userSid: createSid('US'),
      ...state,
    })
}

/** Users, accounts, domains and imports of a tenant. */
async function showDirectory(base: string, page: Page, shot: Shot): Promise<void> {
  const go = async (name: string, path: string) => {
    await page.goto(base + path)
    await shot(name, page)
  }
  await go('console-import', '/imports')
  await page.getByLabel('CSV or NDJSON').setInputFiles({
    name: 'users.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'email,first_name,last_name,external_id,accounts\nerik@example.org,Erik,Eng,1005,north\nfay@example.org,Fay,Fox,1006,north|south\nnot an address,Gus,Gray,1007,\n',
    ),
  })
  await page.getByLabel('Create missing accounts').check()
  await page.getByRole('button', { name: 'Import users', exact: true }).click()
  await shot('console-import-report', page)
  await go('console-directory-users', '/users')
  await page.getByRole('link', { name: 'fay@example.org' }).click()
  await shot('console-user', page)
  await go('console-accounts', '/accounts')
  await page.getByRole('link', { name: 'north' }).click()
  await shot('console-account', page)
  await page.goto(`${base}/domains`)
  if ((await page.locator('#domain-example\\.org').count()) === 0) {
    for (const domain of ['example.org', 'mail.example.org']) {
      await page.getByRole('textbox', { name: 'Domain' }).fill(domain)
      await page.getByRole('button', { name: 'Add domain' }).click()
    }
    const own = page.locator('#domain-example\\.org')
    await own.locator('summary').last().click()
    await own.getByLabel('Reason').fill('Named in the contract of May')
    await own.getByRole('button', { name: 'Verify domain' }).click()
  }
  await go('console-domains', '/domains')
}

/** Everything a customer's administrator sees, who has the link. */
export async function tourPortal(
  { origin, idp }: Tour,
  page: Page,
  shot: Shot,
  link: string,
): Promise<void> {
  await page.goto(link)
  await shot('setup', page)
  await page.goto(`${origin}/setup/metadata`)
  await page.getByLabel('Or its text').fill(await metadataOf(idp))
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await shot('setup-saved', page)
  await page.goto(`${origin}/setup/certificates`)
  await shot('setup-certificates', page)
  await page.goto(`${origin}/setup/domains`)
  await page.getByRole('textbox', { name: 'Domain' }).fill('hooli.example')
  await page.getByRole('button', { name: 'Add domain' }).click()
  await shot('setup-domains', page)
  await page.goto(`${origin}/setup/provisioning`)
  await page.getByLabel('Purpose').fill('Entra ID')
  await page.getByRole('button', { name: 'Create token' }).click()
  await shot('setup-token', page)
  await page.getByRole('link', { name: 'I have copied it' }).click()
  await shot('setup-provisioning', page)
  await page.goto(`${origin}/setup/settings`)
  await shot('setup-settings', page)
  await page.goto(`${origin}/setup/sessions`)
  await shot('setup-sessions', page)
  await page.goto(`${origin}/setup/history`)
  await shot('setup-history', page)
  await page.getByRole('button', { name: 'Close setup' }).click()
  await expectHeading(page, 'Setup closed')
  await shot('setup-done', page)
  await page.goto(`${origin}/setup`)
  await shot('setup-expired', page)
}
