// Sessions on the pages of a connection and of a user, and what an app could not be told on the
// page of the app.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { getSession } from '../../../src/sessions/operations.ts'
import { getLogoutDelivery } from '../../../src/oidc/back-channel/operations.ts'
import type { Browser } from '../../support/browser.ts'
import { registerClient } from '../../support/register-client.ts'
import { good, request } from '../../support/request.ts'
import { addDelivery, addSession } from '../../support/sessions.ts'
import { landedAt } from '../../support/landed-at.ts'
import { LIFETIME } from '../../sessions/stage.ts'
import { createCustomer, openLink, openOperator, type Customer } from './admins.ts'

const HOUR = 3_600_000

let operator: Browser
let customer: Customer
beforeAll(async () => {
  operator = await openOperator()
})
beforeEach(async () => {
  customer = await createCustomer()
})

const stateOf = async (sid: string) => good(await getSession(request(), sid, LIFETIME)).state
const textOf = async (browser: Browser, path: string) => (await browser.get(path)).text()

describe('the sessions of a connection', () => {
  const admins: [string, () => Promise<{ browser: Browser; path: string }>][] = [
    [
      'console',
      async () => ({
        browser: operator,
        path: `/console/connections/${customer.connectionSid}/sessions`,
      }),
    ],
    ['portal', async () => ({ browser: await openLink(customer), path: '/setup/sessions' })],
  ]

  it.each(admins)('are listed and ended one by one: %s', async (_, open) => {
    const { browser, path } = await open()
    const { connectionSid, userSid, sessionSid, email } = customer
    const past = Date.now() - 3 * HOUR
    const idle = await addSession({ connectionSid, userSid }, { createdAt: past, lastSeenAt: past })
    const all = await textOf(browser, path)
    expect(all).toContain('Timed out')
    expect(all.split(email)).toHaveLength(1 + 2 * 2)
    const current = await textOf(browser, `${path}?open=true`)
    expect(current).not.toContain('Timed out')
    const ended = await browser.post(`${path}/${sessionSid}/revoke`)
    expect(landedAt(ended)).toBe(`${path} (sessions_ended)`)
    expect([await stateOf(sessionSid), await stateOf(idle)]).toEqual(['ended', 'idle'])
    expect(await textOf(browser, path)).toContain('Ended by an administrator')
  })

  it.each(admins)('are ended all at once: %s', async (_, open) => {
    const { browser, path } = await open()
    const other = await createCustomer()
    expect((await browser.post(`${path}/revoke`)).status).toBe(303)
    expect(await stateOf(customer.sessionSid)).toBe('ended')
    expect(await stateOf(other.sessionSid)).toBe('open')
  })

  it('not_there: are of this connection alone', async () => {
    const other = await createCustomer()
    const path = `/console/connections/${customer.connectionSid}/sessions`
    expect((await operator.post(`${path}/${other.sessionSid}/revoke`)).status).toBe(404)
    expect(await stateOf(other.sessionSid)).toBe('open')
  })
})

describe('the sessions of a user', () => {
  it('are on the page of the user, and end there', async () => {
    const path = `/console/tenants/${customer.tenantSid}/users/${customer.userSid}`
    const page = await textOf(operator, path)
    expect(page).toContain(`action="${path}/sessions/${customer.sessionSid}/revoke"`)
    const other = await createCustomer()
    const foreign = await operator.post(`${path}/sessions/${other.sessionSid}/revoke`)
    expect([foreign.status, await stateOf(other.sessionSid)]).toEqual([404, 'open'])
    expect((await operator.post(`${path}/sessions/${customer.sessionSid}/revoke`)).status).toBe(303)
    expect(await stateOf(customer.sessionSid)).toBe('ended')
    const { userSid, connectionSid } = customer
    const again = await addSession({ userSid, connectionSid })
    expect((await operator.post(`${path}/sessions/revoke`)).status).toBe(303)
    expect(await stateOf(again)).toBe('ended')
  })
})

describe('what an app was told', () => {
  it('is on a page of the app, and is told again from there', async () => {
    const { userSid, sessionSid } = customer
    const [app, other] = [await registerClient(), await registerClient()]
    const sent = { deadAt: null, failure: null, tries: 1, sentAt: Date.now() }
    const dead = await addDelivery({ clientSid: app.sid, userSid, sessionSid })
    const done = await addDelivery({ clientSid: app.sid, userSid, sessionSid }, sent)
    const foreign = await addDelivery({ clientSid: other.sid, userSid, sessionSid })
    const path = `/console/apps/${app.sid}/deliveries`
    const page = await textOf(operator, path)
    expect(page).toContain('it answers 500')
    expect(page).toContain(`${path}/${dead}/retry`)
    expect(page).not.toContain(`${done}/retry`)
    expect(page).not.toContain(foreign)
    expect(await textOf(operator, `${path}?state=sent`)).not.toContain('it answers 500')
    expect((await operator.post(`${path}/${foreign}/retry`)).status).toBe(404)
    const now = async (sid: string) => good(await getLogoutDelivery(request(), sid))
    expect((await operator.post(`${path}/${dead}/retry`)).status).toBe(303)
    // It is tried again after the response: this app has no URI.
    expect(await now(dead)).toMatchObject({ tries: 1, failure: 'the client no longer has a URI' })
    expect(await now(foreign)).toMatchObject({ state: 'dead', failure: 'it answers 500' })
  })
})
