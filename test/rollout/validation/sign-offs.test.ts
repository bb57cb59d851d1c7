// SignOffs: two sides, one revision, no race that validates what nobody has passed.
import { and, asc, eq, gt, max, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../src/events/actor.ts'
import { changeState, editConnection, getConnection } from '../../../src/connections/operations.ts'
import { events, signOffs, connections, tenants } from '../../../src/platform/db/schema.ts'
import type { EventType } from '../../../src/events/catalogue.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import { signOff, getSignOffs } from '../../../src/rollout/validation/sign-off-operations.ts'
import { bothPassed, insertSignOff } from '../../../src/rollout/validation/store/sign-offs.ts'
import { codeOf, good, OPERATOR, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { customerOf } from './people.ts'

const ALICE = 'alice@tenant.example'

/** In testing, and somebody has got in. */
async function createTriedWorld(connection: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({ connection: { state: 'testing', ...connection.connection } })
  await world.addUser(ALICE)
  const { finished } = await world.login(ALICE)
  expect(finished!.status).toBe(302)
  return world
}

function say(
  world: World,
  actor: Actor,
  verdict: 'pass' | 'fail' = 'pass',
  revision = 1,
  now = Date.now(),
) {
  const input = { revision, verdict, name: actor.kind === 'operator' ? 'Olga' : 'Carla' }
  return signOff({ ...request(actor), now }, world.connectionSid, input)
}

async function rowOf(world: World) {
  const [row] = await db.select().from(connections).where(eq(connections.sid, world.connectionSid))
  return row!
}

async function hasBoth(world: World): Promise<boolean> {
  const [row] = await db
    .select({ both: sql<number>`${bothPassed(connections.sid)}` })
    .from(connections)
    .where(eq(connections.sid, world.connectionSid))
  return row!.both === 1
}

/** Events are never deleted: a case that repeats looks at the newest. */
let since = 0

function told(world: World, type: EventType) {
  return db
    .select()
    .from(recordedEvents)
    .where(
      and(
        eq(recordedEvents.subjectSid, world.connectionSid),
        eq(recordedEvents.type, type),
        gt(recordedEvents.seq, since),
      ),
    )
    .orderBy(asc(recordedEvents.createdAt))
}

/** Raises the revision without taking the connection back. */
function edit(world: World, clockSkewSeconds = 120) {
  return editConnection(request(), world.connectionSid, { fields: { clockSkewSeconds } })
}

describe('both passes', () => {
  it.each([['vendor first'], ['customer first']])('validate: %s', async (order) => {
    const world = await createTriedWorld()
    const customer = customerOf(world)
    const [first, second] = order === 'vendor first' ? [OPERATOR, customer] : [customer, OPERATOR]
    expect(good(await say(world, first)).state).toBe('testing')
    expect(await hasBoth(world)).toBe(false)
    const after = good(await say(world, second))
    expect(after).toMatchObject({
      state: 'validated',
      revision: 1,
      vendor: { verdict: 'pass', name: 'Olga', note: null },
      customer: { verdict: 'pass', name: 'Carla' },
    })
    expect(await hasBoth(world)).toBe(true)
    expect(await told(world, 'connection.validated')).toMatchObject([
      { before: { state: 'testing' }, after: { state: 'validated' }, tenantSid: world.tenantSid },
    ])
    expect(await told(world, 'connection.signed_off')).toHaveLength(2)
  })

  it('of one side are one', async () => {
    const world = await createTriedWorld()
    for (const name of ['Olga', 'Otto']) {
      const input = { revision: 1, verdict: 'pass', name, note: ' fine ' } as const
      good(await signOff(request(), world.connectionSid, input))
    }
    expect((await rowOf(world)).state).toBe('testing')
    const rows = await db
      .select()
      .from(signOffs)
      .where(eq(signOffs.connectionSid, world.connectionSid))
    expect(rows).toMatchObject([{ side: 'vendor', name: 'Otto', note: 'fine' }])
    // Neither can the customer speak for the vendor.
    const other = await createTriedWorld()
    good(await say(other, customerOf(other)))
    good(await say(other, { ...customerOf(other), name: 'operator olga' }))
    expect((await rowOf(other)).state).toBe('testing')
    expect(good(await getSignOffs(request(), other.connectionSid)).vendor).toBeNull()
  })

  it('are the only way to be validated', async () => {
    const world = await createTriedWorld()
    for (const event of ['validate', 'break_trust'] as const)
      expect(codeOf(await changeState(request(), world.connectionSid, event))).toEqual([
        'lifecycle',
      ])
    expect((await rowOf(world)).state).toBe('testing')
  })

  it('of different revisions do not go together', async () => {
    const world = await createTriedWorld()
    good(await say(world, OPERATOR))
    good(await edit(world))
    await world.login(ALICE)
    expect(good(await say(world, customerOf(world), 'pass', 2)).vendor).toBeNull()
    expect((await rowOf(world)).state).toBe('testing')
    expect(good(await say(world, OPERATOR, 'pass', 2)).state).toBe('validated')
  })

  it('of other connections count nothing', async () => {
    const other = await createTriedWorld()
    good(await say(other, OPERATOR))
    good(await say(other, customerOf(other)))
    const world = await createTriedWorld()
    expect([await hasBoth(other), await hasBoth(world)]).toEqual([true, false])
    good(await say(world, OPERATOR))
    expect(await hasBoth(world)).toBe(false)
  })

  it('are void after an edit, and a validated connection whose trust breaks is tested again', async () => {
    const world = await createTriedWorld()
    good(await say(world, OPERATOR))
    good(await say(world, customerOf(world)))
    good(await edit(world))
    expect((await rowOf(world)).state).toBe('validated')
    expect(await hasBoth(world)).toBe(false)
    expect(good(await getSignOffs(request(), world.connectionSid))).toEqual({
      revision: 2,
      state: 'validated',
      vendor: null,
      customer: null,
    })
    const fields = { entityID: 'https://other.example' }
    good(await editConnection(request(), world.connectionSid, { fields }))
    expect((await rowOf(world)).state).toBe('testing')
  })

  it('can be said again in a connection that is live, and leave it live', async () => {
    const world = await createTriedWorld()
    good(await say(world, OPERATOR))
    good(await say(world, customerOf(world)))
    good(await changeState(request(), world.connectionSid, 'go_live'))
    good(await edit(world))
    expect(await hasBoth(world)).toBe(false)
    await world.login(ALICE)
    good(await say(world, OPERATOR, 'pass', 2))
    good(await say(world, customerOf(world), 'pass', 2))
    expect(await hasBoth(world)).toBe(true)
    expect((await rowOf(world)).state).toBe('live')
    good(await say(world, customerOf(world), 'fail', 2))
    expect(await hasBoth(world)).toBe(false)
    expect((await rowOf(world)).state).toBe('live')
  })
})

describe('a fail', () => {
  it('takes a validated connection back to testing, and needs no login', async () => {
    const world = await createTriedWorld()
    good(await say(world, OPERATOR))
    good(await say(world, customerOf(world)))
    const before = await rowOf(world)
    expect(good(await say(world, customerOf(world), 'fail')).state).toBe('testing')
    expect((await rowOf(world)).updatedAt).toBeGreaterThan(before.updatedAt)
    expect(await told(world, 'connection.returned_to_testing')).toMatchObject([
      { before: { state: 'validated' }, after: { state: 'testing' } },
    ])
    // The other side's word stands; the side that failed can change its mind.
    expect(good(await say(world, customerOf(world))).state).toBe('validated')

    const untried = await createWorld({ connection: { state: 'testing' } })
    expect(good(await say(untried, OPERATOR, 'fail')).vendor?.verdict).toBe('fail')
    expect(await told(untried, 'connection.returned_to_testing')).toEqual([])
  })
})

describe('refuses', () => {
  it('not_tested: a pass of what nobody has got in with', async () => {
    const world = await createWorld({ connection: { state: 'testing' } })
    await world.addUser(ALICE)
    expect(codeOf(await say(world, OPERATOR))).toEqual(['not_tested'])
    await world.login('nobody@tenant.example')
    expect(codeOf(await say(world, OPERATOR))).toEqual(['not_tested'])
    await world.login(ALICE)
    good(await edit(world))
    // Somebody got in, with what was configured before.
    expect(codeOf(await say(world, OPERATOR, 'pass', 2))).toEqual(['not_tested'])
    const other = await createTriedWorld()
    expect((await rowOf(other)).revision).toBe(1)
    expect(codeOf(await say(world, OPERATOR, 'pass', 2))).toEqual(['not_tested'])
    const rows = await db
      .select()
      .from(signOffs)
      .where(eq(signOffs.connectionSid, world.connectionSid))
    expect(rows).toEqual([])
    expect(await told(world, 'connection.signed_off')).toEqual([])
  })

  it('revision_changed: another revision than the present one', async () => {
    const world = await createTriedWorld()
    for (const revision of [0, 2, 1.5])
      expect(codeOf(await say(world, OPERATOR, 'pass', revision))).toEqual(['revision_changed'])
    good(await edit(world))
    expect(codeOf(await say(world, OPERATOR, 'fail', 1))).toEqual(['revision_changed'])
  })

  it.each([
    ['draft', 'lifecycle'],
    ['suspended', 'lifecycle'],
  ] as const)('a connection in %s: %s', async (state, code) => {
    const world = await createTriedWorld()
    await db.update(connections).set({ state }).where(eq(connections.sid, world.connectionSid))
    for (const verdict of ['pass', 'fail'] as const)
      expect(codeOf(await say(world, OPERATOR, verdict))).toEqual([code])
  })

  it('plan_required: a tenant whose plan has no single sign-on', async () => {
    const world = await createTriedWorld()
    await db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, world.tenantSid))
    expect(codeOf(await say(world, OPERATOR))).toEqual(['plan_required'])
  })

  it('an actor who may not', async () => {
    const other = await createTriedWorld()
    const world = await createTriedWorld()
    for (const [actor, code] of [
      [customerOf(world, ['configure']), 'forbidden'],
      [customerOf(world, []), 'forbidden'],
      [{ kind: 'maintenance' }, 'forbidden'],
      [customerOf(other), 'not_there'],
      [customerOf({ ...world, connectionSid: other.connectionSid }), 'not_there'],
      [customerOf({ ...other, connectionSid: world.connectionSid }), 'not_there'],
    ] as const)
      expect(codeOf(await say(world, actor as Actor))).toEqual([code])
    expect(codeOf(await getSignOffs(request(customerOf(other)), world.connectionSid))).toEqual([
      'not_there',
    ])
    expect(await told(world, 'connection.signed_off')).toEqual([])
  })

  it('input that says nothing', async () => {
    const world = await createTriedWorld()
    const fine = { revision: 1, verdict: 'pass', name: 'Olga' } as const
    for (const [input, field] of [
      [{ ...fine, verdict: 'perhaps' as never }, 'verdict'],
      [{ ...fine, name: '  ' }, 'name'],
      [{ ...fine, name: 'x'.repeat(201) }, 'name'],
      [{ ...fine, name: 1 as never }, 'name'],
      [{ ...fine, note: 'x'.repeat(2001) }, 'note'],
    ] as const)
      expect(codeOf(await signOff(request(), world.connectionSid, input))).toEqual(['input', field])
  })
})

