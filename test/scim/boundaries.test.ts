// What an IdP cannot do by SCIM: take addresses, reach people of others, give permissions, undo
// what support has done.
import { count, desc, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { domains, memberships, scimUsers, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { createAccount, setMemberships } from '../../src/directory/account-operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import { createSid } from '../../src/ids.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import {
  addConnection,
  ENTRA_USER,
  filtered,
  linkRow,
  openService,
  patch,
  userRow,
  verifyDomain,
} from './service.ts'

const person = (email: string, more: object = {}) => ({
  userName: email,
  emails: [{ value: email, type: 'work', primary: true }],
  ...more,
})

/** A second connection of the same tenant, and its IdP. */
async function openSecond(world: Awaited<ReturnType<typeof createWorld>>) {
  const connectionSid = await addConnection(world.tenantSid)
  return openService({ ...world, connectionSid } as typeof world)
}

async function usersNow(): Promise<number> {
  const [row] = await db.select({ users: count() }).from(users)
  return row!.users
}

describe('an address', () => {
  const REFUSED = {
    'outside of the verified domains': 'ceo@elsewhere.example',
    'in a domain below a verified one': 'ann@mail.tenant.example',
    'in a domain that only ends like a verified one': 'ann@eviltenant.example',
    'in a domain that is claimed and not verified': 'ann@pending.example',
    'of another tenant’s verified domain': 'ann@other.example',
  }
  for (const [which, email] of Object.entries(REFUSED))
    it(`${which} is not taken`, async () => {
      const { ask, tenantSid } = await openService()
      const other = await createWorld()
      await verifyDomain(other.tenantSid, 'other.example')
      await verifyDomain(tenantSid, 'tenant.example')
      await verifyDomain(tenantSid, 'pending.example')
      await db
        .update(domains)
        .set({ verifiedAt: null, verifiedBy: null })
        .where(eq(domains.domain, 'pending.example'))
      const before = await usersNow()
      const refused = await ask('POST', '/Users', person(email))
      expect(refused.body).toEqual({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '400',
        scimType: 'invalidValue',
        detail: expect.stringContaining(`Verify ${email.split('@')[1]} on the Domains page`),
      })
      expect(await usersNow()).toBe(before)
      const { id } = (await ask('POST', '/Users', person('ann@tenant.example'))).body
      for (const [method, body] of [
        ['PATCH', patch({ op: 'Replace', path: 'emails[type eq "work"].value', value: email })],
        ['PATCH', patch({ op: 'add', path: 'emails', value: [{ value: email, primary: true }] })],
        ['PUT', person(email)],
      ] as const) {
        const changed = await ask(method, `/Users/${id}`, body)
        expect([changed.status, changed.body.scimType]).toEqual([400, 'invalidValue'])
      }
      expect((await userRow(id)).emailKey).toBe('ann@tenant.example')
    })

  it('that somebody has is not taken by a change', async () => {
    const { ask } = await openService()
    const { id } = (await ask('POST', '/Users', person('ann@tenant.example'))).body
    await ask('POST', '/Users', person('ceo@tenant.example'))
    const path = 'emails[type eq "work"].value'
    const changed = await ask(
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'Replace', path, value: 'CEO@tenant.example' }),
    )
    expect(changed).toMatchObject({ status: 409, body: { status: '409', scimType: 'uniqueness' } })
    expect((await userRow(id)).emailKey).toBe('ann@tenant.example')
  })

  it('of another tenant’s person in a domain that is not verified is refused like one that nobody has', async () => {
    const { ask } = await openService()
    const other = await createWorld()
    await other.addUser('ann@elsewhere.example', { signInMethod: 'password' })
    for (const email of ['ann@elsewhere.example', 'nobody@elsewhere.example']) {
      const { body } = await ask('POST', '/Users', person(email))
      expect(body).toMatchObject({ status: '400', scimType: 'invalidValue' })
      expect(body.detail).toBe(
        `${email} is not in a verified domain. Verify elsewhere.example on the Domains page of the setup portal, or use an address in a verified domain.`,
      )
    }
  })

  it('of a person of another tenant is refused like any that is taken', async () => {
    const other = await createWorld()
    const { ask } = await openService()
    // Somebody else's contractor with an address in this tenant's domain.
    const sid = await other.addUser('guest@tenant.example', { signInMethod: 'password' })
    const before = await userRow(sid)
    const refused = await ask('POST', '/Users', person('guest@tenant.example', { active: false }))
    expect(refused.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
    expect(await userRow(sid)).toEqual(before)
    expect(await linkRow(sid)).toBeUndefined()
  })
})

describe('a person of others', () => {
  const TRIES = [
    ['GET', undefined],
    ['PUT', person('ann@tenant.example', { active: false })],
    ['PATCH', patch({ op: 'replace', path: 'active', value: false })],
    ['DELETE', undefined],
  ] as const

  const OTHERS: Readonly<
    Record<string, (world: Awaited<ReturnType<typeof createWorld>>) => Promise<string>>
  > = {
    'another tenant': async () => {
      const other = await createWorld()
      return other.addUser('bob@tenant.example', { signInMethod: 'password' })
    },
    'another tenant, bound to its connection': async () => {
      const other = await createWorld()
      return other.addUser('bob@tenant.example')
    },
    'another connection of the tenant': async (world) => {
      const second = await openSecond(world)
      return world.addUser('bob@tenant.example', { connectionSid: second.connectionSid })
    },
    'the IdP of another connection, though not bound to it': async (world) => {
      const second = await openSecond(world)
      const { body } = await second.ask('POST', '/Users', person('bob@tenant.example'))
      return body.id
    },
  }
  for (const [whose, add] of Object.entries(OTHERS))
    it(`(${whose}) is not there`, async () => {
      const { ask, world } = await openService()
      const sid = await add(world)
      const before = await userRow(sid)
      const link = await linkRow(sid)
      for (const [method, body] of TRIES)
        expect((await ask(method, `/Users/${sid}`, body)).body).toMatchObject({ status: '404' })
      for (const filter of [
        `id eq "${sid}"`,
        'userName eq "bob@tenant.example"',
        'emails.value eq "bob@tenant.example"',
      ])
        expect((await ask('GET', filtered(filter))).body.totalResults).toBe(0)
      expect((await ask('GET', '/Users')).body).toMatchObject({ totalResults: 0, Resources: [] })
      const refused = await ask('POST', '/Users', person('bob@tenant.example', { active: false }))
      expect(refused.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
      expect(await userRow(sid)).toEqual(before)
      expect(await linkRow(sid)).toEqual(link)
    })

  it('is not reached with another connection’s token', async () => {
    const first = await openService()
    const { id } = (await first.ask('POST', '/Users', ENTRA_USER)).body
    const second = await openSecond(first.world)
    const stranger = await openService()
    for (const { secret } of [second, stranger]) {
      const refused = await first.ask('DELETE', `/Users/${id}`, undefined, {
        authorization: `Bearer ${secret}`,
      })
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    }
    expect((await userRow(id)).suspendedAt).toBeNull()
  })
})

describe('permissions', () => {
  it('do not come from the IdP', async () => {
    const { ask, world } = await openService()
    const account = good(await createAccount(request(), world.tenantSid, { name: 'Main' }))
    const sid = await world.addUser('ann@tenant.example', { signInMethod: 'password' })
    good(await setMemberships(request(), sid, [account.sid]))
    const rights = {
      roles: [{ value: 'admin', primary: true }],
      entitlements: [{ value: account.sid }],
      groups: [{ value: account.sid, display: 'Main' }],
      accounts: [account.sid],
      signInMethod: 'sso_enforced',
      connectionSid: world.connectionSid,
      tenantSid: createSid('TN'),
      id: createSid('US'),
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: 'x' } },
    }
    const made = await ask('POST', '/Users', person('new@tenant.example', rights))
    expect(made.status).toBe(201)
    expect(made.body.id).not.toBe(rights.id)
    expect(await userRow(made.body.id)).toMatchObject({
      tenantSid: world.tenantSid,
      signInMethod: 'password',
      connectionSid: null,
    })
    await ask('PUT', `/Users/${sid}`, person('ann@tenant.example', rights))
    await ask('PATCH', `/Users/${sid}`, patch({ op: 'add', value: { roles: rights.roles } }))
    for (const path of ['roles', 'groups', 'entitlements', 'roles[primary eq "True"].value']) {
      const taken = await ask('PATCH', `/Users/${sid}`, patch({ op: 'Add', path, value: 'admin' }))
      expect(taken.status).toBe(200)
      expect(taken.body).not.toHaveProperty('roles')
    }
    expect(await userRow(sid)).toMatchObject({ signInMethod: 'password', connectionSid: null })
    const held = await db.select().from(memberships).where(eq(memberships.accountSid, account.sid))
    expect(held).toEqual([{ accountSid: account.sid, userSid: sid }])
  })
})

