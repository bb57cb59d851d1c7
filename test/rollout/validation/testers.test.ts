// Testers: SSO is switched on for exactly those who are nominated, and off again for those who had
// it from nothing else.
import { asc, eq, inArray, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { getConnection } from '../../../src/connections/operations.ts'
import { setSignInMethod } from '../../../src/directory/operations.ts'
import {
  connections,
  proofs,
  rolloutMembers,
  rollouts,
  tenants,
  testers,
  users,
} from '../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import {
  listTesters,
  MAXIMUM_NOMINEES,
  nominateTesters,
  withdrawTester,
} from '../../../src/rollout/validation/tester-operations.ts'
import { insertTesters } from '../../../src/rollout/validation/store/testers.ts'
import { createSid } from '../../../src/ids.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { customerOf } from './people.ts'

const PASSWORD = { signInMethod: 'password' } as const

async function createTestingWorld(state: 'draft' | 'testing' | 'suspended' = 'testing') {
  return createWorld({ connection: { state } })
}

/** The whole table, but for those named. */
async function allUsers(except: readonly string[] = []) {
  const rows = await db.select().from(users).orderBy(asc(users.sid))
  return rows.filter(({ sid }) => !except.includes(sid))
}

async function methodOf(sid: string) {
  const [user] = await db.select().from(users).where(eq(users.sid, sid))
  return [user!.signInMethod, user!.connectionSid] as const
}

function testersOf(world: World) {
  return db.select().from(testers).where(eq(testers.connectionSid, world.connectionSid))
}

