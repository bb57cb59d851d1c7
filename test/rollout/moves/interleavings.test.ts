// Moves, rollbacks, suspensions, provisioning and logins in whatever order, also at the same
// moment. Triggers look at each change of a user when it happens.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeState } from '../../../src/connections/operations.ts'
import { setSignInMethod } from '../../../src/directory/operations.ts'
import type { OperationContext } from '../../../src/events/operation-context.ts'
import {
  breakGlass,
  connections,
  moves,
  proofs,
  rollouts,
  users,
} from '../../../src/platform/db/schema.ts'
import { CHUNK } from '../../../src/rollout/list/store/freezing.ts'
import {
  addBreakGlass,
  approve,
  decideMembers,
  enable,
  enforce,
  freeze,
  review,
  rollBack,
} from '../../../src/rollout/operations.ts'
import {
  nominateTesters,
  withdrawTester,
} from '../../../src/rollout/validation/tester-operations.ts'
import { changePerson } from '../../../src/scim/operations.ts'
import { seeded, type Random } from '../../support/random.ts'
import { DAY, db, good } from '../customer.ts'
import { createMover } from './mover.ts'

/** What may never be, as conditions on a user whose connection or method changes. */
const FORBIDDEN: Record<string, string> = {
  'moved to a connection that is closed': `OLD.connection_sid <> NEW.connection_sid AND (SELECT closed_because FROM connection_standing WHERE connection_sid = NEW.connection_sid) IS NOT NULL`,
  'moved without a second way': `OLD.connection_sid = (SELECT from_sid FROM monitor_move) AND NEW.connection_sid = (SELECT to_sid FROM monitor_move) AND NOT EXISTS (SELECT 1 FROM moves WHERE user_sid = NEW.sid AND connection_sid = NEW.connection_sid)`,
  'moved outside the approved version': `OLD.connection_sid = (SELECT from_sid FROM monitor_move) AND NEW.connection_sid = (SELECT to_sid FROM monitor_move) AND NOT EXISTS (SELECT 1 FROM rollouts JOIN rollout_members ON rollout_members.rollout_sid = rollouts.sid AND rollout_members.version = rollouts.version WHERE rollouts.connection_sid = NEW.connection_sid AND rollouts.approved_version = rollouts.version AND rollout_members.user_sid = NEW.sid AND rollout_members.included = 1)`,
  'moved though suspended': `OLD.connection_sid = (SELECT from_sid FROM monitor_move) AND NEW.connection_sid = (SELECT to_sid FROM monitor_move) AND NEW.suspended_at IS NOT NULL`,
  'a password taken away': `OLD.sign_in_method <> 'sso_enforced' AND NEW.sign_in_method = 'sso_enforced'`,
  'moved without a row that says from where': `OLD.connection_sid = (SELECT from_sid FROM monitor_move) AND NEW.connection_sid = (SELECT to_sid FROM monitor_move) AND NOT EXISTS (SELECT 1 FROM rollout_members WHERE user_sid = NEW.sid AND earlier_method = OLD.sign_in_method)`,
}

beforeAll(async () => {
  CHUNK.rows = 2
  for (const statement of [
    `CREATE TABLE monitor_move (from_sid TEXT NOT NULL, to_sid TEXT NOT NULL)`,
    `CREATE TABLE monitor_found (what TEXT NOT NULL, user_sid TEXT NOT NULL)`,
    // BEFORE: the product's own trigger takes the second way after it.
    `CREATE TRIGGER monitor_moved BEFORE UPDATE OF connection_sid, sign_in_method ON users BEGIN
      INSERT INTO monitor_found SELECT 'there', NEW.sid
        WHERE OLD.connection_sid <> NEW.connection_sid AND NEW.connection_sid = (SELECT to_sid FROM monitor_move);
      INSERT INTO monitor_found SELECT 'back', NEW.sid
        WHERE OLD.connection_sid <> NEW.connection_sid AND NEW.connection_sid = (SELECT from_sid FROM monitor_move);
      ${Object.entries(FORBIDDEN)
        .map(([what, when]) => `INSERT INTO monitor_found SELECT '${what}', NEW.sid WHERE ${when};`)
        .join('\n')}
    END`,
  ])
    await db.run(sql.raw(statement))
})

afterAll(async () => {
  CHUNK.rows = 1000
  for (const what of ['TRIGGER monitor_moved', 'TABLE monitor_found', 'TABLE monitor_move'])
    await db.run(sql.raw(`DROP ${what}`))
})

const NAMES = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']

