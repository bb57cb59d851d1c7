// Something that was closed after the response was accepted, and before the browser came to finish.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { connections, tenants, users } from '../../src/platform/db/schema.ts'
import { db, type World } from '../support/world.ts'
import { freeze, open } from './harness.ts'

const CLOSINGS: Record<string, (world: World) => Promise<unknown>> = {
  'the connection': ({ connectionSid }) =>
    db.update(connections).set({ state: 'suspended' }).where(eq(connections.sid, connectionSid)),
  'the tenant': ({ tenantSid }) =>
    db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid)),
  'the plan': ({ tenantSid }) =>
    db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, tenantSid)),
  'the user': ({ tenantSid }) =>
    db.update(users).set({ suspendedAt: 1 }).where(eq(users.tenantSid, tenantSid)),
  'the user’s sign-in method': ({ tenantSid }) =>
    db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null })
      .where(eq(users.tenantSid, tenantSid)),
}

/**
 * A sign-in that was good stays so when only the way to it is closed; who is suspended has no
 * session at all.
 */
const SUSPENSIONS = ['the connection', 'the tenant', 'the user']

describe('suspended-before-finish', () => {
  freeze()

  it.each(Object.entries(CLOSINGS))('%s: opens no session', async (_, close) => {
    const { world, browser, genuine, relayState } = await open({})
    const arrived = await world.deliver(browser, genuine, relayState)
    expect(arrived.status).toBe(303)
    await close(world)
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.status).toBe(403)
    expect(finished.headers.getSetCookie()).toEqual([])
    expect((await world.rows()).sessions).toEqual([])
  })

  it.each(SUSPENSIONS)('%s: ends the session that is open', async (name) => {
    const { world, browser, genuine, relayState } = await open({})
    const arrived = await world.deliver(browser, genuine, relayState)
    await browser.get(arrived.headers.get('location')!)
    expect(await (await browser.get('/')).text()).toContain('Signed in as')
    await CLOSINGS[name]!(world)
    expect(await (await browser.get('/')).text()).not.toContain('Signed in as')
  })
})
