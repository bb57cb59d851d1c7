// A login to an app in a real browser, against a running `npm start`: from the example app through
// the front door and the IdP and back, out again by way of the tenant's page, and out by an
// operator's word. test/start.ts calls it.
import assert from 'node:assert/strict'
import { chromium, type Page } from 'playwright-core'
import { people, tenantSid } from '../examples/demo/customer.ts'
import { comeIn, openUntil } from './e2e/cases/app-steps.ts'
import { expectHeading } from './e2e/cases/steps.ts'
import { CHROMIUM } from './e2e/harness/preflight.ts'

const [alice, bob] = people

/**
 * `signInLink` leads an operator into the console. Throws where something is not as it should be.
 */
export async function walkApps(at: {
  origin: string
  idpOrigin: string
  appOrigin: string
  signInLink: string
}): Promise<void> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    const leaving = await (await browser.newContext()).newPage()
    await signIn(leaving, at.appOrigin, alice!)
    const left = leaving.waitForRequest(`${at.idpOrigin}/signed-out`)
    await leaving.getByRole('button', { name: 'Sign out' }).click()
    assert.equal((await left).method(), 'POST')
    await leaving.waitForURL(`${at.idpOrigin}/signed-out`)
    await openUntil(leaving, `${at.appOrigin}/`, 'Nobody is signed in')

    const staying = await (await browser.newContext()).newPage()
    await signIn(staying, at.appOrigin, bob!)
    const operator = await (await browser.newContext()).newPage()
    await operator.goto(at.signInLink)
    await operator.getByRole('button', { name: 'Sign in' }).click()
    await expectHeading(operator, 'Home')
    await operator.goto(`${at.origin}/console/tenants/${tenantSid}/users/${bob!.userSid}`)
    await operator.getByRole('button', { name: 'Suspend' }).click()
    await operator.getByText('User suspended').first().waitFor()
    await openUntil(staying, `${at.appOrigin}/`, 'Nobody is signed in')
  } finally {
    await browser.close()
  }
}

async function signIn(page: Page, appOrigin: string, person: (typeof people)[number]) {
  await page.goto(`${appOrigin}/`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await comeIn(page, person)
  await expectHeading(page, `Signed in as ${person.givenName} ${person.sn}`)
}