async function createScene() {
  const m = await createMover({ enforced: NAMES.slice(0, 5), enabled: NAMES.slice(5) })
  const sid = await m.createMove()
  await db.run(sql.raw('DELETE FROM monitor_move'))
  await db.run(sql.raw('DELETE FROM monitor_found'))
  await db.run(sql`INSERT INTO monitor_move VALUES (${m.from}, ${m.to})`)
  return { m, sid, people: Object.values(m.people) }
}

type Scene = Awaited<ReturnType<typeof createScene>>

async function rolloutOf({ sid }: Scene) {
  const [row] = await db.select().from(rollouts).where(eq(rollouts.sid, sid))
  return row!
}

/** The next step that the move needs. */
async function advance(ask: OperationContext, scene: Scene, random: Random): Promise<unknown> {
  const { sid } = scene
  const row = await rolloutOf(scene)
  const { version, frozen, cursors } = row
  if (!frozen) return freeze(ask, sid)
  if (cursors.roll_back) return rollBack(ask, sid, { to: cursors.roll_back.part as 'earlier' })
  if (row.reviewedVersion !== version)
    return review(ask, sid, { version, includedExistInIdP: true, automaticStayOut: true })
  if (row.enabledVersion !== version) return enable(ask, sid, { version })
  if (row.approvedVersion !== version)
    return approve(ask, sid, { version, uninformedReason: 'in a test' })
  return move(ask, scene, random)
}

async function move(ask: OperationContext, scene: Scene, random: Random): Promise<unknown> {
  const { version } = await rolloutOf(scene)
  return enforce(ask, scene.sid, {
    version,
    ...(random.chance(0.6) && { scope: 'all' as const, lockedOut: 99 }),
    ...(random.chance(0.3) && { users: [random.pick(scene.people)] }),
  })
}

function takeBack(ask: OperationContext, { sid, people }: Scene, random: Random) {
  const to = random.chance(0.8) ? 'earlier' : random.pick(['sso_enabled', 'password'] as const)
  const which = random.pick([{}, { users: [random.pick(people)] }, { scope: 'unproved' as const }])
  return rollBack(ask, sid, { to, ...which })
}

/** What the customer's administrators cannot do: everybody at the beginning again. */
async function makeReady({ m, sid, people }: Scene, now: number) {
  await db.batch([
    db
      .update(connections)
      .set({ state: 'live', suspendedFrom: null })
      .where(eq(connections.tenantSid, m.tenantSid)),
    db.delete(moves).where(inArray(moves.userSid, people)),
    db
      .update(users)
      .set({ signInMethod: 'sso_enabled', connectionSid: m.from, suspendedAt: null })
      .where(inArray(users.sid, people)),
    db.delete(breakGlass).where(inArray(breakGlass.userSid, people)),
    db.update(rollouts).set({ cursors: {} }).where(eq(rollouts.sid, sid)),
  ])
  await db
    .update(users)
    .set({ signInMethod: 'sso_enforced' })
    .where(inArray(users.sid, people.slice(0, 5)))
  await m.signOff()
  await m.addOwner()
  return now
}

type Action = (ask: OperationContext, scene: Scene, random: Random) => Promise<unknown>

const ACTIONS: readonly [weight: number, name: string, Action][] = [
  [
    30,
    'advance',
    async (ask, scene, random) => {
      for (let steps = 0; steps < 4; steps++) await advance(ask, scene, random)
    },
  ],
  [25, 'move', move],
  [18, 'takeBack', takeBack],
  [
    15,
    'moveAgainst',
    (ask, scene, random) =>
      Promise.all([
        move(ask, scene, random),
        takeBack(ask, scene, random),
        move(ask, scene, random),
        random.chance(0.3) ? changeState(ask, scene.m.from, 'suspend') : undefined,
      ]),
  ],
  [
    4,
    'changeState',
    (ask, { m }, random) =>
      changeState(
        ask,
        random.pick([m.from, m.to]),
        random.pick(['suspend', 'resume', 'resume', 'resume']),
      ),
  ],
  [
    4,
    'suspend',
    (ask, { people }, random) =>
      db
        .update(users)
        .set({ suspendedAt: random.chance(0.3) ? ask.now : null })
        .where(eq(users.sid, random.pick(people))),
  ],
  [
    6,
    'provision',
    async (ask, { m, people }, random) => {
      const scope = { tenantSid: m.tenantSid, connectionSid: random.pick([m.from, m.to]) }
      const body = { userName: 'x', active: random.chance(0.7) }
      // What is refused is as good as what is done.
      return changePerson({ ...ask, scope }, random.pick(people), false, body, undefined).catch(
        () => undefined,
      )
    },
  ],
  [
    8,
    'prove',
    async (_, { m, people }, random) => {
      const entityID = m.world.idpEntityID
      const proof = { connectionSid: m.to, userSid: random.pick(people), entityID, createdAt: 1 }
      return db.insert(proofs).values(proof).onConflictDoNothing()
    },
  ],
  [
    3,
    'decideMembers',
    async (ask, scene, random) => {
      const { version } = await rolloutOf(scene)
      const chosen = scene.people.filter(() => random.chance(0.4))
      const decision = { included: random.chance(0.8), reason: 'chance' }
      return decideMembers(ask, scene.sid, version, { users: chosen }, decision)
    },
  ],
  [
    2,
    'setSignInMethod',
    (ask, { people }, random) =>
      setSignInMethod(ask, random.pick(people), { signInMethod: 'password' }),
  ],
  [
    2,
    'addBreakGlass',
    (ask, { m, people }, random) =>
      addBreakGlass(ask, m.tenantSid, {
        user: random.pick(people),
        reason: 'chance',
        expiresAt: ask.now + DAY,
      }),
  ],
  [
    3,
    'testers',
    (ask, { m, people }, random) =>
      random.chance(0.6)
        ? nominateTesters(ask, m.to, [`${random.pick(NAMES)}@tenant.example`])
        : withdrawTester(ask, m.to, random.pick(people)),
  ],
  [2, 'freeze', (ask, { sid }) => freeze(ask, sid)],
]

