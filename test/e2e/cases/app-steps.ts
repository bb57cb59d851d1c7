// What people do in apps that sign them in through Gatepost, and what becomes of them there.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Person } from '../../../examples/demo/customer.ts'
import type { App } from '../harness/apps.ts'
import { expectHeading, logIn } from './steps.ts'

const PATIENCE_MILLISECONDS = 10_000

/** From the front door, at which an app has arrived, to the IdP and back. */
export async function comeIn(page: Page, person: Person): Promise<void> {
  await enterEmail(page, person.mail)
  await page.getByRole('link', { name: 'Sign in through your company' }).click()
  await logIn(page, person)
}

export async function enterEmail(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** The person is signed in to the example app, on the page that says so. */
export async function expectInApp(page: Page, app: App, person: Person): Promise<void> {
  await expectHeading(page, `Signed in as ${person.givenName} ${person.sn}`)
  assert.equal(page.url(), `${app.origin}/`)
  await page.getByText(`${person.mail}, ${person.userSid}`).waitFor()
}

/**
 * Opens a page again and again, as somebody would who goes on working, until it shows the heading.
 */
export async function openUntil(page: Page, url: string, heading: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS
  let shown = ''
  while (Date.now() < deadline) {
    await page.goto(url)
    shown = await page.locator('h1').first().innerText()
    if (shown === heading) return
    await page.waitForTimeout(100)
  }
  assert.fail(`expected the page “${heading}”, found “${shown}” at ${page.url()}`)
}
