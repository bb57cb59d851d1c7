// Asks every route of a table, one after the other, and says with which status each answers.
import type { Browser } from '../../support/browser.ts'
import { createCustomer, formData, type Customer } from './admins.ts'
import type { Row } from './connection-table.ts'

export type Routes = Readonly<Record<string, Row>>

type Visit = {
  open: (customer: Customer) => Promise<Browser>
  /** A visitor for each route, instead of one for each customer. */
  browserOf?: (route: string) => Promise<Browser>
  pathOf: (route: string, customer: Customer) => string | Promise<string>
  /** Whether the visitor may do what the row needs. */
  isLetIn: (row: Row) => boolean
}

/**
 * The response of each route. A form that is let in may change its customer, so the route after it
 * has another one; pages and refusals change nothing, which later rows would notice.
 */
export async function askRoutes<T>(
  routes: Routes,
  { open, browserOf, pathOf, isLetIn }: Visit,
  read: (response: Response) => T,
): Promise<Record<string, T>> {
  const cells: Record<string, T> = {}
  let visit: { customer: Customer; browser: Browser } | undefined
  for (const [route, row] of Object.entries(routes)) {
    if (!visit) {
      const customer = await createCustomer()
      visit = { customer, browser: await open(customer) }
    }
    const { customer } = visit
    const browser = (await browserOf?.(route)) ?? visit.browser
    cells[route] = read(await send(browser, await pathOf(route, customer), row, customer))
    if (row.form && isLetIn(row)) visit = undefined
  }
  return cells
}

function send(browser: Browser, path: string, row: Row, customer: Customer): Promise<Response> {
  if (!row.form) return browser.get(path)
  const form = Object.fromEntries(
    Object.entries(row.form).map(([name, value]) => [
      name,
      value === 'EMAIL' ? customer.email : value === 'NEW' ? `new.${customer.email}` : value,
    ]),
  )
  return row.multipart
    ? browser.upload(path, formData({ ...form, padding: '' }))
    : browser.post(path, form)
}
