// What operators and customers' administrators do in the console and the portal.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { createApiKey, createSignInLink } from '../../../src/access/operations.ts'
import type { Database } from '../harness/database.ts'
import type { Idp } from '../harness/idp.ts'
import { expectHeading } from './steps.ts'

const AXE = readFileSync(
  fileURLToPath(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
)

const COMMAND = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))

type Door = { database: Database; origin: string }

/** Signs an operator in by a link that the command line makes, through the deployment's API. */
export async function signInByCommand({ database, origin }: Door, page: Page): Promise<void> {
  const key = { name: 'laptop', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
  const made = await createApiKey(database.ask(), key)
  assert(made.ok)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      COMMAND,
      'operator',
      'sign-in',
      '--email',
      'olga@vendor.example',
      '--name',
      'olga',
      '--url',
      origin,
    ],
    { env: { ...process.env, GATEPOST_API_KEY: made.value.secret } },
  )
  await followLink(page, stdout.trim().split(/\s/)[0]!)
}

/** The same by the operation alone, for cases about other things. */
export async function signInToConsole({ database, origin }: Door, page: Page): Promise<void> {
  const link = await createSignInLink(database.ask(), {
    email: 'olga@vendor.example',
    name: 'olga',
  })
  assert(link.ok)
  await followLink(page, `${origin}/console/sign-in?link=${link.value.secret}`)
}

async function followLink(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await expectHeading(page, 'Sign in as olga')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectHeading(page, 'Home')
}

/** From the list of tenants to the page of a new connection. */
export async function createTenantAndConnection(
  page: Page,
  names: { tenant: string; connection: string },
): Promise<void> {
  await page.getByRole('link', { name: 'New tenant' }).first().click()
  await page.getByLabel('Name', { exact: false }).first().fill(names.tenant)
  await page.getByRole('button', { name: 'Create tenant' }).click()
  await expectHeading(page, names.tenant)
  await page.getByRole('link', { name: 'New connection' }).click()
  await page.getByLabel('Name', { exact: false }).first().fill(names.connection)
  await page.getByRole('button', { name: 'Create connection' }).click()
  await expectHeading(page, names.connection)
}

/** On a connection's page: the URL of a new setup link. */
export async function createSetupLink(page: Page, name: string): Promise<string> {
  await page.getByRole('link', { name: 'Setup links' }).click()
  await page.getByLabel('Recipient').fill(name)
  await page.getByRole('button', { name: 'Create setup link' }).click()
  await expectHeading(page, 'New setup link')
  return page.getByLabel('Setup link', { exact: true }).inputValue()
}

export async function metadataOf(idp: Idp): Promise<string> {
  return (await fetch(idp.entityID)).text()
}

/**
 * Fits its screen; no violation of the rules of axe: WCAG A and AA, and good practice besides. In
 * dark colours, which change nothing else, the rules of contrast again.
 */
export async function expectAccessible(page: Page): Promise<void> {
  // A form that was just posted may still be on its way.
  await page.waitForLoadState()
  const widths = () => [document.documentElement.scrollWidth, innerWidth] as const
  const [wide, screen] = await page.evaluate(widths)
  assert(wide <= screen, `${page.url()} is ${wide} wide at ${screen}`)
  // By the debugger's door: the page's own policy lets no foreign script in.
  await page.evaluate(AXE)
  assert.deepEqual(await violationsOf(page), [], `${await page.title()} at ${page.url()}`)
  await page.emulateMedia({ colorScheme: 'dark' })
  const inDark = await violationsOf(page, ['color-contrast', 'link-in-text-block'])
  await page.emulateMedia({ colorScheme: 'light' })
  assert.deepEqual(inDark, [], `${await page.title()} in dark colours, at ${page.url()}`)
}

/** By all rules, or by some. */
function violationsOf(page: Page, rules?: string[]) {
  return page.evaluate(async (only) => {
    type Violation = {
      id: string
      help: string
      nodes: { target: string[]; failureSummary: string }[]
    }
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> }
    }
    const { violations } = await axe.run(only === undefined ? {} : { runOnly: only })
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }))
  }, rules)
}
