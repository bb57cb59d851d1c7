import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Actor } from '../../src/events/actor.ts'
import {
  breakGlass,
  connections,
  memberships,
  rollouts,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import worker from '../../src/worker.ts'
import {
  approve,
  decideMembers,
  enable,
  enforce,
  enforceDue,
  freeze,
  getProgress,
  getRollout,
  inform,
  listMembers,
  review,
  rollBack,
  scheduleEnforcement,
} from '../../src/rollout/operations.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { clearDatabase } from '../support/world.ts'
import { codeOf, createReadyCustomer, DAY, db, good } from './customer.ts'
import { stayOnOneDay } from '../support/same-day.ts'

stayOnOneDay()

const THREE = ['ann@tenant.example', 'ben@tenant.example', 'cyn@tenant.example']

async function prepare(emails = THREE) {
  const c = await createReadyCustomer(emails)
  const sid = await c.select({ accounts: [c.account] })
  const row = async () => good(await getRollout(c.ask(), sid))
  return { c, sid, row }
}

const [PASSWORD, ENABLED, ENFORCED] = ['password', 'sso_enabled', 'sso_enforced']

it('enables the included rows, says what became of each, and does no harm twice', async () => {
  const { c, sid, row } = await prepare()
  const [ann = '', ben = '', cyn = ''] = c.people
  const version = await c.frozen(sid)
  const decision = { included: false, reason: 'on leave' }
  good(await decideMembers(c.ask(c.admin), sid, version, { users: [ben] }, decision))
  expect(codeOf(await enable(c.ask(), sid, { version }))[0]).toBe('rollout_unreviewed')
  good(await review(c.ask(c.admin), sid, { version, includedExistInIdP: true }))
  // Suspended after the review: it goes out by itself.
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, cyn))
  expect(codeOf(await enable(c.ask(c.admin), sid, { version }))).toEqual(['forbidden'])
  const step = good(await enable(c.ask(), sid, { version }))
  expect(step).toMatchObject({ done: true, changed: 1 })
  expect(await c.methodsOf([ann, ben, cyn])).toEqual([ENABLED, PASSWORD, PASSWORD])
  expect(await c.memberOf(sid, ann, version)).toMatchObject({ skipped: null })
  expect((await c.memberOf(sid, ann, version))!.enabledAt).not.toBeNull()
  expect(await c.memberOf(sid, ben, version)).toMatchObject({
    skipped: 'excluded',
    enabledAt: null,
  })
  expect(await c.memberOf(sid, cyn, version)).toMatchObject({
    skipped: 'suspended',
    included: false,
  })
  expect(good(await enable(c.ask(), sid, { version }))).toMatchObject({ done: true, changed: 0 })
  expect((await row()).enabledVersion).toBe(version)
})

it('enables nobody through a connection that is not validated, or without the plan', async () => {
  const { c, sid } = await prepare()
  const version = await c.reviewed(sid)
  const state = (to: 'testing' | 'live') =>
    db.update(connections).set({ state: to }).where(eq(connections.sid, c.connectionSid))
  await state('testing')
  expect(codeOf(await enable(c.ask(), sid, { version }))).toEqual(['lifecycle'])
  await state('live')
  await db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, c.tenantSid))
  expect(codeOf(await enable(c.ask(), sid, { version }))).toEqual(['plan_required'])
  expect(await c.methodsOf(c.people)).toEqual([PASSWORD, PASSWORD, PASSWORD])
})

it('approves exactly one version, and says what is missing, one by one', async () => {
  const { c, sid, row } = await prepare()
  await db.update(breakGlass).set({ endedAt: 1 }).where(eq(breakGlass.tenantSid, c.tenantSid))
  await c.signOff('fail')
  const give = (version: number, uninformedReason?: string) =>
    approve(c.ask(c.admin), sid, { version, uninformedReason })
  expect(codeOf(await give(0))).toEqual(['rollout_stale', 'version'])
  const first = await c.frozen(sid)
  const version = await c.frozen(sid)
  expect(codeOf(await give(first))).toEqual(['rollout_stale', 'version'])
  expect(codeOf(await give(version))).toEqual(['rollout_unreviewed'])
  good(await review(c.ask(c.admin), sid, { version, includedExistInIdP: true }))
  expect(codeOf(await give(version))).toEqual(['rollout_not_enabled'])
  await c.finish(() => enable(c.ask(), sid, { version }))
  expect(codeOf(await give(version))).toEqual(['rollout_uninformed'])
  // A reason stands for informing, and for nothing else.
  expect(codeOf(await give(version, 'all sit in one room'))).toEqual(['not_signed_off'])
  expect(codeOf(await give(version, 'x'.repeat(501)))).toEqual(['input', 'uninformedReason'])
  await c.signOff()
  expect(codeOf(await give(version, 'all sit in one room'))).toEqual(['break_glass_missing'])
  await c.addOwner()
  const given = good(await give(version, 'all sit in one room'))
  expect(given).toMatchObject({
    approvedVersion: version,
    approvedBy: 'customer admin carla',
    uninformedReason: 'all sit in one room',
  })
  await c.frozen(sid)
  expect((await row()).approvedVersion).toBe(version)
  expect(codeOf(await enforce(c.ask(), sid, { version }))).toEqual(['rollout_stale', 'version'])
})