describe('at the same moment', () => {
  let world: World
  beforeEach(async () => {
    world = await createTriedWorld()
  })

  /** Back to where nobody has said anything. */
  async function reset() {
    const of = world.connectionSid
    since = (await db.select({ seq: max(events.seq) }).from(events))[0]!.seq!
    await db.batch([
      db.delete(signOffs).where(eq(signOffs.connectionSid, of)),
      db.update(connections).set({ state: 'testing' }).where(eq(connections.sid, of)),
    ])
  }

  it('two ticks validate once, in whichever order', async () => {
    for (let round = 0; round < 20; round++) {
      await reset()
      const ticks = [() => say(world, OPERATOR), () => say(world, customerOf(world))]
      const said = await Promise.all((round % 2 ? ticks : ticks.toReversed()).map((tick) => tick()))
      for (const one of said) good(one)
      expect((await rowOf(world)).state).toBe('validated')
      expect(await told(world, 'connection.validated')).toHaveLength(1)
    }
  })

  it('a pass and a fail never leave a validated connection that somebody failed', async () => {
    for (let round = 0; round < 20; round++) {
      await reset()
      good(await say(world, OPERATOR))
      const ticks = [() => say(world, customerOf(world)), () => say(world, OPERATOR, 'fail')]
      const said = await Promise.all((round % 2 ? ticks : ticks.toReversed()).map((tick) => tick()))
      for (const one of said) good(one)
      expect([(await rowOf(world)).state, await hasBoth(world)]).toEqual(['testing', false])
    }
  })

  it('an edit and the second pass: no pass of the old revision counts for the new one', async () => {
    for (let round = 0; round < 20; round++) {
      await reset()
      const { revision, clockSkewSeconds } = await rowOf(world)
      await world.login(ALICE)
      good(await say(world, OPERATOR, 'pass', revision))
      const both = [
        () => say(world, customerOf(world), 'pass', revision),
        () => edit(world, clockSkewSeconds === 120 ? 90 : 120),
      ]
      const done = await Promise.all((round % 2 ? both : both.toReversed()).map((one) => one()))
      const row = await rowOf(world)
      const codes = done.flatMap((outcome) => codeOf(outcome))
      if (row.revision === revision) {
        // The edit had seen the connection before it was validated, and was told so.
        expect([row.state, await hasBoth(world)]).toEqual(['validated', true])
        expect(codes).toContain('revision_changed')
      } else {
        expect(await hasBoth(world)).toBe(false)
        expect(
          row.state === 'testing' || (await told(world, 'connection.validated')).length === 1,
        ).toBe(true)
      }
    }
  })

  it('what was decided on an older reading is not written', async () => {
    const seen = good(await getConnection(request(), world.connectionSid))
    const write = (verdict: 'pass' | 'fail', revision: number) => {
      const said = { connectionSid: seen.sid, revision, side: 'vendor', verdict } as const
      const row = { ...said, name: 'Olga', note: null, createdAt: Date.now() }
      return insertSignOff(request(), seen, row, ['testing', 'validated'])
    }
    good(await edit(world))
    await world.login(ALICE)
    await db.update(connections).set({ state: 'validated' }).where(eq(connections.sid, seen.sid))
    for (const verdict of ['pass', 'fail'] as const) expect(await write(verdict, 1)).toBe(false)
    expect((await rowOf(world)).state).toBe('validated')
    await db.update(connections).set({ state: 'suspended' }).where(eq(connections.sid, seen.sid))
    for (const verdict of ['pass', 'fail'] as const) expect(await write(verdict, 2)).toBe(false)
    expect(await db.select().from(signOffs).where(eq(signOffs.connectionSid, seen.sid))).toEqual([])
    expect(await told(world, 'connection.signed_off')).toEqual([])
  })

  it('an edit that breaks trust and the second pass: what was never tested is not validated', async () => {
    for (let round = 0; round < 10; round++) {
      await reset()
      const { revision } = await rowOf(world)
      await db
        .update(connections)
        .set({ entityID: world.idpEntityID })
        .where(eq(connections.sid, world.connectionSid))
      await world.login(ALICE)
      good(await say(world, OPERATOR, 'pass', revision))
      const fields = { entityID: `https://other-${round}.example` }
      const both = [
        () => say(world, customerOf(world), 'pass', revision),
        () => editConnection(request(), world.connectionSid, { fields }),
      ]
      await Promise.all((round % 2 ? both : both.toReversed()).map((one) => one()))
      const row = await rowOf(world)
      expect(row.state === 'validated').toBe(row.revision === revision)
      expect(await hasBoth(world)).toBe(row.revision === revision)
    }
  })
})
