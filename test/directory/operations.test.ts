import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  addUser,
  createTenant,
  listTenants,
  setSignInMethod,
} from '../../src/directory/operations.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

it('a user is added with a password, switched to SSO and back, each change audited', async () => {
  const world = await createWorld()
  const user = good(await addUser(request(), world.tenantSid, { email: 'Ann.Ford@tenant.example' }))
  expect(user).toMatchObject({ signInMethod: 'password', emailKey: 'ann.ford@tenant.example' })
  const { connectionSid } = world
  const enabled = { signInMethod: 'sso_enabled', connectionSid } as const
  good(await setSignInMethod(request(), 'ann.ford@TENANT.example', enabled))
  expect((await world.login('ann.ford@tenant.example')).finished?.status).toBe(302)
  good(await setSignInMethod(request(), 'Ann.Ford@tenant.example', { signInMethod: 'password' }))
  expect((await world.login('ann.ford@tenant.example')).arrived.status).toBe(403)
  const trail = await db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, user.sid))
  expect(trail.map(({ type }) => type)).toEqual([
    'user.created',
    'user.sign_in_method_set',
    'user.sign_in_method_set',
  ])
})

it('refuses what does not fit', async () => {
  const world = await createWorld()
  const other = await createWorld()
  const add = (email: string, tenantSid = world.tenantSid) =>
    addUser(request(), tenantSid, { email })
  good(await add('bob@tenant.example'))
  expect(codeOf(await add('BOB@tenant.example'))).toEqual(['already_there', 'email'])
  for (const email of ['', 'bob', 'bób@tenant.example', 'a@b@c.example', 'x@tenant.example\n'])
    expect(codeOf(await add(email))).toEqual(['input', 'email'])
  expect(codeOf(await add('eve@tenant.example', `TN${'0'.repeat(32)}`))).toEqual(['not_there'])
  const foreign = { signInMethod: 'sso_enabled', connectionSid: other.connectionSid } as const
  expect(codeOf(await setSignInMethod(request(), 'bob@tenant.example', foreign))).toEqual([
    'not_there',
  ])
  expect(codeOf(await setSignInMethod(request(), 'no@tenant.example', foreign))).toEqual([
    'not_there',
  ])
  expect(codeOf(await createTenant(request(), { name: ' ' }))).toEqual(['input', 'name'])
  expect(codeOf(await createTenant(request(), { name: 'x', plan: 'gold' }))).toEqual([
    'input',
    'plan',
  ])
  expect(await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))).toHaveLength(1)
})

it('a customer admin reaches only the own tenant', async () => {
  const world = await createWorld()
  const other = await createWorld()
  good(await addUser(request(), other.tenantSid, { email: 'olaf@other.example' }))
  const admin = tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid)
  expect(codeOf(await listTenants(request(admin), ALL))).toEqual(['forbidden'])
  const input = { email: 'x@tenant.example' }
  expect(codeOf(await addUser(request(admin), other.tenantSid, input))).toEqual(['not_there'])
  // People come from the vendor's product, not from its customers.
  expect(codeOf(await addUser(request(admin), world.tenantSid, input))).toEqual(['forbidden'])
  const password = { signInMethod: 'password' } as const
  expect(codeOf(await setSignInMethod(request(admin), 'olaf@other.example', password))).toEqual([
    'not_there',
  ])
})