describe('nominating', () => {
  it('switches SSO on for those who are named, and touches nobody else', async () => {
    const other = await createTestingWorld()
    await other.addUser('zoe@other.example', PASSWORD)
    const world = await createTestingWorld()
    const alice = await world.addUser('alice@tenant.example', PASSWORD)
    const bob = await world.addUser('bob@tenant.example', PASSWORD)
    await world.addUser('carl@tenant.example', PASSWORD)
    await world.addUser('dora@tenant.example')
    const before = await allUsers([alice, bob])
    const { testers: listed, refused } = good(
      await nominateTesters(request(), world.connectionSid, [
        'Alice@tenant.example',
        ' bob@tenant.example ',
      ]),
    )
    expect(refused).toEqual([])
    expect(listed.map(({ user, isEnabled }) => [user.email, isEnabled]).toSorted()).toEqual([
      ['alice@tenant.example', true],
      ['bob@tenant.example', true],
    ])
    expect(await methodOf(alice)).toEqual(['sso_enabled', world.connectionSid])
    expect(await methodOf(bob)).toEqual(['sso_enabled', world.connectionSid])
    expect(await allUsers([alice, bob])).toEqual(before)
    expect(await testersOf(world)).toHaveLength(2)
    const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, alice))
    expect(told).toMatchObject([
      {
        type: 'tester.nominated',
        actor: 'operator olga',
        tenantSid: world.tenantSid,
        before: { signInMethod: 'password', connectionSid: null },
        after: { signInMethod: 'sso_enabled', connectionSid: world.connectionSid },
      },
    ])
  })

  it('reports each who cannot be one, and takes the others', async () => {
    const stranger = await createTestingWorld()
    const foreign = await stranger.addUser('foreign@stranger.example', PASSWORD)
    const foreignKey = await db.select().from(users).where(eq(users.sid, foreign))
    const world = await createTestingWorld()
    // The other world's people have given up their addresses: this one gets its own back.
    await db.update(users).set({ emailKey: foreignKey[0]!.emailKey }).where(eq(users.sid, foreign))
    const otherConnection = createSid('CN')
    await db.insert(connections).values({
      sid: otherConnection,
      tenantSid: world.tenantSid,
      name: 'Other',
      state: 'live',
      entityID: 'https://other.example',
      createdAt: 2,
      updatedAt: 2,
    })
    await world.addUser('alice@tenant.example', PASSWORD)
    await world.addUser('gone@tenant.example', { ...PASSWORD, suspendedAt: 1 })
    await world.addUser('elsewhere@tenant.example', { connectionSid: otherConnection })
    const { testers: listed, refused } = good(
      await nominateTesters(request(), world.connectionSid, [
        'nobody@tenant.example',
        'not an address',
        'foreign@stranger.example',
        'gone@tenant.example',
        'elsewhere@tenant.example',
        'alice@tenant.example',
        'ALICE@tenant.example',
      ]),
    )
    expect(refused).toEqual([
      { email: 'nobody@tenant.example', code: 'unknown' },
      { email: 'not an address', code: 'unknown' },
      { email: 'foreign@stranger.example', code: 'unknown' },
      { email: 'gone@tenant.example', code: 'suspended' },
      { email: 'elsewhere@tenant.example', code: 'other_connection' },
      { email: 'ALICE@tenant.example', code: 'duplicate' },
    ])
    expect(listed.map(({ user }) => user.email)).toEqual(['alice@tenant.example'])
    expect((await methodOf(foreign))[0]).toBe('password')
    // Once more: a tester already.
    const again = good(
      await nominateTesters(request(), world.connectionSid, ['alice@tenant.example']),
    )
    expect(again.refused).toEqual([{ email: 'alice@tenant.example', code: 'duplicate' }])
    expect(await testersOf(world)).toHaveLength(1)
  })

  it('is for testing and later', async () => {
    for (const state of ['draft', 'suspended'] as const) {
      const world = await createTestingWorld(state)
      const alice = await world.addUser('alice@tenant.example', PASSWORD)
      const outcome = await nominateTesters(request(), world.connectionSid, [
        'alice@tenant.example',
      ])
      expect(codeOf(outcome)).toEqual(['lifecycle'])
      expect(await methodOf(alice)).toEqual(['password', null])
    }
    for (const state of ['testing', 'validated', 'live'] as const) {
      const world = await createWorld({ connection: { state } })
      await world.addUser('alice@tenant.example', PASSWORD)
      good(await nominateTesters(request(), world.connectionSid, ['alice@tenant.example']))
    }
  })

  it('needs the plan, and a list of some length', async () => {
    const world = await createTestingWorld()
    await db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, world.tenantSid))
    expect(codeOf(await nominateTesters(request(), world.connectionSid, ['a@b.example']))).toEqual([
      'plan_required',
    ])
    const many = Array.from({ length: MAXIMUM_NOMINEES + 1 }, (_, index) => `${index}@b.example`)
    for (const emails of [[], many])
      expect(codeOf(await nominateTesters(request(), world.connectionSid, emails))).toEqual([
        'input',
        'emails',
      ])
  })

  it('takes a full list at once, and not more testers than a room shows', async () => {
    const world = await createTestingWorld()
    const emails = Array.from({ length: 101 }, (_, index) => `tester${index}@tenant.example`)
    for (const email of emails) await world.addUser(email, PASSWORD)
    const nominate = (from: number, to: number) =>
      nominateTesters(request(), world.connectionSid, emails.slice(from, to))
    good(await nominate(0, 50))
    expect(good(await nominate(50, 100)).testers).toHaveLength(100)
    expect(codeOf(await nominate(100, 101))).toEqual(['limit_reached', 'emails'])
  })

  it('of one and the same by two at once makes one tester', async () => {
    const world = await createTestingWorld()
    const alice = await world.addUser('alice@tenant.example', PASSWORD)
    const both = await Promise.all([
      nominateTesters(request(), world.connectionSid, ['alice@tenant.example']),
      nominateTesters(request(customerOf(world)), world.connectionSid, ['alice@tenant.example']),
    ])
    expect(both.map((one) => good(one).refused.map(({ code }) => code)).toSorted()).toEqual([
      [],
      ['duplicate'],
    ])
    expect(await testersOf(world)).toHaveLength(1)
    good(await withdrawTester(request(), world.connectionSid, alice))
    expect(await methodOf(alice)).toEqual(['password', null])
  })

  it.each([
    [
      'a connection that has changed',
      (world: World) =>
        db
          .update(connections)
          .set({ state: 'draft', updatedAt: sql`${connections.updatedAt} + 1` })
          .where(eq(connections.sid, world.connectionSid)),
    ],
    [
      'a user who is suspended by now',
      (_world: World, sid: string) =>
        db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, sid)),
    ],
    [
      'a user who went to another connection',
      (_world: World, sid: string, other: World) =>
        db
          .update(users)
          .set({ signInMethod: 'sso_enabled', connectionSid: other.connectionSid })
          .where(eq(users.sid, sid)),
    ],
    [
      'a user who went to another tenant',
      (_world: World, sid: string, other: World) =>
        db.update(users).set({ tenantSid: other.tenantSid }).where(eq(users.sid, sid)),
    ],
  ] as const)('writes nothing where it overtakes %s', async (_what, change) => {
    const other = await createTestingWorld()
    const world = await createTestingWorld()
    const alice = await world.addUser('alice@tenant.example', PASSWORD)
    const bob = await world.addUser('bob@tenant.example')
    const connection = good(await getConnection(request(), world.connectionSid))
    const seen = await db
      .select()
      .from(users)
      .where(inArray(users.sid, [alice, bob]))
    await change(world, bob, other)
    const before = await allUsers()
    expect(await insertTesters(request(), connection, seen)).toBe(false)
    expect(await allUsers()).toEqual(before)
    expect(await testersOf(world)).toEqual([])
    expect(
      await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, alice)),
    ).toEqual([])
  })
})

