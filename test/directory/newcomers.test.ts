// What newcomers get, at each door through which users are added.
import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { createConnection } from '../../src/connections/operations.ts'
import { createDomain, getDomain, leadDomain } from '../../src/directory/domains/operations.ts'
import { createImport, takeRows } from '../../src/directory/import/operations.ts'
import { addUser, setSignInMethod } from '../../src/directory/operations.ts'
import { putUser } from '../../src/directory/user-operations.ts'
import {
  awaitedProofs,
  connections,
  domains,
  idpUsers,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { WHOLE_LIST } from '../../src/rollout/reconcile/tables.ts'
import { addConnection, openService } from '../scim/service.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const EMAIL = 'new@tenant.example'

type Setting = { world: World; domain?: string; leads?: boolean; verified?: boolean }
type Newcomers = NonNullable<(typeof connections.$inferInsert)['newcomers']>

/** A live connection whose newcomers get that, and a domain that leads to it. */
async function open(newcomers: Newcomers, setting: Partial<Setting> = {}): Promise<World> {
  const world = setting.world ?? (await createWorld())
  const { tenantSid, connectionSid } = world
  await db.update(connections).set({ newcomers }).where(eq(connections.sid, connectionSid))
  await db.delete(domains).where(eq(domains.domain, setting.domain ?? 'tenant.example'))
  await db.insert(domains).values({
    tenantSid,
    domain: setting.domain ?? 'tenant.example',
    token: 'token',
    connectionSid: setting.leads === false ? null : connectionSid,
    createdBy: 'operator olga',
    createdAt: 1,
    ...(setting.verified !== false && { verifiedAt: 1, verifiedBy: 'operator' as const }),
  })
  return world
}

/** Its domain leads where it led before. */
async function openScim(world: World) {
  const isDomain = eq(domains.domain, 'tenant.example')
  const [before] = await db.select().from(domains).where(isDomain)
  const service = await openService(world)
  const connectionSid = before?.connectionSid ?? null
  await db.update(domains).set({ connectionSid }).where(isDomain)
  return service
}

type Door = (world: World, email?: string) => Promise<void>

const DOORS: Readonly<Record<string, Door>> = {
  'a user added by API': async ({ tenantSid }, email = EMAIL) =>
    void good(await addUser(request(), tenantSid, { email })),
  'a record of the app': async ({ tenantSid }, email = EMAIL) =>
    void good(await putUser(request(), tenantSid, { email })),
  'an import': async ({ tenantSid }, email = EMAIL) => {
    const { sid } = good(await createImport(request(), tenantSid, { name: 'people.csv' }))
    good(await takeRows(request(), sid, 0, [{ email }, { email: 'x@elsewhere.example' }]))
  },
  'SCIM of the connection': async (world, email = EMAIL) => {
    const { ask } = await openScim(world)
    const work = { value: email, type: 'work', primary: true }
    const { status } = await ask('POST', '/Users', { userName: email, emails: [work] })
    expect(status).toBe(201)
  },
}

const rowOf = async (emailKey = EMAIL) => {
  const [row] = await db.select().from(users).where(eq(users.emailKey, emailKey))
  const { sid, signInMethod, connectionSid } = row!
  return { sid, signInMethod, connectionSid }
}

const PASSWORD = { signInMethod: 'password', connectionSid: null }

describe.each(Object.entries(DOORS))('%s', (_name, add) => {
  it.each([
    ['password', 'password'],
    ['sso_enabled', 'sso_enabled'],
    ['sso_enforced_after_login', 'sso_enabled'],
    ['sso_enforced', 'sso_enforced'],
  ] as const)('gets what the connection says: %s', async (newcomers, signInMethod) => {
    const world = await open(newcomers)
    await add(world)
    const connectionSid = newcomers === 'password' ? null : world.connectionSid
    const { sid, ...method } = await rowOf()
    expect(method).toEqual({ signInMethod, connectionSid })
    const told = await db
      .select({ before: recordedEvents.before, after: recordedEvents.after })
      .from(recordedEvents)
      .where(
        and(eq(recordedEvents.subjectSid, sid), eq(recordedEvents.type, 'user.sign_in_method_set')),
      )
    expect(told).toEqual(
      newcomers === 'password'
        ? []
        : [{ before: PASSWORD, after: { signInMethod, connectionSid } }],
    )
    const waiting = await db.select().from(awaitedProofs).where(eq(awaitedProofs.userSid, sid))
    expect(waiting.length).toBe(newcomers === 'sso_enforced_after_login' ? 1 : 0)
  })

  it.each([
    ['the connection is in testing', { state: 'testing' }, {}],
    ['the connection is suspended', { state: 'suspended' }, {}],
    ['the tenant has no plan', {}, { plan: 'standard' }],
  ] as const)('gets a password while %s', async (_case, connection, tenant) => {
    const world = await open('sso_enforced')
    await db
      .update(connections)
      .set({ updatedAt: 5, ...connection })
      .where(eq(connections.sid, world.connectionSid))
    await db
      .update(tenants)
      .set({ createdAt: 5, ...tenant })
      .where(eq(tenants.sid, world.tenantSid))
    if (add === DOORS['SCIM of the connection'] && 'state' in connection) {
      if (connection.state === 'suspended') return
    }
    await add(world)
    expect(await rowOf()).toMatchObject(PASSWORD)
  })

  it('gets a password where the domain leads to no connection', async () => {
    const world = await open('sso_enforced', { leads: false })
    await add(world)
    expect(await rowOf()).toMatchObject(PASSWORD)
  })

  it('gets a password where the domain leads to another connection', async () => {
    const world = await open('password')
    const other = await addConnection(world.tenantSid)
    await db.update(domains).set({ connectionSid: other })
    await db.update(connections).set({ newcomers: 'sso_enforced' })
    await add(world)
    const isScim = add === DOORS['SCIM of the connection']
    expect(await rowOf()).toMatchObject(
      isScim ? PASSWORD : { signInMethod: 'sso_enforced', connectionSid: other },
    )
  })
})

describe('the predicate of who may be switched on', () => {
  let world: World
  beforeEach(async () => {
    world = await open('sso_enforced')
    const { connectionSid } = world
    await db.insert(idpUsers).values([
      { connectionSid, emailKey: 'else@tenant.example', upload: 'one' },
      { connectionSid, emailKey: WHOLE_LIST, upload: 'one' },
    ])
  })

  it('keeps the password of a newcomer whom the IdP does not list', async () => {
    await DOORS['a user added by API']!(world)
    expect(await rowOf()).toMatchObject(PASSWORD)
    await DOORS['an import']!(world, 'else@tenant.example')
    expect(await rowOf('else@tenant.example')).toMatchObject({ signInMethod: 'sso_enforced' })
  })

  it('takes provisioning for the word of the IdP', async () => {
    await DOORS['SCIM of the connection']!(world)
    expect(await rowOf()).toMatchObject({ signInMethod: 'sso_enforced' })
  })
})

it('gives nothing to a domain that is claimed and not verified, nor to one of another tenant', async () => {
  const world = await open('sso_enforced', { domain: 'claimed.example', verified: false })
  good(await addUser(request(), world.tenantSid, { email: 'a@claimed.example' }))
  expect(await rowOf('a@claimed.example')).toMatchObject(PASSWORD)
  const theirs = await open('sso_enforced', { domain: 'theirs.example' })
  good(await addUser(request(), world.tenantSid, { email: 'a@theirs.example' }))
  expect(await rowOf('a@theirs.example')).toMatchObject(PASSWORD)
  good(await addUser(request(), theirs.tenantSid, { email: 'b@theirs.example' }))
  expect(await rowOf('b@theirs.example')).toMatchObject({ signInMethod: 'sso_enforced' })
})

describe('a user whom the IdP created inactive', () => {
  const work = { value: EMAIL, type: 'work', primary: true }
  const active = (value: boolean) => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value }],
  })

  it('is a newcomer when it activates them', async () => {
    const world = await open('sso_enforced_after_login')
    const { ask } = await openScim(world)
    const made = await ask('POST', '/Users', { userName: EMAIL, emails: [work], active: false })
    expect(made.status).toBe(201)
    expect(await rowOf()).toMatchObject(PASSWORD)
    const changed = await ask('PATCH', `/Users/${made.body.id}`, {
      ...active(false),
      Operations: [{ op: 'replace', path: 'name.givenName', value: 'N' }],
    })
    expect(changed.status).toBe(200)
    expect(await rowOf()).toMatchObject(PASSWORD)
    expect((await ask('PATCH', `/Users/${made.body.id}`, active(true))).status).toBe(200)
    const { sid, ...method } = await rowOf()
    expect(method).toEqual({ signInMethod: 'sso_enabled', connectionSid: world.connectionSid })
    const waiting = await db.select().from(awaitedProofs).where(eq(awaitedProofs.userSid, sid))
    expect(waiting).toHaveLength(1)
  })

  it('is none the second time, nor one who had been active', async () => {
    const world = await open('sso_enforced')
    const { ask } = await openScim(world)
    const { body } = await ask('POST', '/Users', { userName: EMAIL, emails: [work], active: true })
    good(await setSignInMethod(request(), EMAIL, { signInMethod: 'password' }))
    for (const value of [false, true]) await ask('PATCH', `/Users/${body.id}`, active(value))
    expect(await rowOf()).toMatchObject(PASSWORD)
  })

  it('leaves people alone who were there before and whom the IdP links as inactive', async () => {
    const world = await open('sso_enforced')
    await world.addUser(EMAIL, { signInMethod: 'password' })
    const { ask } = await openScim(world)
    const { body } = await ask('POST', '/Users', { userName: EMAIL, emails: [work], active: false })
    expect((await ask('PATCH', `/Users/${body.id}`, active(true))).status).toBe(200)
    expect(await rowOf()).toMatchObject(PASSWORD)
  })
})