describe('a user who is there already', () => {
  it('is linked, with names and without losing anything', async () => {
    const { ask, world } = await openService()
    const sid = await world.addUser('ann@tenant.example', {
      externalID: 'vendor-7',
      firstName: 'Ann',
      lastName: 'Old',
    })
    const linked = await ask('POST', '/Users', {
      userName: 'AB1234',
      externalId: 'entra-1',
      emails: [{ value: 'Ann@tenant.example', type: 'work' }],
      name: { familyName: 'New' },
    })
    expect(linked).toMatchObject({ status: 201, body: { id: sid, userName: 'AB1234' } })
    expect(await userRow(sid)).toMatchObject({
      externalID: 'vendor-7',
      firstName: 'Ann',
      lastName: 'New',
      signInMethod: 'sso_enabled',
      connectionSid: world.connectionSid,
    })
    const [event] = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, sid))
      .orderBy(desc(recordedEvents.seq))
      .limit(1)
    expect(event).toMatchObject({
      actor: 'scim Entra ID',
      type: 'user.provisioned',
      tenantSid: world.tenantSid,
      after: { userName: 'AB1234', externalID: 'entra-1', lastName: 'New' },
    })
    for (const body of [
      person('ann@tenant.example'),
      person('ann@tenant.example', { userName: 'AB1234', externalId: 'entra-1' }),
      person('ann@tenant.example', { userName: 'Other', externalId: 'entra-2' }),
      person('free@tenant.example', { userName: 'ab1234' }),
    ]) {
      const again = await ask('POST', '/Users', body)
      expect(again.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
    }
    expect(await linkRow(sid)).toMatchObject({ userName: 'AB1234', externalID: 'entra-1' })
  })

  it('lends its name to nobody else: it is shown as the userName until the IdP has said one', async () => {
    const { ask, world } = await openService()
    const sid = await world.addUser('ann@tenant.example', { signInMethod: 'password' })
    const other = { userName: 'ANN@tenant.example', emails: [{ value: 'bob@tenant.example' }] }
    const refused = await ask('POST', '/Users', other)
    expect(refused.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
    const found = await ask('GET', filtered('userName eq "ann@tenant.example"'))
    expect(found.body.Resources).toMatchObject([{ id: sid }])
  })

  it('outside of the verified domains is linked too: no address is taken', async () => {
    const { ask, world } = await openService()
    const sid = await world.addUser('ann@contractor.example', { signInMethod: 'password' })
    // Also after the IdP has deleted them.
    for (let times = 1; times <= 2; times++) {
      const linked = await ask('POST', '/Users', person('ann@contractor.example'))
      expect(linked).toMatchObject({ status: 201, body: { id: sid } })
      expect((await ask('DELETE', `/Users/${sid}`)).status).toBe(204)
    }
  })

  it('and whom support has suspended stays suspended, whatever the IdP says', async () => {
    const { ask, world } = await openService()
    const sid = await world.addUser('ann@tenant.example', { signInMethod: 'password' })
    good(await editUser(request(), sid, { suspended: true }))
    const { suspendedAt } = await userRow(sid)
    expect((await ask('GET', `/Users/${sid}`)).status).toBe(404)
    const on = patch({ op: 'replace', path: 'active', value: true })
    const off = patch({ op: 'replace', path: 'active', value: false })
    expect((await ask('POST', '/Users', person('ann@tenant.example'))).body.active).toBe(true)
    for (const body of [on, off, on]) await ask('PATCH', `/Users/${sid}`, body)
    expect((await ask('DELETE', `/Users/${sid}`)).status).toBe(204)
    expect((await ask('POST', '/Users', person('ann@tenant.example'))).status).toBe(201)
    expect((await userRow(sid)).suspendedAt).toBe(suspendedAt)
  })

  it('and whom support has suspended after the IdP let them in again is not let in by it', async () => {
    const { ask } = await openService()
    const { id } = (await ask('POST', '/Users', person('ann@tenant.example'))).body
    const on = patch({ op: 'replace', path: 'active', value: true })
    await ask('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }))
    good(await editUser(request(), id, { suspended: false }))
    good(await editUser({ ...request(), now: Date.now() + 1000 }, id, { suspended: true }))
    expect((await ask('PATCH', `/Users/${id}`, on)).body.active).toBe(true)
    expect((await userRow(id)).suspendedAt).not.toBeNull()
  })

  it('and was deleted by the IdP of another connection is taken on and let in', async () => {
    const first = await openService()
    const second = await openSecond(first.world)
    const { id } = (await first.ask('POST', '/Users', person('ann@tenant.example'))).body
    await first.ask('DELETE', `/Users/${id}`)
    const moved = await second.ask('POST', '/Users', person('ann@tenant.example'))
    expect(moved).toMatchObject({ status: 201, body: { id, active: true } })
    expect((await userRow(id)).suspendedAt).toBeNull()
    const links = await db.select().from(scimUsers).where(eq(scimUsers.userSid, id))
    const names = links.map(({ connectionSid, userName }) => [connectionSid, userName])
    // What the first IdP knew stays, for the day that the person comes back to it.
    expect(Object.fromEntries(names)).toEqual({
      [first.connectionSid]: '',
      [second.connectionSid]: 'ann@tenant.example',
    })
  })
})

describe('a browser', () => {
  it('cannot ask: no cookie counts, and no other origin is let in', async () => {
    const { ask } = await openService()
    const cookie = { authorization: '', cookie: '__Host-console=x; __Host-session=y' }
    expect((await ask('GET', '/Users', undefined, cookie)).status).toBe(401)
    const asked = await ask('GET', '/Users', undefined, { origin: 'https://evil.example' })
    expect(asked.headers.get('access-control-allow-origin')).toBeNull()
    const preflight = await ask('OPTIONS', '/Users', undefined, { origin: ORIGIN })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect(preflight.status).toBe(501)
  })
})