const TOTAL = ACTIONS.reduce((sum, [weight]) => sum + weight, 0)

function pickAction(random: Random) {
  let place = random.below(TOTAL)
  for (const [weight, name, action] of ACTIONS) {
    if (place < weight) return { name, action }
    place -= weight
  }
  throw new TypeError('the weights do not add up')
}

/** What the triggers have seen, and second ways that lead nowhere else. */
async function findViolations({ m }: Scene): Promise<string[]> {
  const found = await db.all<{ what: string }>(
    sql`SELECT DISTINCT what FROM monitor_found WHERE what NOT IN ('there', 'back')
      UNION SELECT 'a second way to their own connection, or without a first' FROM moves
        JOIN users ON users.sid = moves.user_sid
        WHERE users.tenant_sid = ${m.tenantSid}
          AND (users.connection_sid IS NULL OR users.connection_sid = moves.connection_sid)`,
  )
  return found.map(({ what }) => what)
}

it.each([5, 19, 31])(
  'no interleaving moves outside the gates, to a closed connection, or takes a password (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const scene = await createScene()
    const at = Date.now()
    const done: string[] = []
    for (let step = 0; step < 50; step++) {
      if (step % 10 === 0) {
        await makeReady(scene, at + step)
        await db.run(sql`DELETE FROM monitor_found WHERE what NOT IN ('there', 'back')`)
      }
      const ask = scene.m.ask(undefined, at + step)
      const together = Array.from({ length: random.chance(0.5) ? 4 : 1 }, () => ({
        ...pickAction(random),
        chances: seeded(random.below(2 ** 31)),
      }))
      done.push(together.map(({ name }) => name).join(' + '))
      await Promise.all(together.map(({ action, chances }) => action(ask, scene, chances)))
      const violations = await findViolations(scene)
      expect(violations, `step ${step}, after ${done.slice(-10).join(', ')}`).toEqual([])
    }
    // Otherwise it has shown nothing.
    const times = async (what: string) =>
      (
        await db.all<{ times: number }>(
          sql`SELECT count(*) AS times FROM monitor_found WHERE what = ${what}`,
        )
      )[0]!.times
    expect(await times('there')).toBeGreaterThan(3)
    expect(await times('back')).toBeGreaterThan(0)
  },
)

it('moves each person exactly once, however many calls carry the list out at once', async () => {
  const scene = await createScene()
  const { m, sid } = scene
  const version = await m.approved(sid)
  const all = { version, scope: 'all' as const, lockedOut: 99 }
  let changed = 0
  for (let turn = 0; turn < 6; turn++) {
    const steps = await Promise.all(Array.from({ length: 4 }, () => enforce(m.ask(), sid, all)))
    for (const step of steps) if (step.ok) changed += step.value.changed
  }
  expect(changed).toBe(NAMES.length)
  const moved = await db.all<{ times: number }>(
    sql`SELECT count(*) AS times FROM monitor_found WHERE what = 'there'`,
  )
  expect(moved[0]!.times).toBe(NAMES.length)
  const [left] = await db
    .select({ sid: users.sid })
    .from(users)
    .where(and(inArray(users.sid, scene.people), eq(users.connectionSid, m.from)))
  expect(left).toBeUndefined()
  good(await rollBack(m.ask(), sid, { to: 'earlier' }))
})
