import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  certificates,
  connections,
  memberships,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import { decideFor } from '../../src/directory/sign-in/operations.ts'
import { openBrowser } from '../support/browser.ts'
import { as, attemptCode, createWorld, db, type World } from '../support/world.ts'

/** A message on its way, so that something can be changed before it arrives. */
async function underway(world: World, email = 'alice@tenant.example') {
  const browser = openBrowser()
  const departure = await world.begin(browser)
  const message = await world.idp(departure.requestID).respond(as(email))
  return { browser, deliver: () => world.deliver(browser, message, departure.relayState) }
}

async function expectRefused(world: World, response: Response, code: string) {
  expect(await attemptCode(response)).toBe(code)
  const { sessions, loginCodes } = await world.rows()
  expect({ sessions, loginCodes }).toEqual({ sessions: [], loginCodes: [] })
}

describe('users', () => {
  it.each([
    ['user_unknown', 'stranger@tenant.example', {}],
    ['user_not_enabled', 'carol@tenant.example', { signInMethod: 'password', connectionSid: null }],
    ['user_suspended', 'dave@tenant.example', { suspendedAt: 1 }],
  ] as const)('%s', async (code, email, user) => {
    const world = await createWorld()
    if (code !== 'user_unknown') await world.addUser(email, user)
    const { arrived } = await world.login(email)
    expect(arrived.status).toBe(403)
    await expectRefused(world, arrived, code)
    expect((await world.rows()).nameIDs).toEqual([])
  })

  it('of another connection of the same tenant cannot be asserted', async () => {
    const world = await createWorld()
    const other = await createWorld()
    await db
      .update(connections)
      .set({ tenantSid: world.tenantSid })
      .where(eq(connections.sid, other.connectionSid))
    await world.addUser('erin@tenant.example', { connectionSid: other.connectionSid })
    const { arrived } = await world.login('erin@tenant.example')
    await expectRefused(world, arrived, 'user_not_enabled')
  })

  it('of another tenant look as if they did not exist', async () => {
    const world = await createWorld()
    const other = await createWorld()
    await other.addUser('frank@other.example')
    const { arrived } = await world.login('frank@other.example')
    await expectRefused(world, arrived, 'user_unknown')
  })

  it('are matched whatever the case of their e-mail', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('Grace.Hopper@Tenant.example')
    await world.login('grace.hopper@TENANT.example')
    expect((await world.rows()).sessions).toMatchObject([
      { userSid, principal: { email: 'grace.hopper@tenant.example' } },
    ])
  })

  it('get nothing from asserted roles or groups', async () => {
    const world = await createWorld()
    const heidi = await world.addUser('heidi@tenant.example')
    const of = async () => ({
      people: (await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))).map(
        ({ signedIn: _, ...row }) => row,
      ),
      accounts: await db.$count(memberships, eq(memberships.userSid, heidi)),
      decision: await decideFor(db, 'heidi@tenant.example', Date.now()),
    })
    const before = await of()
    await world.login('heidi@tenant.example', {
      attributes: {
        email: 'heidi@tenant.example',
        firstName: 'H',
        lastName: 'H',
        groups: ['admins', 'owners'],
        role: 'superuser',
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': 'superuser',
        accounts: ['AC0'],
        signInMethod: 'sso_enforced',
      },
    })
    const { sessions } = await world.rows()
    expect(sessions).toHaveLength(1)
    expect(JSON.stringify(sessions)).not.toMatch(/admins|superuser|AC0|enforced/)
    expect(await of()).toEqual(before)
  })
})

describe('NameID and user', () => {
  it('are bound by the first login, and another pair is refused', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('ivan@tenant.example')
    await world.addUser('judy@tenant.example')
    await world.login('ivan@tenant.example', { nameID: 'id-1' })
    expect((await world.rows()).nameIDs).toMatchObject([{ nameID: 'id-1', userSid }])

    const sameUser = await world.login('ivan@tenant.example', { nameID: 'id-2' })
    expect(await attemptCode(sameUser.arrived)).toBe('name_id_changed')
    const sameNameID = await world.login('judy@tenant.example', { nameID: 'id-1' })
    expect(await attemptCode(sameNameID.arrived)).toBe('name_id_of_other')
    const again = await world.login('ivan@tenant.example', { nameID: 'id-1' })
    expect(again.finished?.status).toBe(302)
    expect((await world.rows()).sessions).toHaveLength(2)
  })

  it('do not bind a transient NameID', async () => {
    const world = await createWorld()
    await world.addUser('kim@tenant.example')
    for (const nameID of ['t-1', 't-2']) {
      const { finished } = await world.login('kim@tenant.example', {
        nameID,
        nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      })
      expect(finished?.status).toBe(302)
    }
    expect((await world.rows()).nameIDs).toEqual([])
  })
})

