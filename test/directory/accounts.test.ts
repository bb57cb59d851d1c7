// Accounts, and who belongs to them.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  createAccount,
  getAccount,
  listAccounts,
  listAccountUsers,
  listMemberships,
  putAccount,
  setMemberships,
} from '../../src/directory/account-operations.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

it('an account is created, named again by its external id, and listed, each change audited', async () => {
  const { tenantSid } = await createWorld()
  const made = good(await createAccount(request(), tenantSid, { name: ' North ', externalID: 17 }))
  expect(made).toMatchObject({ tenantSid, name: 'North', externalID: '17' })
  const again = await createAccount(request(), tenantSid, { name: 'x', externalID: '17' })
  expect(codeOf(again)).toEqual(['already_there', 'externalID'])
  expect(good(await putAccount(request(), tenantSid, '17', { name: 'North 2' })).sid).toBe(made.sid)
  good(await putAccount(request(), tenantSid, made.sid, { name: 'North 2' }))
  const second = good(await putAccount(request(), tenantSid, 'new/id', { name: 'South' }))
  expect(second).toMatchObject({ externalID: 'new/id', name: 'South' })
  expect(good(await getAccount(request(), tenantSid, 'new/id')).sid).toBe(second.sid)
  const listed = good(await listAccounts(request(), tenantSid, ALL)).items
  expect(listed.map(({ name }) => name).toSorted()).toEqual(['North 2', 'South'])
  const trail = await db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, made.sid))
  expect(trail.map(({ type, before, after }) => [type, before, after])).toEqual([
    ['account.created', null, { name: 'North', externalID: '17' }],
    ['account.updated', { name: 'North' }, { name: 'North 2' }],
  ])
})

it('is made once where two name a new one at the same moment', async () => {
  const { tenantSid } = await createWorld()
  const both = await Promise.all([
    putAccount(request(), tenantSid, 'a', { name: 'Left' }),
    putAccount(request(), tenantSid, 'a', { name: 'Right' }),
  ])
  expect(new Set(both.map((outcome) => good(outcome).sid)).size).toBe(1)
})

it('refuses names and ids that do not fit', async () => {
  const { tenantSid } = await createWorld()
  const sid = `AC${'0'.repeat(32)}`
  for (const [input, field] of [
    [{ name: '' }, 'name'],
    [{ name: 'a\u0000' }, 'name'],
    [{ name: 'x', externalID: sid }, 'externalID'],
    [{ name: 'x', externalID: 'y'.repeat(201) }, 'externalID'],
  ] as const)
    expect(codeOf(await createAccount(request(), tenantSid, input))).toEqual(['input', field])
  expect(codeOf(await putAccount(request(), tenantSid, sid, { name: 'x' }))).toEqual(['not_there'])
  expect(codeOf(await putAccount(request(), tenantSid, 'a', { name: '' }))).toEqual([
    'input',
    'name',
  ])
  expect(good(await listAccounts(request(), tenantSid, ALL)).items).toEqual([])
})

it('a user belongs to the accounts that were said last, a contractor also to those of another tenant', async () => {
  const world = await createWorld()
  const other = await createWorld()
  const userSid = await world.addUser('ann@tenant.example')
  const north = good(
    await createAccount(request(), world.tenantSid, { name: 'N', externalID: 'n' }),
  )
  const south = good(
    await createAccount(request(), world.tenantSid, { name: 'S', externalID: 's' }),
  )
  const their = good(
    await createAccount(request(), other.tenantSid, { name: 'T', externalID: 't' }),
  )
  const names = async () => good(await listMemberships(request(), userSid)).map(({ name }) => name)
  good(await setMemberships(request(), 'ann@tenant.example', ['n', north.sid, their.sid]))
  expect(await names()).toEqual(['N', 'T'])
  good(await setMemberships(request(), userSid, ['s']))
  good(await setMemberships(request(), userSid, [south.sid]))
  expect(await names()).toEqual(['S'])
  // External ids are the tenant's own.
  for (const name of ['t', 'nowhere', `AC${'0'.repeat(32)}`])
    expect(codeOf(await setMemberships(request(), userSid, ['n', name]))).toEqual([
      'not_there',
      'accounts',
    ])
  // Also where the account of that id is meant besides, by its SID.
  expect(codeOf(await setMemberships(request(), userSid, [their.sid, 't']))).toEqual([
    'not_there',
    'accounts',
  ])
  expect(await names()).toEqual(['S'])
  const trail = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, userSid))
  expect(trail.map(({ type, before, after }) => [type, before, after])).toEqual([
    ['user.accounts_set', { accounts: [] }, { accounts: expect.arrayContaining([north.sid]) }],
    ['user.accounts_set', expect.anything(), { accounts: [south.sid] }],
  ])
  good(await setMemberships(request(), userSid, []))
  expect(await names()).toEqual([])
})

