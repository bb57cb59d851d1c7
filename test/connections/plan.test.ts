// SSO is part of a plan: without it no connection is created or activated, nobody logs in by it,
// and nobody is locked out.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { LIFECYCLE_EVENTS, TRANSITIONS } from '../../src/connections/lifecycle.ts'
import {
  changeState,
  createConnection,
  editConnection,
  getConnection,
  listConnections,
} from '../../src/connections/operations.ts'
import { users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { createTenant, editTenant } from '../../src/directory/operations.ts'
import { openBrowser } from '../support/browser.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { as, attemptCode, createWorld, db } from '../support/world.ts'

describe('without the plan', () => {
  it('plan_required: no connection is created', async () => {
    const { sid } = good(await createTenant(request(), { name: 'Small', plan: 'standard' }))
    expect(codeOf(await createConnection(request(), sid, { name: 'IdP' }))).toEqual([
      'plan_required',
    ])
    expect(good(await listConnections(request(), sid, ALL)).items).toEqual([])
  })

  it.each(
    // The others are not asked for by name.
    LIFECYCLE_EVENTS.filter((event) => event !== 'break_trust' && event !== 'validate').map(
      (event) => [event, TRANSITIONS[event].from[0]!] as const,
    ),
  )(
    'plan_required: nothing is activated, and everything may be stopped: %s from %s',
    async (event, state) => {
      const world = await createWorld({ tenant: { plan: 'standard' }, connection: { state } })
      const stops = event === 'suspend' || event === 'withdraw'
      const [code] = codeOf(await changeState(request(), world.connectionSid, event))
      expect(code).toBe(stops ? null : 'plan_required')
      const { state: after } = good(await getConnection(request(), world.connectionSid))
      expect(after === state).toBe(!stops)
    },
  )

  it('a connection may still be edited: it is ready when the tenant gets the plan back', async () => {
    const world = await createWorld({ tenant: { plan: 'standard' } })
    good(await editConnection(request(), world.connectionSid, { fields: { name: 'Other' } }))
  })
})

describe('losing the plan', () => {
  it('lifts enforcement and ends SSO logins, all at once', async () => {
    const world = await createWorld()
    const other = await createWorld()
    const enforced = await world.addUser('ann@tenant.example', { signInMethod: 'sso_enforced' })
    const enabled = await world.addUser('ben@tenant.example')
    const password = await world.addUser('cy@tenant.example', { signInMethod: 'password' })
    const elsewhere = await other.addUser('dot@other.example', { signInMethod: 'sso_enforced' })
    expect((await world.login('ann@tenant.example')).finished?.status).toBe(302)
    // One that is at the IdP at that moment.
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)

    good(await editTenant(request(), world.tenantSid, { plan: 'standard' }))
    const methodOf = async (sid: string) =>
      (await db.select().from(users).where(eq(users.sid, sid)))[0]!.signInMethod
    expect(await methodOf(enforced)).toBe('sso_enabled')
    expect(await methodOf(enabled)).toBe('sso_enabled')
    expect(await methodOf(password)).toBe('password')
    expect(await methodOf(elsewhere)).toBe('sso_enforced')
    const [event] = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, world.tenantSid))
    expect(event).toMatchObject({
      type: 'tenant.updated',
      before: { plan: 'enterprise' },
      after: { plan: 'standard', enforcement: 'lifted' },
    })

    const begun = await openBrowser().get(`/sso/${world.connectionSid}`)
    expect(begun.status).toBe(403)
    expect(await begun.text()).toContain('not part of your company’s plan')
    const message = await world.idp(requestID).respond(as('ann@tenant.example'))
    const arrived = await world.deliver(browser, message, relayState)
    expect(await attemptCode(arrived)).toBe('plan_required')

    // Back again: logins go on, and nobody is forced.
    good(await editTenant(request(), world.tenantSid, { plan: 'enterprise' }))
    expect((await world.login('ann@tenant.example')).finished?.status).toBe(302)
    expect(await methodOf(enforced)).toBe('sso_enabled')
  })
})

it('a tenant may have several connections, each with people and an IdP of its own', async () => {
  const world = await createWorld()
  const second = good(await createConnection(request(), world.tenantSid, { name: 'Second IdP' }))
  expect(second.sid).not.toBe(world.connectionSid)
  expect(
    good(await listConnections(request(), world.tenantSid, ALL)).items.map(({ name }) => name),
  ).toEqual(expect.arrayContaining(['Tenant IdP', 'Second IdP']))
  await world.addUser('ann@tenant.example', { connectionSid: second.sid })
  const { arrived } = await world.login('ann@tenant.example')
  expect(await attemptCode(arrived)).toBe('user_not_enabled')
})