it('an owner whose exemption has expired, or who is suspended, is none', async () => {
  const { c, sid } = await prepare()
  const version = await c.enabled(sid)
  const inTwoMonths = c.ask(c.admin, Date.now() + 60 * DAY)
  const give = { version, uninformedReason: 'x' }
  expect(codeOf(await approve(inTwoMonths, sid, give))).toEqual(['break_glass_missing'])
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.emailKey, 'owner@tenant.example'))
  expect(codeOf(await approve(c.ask(c.admin), sid, give))).toEqual(['break_glass_missing'])
})

it('a decision after the review takes review and go-ahead back', async () => {
  const { c, sid, row } = await prepare()
  const version = await c.approved(sid)
  const [ann = ''] = c.people
  const out = { included: false, reason: 'on leave' }
  good(await decideMembers(c.ask(c.admin), sid, version, { users: [ann] }, out))
  expect(await row()).toMatchObject({
    reviewedVersion: null,
    approvedVersion: null,
    enabledVersion: version,
  })
  expect(codeOf(await enforce(c.ask(), sid, { version }))).toEqual(['rollout_not_approved'])
  const back = { included: true, reason: null }
  good(await decideMembers(c.ask(c.admin), sid, version, { users: [ann] }, back))
  expect(await row()).toMatchObject({ enabledVersion: null, informedVersion: null })
})

it('enforces those who have proved that they can, and says who would be locked out', async () => {
  const { c, sid } = await prepare([...THREE, 'key@tenant.example'])
  const [ann = '', ben = '', cyn = '', key = ''] = c.people
  await c.addOwner('key@tenant.example')
  await c.prove([ann, ben, key])
  const version = await c.approved(sid)
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, ben))
  expect(good(await getProgress(c.ask(c.admin), sid)).counts).toEqual({
    listed: 4,
    included: 4,
    proved: 3,
    enabled: 4,
    there: 4,
    enforced: 0,
    informed: 4,
    exempt: 1,
    unproved: 1,
    enforceable: 2,
    enforcedUnproved: 0,
  })
  expect(codeOf(await enforce(c.ask(c.admin), sid, { version }))).toEqual(['forbidden'])
  const step = await c.finish(() => enforce(c.ask(), sid, { version }))
  expect(step.changed).toBe(1)
  expect(await c.methodsOf([ann, ben, cyn, key])).toEqual([ENFORCED, ENABLED, ENABLED, ENABLED])
  const reasons = await Promise.all(
    [ann, ben, cyn, key].map(async (userSid) => (await c.memberOf(sid, userSid, version))!.skipped),
  )
  expect(reasons).toEqual([null, 'suspended', 'never_proved', 'break_glass'])
  // Later, the people who have proved themselves since.
  await c.prove([cyn])
  expect((await c.finish(() => enforce(c.ask(), sid, { version }))).changed).toBe(1)
  expect(await c.methodsOf([cyn])).toEqual([ENFORCED])
})

it('rollout_locks_out: enforces everybody only with the number accepted', async () => {
  const { c, sid } = await prepare()
  await c.prove([c.people[0]!])
  const version = await c.approved(sid)
  const everybody = (lockedOut?: number) =>
    enforce(c.ask(), sid, { version, scope: 'all', lockedOut })
  const refused = await everybody()
  expect(codeOf(refused)).toEqual(['rollout_locks_out', 'lockedOut'])
  expect(refused).toMatchObject({ error: { expected: '2 accepted' } })
  expect(codeOf(await everybody(1))).toEqual(['rollout_locks_out', 'lockedOut'])
  await c.finish(() => everybody(2))
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENFORCED])
})