it('a tenant’s administrators see their own accounts, and write none', async () => {
  const world = await createWorld()
  const other = await createWorld()
  const userSid = await world.addUser('ann@tenant.example')
  const own = good(await createAccount(request(), world.tenantSid, { name: 'N', externalID: 'n' }))
  const their = good(await createAccount(request(), other.tenantSid, { name: 'T' }))
  good(await setMemberships(request(), userSid, [own.sid, their.sid]))
  const admin = request(tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid))
  const stranger = request(tenantAdmin({ id: 'eve', name: 'eve' }, other.tenantSid))
  expect(good(await getAccount(admin, world.tenantSid, 'n')).sid).toBe(own.sid)
  expect(codeOf(await getAccount(admin, world.tenantSid, their.sid))).toEqual(['not_there'])
  expect(good(await listMemberships(admin, userSid)).map(({ sid }) => sid)).toEqual([own.sid])
  for (const outcome of [
    await createAccount(admin, world.tenantSid, { name: 'x' }),
    await putAccount(admin, world.tenantSid, 'n', { name: 'x' }),
    await setMemberships(admin, userSid, []),
  ])
    expect(codeOf(outcome)).toEqual(['forbidden'])
  for (const outcome of [
    await createAccount(stranger, world.tenantSid, { name: 'x' }),
    await putAccount(stranger, world.tenantSid, 'n', { name: 'x' }),
    await getAccount(stranger, world.tenantSid, 'n'),
    await listAccounts(stranger, world.tenantSid, ALL),
    await listMemberships(stranger, userSid),
    await setMemberships(stranger, userSid, []),
  ])
    expect(codeOf(outcome)).toEqual(['not_there'])
})

it('lists the members of an account page by page, and to its tenant its own alone', async () => {
  const world = await createWorld()
  const elsewhere = await createWorld()
  const { tenantSid } = world
  const own: string[] = []
  for (const name of ['a', 'b', 'c']) own.push(await world.addUser(`${name}@${tenantSid}.example`))
  const contractor = await elsewhere.addUser(`d@${tenantSid}.example`)
  const account = good(await createAccount(request(), tenantSid, { name: 'N', externalID: 'n' }))
  for (const user of [...own, contractor])
    good(await setMemberships(request(), user, [account.sid]))
  const first = good(await listAccountUsers(request(), tenantSid, 'n', { limit: 3, after: null }))
  const rest = { limit: 3, after: first.next }
  const second = good(await listAccountUsers(request(), tenantSid, account.sid, rest))
  const sids = [...first.items, ...second.items].map(({ sid }) => sid)
  expect(sids).toEqual([...own, contractor].toSorted())
  expect([first.items.length, second.next]).toEqual([3, null])
  const theirs = request(tenantAdmin({ id: 'ann', name: 'ann' }, tenantSid))
  const seen = good(await listAccountUsers(theirs, tenantSid, 'n', ALL)).items
  expect(seen.map(({ sid }) => sid)).toEqual(own.toSorted())
  const stranger = request(tenantAdmin({ id: 'bob', name: 'bob' }, elsewhere.tenantSid))
  for (const [asker, of, named] of [
    [stranger, tenantSid, account.sid],
    [stranger, elsewhere.tenantSid, account.sid],
    [request(), tenantSid, 'nobody'],
  ] as const)
    expect(codeOf(await listAccountUsers(asker, of, named, ALL))).toEqual(['not_there'])
})