describe('who may', () => {
  it('is an operator, or a customer’s admin with the capability, for their own connection', async () => {
    const other = await createTestingWorld()
    const world = await createTestingWorld()
    const alice = await world.addUser('alice@tenant.example', PASSWORD)
    const emails = ['alice@tenant.example']
    const nominate = (actor: Parameters<typeof request>[0]) =>
      nominateTesters(request(actor), world.connectionSid, emails)
    expect(codeOf(await nominate(customerOf(world, ['configure'])))).toEqual(['forbidden'])
    expect(codeOf(await nominate(customerOf(other)))).toEqual(['not_there'])
    // A setup link of another connection of the same tenant.
    const sibling = customerOf({ ...world, connectionSid: other.connectionSid })
    expect(codeOf(await nominate(sibling))).toEqual(['not_there'])
    expect(await methodOf(alice)).toEqual(['password', null])
    good(await nominate(customerOf(world, ['test'])))

    for (const [actor, code] of [
      [customerOf(world, ['configure']), 'forbidden'],
      [customerOf(other), 'not_there'],
      [sibling, 'not_there'],
    ] as const)
      expect(codeOf(await withdrawTester(request(actor), world.connectionSid, alice))).toEqual([
        code,
      ])
    expect(codeOf(await listTesters(request(customerOf(other)), world.connectionSid))).toEqual([
      'not_there',
    ])
    expect(
      good(await listTesters(request(customerOf(world, [])), world.connectionSid)),
    ).toHaveLength(1)
  })

  it('a tester of one connection is none of another', async () => {
    const other = await createTestingWorld()
    const world = await createTestingWorld()
    const alice = await world.addUser('alice@tenant.example', PASSWORD)
    good(await nominateTesters(request(), world.connectionSid, ['alice@tenant.example']))
    expect(codeOf(await withdrawTester(request(), other.connectionSid, alice))).toEqual([
      'not_there',
    ])
    expect(await methodOf(alice)).toEqual(['sso_enabled', world.connectionSid])
    expect(good(await listTesters(request(), other.connectionSid))).toEqual([])
  })
})

