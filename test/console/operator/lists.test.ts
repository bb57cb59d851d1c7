// Lists with filters: what the URL says survives paging, an empty list says which filter empties
// it, and there is a total.
import { beforeAll, describe, expect, it } from 'vitest'
import { eq } from 'drizzle-orm'
import { createSid } from '../../../src/ids.ts'
import { certificates, connections } from '../../../src/platform/db/schema.ts'
import { readFilters } from '../../../src/console/kit/filters.ts'
import { addAttempt } from '../../support/attempts.ts'
import type { Browser } from '../../support/browser.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { openOperator } from './admins.ts'

const DAY = 24 * 3600 * 1000
let world: World
let operator: Browser
let paths: Record<string, string>

beforeAll(async () => {
  world = await createWorld({ connection: { name: 'Zebra IdP', state: 'testing' } })
  operator = await openOperator()
  const userSid = await world.addUser('jane@lists.example')
  const at = Date.now()
  for (let n = 0; n < 60; n++)
    await addAttempt({
      connectionSid: world.connectionSid,
      createdAt: at - n,
      ...(n < 55 ? { code: 'user_unknown' as const } : { userSid }),
    })
  paths = {
    connections: '/console/connections',
    logins: `/console/connections/${world.connectionSid}/attempts`,
    users: `/console/tenants/${world.tenantSid}/users`,
  }
})

async function open(list: string, query: string) {
  const response = await operator.get(`${paths[list]}?${query}`)
  const html = await response.text()
  return { status: response.status, html, total: /class="total">([^<]*)</.exec(html)?.[1] }
}

describe('a list', () => {
  it.each([
    ['connections', 'search=zebra&state=testing', '1 connection'],
    ['connections', 'search=zebra&logins=failing', '1 connection'],
    ['logins', 'code=user_unknown', '55 logins'],
    ['logins', 'outcome=accepted&user=jane@lists.example', '5 logins'],
    ['users', 'search=jane', '1 user'],
  ])('%s?%s has %s', async (list, query, total) => {
    const page = await open(list, query)
    expect([page.status, page.total]).toEqual([200, total])
  })

  it.each([
    ['connections', 'search=nothing&state=draft', ['Name: nothing', 'State: Draft']],
    ['logins', 'code=replayed&since=2026-01-01', ['Code: replayed', 'From: 2026-01-01']],
    ['logins', 'user=nobody@lists.example', ['Person: nobody@lists.example']],
    ['logins', `reference=${createSid('AT')}`, ['Reference: AT']],
    ['users', 'search=nobodyatall', ['Name or e-mail: nobodyatall']],
  ])('%s?%s is empty and says why', async (list, query, reasons) => {
    const { status, html } = await open(list, query)
    expect(status).toBe(200)
    expect(html).toContain('No matches')
    expect(html).toContain('Show all')
    for (const reason of reasons) expect(html).toContain(reason)
  })

  it.each([
    ['connections', 'state=broken'],
    ['logins', 'since=2026-02-31'],
    ['logins', 'reference=AT1'],
    ['users', 'method=magic'],
  ])('%s?%s is refused, and shows no rows', async (list, query) => {
    const { status, html } = await open(list, query)
    expect(status).toBe(400)
    expect(html).toContain('This filter cannot be used')
  })

  it('keeps its filters over pages', async () => {
    const { html } = await open('logins', 'code=user_unknown')
    const next = /href="([^"]*)" rel="next"/.exec(html)![1]!.replaceAll('&amp;', '&')
    expect(next).toContain('code=user_unknown')
    const second = await (await operator.get(next)).text()
    expect(second.match(/\/attempts\/AT/g)).toHaveLength(5)
    expect(second).toContain('value="user_unknown"')
  })

  it('shows connections whose last certificate expires, or has expired', async () => {
    const of = eq(certificates.connectionSid, world.connectionSid)
    await db
      .update(certificates)
      .set({ notAfter: Date.now() + 10 * DAY })
      .where(of)
    const at = async (certificate: string) =>
      (await open('connections', `search=zebra&certificate=${certificate}`)).total
    expect([await at('soon'), await at('expired')]).toEqual(['1 connection', '0 connections'])
    await db
      .update(certificates)
      .set({ notAfter: Date.now() - DAY })
      .where(of)
    expect([await at('soon'), await at('expired')]).toEqual(['1 connection', '1 connection'])
    await db.delete(certificates).where(of)
    expect(await at('soon')).toBe('0 connections')
    await db
      .update(connections)
      .set({ name: 'Other' })
      .where(eq(connections.sid, world.connectionSid))
  })
})

it('a repeated value counts once, and a long one is cut', () => {
  const filters = { search: { kind: 'search', label: 'Name' } } as const
  const read = readFilters(new URLSearchParams(`search=${'x'.repeat(999)}&search=y`), filters)
  expect(read.values.search).toHaveLength(320)
})