it('leaves those alone who were there before', async () => {
  const world = await open('sso_enforced')
  await world.addUser(EMAIL, { signInMethod: 'password', externalID: 'u1' })
  good(
    await putUser(request(), world.tenantSid, { email: EMAIL, externalID: 'u1', firstName: 'N' }),
  )
  expect(await rowOf()).toMatchObject(PASSWORD)
  const { ask } = await openScim(world)
  const work = { value: EMAIL, type: 'work', primary: true }
  const { status } = await ask('POST', '/Users', { userName: EMAIL, emails: [work] })
  expect(status).toBe(201)
  expect(await rowOf()).toMatchObject(PASSWORD)
})

describe('after the first login', () => {
  it('the newcomer has SSO alone, and the trail says so', async () => {
    const world = await open('sso_enforced_after_login')
    good(await addUser(request(), world.tenantSid, { email: EMAIL }))
    expect(await rowOf()).toMatchObject({ signInMethod: 'sso_enabled' })
    const { finished } = await world.login(EMAIL)
    expect(finished?.status).toBe(302)
    const { sid, ...method } = await rowOf()
    const { connectionSid } = world
    expect(method).toEqual({ signInMethod: 'sso_enforced', connectionSid })
    const told = await db
      .select({
        actor: recordedEvents.actor,
        before: recordedEvents.before,
        after: recordedEvents.after,
      })
      .from(recordedEvents)
      .where(and(eq(recordedEvents.subjectSid, sid), eq(recordedEvents.actor, 'maintenance')))
    expect(told).toEqual([
      {
        actor: 'maintenance',
        before: { signInMethod: 'sso_enabled', connectionSid },
        after: { signInMethod: 'sso_enforced', connectionSid },
      },
    ])
    expect(await db.select().from(awaitedProofs).where(eq(awaitedProofs.userSid, sid))).toEqual([])
  })

  it('nobody is enforced whose method an operator has set in between', async () => {
    const world = await open('sso_enforced_after_login')
    const { connectionSid, tenantSid } = world
    const { sid } = good(await addUser(request(), tenantSid, { email: EMAIL }))
    good(await setSignInMethod(request(), sid, { signInMethod: 'password' }))
    good(await setSignInMethod(request(), sid, { signInMethod: 'sso_enabled', connectionSid }))
    expect((await world.login(EMAIL)).finished?.status).toBe(302)
    expect(await rowOf()).toMatchObject({ signInMethod: 'sso_enabled' })
  })
})