it('an owner whose exemption expires is not enforced by that, only by the next enforcement', async () => {
  const { c, sid } = await prepare()
  const [ann = ''] = c.people
  await c.addOwner('ann@tenant.example')
  await db
    .update(breakGlass)
    .set({ expiresAt: Date.now() + 90 * DAY })
    .where(eq(breakGlass.userSid, (await ownerSid())!))
  await c.prove(c.people)
  const version = await c.enforced(sid)
  const later = Date.now() + 60 * DAY
  const ask = () => c.ask(undefined, later)
  expect(await enforceDue(ask())).toEqual([])
  expect(await c.methodsOf([ann])).toEqual([ENABLED])
  await c.finish(() => enforce(ask(), sid, { version }))
  expect(await c.methodsOf([ann])).toEqual([ENFORCED])
})

async function ownerSid(): Promise<string | undefined> {
  const [row] = await db.select().from(users).where(eq(users.emailKey, 'owner@tenant.example'))
  return row?.sid
}

it('a validated connection goes live with the first enforcement, in testing nobody is enforced', async () => {
  const { c, sid } = await prepare()
  await c.prove(c.people)
  const version = await c.approved(sid)
  const state = (to: 'testing' | 'validated') =>
    db.update(connections).set({ state: to }).where(eq(connections.sid, c.connectionSid))
  await state('testing')
  expect(codeOf(await enforce(c.ask(), sid, { version }))).toEqual(['lifecycle'])
  await state('validated')
  await c.finish(() => enforce(c.ask(), sid, { version }))
  const [connection] = await db
    .select()
    .from(connections)
    .where(eq(connections.sid, c.connectionSid))
  expect(connection!.state).toBe('live')
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENFORCED])
})

it('not_signed_off: enforces nobody on a revision that both sides have not signedOff', async () => {
  const { c, sid } = await prepare()
  await c.prove(c.people)
  const version = await c.approved(sid)
  await db.update(connections).set({ revision: 2 }).where(eq(connections.sid, c.connectionSid))
  expect(codeOf(await enforce(c.ask(), sid, { version }))).toEqual(['not_signed_off'])
  await c.signOff()
  await c.finish(() => enforce(c.ask(), sid, { version }))
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENFORCED])
})

/**
 * What can come between the checks of a call and its statements: a change just before the batch.
 */
const BETWEEN: Record<string, (c: Prepared['c'], sid: string) => Promise<unknown>> = {
  not_signed_off: (c) =>
    db.update(connections).set({ revision: 9 }).where(eq(connections.sid, c.connectionSid)),
  lifecycle: (c) =>
    db.update(connections).set({ state: 'suspended' }).where(eq(connections.sid, c.connectionSid)),
  plan_required: (c) =>
    db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, c.tenantSid)),
  break_glass_missing: (c) =>
    db.update(breakGlass).set({ endedAt: 1 }).where(eq(breakGlass.tenantSid, c.tenantSid)),
  rollout_not_approved: (_, sid) =>
    db.update(rollouts).set({ approvedVersion: null }).where(eq(rollouts.sid, sid)),
  rollout_stale: (c, sid) => freeze(c.ask(), sid),
  rollout_under_way: (_, sid) =>
    db
      .update(rollouts)
      .set({ cursors: { roll_back: { version: 1, after: '', seen: 0, total: 0 } } })
      .where(eq(rollouts.sid, sid)),
}

type Prepared = Awaited<ReturnType<typeof prepare>>

it.each(Object.keys(BETWEEN))(
  '%s: enforces nobody where it comes after the checks',
  async (code) => {
    const { c, sid } = await prepare()
    await c.prove(c.people)
    const version = await c.approved(sid)
    let done = false
    // The batch of a chunk begins with the rollout's own row; one that goes live does not.
    const slow = wrapD1(env.DB, async (trip, [first]) => {
      if (!done && first!.query.startsWith('update "rollouts"')) {
        done = true
        await BETWEEN[code]!(c, sid)
      }
      return trip()
    })
    const refused = await enforce({ ...c.ask(), db: openDatabase(slow) }, sid, { version })
    expect(done).toBe(true)
    expect(codeOf(refused)[0]).toBe(code)
    expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENABLED, ENABLED])
  },
)

