// Single users, as the vendor's app keeps them in step and operators edit them.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { createAccount, listMemberships } from '../../src/directory/account-operations.ts'
import { addUser, getUser } from '../../src/directory/operations.ts'
import { listUsers } from '../../src/directory/words/operations.ts'
import { editUser, putUser } from '../../src/directory/user-operations.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const trailOf = async (sid: string) =>
  (await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))).map(
    (event) => [event.type, event.before, event.after],
  )

it('a record creates, then updates by external id, then changes nothing, each change audited', async () => {
  const { tenantSid } = await createWorld()
  const account = good(await createAccount(request(), tenantSid, { name: 'N', externalID: 'n' }))
  const record = { email: 'Ann@TENANT.example', externalID: 'u1', accounts: ['n'] }
  const created = good(await putUser(request(), tenantSid, record))
  expect(created).toMatchObject({
    result: 'created',
    user: { email: 'Ann@tenant.example', externalID: 'u1', importSid: null, importRow: null },
  })
  const { sid } = created.user
  const updated = good(
    await putUser(request(), tenantSid, {
      email: 'ann.ford@tenant.example',
      externalID: 'u1',
      firstName: 'Ann',
      accounts: [],
      suspended: true,
    }),
  )
  expect(updated).toMatchObject({ result: 'updated', user: { sid, firstName: 'Ann' } })
  expect(updated.user.suspendedAt).toBeGreaterThan(0)
  expect(good(await listMemberships(request(), sid))).toEqual([])
  // By e-mail where no external id is given. What is not said stays.
  const same = good(await putUser(request(), tenantSid, { email: 'ANN.FORD@tenant.example' }))
  expect(same.result).toBe('updated')
  const still = good(await putUser(request(), tenantSid, { email: 'ANN.FORD@tenant.example' }))
  expect(still).toMatchObject({ result: 'unchanged', user: { firstName: 'Ann' } })
  expect(await trailOf(sid)).toEqual([
    [
      'user.created',
      null,
      { email: 'Ann@tenant.example', externalID: 'u1', accounts: [account.sid] },
    ],
    [
      'user.updated',
      {
        email: 'Ann@tenant.example',
        firstName: null,
        suspended: false,
        accounts: [account.sid],
      },
      { email: 'ann.ford@tenant.example', firstName: 'Ann', suspended: true, accounts: [] },
    ],
    ['user.updated', { email: 'ann.ford@tenant.example' }, { email: 'ANN.FORD@tenant.example' }],
  ])
})

it('a record that comes twice at the same moment makes one user', async () => {
  const { tenantSid } = await createWorld()
  const record = { email: 'ann@tenant.example', externalID: 'u1' }
  const both = await Promise.all([1, 2, 3].map(() => putUser(request(), tenantSid, record)))
  expect(both.map((outcome) => good(outcome).result).toSorted()).toEqual([
    'created',
    'unchanged',
    'unchanged',
  ])
  expect(await db.select().from(users).where(eq(users.tenantSid, tenantSid))).toHaveLength(1)
})

it('a record is refused like a row of an import', async () => {
  const world = await createWorld()
  const other = await createWorld()
  await other.addUser('olaf@other.example')
  const put = (value: unknown) => putUser(request(), world.tenantSid, value)
  expect(codeOf(await put({ email: 'olaf@other.example' }))).toEqual(['already_there', 'email'])
  expect(codeOf(await put({ email: 'x@tenant.example\n' }))).toEqual(['input', 'email'])
  expect(codeOf(await put({ email: 'x@tenant.example', accounts: ['no'] }))).toEqual([
    'not_there',
    'accounts',
  ])
  expect(codeOf(await put('x@tenant.example'))).toEqual(['input'])
  expect(await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))).toEqual([])
})