describe('where a domain leads', () => {
  it('is the only connection of the tenant, from whichever comes first', async () => {
    const { tenantSid, connectionSid } = await createWorld()
    const added = good(await createDomain(request(), tenantSid, { domain: 'first.example' }))
    expect(added.connectionSid).toBe(connectionSid)
    await addConnection(tenantSid)
    const second = good(await createDomain(request(), tenantSid, { domain: 'second.example' }))
    expect(second.connectionSid).toBeNull()

    const bare = await createWorld()
    await db.delete(domains).where(eq(domains.tenantSid, bare.tenantSid))
    const [tenant] = await db.select().from(tenants).where(eq(tenants.sid, bare.tenantSid))
    const later = { ...tenant!, sid: `TN${'0'.repeat(31)}7` }
    await db.delete(domains).where(eq(domains.tenantSid, later.sid))
    await db.insert(tenants).values(later).onConflictDoNothing()
    good(await createDomain(request(), later.sid, { domain: 'later.example' }))
    const made = good(await createConnection(request(), later.sid, { name: 'Okta' }))
    const led = good(await getDomain(request(), later.sid, 'later.example'))
    expect(led.connectionSid).toBe(made.sid)
    good(await createConnection(request(), later.sid, { name: 'Entra ID' }))
    expect(good(await getDomain(request(), later.sid, 'later.example')).connectionSid).toBe(
      made.sid,
    )
  })

  it('is changed by operators, to connections of the tenant, audited', async () => {
    const { tenantSid, connectionSid } = await createWorld()
    const { connectionSid: theirs } = await createWorld()
    const domain = 'lead.example'
    good(await createDomain(request(), tenantSid, { domain }))
    const lead = (to: string | null) =>
      leadDomain(request(), tenantSid, domain, { connectionSid: to })
    expect(codeOf(await lead(theirs))[0]).toBe('not_there')
    expect(good(await lead(null)).connectionSid).toBeNull()
    expect(good(await lead(connectionSid)).connectionSid).toBe(connectionSid)
    const told = await db
      .select({ before: recordedEvents.before, after: recordedEvents.after })
      .from(recordedEvents)
      .where(
        and(
          eq(recordedEvents.subjectSid, tenantSid),
          eq(recordedEvents.type, 'domain.connection_changed'),
        ),
      )
    expect(told).toEqual([
      { before: { domain, connectionSid }, after: { domain, connectionSid: null } },
      { before: { domain, connectionSid: null }, after: { domain, connectionSid } },
    ])
  })
})