it('enforces at a date, by maintenance, and once', async () => {
  const { c, sid, row } = await prepare()
  await c.prove(c.people.slice(0, 2))
  const version = await c.approved(sid)
  const at = Date.now() + DAY
  const plan = (change: object, actor?: Actor) =>
    scheduleEnforcement(c.ask(actor), sid, { version, at, ...change })
  expect(codeOf(await plan({}, c.admin))).toEqual(['forbidden'])
  expect(codeOf(await plan({ at: 5 }))).toEqual(['input', 'at'])
  expect(codeOf(await plan({ scope: 'all' }))).toEqual(['rollout_locks_out', 'lockedOut'])
  good(await plan({}))
  const maintenance = (now: number) => c.ask({ kind: 'maintenance' }, now)
  expect(await enforceDue(maintenance(at - 1))).toEqual([])
  expect(await enforceDue(maintenance(at))).toEqual([
    { sid, done: true, changed: 2, refused: null },
  ])
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENABLED])
  expect(await row()).toMatchObject({ enforceAt: null, enforcedVersion: version })
  expect(await enforceDue(maintenance(at + DAY))).toEqual([])
  const told = await db
    .select({ actor: recordedEvents.actor, after: recordedEvents.after })
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, sid))
  expect(told.find(({ actor }) => actor === 'maintenance')!.after).toEqual({
    version,
    scope: 'proved',
    done: true,
    users: 2,
  })
})

it('is done by the Worker’s own maintenance', async () => {
  await clearDatabase()
  const { c, sid } = await prepare()
  await c.prove(c.people)
  const version = await c.approved(sid)
  good(await scheduleEnforcement(c.ask(), sid, { version, at: Date.now() + DAY }))
  // The rest of the maintenance finds no network.
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  onTestFinished(() => void vi.unstubAllGlobals())
  const run = () => worker.scheduled(createScheduledController({ cron: '*/5 * * * *' }), env)
  await run()
  expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENABLED, ENABLED])
  await db.update(rollouts).set({ enforceAt: 1 }).where(eq(rollouts.sid, sid))
  await run()
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENFORCED])
})

it('lets a date pass where a gate is shut, says so, and does not come back to it', async () => {
  const { c, sid, row } = await prepare()
  await c.prove(c.people)
  const version = await c.approved(sid)
  const at = Date.now() + DAY
  good(await scheduleEnforcement(c.ask(), sid, { version, at }))
  await c.signOff('fail')
  const maintenance = c.ask({ kind: 'maintenance' }, at)
  expect(await enforceDue(maintenance)).toMatchObject([{ sid, refused: 'not_signed_off' }])
  await c.signOff()
  expect(await enforceDue(maintenance)).toEqual([])
  expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENABLED, ENABLED])
  expect((await row()).enforceAt).toBeNull()
  const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))
  expect(told.find(({ type }) => type === 'rollout.enforcement_missed')).toMatchObject({
    before: { enforceAt: at },
    after: { code: 'not_signed_off' },
  })
})

it('a date can be taken away, and goes with the go-ahead', async () => {
  const { c, sid, row } = await prepare()
  const version = await c.approved(sid)
  const at = Date.now() + DAY
  good(await scheduleEnforcement(c.ask(), sid, { version, at }))
  good(await scheduleEnforcement(c.ask(), sid, { version, at: null }))
  expect((await row()).enforceAt).toBeNull()
  good(await scheduleEnforcement(c.ask(), sid, { version, at }))
  good(await rollBack(c.ask(), sid, { to: 'sso_enabled' }))
  expect((await row()).enforceAt).toBeNull()
})

it('rolls everybody back, to enabled or to passwords, whatever state anything is in', async () => {
  const { c, sid, row } = await prepare()
  await c.prove(c.people)
  const version = await c.enforced(sid)
  await db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, c.tenantSid))
  await db
    .update(connections)
    .set({ state: 'suspended' })
    .where(eq(connections.sid, c.connectionSid))
  const back = (to: 'sso_enabled' | 'password', actor?: Actor) =>
    rollBack(c.ask(actor), sid, { to })
  expect(codeOf(await back('password', c.admin))).toEqual(['forbidden'])
  expect((await c.finish(() => back('sso_enabled'))).changed).toBe(3)
  expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENABLED, ENABLED])
  expect((await c.finish(() => back('password'))).changed).toBe(3)
  expect(await c.methodsOf(c.people)).toEqual([PASSWORD, PASSWORD, PASSWORD])
  expect(await row()).toMatchObject({
    approvedVersion: null,
    enforcedVersion: null,
    enabledVersion: null,
  })
  expect((await row()).rolledBackAt).not.toBeNull()
  expect((await c.memberOf(sid, c.people[0]!, version))!.enforcedAt).toBeNull()
})

