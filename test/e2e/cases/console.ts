// An operator brings a customer from nothing to a setup link; the customer does the rest, with and
// without JavaScript.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { getConnection } from '../../../src/connections/operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import {
  createSetupLink,
  createTenantAndConnection,
  expectAccessible,
  metadataOf,
  signInByCommand,
  signInToConsole,
} from './console-steps.ts'
import { expectHeading } from './steps.ts'
import { storedCertificate } from '../../support/stored-certificate.ts'

/** From the sign-in link to the setup link; also the SID of the new connection. */
async function invite(stage: Stage, page: Page, signIn = signInToConsole) {
  await signIn(stage, page)
  await createTenantAndConnection(page, { tenant: 'Acme', connection: 'Acme single sign-on' })
  const connectionSid = new URL(page.url()).pathname.split('/').at(-1)!
  return { connectionSid, link: await createSetupLink(page, 'Ann Admin') }
}

async function connectionOf({ database }: Stage, sid: string) {
  const found = await getConnection(database.ask(), sid)
  assert(found.ok)
  return found.value
}

/** In the portal: what was pasted is named as wrong, what is right is shown, saved, and there. */
async function enterMetadata(stage: Stage, page: Page, connectionSid: string): Promise<void> {
  await page.getByRole('link', { name: 'Metadata file or text' }).click()
  const text = page.getByLabel('Or its text')
  await text.fill('<EntityDescriptor>')
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
  assert.equal(await text.getAttribute('aria-invalid'), 'true')
  const described = (await text.getAttribute('aria-describedby')) ?? ''
  const beside = await page.locator(`#${described.split(' ')[0]}`).innerText()
  assert.match(beside, /not well-formed/)
  assert.equal(await text.inputValue(), '<EntityDescriptor>')

  await text.fill(await metadataOf(stage.idp))
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await expectHeading(page, 'Preview of the metadata')
  await page.getByText(stage.idp.entityID, { exact: true }).waitFor()
  assert.equal((await connectionOf(stage, connectionSid)).entityID, '')
  await page.getByRole('button', { name: 'Save' }).click()
  await expectHeading(page, 'Acme single sign-on')
  const saved = await connectionOf(stage, connectionSid)
  assert.equal(saved.entityID, stage.idp.entityID)
  assert.equal(saved.ssoRedirectURL, stage.idp.ssoURL)
  assert.deepEqual(
    saved.certificates.map(({ fingerprint }) => fingerprint),
    [(await storedCertificate(stage.idp.certificate)).fingerprint],
  )
}

