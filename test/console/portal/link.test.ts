// How a customer's administrator comes in by a setup link, and goes.
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createSetupLink, revokeSetupLink, type Operator } from '../../../src/access/operations.ts'
import { actorOfOperator } from '../../../src/access/operator-actor.ts'
import { addOperatorRow } from '../../support/operators.ts'
import { listEvents } from '../../../src/events/operations.ts'
import { setupLinks } from '../../../src/platform/db/schema.ts'
import { editTenant } from '../../../src/directory/operations.ts'
import { ALL, good, request } from '../../support/request.ts'
import { db } from '../../support/world.ts'
import { createCustomer, openStranger, type Customer } from '../operator/admins.ts'

/** On a page that refuses. */
const REFERENCE = /RQ[0-9a-f]{32}/

let olga: Operator
beforeAll(async () => {
  olga = await addOperatorRow('admin', 'Olga Berg')
})

const createLink = async ({ connectionSid }: Customer) =>
  good(
    await createSetupLink(request(actorOfOperator(olga)), connectionSid, {
      name: 'ann',
      capabilities: ['configure', 'test'],
      expiresInMinutes: 60,
    }),
  )

describe('a setup link', () => {
  it('opens the portal as often as it is followed, and the day is in the history once', async () => {
    const customer = await createCustomer()
    const { secret } = await createLink(customer)
    for (let time = 1; time <= 2; time++) {
      const browser = openStranger()
      const opened = await browser.get(`/setup/${secret}`)
      expect([opened.status, opened.headers.get('location')]).toEqual([303, '/setup'])
      const [cookie] = opened.headers.getSetCookie()
      for (const part of ['__Host-setup=', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
        expect(cookie).toContain(part)
      const age = Number(/Max-Age=(\d+)/.exec(cookie!)![1])
      expect(age).toBeGreaterThan(3500)
      expect(age).toBeLessThanOrEqual(3600)
      const page = await (await browser.get('/setup')).text()
      expect(page).toContain('Their IdP')
      expect(page).toContain('Olga Berg of')
      expect(page).not.toContain(secret)
      const of = { subjectSid: customer.connectionSid }
      const { items } = good(await listEvents(request(), of, ALL))
      expect(items.filter(({ type }) => type === 'setup_link.opened')).toHaveLength(1)
    }
  })

  it('setup_link: opens nothing when it has expired, was withdrawn, or is none', async () => {
    const customer = await createCustomer()
    const revoked = await createLink(customer)
    good(await revokeSetupLink(request(), revoked.setupLink.sid))
    const expired = await createLink(customer)
    await db
      .update(setupLinks)
      .set({ expiresAt: Date.now() - 1 })
      .where(eq(setupLinks.sid, expired.setupLink.sid))
    const suspended = await createCustomer()
    const ofSuspended = await createLink(suspended)
    good(await editTenant(request(), suspended.tenantSid, { suspended: true }))
    const pages = new Set<string>()
    for (const secret of [
      revoked.secret,
      expired.secret,
      ofSuspended.secret,
      'x'.repeat(43),
      'x',
    ]) {
      const browser = openStranger()
      const response = await browser.get(`/setup/${secret}`)
      expect(response.status).toBe(403)
      expect(browser.cookies.size).toBe(0)
      pages.add((await response.text()).replaceAll(new RegExp(REFERENCE, 'g'), 'Reference'))
    }
    expect(pages.size).toBe(1)
    expect([...pages][0]).toContain('reply to its sender: ask for a new setup link')
    // The start page would be the same refusal.
    expect([...pages][0]).not.toContain('href="/setup"')
  })

  it('that is refused shows a reference that the log has, and leads to the setup that is open', async () => {
    const logged = vi.spyOn(console, 'log')
    const browser = openStranger()
    const references: string[] = []
    const read = async (path: string) => {
      const page = await (await browser.get(path)).text()
      references.push(REFERENCE.exec(page)![0])
      return page
    }
    await read(`/setup/${'w'.repeat(43)}`)
    const { secret } = await createLink(await createCustomer())
    await browser.get(`/setup/${secret}`)
    for (const path of [`/setup/${'w'.repeat(43)}`, '/setup/nowhere'])
      expect(await read(path)).toMatch(/href="\/setup"[^>]*>Go to the start page/)
    const lines = logged.mock.calls.flat().join('\n')
    logged.mockRestore()
    for (const reference of references) expect(lines).toContain(`"reference":"${reference}"`)
    expect(new Set(references).size).toBe(3)
  })

  it('that is refused is named in the log, also for who has it open, and its secret is not', async () => {
    const logged = vi.spyOn(console, 'log')
    const { secret, setupLink } = await createLink(await createCustomer())
    const browser = openStranger()
    await browser.get(`/setup/${secret}`)
    good(await revokeSetupLink(request(), setupLink.sid))
    await browser.get('/setup')
    await openStranger().get(`/setup/${secret}`)
    await openStranger().post(`/setup/${secret}`, {})
    await openStranger().get(`/setup/${'u'.repeat(43)}`)
    const lines = logged.mock.calls.flat().map(String)
    logged.mockRestore()
    const refused = lines.filter((line) => line.includes('"refused"'))
    const subjects = refused.map((line) => (JSON.parse(line) as { subject?: string }).subject)
    expect(subjects).toEqual([setupLink.sid, setupLink.sid, setupLink.sid, undefined])
    expect(lines.join('\n')).not.toContain(secret)
  })

  it('too_many_requests: says that the link in the address is one that does not work', async () => {
    const browser = openStranger()
    const address = { headers: { 'cf-connecting-ip': '192.0.2.77' } }
    let response = await browser.sendAs(`/setup/${'v'.repeat(43)}`, address)
    for (let count = 0; count < 60 && response.status === 403; count++)
      response = await browser.sendAs(`/setup/${'v'.repeat(43)}`, address)
    expect(response.status).toBe(429)
    const page = await response.text()
    expect(page).toContain('Too many setup links that are not valid')
    expect(page).toMatch(REFERENCE)
    const { secret } = await createLink(await createCustomer())
    expect((await browser.sendAs(`/setup/${secret}`, address)).status).toBe(303)
  })

  it('setup_link: no longer works once it is withdrawn, also for those who have it open', async () => {
    const customer = await createCustomer()
    const { secret, setupLink } = await createLink(customer)
    const browser = openStranger()
    await browser.get(`/setup/${secret}`)
    expect((await browser.get('/setup')).status).toBe(200)
    good(await revokeSetupLink(request(), setupLink.sid))
    expect((await browser.get('/setup')).status).toBe(403)
    expect((await browser.post('/setup/preset', { preset: 'okta' })).status).toBe(403)
  })

  it('is put away by who is done', async () => {
    const { secret } = await createLink(await createCustomer())
    const browser = openStranger()
    await browser.get(`/setup/${secret}`)
    const ended = await browser.post('/setup/end')
    expect(ended.headers.get('location')).toBe('/setup/done')
    expect(browser.cookies.size).toBe(0)
    expect((await browser.get('/setup/done')).status).toBe(200)
    expect((await browser.get('/setup')).status).toBe(403)
  })
})