it('rolls back those of earlier versions too, and nobody whom another rollout has enabled', async () => {
  const { c, sid } = await prepare()
  const [ann = '', ben = ''] = c.people
  await c.prove(c.people)
  await c.enforced(sid)
  const [dan = ''] = await c.addPeople(['dan@tenant.example'])
  const other = await c.select({ users: [dan] })
  await c.enabled(other)
  // A second version, of which ann is no member.
  await db.delete(memberships).where(eq(memberships.userSid, ann))
  await c.frozen(sid)
  await c.finish(() => rollBack(c.ask(), sid, { to: 'password' }))
  expect(await c.methodsOf([ann, ben, dan])).toEqual([PASSWORD, PASSWORD, ENABLED])
})

it('rolls back nobody on its list whom it has not enabled itself', async () => {
  const { c, sid } = await prepare()
  const [ann = '', ben = ''] = c.people
  const version = await c.frozen(sid)
  const decision = { included: false, reason: 'a tester' }
  good(await decideMembers(c.ask(), sid, version, { users: [ann] }, decision))
  good(await review(c.ask(), sid, { version, includedExistInIdP: true }))
  await c.finish(() => enable(c.ask(), sid, { version }))
  await db
    .update(users)
    .set({ signInMethod: 'sso_enabled', connectionSid: c.connectionSid })
    .where(eq(users.sid, ann))
  await c.finish(() => rollBack(c.ask(), sid, { to: 'password' }))
  expect(await c.methodsOf([ann, ben])).toEqual([ENABLED, PASSWORD])
})

it('gives chosen users their passwords back, and does not take them again', async () => {
  const { c, sid } = await prepare()
  const [ann = '', ben = ''] = c.people
  await c.prove(c.people)
  const version = await c.enforced(sid)
  const chosen = { to: 'sso_enabled' as const, users: [ann], reason: 'lost her phone' }
  expect(good(await rollBack(c.ask(), sid, chosen))).toMatchObject({ done: true, changed: 1 })
  expect(await c.methodsOf([ann, ben])).toEqual([ENABLED, ENFORCED])
  expect(await c.memberOf(sid, ann, version)).toMatchObject({
    included: false,
    reason: 'lost her phone',
  })
  // The go-ahead holds for the others, and enforcing again leaves her out.
  await c.finish(() => enforce(c.ask(), sid, { version }))
  expect(await c.methodsOf([ann, ben])).toEqual([ENABLED, ENFORCED])
  expect(codeOf(await rollBack(c.ask(), sid, { to: 'password', users: [] }))).toEqual([
    'input',
    'users',
  ])
})

it('rollout_under_way: nothing goes forward beside a rollback that is not done', async () => {
  const { c, sid } = await prepare()
  const version = await c.approved(sid)
  await db
    .update(rollouts)
    .set({
      cursors: {
        roll_back: { version, part: 'password', after: '', seen: 0, total: 3 },
      },
    })
    .where(eq(rollouts.sid, sid))
  for (const call of [
    () => enable(c.ask(), sid, { version }),
    () => approve(c.ask(), sid, { version }),
    () => enforce(c.ask(), sid, { version }),
  ])
    expect(codeOf(await call())).toEqual(['rollout_under_way'])
  await c.finish(() => rollBack(c.ask(), sid, { to: 'password' }))
  expect(await c.methodsOf(c.people)).toEqual([PASSWORD, PASSWORD, PASSWORD])
})

it('shows progress: gates, and thirty days of logins and failures by reason', async () => {
  const { c, sid } = await prepare()
  const [ann = ''] = c.people
  await c.enabled(sid)
  await c.world.login('ann@tenant.example')
  await c.world.login('nobody@tenant.example')
  await c.world.login('ann@tenant.example', { lifetimeSeconds: -600 } as never)
  const progress = good(await getProgress(c.ask(c.admin), sid))
  expect(progress.days!).toHaveLength(30)
  const today = progress.days!.at(-1)!
  expect(today.day).toBe(new Date().toISOString().slice(0, 10))
  expect(today.logins + today.failures).toBe(3)
  expect(today.reasons.user_unknown).toBe(1)
  expect(progress.counts).toMatchObject({ included: 3, proved: 1, enabled: 3, unproved: 2 })
  expect(progress.gates.approve.filter(({ open }) => !open)).toEqual([
    { code: 'rollout_uninformed', open: false },
  ])
  expect((await c.memberOf(sid, ann, 1))!.findings).toContain('never_proved')
  const listed = good(await listMembers(c.ask(), sid, { email: 'ANN' }, { limit: 5, after: null }))
  expect(listed.items).toMatchObject([{ userSid: ann, signInMethod: ENABLED }])
  good(await inform(c.ask(), sid, { version: 1 }))
})