describe('what changes between request and response', () => {
  it.each([
    ['connection_suspended', { state: 'suspended' as const }],
    ['connection_not_ready', { state: 'draft' as const }],
    ['connection_changed', { revision: 2 }],
    ['response_issuer', { entityID: 'https://other.example' }],
  ])('%s', async (code, change) => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const { deliver } = await underway(world)
    await db.update(connections).set(change).where(eq(connections.sid, world.connectionSid))
    await expectRefused(world, await deliver(), code)
  })

  it('plan_required, when the tenant loses its plan', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const { deliver } = await underway(world)
    await db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, world.tenantSid))
    await expectRefused(world, await deliver(), 'plan_required')
  })

  it('signature_no_key, when the certificate is removed', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const { deliver } = await underway(world)
    await db.delete(certificates).where(eq(certificates.connectionSid, world.connectionSid))
    await expectRefused(world, await deliver(), 'signature_no_key')
  })

  it('user_not_enabled, when the user is taken out between ACS and finish', async () => {
    const world = await createWorld()
    const userSid = await world.addUser('alice@tenant.example')
    const { browser, deliver } = await underway(world)
    const arrived = await deliver()
    await db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null })
      .where(eq(users.sid, userSid))
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.status).toBe(403)
    expect((await world.rows()).sessions).toEqual([])
  })

  it('relay_state_unknown: RelayState of another connection', async () => {
    const world = await createWorld()
    const other = await createWorld()
    await world.addUser('alice@tenant.example')
    const browser = openBrowser()
    const departure = await other.begin(browser)
    const message = await world.idp(departure.requestID).respond(as('alice@tenant.example'))
    const response = await world.deliver(browser, message, departure.relayState)
    await expectRefused(world, response, 'relay_state_unknown')
  })

  it('relay_state_unknown: an answer whose RelayState we do not know', async () => {
    const world = await createWorld({ connection: { idpInitiated: 'accept' } })
    await world.addUser('alice@tenant.example')
    const message = await world.idp('_request').respond(as('alice@tenant.example'))
    for (const relayState of ['', 'A'.repeat(43), 'x'.repeat(10_000)]) {
      const response = await world.deliver(openBrowser(), message, relayState)
      expect(response.status).toBe(400)
      await expectRefused(world, response, 'relay_state_unknown')
    }
  })

  it('authn_not_forced: an old authentication although a new one was requested', async () => {
    const world = await createWorld({ connection: { forceAuthn: true } })
    await world.addUser('alice@tenant.example')
    const old = await world.login('alice@tenant.example', { authnInstant: Date.now() - 300_000 })
    await expectRefused(world, old.arrived, 'authn_not_forced')
    const fresh = await world.login('alice@tenant.example', { authnInstant: Date.now() })
    expect(fresh.finished?.status).toBe(302)
  })
})

describe('bad input', () => {
  it('leaves no row and gets its own status', async () => {
    const world = await createWorld()
    const browser = openBrowser()
    const { acs } = world
    const post = (fields: Record<string, string> | string) => browser.postFromElsewhere(acs, fields)
    const big = 'A'.repeat(400 * 1024)
    const cases: [string, number, Response][] = [
      ['content_type', 415, await browser.send(acs, { method: 'POST', body: '{}' })],
      ['content_type', 415, await browser.send(acs, { method: 'POST' })],
      ['response_field', 400, await post('')],
      ['response_field', 400, await post('SAMLResponse=')],
      ['response_field', 400, await post('SAMLResponse=a&SAMLResponse=b')],
      ['body_too_large', 413, await post(`SAMLResponse=${'A'.repeat(10 * 1024 * 1024)}`)],
      [
        'connection_unknown',
        404,
        await browser.postFromElsewhere(`/saml/CN${'0'.repeat(32)}/acs`, 'SAMLResponse=YQ=='),
      ],
      ['method_not_allowed', 405, await browser.get(acs)],
      ['not_found', 404, await browser.get('/nowhere')],
    ]
    for (const [code, status, response] of cases)
      expect([code, response.status]).toEqual([code, status])
    expect((await world.rows()).attempts).toEqual([])

    expect((await post({ SAMLResponse: '%%%' })).status).toBe(400)
    expect((await post({ SAMLResponse: big })).status).toBe(413)
    expect((await post({ SAMLResponse: '/////w==' })).status).toBe(400)
    expect((await post({ SAMLResponse: btoa('hello') })).status).toBe(403)
    const { attempts, ...rest } = await world.rows()
    expect(rest).toEqual({ spent: [], loginCodes: [], sessions: [], nameIDs: [] })
    expect(attempts.map(({ code }) => code).toSorted()).toEqual([
      'response_not_base64',
      'response_not_utf8',
      'response_too_large',
      'xml_malformed',
    ])
  })

  it('reads no more of a body than it must', async () => {
    const world = await createWorld()
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(65))
        if (sent > 64 * 1024 * 1024) controller.close()
      },
    })
    const response = await openBrowser().send(world.acs, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(2 * 1024 * 1024)
  })
})

describe('attempts', () => {
  it('hold the message without personal data', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    await world.login('alice@tenant.example')
    const [attempt] = (await world.rows()).attempts
    expect(attempt!.message).toContain('<saml:Audience>')
    expect(attempt!.message).toContain('[20 characters]')
    expect(JSON.stringify(attempt)).not.toMatch(/alice@|Ämter/)
    expect(attempt!.checks.every(({ ok }) => ok)).toBe(true)
    expect(attempt!.certificateFingerprint).toMatch(/^[0-9a-f]{64}$/)
  })
})
