// What remedies name is there: each page is opened by the real routes, in the console and, where
// customers read the remedy, in the portal. The portal shows no command lines.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../support/browser.ts'
import { addContactRow } from '../support/contacts.ts'
import { COMMAND_LINE, REMEDIES } from '../support/remedies.ts'
import { createCustomer, openLink, openOperator, type Customer } from './operator/admins.ts'
import { CONNECTION_ROUTES, fill, type Row } from './operator/connection-table.ts'
import { DIRECTORY_ROUTES, DOMAIN_ROUTES } from './pages/directory/directory-table.ts'

type Page = { path: string; text: string }

const getsOf = (routes: Readonly<Record<string, Row>>, isOpen = (_: Row) => true) =>
  Object.entries(routes).flatMap(([route, row]) =>
    route.startsWith('GET ') && row.status === 200 && isOpen(row) ? route.slice(4) : [],
  )

async function openAll(browser: Browser, paths: readonly string[]): Promise<Page[]> {
  const pages: Page[] = []
  for (const path of new Set(paths)) {
    const response = await browser.get(path)
    if (!response.headers.get('content-type')?.startsWith('text/html')) continue
    expect([path, response.status]).toEqual([path, 200])
    pages.push({ path, text: await response.text() })
  }
  return pages
}

const titlesOf = (pages: readonly Page[]) =>
  new Set(pages.map(({ text }) => /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1]?.trim()))

let inConsole: Page[]
let inPortal: Page[]
beforeAll(async () => {
  const customer: Customer = await createCustomer()
  const contactSid = await addContactRow(customer.tenantSid)
  const below = (base: string, path: string) =>
    base + (path === '/' ? '' : path.replace(':contact', contactSid))
  const connection = `/console/connections/${customer.connectionSid}`
  const tenant = `/console/tenants/${customer.tenantSid}`
  inConsole = await openAll(await openOperator(), [
    ...getsOf(CONNECTION_ROUTES).map((path) => below(connection, fill(path, customer))),
    ...getsOf(DIRECTORY_ROUTES).map((path) => below(tenant, fill(path, customer))),
    `${tenant}/break-glass`,
    '/console/keys',
    '/console/operators',
    '/console/apps',
    '/console/audit',
    '/console/health',
  ])
  const link = await openLink(customer, ['configure', 'test', 'release', 'rollBack'])
  inPortal = await openAll(link, [
    ...getsOf({ ...CONNECTION_ROUTES, ...DOMAIN_ROUTES }, ({ need }) => need !== 'operate').map(
      (path) => below('/setup', fill(path, customer)),
    ),
    '/setup/owners',
  ])
})

/** With the sentence in which a page is named: it says so where operators alone have the page. */
const NAMED = REMEDIES.flatMap(({ of, text, isForCustomers }) =>
  text.split(/(?<=\.) /).flatMap((sentence) =>
    [...sentence.matchAll(/\bpage “([^”]+)”/g)].map(([, title]) => ({
      of,
      title: title!,
      isInPortal: isForCustomers && !sentence.startsWith('Operators '),
    })),
  ),
)

describe('a page that a remedy names', () => {
  it('is there, in the portal too where customers are told to open it', () => {
    expect(NAMED.length).toBeGreaterThan(10)
    expect(inConsole.length).toBeGreaterThan(40)
    expect(inPortal.length).toBeGreaterThan(30)
    const [console, portal] = [titlesOf(inConsole), titlesOf(inPortal)]
    const missing = NAMED.filter(
      ({ title, isInPortal }) => !console.has(title) || (isInPortal && !portal.has(title)),
    )
    expect(missing).toEqual([])
  })
})

describe('the portal', () => {
  it('shows no command line', () => {
    const shown = inPortal.flatMap(({ path, text }) => {
      const words = text
        .replaceAll(/<(script|style)[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, ' ')
        .replaceAll(/<[^>]+>/g, ' ')
      return COMMAND_LINE.test(words) ? `${path}: ${COMMAND_LINE.exec(words)![0]}` : []
    })
    expect(shown).toEqual([])
  })
})