describe('withdrawing', () => {
  async function createTester(user: Parameters<World['addUser']>[1] = PASSWORD) {
    const world = await createTestingWorld()
    const alice = await world.addUser('alice@tenant.example', user)
    const bob = await world.addUser('bob@tenant.example', PASSWORD)
    good(
      await nominateTesters(request(), world.connectionSid, [
        'alice@tenant.example',
        'bob@tenant.example',
      ]),
    )
    const withdraw = () => withdrawTester(request(), world.connectionSid, alice)
    return { world, alice, bob, withdraw }
  }

  it('gives the password back, to that one alone, and says so once', async () => {
    const { world, alice, withdraw } = await createTester()
    const before = await allUsers([alice])
    good(await withdraw())
    expect(await methodOf(alice)).toEqual(['password', null])
    expect(await allUsers([alice])).toEqual(before)
    expect(await testersOf(world)).toHaveLength(1)
    expect(codeOf(await withdraw())).toEqual(['not_there'])
    const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, alice))
    expect(told.map(({ type, after }) => [type, after])).toContainEqual([
      'tester.withdrawn',
      { signInMethod: 'password' },
    ])
    expect(told.filter(({ type }) => type === 'tester.withdrawn')).toHaveLength(1)
  })

  it('leaves on SSO who was on it before', async () => {
    const { world, alice, withdraw } = await createTester({})
    good(await withdraw())
    expect(await methodOf(alice)).toEqual(['sso_enabled', world.connectionSid])
  })

  it('leaves on SSO whom an operator has put there since', async () => {
    const { world, alice, withdraw } = await createTester()
    const { connectionSid } = world
    good(await setSignInMethod(request(), alice, { signInMethod: 'sso_enabled', connectionSid }))
    good(await withdraw())
    expect(await methodOf(alice)).toEqual(['sso_enabled', connectionSid])
  })

  it.each([
    ['leaves on SSO whom a rollout has put there since', null, 'sso_enabled'],
    ['gives the password back after that rollout was rolled back', 5, 'password'],
  ] as const)('%s', async (_title, rolledBackAt, method) => {
    const { world, alice, withdraw } = await createTester()
    const { tenantSid, connectionSid } = world
    const rolloutSid = createSid('RO')
    await db.insert(rollouts).values({
      sid: rolloutSid,
      tenantSid,
      connectionSid,
      name: 'All',
      selectors: { everybody: false, fromConnection: false, domains: [], accounts: [] },
      rolledBackAt,
      createdAt: 1,
      updatedAt: 1,
    })
    const [user] = await db.select().from(users).where(eq(users.sid, alice))
    await db.insert(rolloutMembers).values({
      rolloutSid,
      version: 1,
      userSid: alice,
      email: user!.email,
      findings: [],
      included: true,
      enabledAt: 4,
    } as typeof rolloutMembers.$inferInsert)
    good(await withdraw())
    expect((await methodOf(alice))[0]).toBe(method)
  })

  it('does not take enforcement away', async () => {
    const { world, alice, withdraw } = await createTester()
    await db.update(users).set({ signInMethod: 'sso_enforced' }).where(eq(users.sid, alice))
    good(await withdraw())
    expect(await methodOf(alice)).toEqual(['sso_enforced', world.connectionSid])
  })

  it('and nominating again begins anew', async () => {
    const { world, alice, withdraw } = await createTester()
    good(await setSignInMethod(request(), alice, { signInMethod: 'password' }))
    // Put back to a password by hand, a tester can be nominated again.
    const again = good(
      await nominateTesters({ ...request(), now: Date.now() + 10 }, world.connectionSid, [
        'alice@tenant.example',
      ]),
    )
    expect(again.refused).toEqual([])
    expect(await methodOf(alice)).toEqual(['sso_enabled', world.connectionSid])
    good(await withdraw())
    expect(await methodOf(alice)).toEqual(['password', null])
  })
})

describe('the list', () => {
  it('says who has proved that they can, and what their last attempt was', async () => {
    const world = await createTestingWorld()
    await world.addUser('alice@tenant.example', PASSWORD)
    await world.addUser('bob@tenant.example', PASSWORD)
    const carl = await world.addUser('carl@tenant.example', PASSWORD)
    const emails = ['alice@tenant.example', 'bob@tenant.example', 'carl@tenant.example']
    good(await nominateTesters(request(), world.connectionSid, emails))
    await world.login('alice@tenant.example')
    await world.login('carl@tenant.example', { nameID: 'carl' })
    await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, carl))
    await world.login('carl@tenant.example', { nameID: 'carl' })
    const listed = good(await listTesters(request(customerOf(world)), world.connectionSid))
    const shown = Object.fromEntries(
      listed.map(({ user, provedAt, lastAttempt, isEnabled }) => [
        user.email,
        [isEnabled, provedAt !== null, lastAttempt?.code],
      ]),
    )
    expect(shown).toEqual({
      'alice@tenant.example': [true, true, null],
      'bob@tenant.example': [true, false, undefined],
      'carl@tenant.example': [false, true, 'user_suspended'],
    })
    // Another IdP proves nothing of what the first had.
    await db
      .update(proofs)
      .set({ entityID: 'https://former.example' })
      .where(eq(proofs.connectionSid, world.connectionSid))
    const after = good(await listTesters(request(), world.connectionSid))
    expect(after.map(({ provedAt }) => provedAt)).toEqual([null, null, null])
  })
})