it('an edit changes the login e-mail, which is then the one that signs in', async () => {
  const world = await createWorld()
  const sid = await world.addUser('ann@tenant.example')
  await world.addUser('bob@tenant.example', { externalID: 'b' })
  const edited = good(
    await editUser(request(), 'ann@tenant.example', { email: 'Ann.Ford@Tenant.example' }),
  )
  expect(edited).toMatchObject({ sid, email: 'Ann.Ford@tenant.example' })
  expect(codeOf(await getUser(request(), 'ann@tenant.example'))).toEqual(['not_there'])
  expect(good(await getUser(request(), 'ann.ford@tenant.example'))).toEqual(edited)
  for (const [edit, expected] of [
    [{ email: 'BOB@tenant.example' }, ['already_there', 'email']],
    [{ externalID: 'b' }, ['already_there', 'externalID']],
    [{ email: 'bób@tenant.example' }, ['input', 'email']],
    [{ email: 'x@tenant.example\n' }, ['input', 'email']],
    [{ firstName: 'x\u0000' }, ['input', 'firstName']],
    [{ externalID: `US${'1'.repeat(32)}` }, ['input', 'externalID']],
  ] as const)
    expect(codeOf(await editUser(request(), sid, edit))).toEqual(expected)
  good(await editUser(request(), sid, { email: 'Ann.Ford@tenant.example' }))
  expect(await trailOf(sid)).toEqual([
    [
      'user.updated',
      { email: 'ann@tenant.example', emailKey: 'ann@tenant.example' },
      { email: 'Ann.Ford@tenant.example', emailKey: 'ann.ford@tenant.example' },
    ],
  ])
})

it('a suspended user cannot sign in, and can again when reactivated', async () => {
  const world = await createWorld()
  const sid = await world.addUser('ann@tenant.example')
  const suspended = good(await editUser(request(), sid, { suspended: true }))
  const again = good(await editUser(request(), sid, { suspended: true }))
  expect(again.suspendedAt).toBe(suspended.suspendedAt)
  expect(good(await editUser(request(), sid, { suspended: false })).suspendedAt).toBeNull()
  expect((await trailOf(sid)).map(([type]) => type)).toEqual(['user.updated', 'user.updated'])
})

it('an external id that is taken is named as such, also for a new user', async () => {
  const { tenantSid } = await createWorld()
  good(await addUser(request(), tenantSid, { email: 'a@tenant.example', externalID: '1' }))
  expect(
    codeOf(await addUser(request(), tenantSid, { email: 'b@tenant.example', externalID: '1' })),
  ).toEqual(['already_there', 'externalID'])
  good(await editUser(request(), 'a@tenant.example', { externalID: null }))
  good(await addUser(request(), tenantSid, { email: 'b@tenant.example', externalID: '1' }))
})

it('users are written by operators alone', async () => {
  const world = await createWorld()
  const sid = await world.addUser('ann@tenant.example')
  const admin = request(tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid))
  const stranger = request(tenantAdmin({ id: 'eve', name: 'eve' }, (await createWorld()).tenantSid))
  const record = { email: 'x@tenant.example' }
  expect(codeOf(await putUser(admin, world.tenantSid, record))).toEqual(['forbidden'])
  expect(codeOf(await editUser(admin, sid, { suspended: true }))).toEqual(['forbidden'])
  expect(codeOf(await putUser(stranger, world.tenantSid, record))).toEqual(['not_there'])
  expect(codeOf(await editUser(stranger, sid, { suspended: true }))).toEqual(['not_there'])
})

const ALL = { limit: 50, after: null }

it('a search finds by SID, login e-mail or external id, within the tenant alone', async () => {
  const world = await createWorld()
  const other = await createWorld()
  const { tenantSid } = world
  const ann = await world.addUser(`ann@${tenantSid}.example`, { externalID: '17' })
  // An external id that is the login e-mail of somebody else: both are shown.
  const bob = await world.addUser(`bob@${tenantSid}.example`, {
    externalID: `ann@${tenantSid}.example`,
  })
  await other.addUser(`eve@${tenantSid}.example`, { externalID: '17' })
  const found = async (name: string, actor = request().actor) =>
    good(await listUsers(request(actor), tenantSid, ALL, { search: name }))
      .items.map(({ sid }) => sid)
      .toSorted()
  expect(await found(ann)).toEqual([ann])
  expect(await found('17')).toEqual([ann])
  expect(await found(`ANN@${tenantSid.toLowerCase()}.example`)).toEqual([ann])
  expect(
    await found(`ann@${tenantSid}.example`, tenantAdmin({ id: 'x', name: 'x' }, tenantSid)),
  ).toEqual([ann, bob].toSorted())
  expect(await found(`eve@${tenantSid}.example`)).toEqual([])
  // How a word of the e-mail begins.
  expect(await found('an')).toEqual([ann])
  const stranger = request(tenantAdmin({ id: 'x', name: 'x' }, other.tenantSid))
  expect(codeOf(await listUsers(stranger, tenantSid, ALL, { search: ann }))).toEqual(['not_there'])
})