export const consoleCases: Case[] = [
  {
    name: 'an operator, signed in from the command line, invites a customer, who pastes metadata, saves, copies our side and begins testing',
    idps: ['demo'],
    async play(stage) {
      const operator = await (await stage.visit()).newPage()
      const { connectionSid, link } = await invite(stage, operator, signInByCommand)

      const visit = await stage.visit({ permissions: ['clipboard-read', 'clipboard-write'] })
      const page = await visit.newPage()
      await page.goto(link)
      assert.equal(page.url(), `${stage.origin}/setup`)
      await page.getByText('olga of Vendor Cloud invited you').waitFor()
      await enterMetadata(stage, page, connectionSid)

      const acsURL = `${stage.origin}/saml/${connectionSid}/acs`
      await page.getByRole('button', { name: 'Copy ACS URL' }).click()
      await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' })
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), acsURL)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download certificate (PEM)' }).click(),
      ])
      assert.equal(download.suggestedFilename(), 'gatepost-certificate.pem')

      await page.getByRole('button', { name: 'Start testing' }).click()
      await page.getByLabel('Test sign-in link').waitFor()
      assert.equal((await connectionOf(stage, connectionSid)).state, 'testing')
      await page.getByRole('link', { name: 'History' }).click()
      await page.getByText('Testing started').waitFor()
      await page.getByText('by customer admin Ann Admin').first().waitFor()

      await operator.goto(`${stage.origin}/console/connections/${connectionSid}/history`)
      await operator.getByText('Setup link opened').waitFor()

      await page.getByRole('button', { name: 'Close setup' }).click()
      await expectHeading(page, 'Setup closed')
      await page.goto(`${stage.origin}/setup`)
      await expectHeading(page, 'This setup link is not valid')
      assert.equal(visit.statusOf(page), 403)
    },
  },
  {
    name: 'without JavaScript, console and portal do the same',
    idps: ['demo'],
    async play(stage) {
      const operator = await (await stage.visit({ javaScriptEnabled: false })).newPage()
      const { connectionSid, link } = await invite(stage, operator)
      const page = await (await stage.visit({ javaScriptEnabled: false })).newPage()
      await page.goto(link)
      await enterMetadata(stage, page, connectionSid)
      assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0)
      assert.equal(
        await page.getByLabel('ACS URL').inputValue(),
        `${stage.origin}/saml/${connectionSid}/acs`,
      )
    },
  },
  {
    name: 'the portal is worked by keyboard alone, from the link to "save"',
    idps: ['demo'],
    async play(stage) {
      const operator = await (await stage.visit()).newPage()
      const { connectionSid, link } = await invite(stage, operator)
      const page = await (await stage.visit()).newPage()
      await page.goto(link)
      const tabTo = async (name: string) => {
        for (let presses = 0; presses < 80; presses++) {
          await page.keyboard.press('Tab')
          const label = await page.evaluate(() => {
            const element = document.activeElement as HTMLInputElement | null
            return element?.labels?.[0]?.innerText ?? element?.innerText ?? ''
          })
          if (label.trim().startsWith(name)) return
        }
        assert.fail(`${name} is not reached with the Tab key`)
      }
      await tabTo('Skip to content')
      await page.keyboard.press('Enter')
      await tabTo('Single fields')
      await page.keyboard.press('Enter')
      await expectHeading(page, 'Single fields')
      await tabTo('Identifier')
      await page.keyboard.type('urn:by:keyboard')
      await page.keyboard.press('Enter')
      await expectHeading(page, 'Preview of the changes')
      await tabTo('Save')
      await page.keyboard.press('Enter')
      await expectHeading(page, 'Acme single sign-on')
      assert.equal((await connectionOf(stage, connectionSid)).entityID, 'urn:by:keyboard')
    },
  },
  {
    name: 'the error summary has the focus, and leads to the field',
    idps: ['demo'],
    async play(stage) {
      const page = await (await stage.visit()).newPage()
      await signInToConsole(stage, page)
      await page.goto(`${stage.origin}/console/connections/${stage.connectionSid}/fields`)
      await page.getByLabel('SSO URL for GET').fill('javascript:alert(1)')
      await page.getByRole('button', { name: 'Preview changes' }).click()
      // The browser's own check of URLs lets any scheme pass: ours does not.
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      const focused = () => page.evaluate(() => document.activeElement?.id ?? '')
      assert.equal(
        await page.evaluate(() => document.activeElement?.getAttribute('aria-labelledby')),
        'error-summary',
      )
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      assert.equal(await focused(), 'ssoRedirectURL')
    },
  },
  {
    name: 'no page of console and portal has an accessibility violation, in light and dark',
    idps: ['demo'],
    async play(stage) {
      const operator = await (await stage.visit()).newPage()
      await operator.goto(`${stage.origin}/console/sign-in`)
      await expectAccessible(operator)
      const { connectionSid, link } = await invite(stage, operator)
      await expectAccessible(operator)
      const full = `/console/connections/${stage.connectionSid}`
      const certificates = await certificatePaths(stage, operator, full)
      for (const path of [
        '/console',
        '/console/tenants',
        '/console/tenants/new',
        `/console/tenants/${tenantSid}`,
        `/console/tenants/${tenantSid}/contacts`,
        `/console/tenants/${tenantSid}/webhooks`,
        '/console/connections',
        `/console/connections/${connectionSid}`,
        `/console/connections/${connectionSid}/setup-links`,
        full,
        `${full}/metadata`,
        `${full}/metadata-url`,
        `${full}/fields`,
        `${full}/certificates`,
        ...certificates,
        `${full}/metadata-source`,
        `${full}/settings`,
        `${full}/attempts`,
        `${full}/users`,
        `${full}/history`,
        '/console/keys',
        '/console/webhooks',
        '/console/webhooks/new',
        '/console/mail',
        '/console/mail/contacts',
        '/console/mail/templates',
        '/console/audit',
        '/console/health',
        '/console/nowhere',
      ]) {
        await operator.goto(stage.origin + path)
        await expectAccessible(operator)
      }
      const page = await (await stage.visit({ viewport: PHONE })).newPage()
      await page.goto(link)
      await expectAccessible(page)
      await page.goto(`${stage.origin}/setup/metadata`)
      await page.getByRole('button', { name: 'Preview changes' }).click()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      await expectAccessible(page)
      await page.getByLabel('Or its text').fill(await metadataOf(stage.idp))
      await page.getByRole('button', { name: 'Preview changes' }).click()
      await expectHeading(page, 'Preview of the metadata')
      await expectAccessible(page)
      for (const viewport of [PHONE, DESK]) {
        await page.setViewportSize(viewport)
        for (const path of ['', '/contacts', '/webhooks', '/history']) {
          await page.goto(`${stage.origin}/setup${path}`)
          await expectAccessible(page)
        }
      }
    },
  },
]

const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 900 }

async function certificatePaths(stage: Stage, page: Page, base: string): Promise<string[]> {
  await page.goto(`${stage.origin}${base}/certificates`)
  const links = page.locator(`a[href^="${base}/certificates/"]`)
  return links.evaluateAll((all) => all.map((one) => one.getAttribute('href')!))
}
