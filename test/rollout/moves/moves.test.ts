// People move from one connection of their tenant to another: they may come both ways, then the
// list moves, and it goes back.
import { eq } from 'drizzle-orm'
import { afterEach, expect, it } from 'vitest'
import { changeState } from '../../../src/connections/operations.ts'
import { setSignInMethod } from '../../../src/directory/operations.ts'
import { connections, users } from '../../../src/platform/db/schema.ts'
import { CHUNK } from '../../../src/rollout/list/store/freezing.ts'
import {
  createRollout,
  editSelectors,
  enable,
  enforce,
  getProgress,
  listMembers,
  rollBack,
  scheduleEnforcement,
  enforceDue,
} from '../../../src/rollout/operations.ts'
import { createSid } from '../../../src/ids.ts'
import { codeOf, DAY, db, good } from '../customer.ts'
import { createMover } from './mover.ts'

afterEach(() => {
  CHUNK.rows = 1000
})

const PEOPLE = { enforced: ['ann', 'ben', 'cyn'], enabled: ['dan'] }
const UNMOVED = {
  ann: 'from sso_enforced',
  ben: 'from sso_enforced',
  cyn: 'from sso_enforced',
  dan: 'from sso_enabled',
}
const OPEN = {
  ann: 'from sso_enforced +way',
  ben: 'from sso_enforced +way',
  cyn: 'from sso_enforced +way',
  dan: 'from sso_enabled +way',
}

it('opens a second way, moves who has taken it, and the rest with the number', async () => {
  CHUNK.rows = 2
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  const version = await m.enabled(sid)
  expect(await m.emailsOf(sid, version)).toEqual(
    ['ann', 'ben', 'cyn', 'dan'].map((name) => `${name}@tenant.example`),
  )
  expect(await m.standings()).toEqual(OPEN)
  await m.approved(sid)
  const again = (await m.rowsOf(sid)).at(-1)!.version
  await m.proveAt('ann', 'dan')
  const counts = async () => good(await getProgress(m.ask(), sid)).counts
  expect(await counts()).toMatchObject({ included: 4, proved: 2, there: 0, unproved: 2 })
  await m.finish(() => enforce(m.ask(), sid, { version: again }))
  expect(await m.standings()).toEqual({
    ...OPEN,
    ann: 'to sso_enforced',
    dan: 'to sso_enabled',
  })
  expect(await m.memberOf(sid, m.people.ann!, again)).toMatchObject({
    earlierMethod: 'sso_enforced',
    skipped: null,
  })
  expect(await m.memberOf(sid, m.people.ben!, again)).toMatchObject({
    earlierMethod: null,
    enforcedAt: null,
    skipped: 'never_proved',
  })
  expect(await counts()).toMatchObject({ there: 2, enforced: 1, unproved: 2 })
  // Once more does nothing: nobody is enforced who was not.
  const repeated = good(await enforce(m.ask(), sid, { version: again }))
  expect(repeated.changed).toBe(0)
  await m.finish(() => enforce(m.ask(), sid, { version: again }))
  expect((await m.standings()).dan).toBe('to sso_enabled')
  const all = (lockedOut: number) =>
    enforce(m.ask(), sid, { version: again, scope: 'all', lockedOut })
  expect(codeOf(await all(1))).toEqual(['rollout_locks_out', 'lockedOut'])
  await m.finish(() => all(2))
  expect(await m.standings()).toEqual({
    ann: 'to sso_enforced',
    ben: 'to sso_enforced',
    cyn: 'to sso_enforced',
    dan: 'to sso_enabled',
  })
  expect(await counts()).toMatchObject({ there: 4, unproved: 0, enforcedUnproved: 2 })
})

it('lists before it who would be locked out: people without a password and a proof', async () => {
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  await m.enabled(sid)
  await m.proveAt('ann')
  const listed = async (lockedOut: boolean) =>
    good(
      await listMembers(m.ask(m.admin), sid, { lockedOut }, { limit: 9, after: null }),
    ).items.map(({ email }) => email.split('@')[0])
  expect(await listed(true)).toEqual(['ben', 'cyn'])
  expect(await listed(false)).toEqual(['ann', 'dan'])
})

it('goes back whole, each with the method they had, and closes the second way', async () => {
  CHUNK.rows = 2
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  await m.proveAt('ann', 'dan')
  const version = await m.enforced(sid)
  await m.finish(() => rollBack(m.ask(), sid, { to: 'earlier' }))
  expect(await m.standings()).toEqual(UNMOVED)
  expect(await m.memberOf(sid, m.people.ann!, version)).toMatchObject({
    enabledAt: null,
    enforcedAt: null,
  })
  expect(codeOf(await enforce(m.ask(), sid, { version }))).toEqual(['rollout_not_approved'])
  // And once more there.
  await m.enforced(sid, { scope: 'all', lockedOut: 2 })
  await m.finish(() => rollBack(m.ask(), sid, { to: 'earlier' }))
  expect(await m.standings()).toEqual(UNMOVED)
})

it('goes back through all versions of the list', async () => {
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  await m.proveAt('ann')
  await m.enforced(sid)
  await m.proveAt('ben')
  // The next version has those who still sign in through the connection before.
  const version = await m.enforced(sid)
  expect(await m.emailsOf(sid, version)).not.toContain('ann@tenant.example')
  expect(await m.standings()).toMatchObject({ ann: 'to sso_enforced', ben: 'to sso_enforced' })
  await m.finish(() => rollBack(m.ask(), sid, { to: 'earlier' }))
  expect(await m.standings()).toEqual(UNMOVED)
})

it('moves one person now, and takes one back', async () => {
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  const version = await m.approved(sid)
  const { ann = '', ben = '' } = m.people
  await m.proveAt('ann', 'cyn')
  const one = (users: string[], rest: object = {}) =>
    enforce(m.ask(), sid, { version, users, ...rest })
  expect(good(await one([ann])).changed).toBe(1)
  expect(await m.standings()).toEqual({ ...OPEN, ann: 'to sso_enforced' })
  expect(good(await one([ben])).changed).toBe(0)
  expect(codeOf(await one([ben], { scope: 'all' }))).toEqual(['rollout_locks_out', 'lockedOut'])
  expect(good(await one([ben], { scope: 'all', lockedOut: 1 })).changed).toBe(1)
  expect(codeOf(await one([]))).toEqual(['input', 'users'])
  const back = good(await rollBack(m.ask(), sid, { to: 'earlier', users: [ben] }))
  expect(back.changed).toBe(1)
  expect(await m.standings()).toEqual({
    ...OPEN,
    ann: 'to sso_enforced',
    ben: 'from sso_enforced',
  })
  // No later step takes them again.
  await m.finish(() => enforce(m.ask(), sid, { version, scope: 'all', lockedOut: 9 }))
  expect((await m.standings()).ben).toBe('from sso_enforced')
})

it('takes back those alone who were moved and have never signed in', async () => {
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  await m.proveAt('ann')
  await m.enforced(sid, { scope: 'all', lockedOut: 2 })
  await m.finish(() => rollBack(m.ask(), sid, { to: 'earlier', scope: 'unproved' }))
  expect(await m.standings()).toEqual({
    ...UNMOVED,
    ann: 'to sso_enforced',
    dan: 'to sso_enabled',
  })
})

it('goes back to no connection that people cannot sign in through', async () => {
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  await m.proveAt('ann')
  const version = await m.enforced(sid)
  good(await changeState(m.ask(), m.from, 'suspend'))
  const closed = ['earlier_connection_closed', 'to']
  expect(codeOf(await rollBack(m.ask(), sid, { to: 'earlier' }))).toEqual(closed)
  const some = { to: 'earlier', users: [m.people.ann!] } as const
  expect(codeOf(await rollBack(m.ask(), sid, some))).toEqual(closed)
  const unproved = { to: 'earlier', scope: 'unproved' } as const
  expect(codeOf(await rollBack(m.ask(), sid, unproved))).toEqual(closed)
  expect(await m.standings()).toMatchObject({ ann: 'to sso_enforced', ben: OPEN.ben })
  expect(await m.memberOf(sid, m.people.ann!, version)).toMatchObject({ included: true })
  // Their password is always there to give.
  await m.finish(() => rollBack(m.ask(), sid, { to: 'password' }))
  expect(await m.standings()).toEqual({ ...UNMOVED, ann: 'nowhere password' })
})

it('takes no password away on the way back', async () => {
  const m = await createMover(PEOPLE)
  const sid = await m.createMove()
  await m.proveAt('ann', 'ben')
  await m.enforced(sid)
  const step = { to: 'sso_enabled', scope: 'all' } as const
  await m.finish(() => rollBack(m.ask(), sid, step))
  expect(await m.standings()).toMatchObject({ ann: 'to sso_enabled', cyn: OPEN.cyn })
  await m.finish(() => rollBack(m.ask(), sid, { to: 'earlier' }))
  expect(await m.standings()).toEqual({
    ...UNMOVED,
    ann: 'from sso_enabled',
    ben: 'from sso_enabled',
  })
})

it('has everybody with SSO of the tenant, and blocks those of a third connection', async () => {
  const m = await createMover({ enforced: ['ann'] })
  const third = createSid('CN')
  const [like] = await db.select().from(connections).where(eq(connections.sid, m.from))
  await db.insert(connections).values({ ...like!, sid: third, name: 'Third' })
  await m.world.addUser('tim@tenant.example', { connectionSid: third })
  await m.addPeople(['pat@tenant.example'])
  const sid = await m.createMove()
  good(await editSelectors(m.ask(), sid, { everybody: true }))
  const version = await m.enabled(sid)
  const { items } = good(await listMembers(m.ask(), sid, {}, { limit: 9, after: null }))
  expect(items.map(({ email, included, findings }) => [email, included, findings[0]])).toEqual([
    ['ann@tenant.example', true, 'never_proved'],
    ['tim@tenant.example', false, 'other_connection'],
  ])
  expect(await m.standings()).toEqual({ ann: OPEN.ann })
  expect(good(await enable(m.ask(), sid, { version })).done).toBe(true)
  // An ordinary rollout of the same connection still blocks those at another one.
  const ordinary = good(await createRollout(m.ask(), m.to, { name: 'Ordinary' })).sid
  good(await editSelectors(m.ask(), ordinary, { everybody: true }))
  await m.frozen(ordinary)
  const others = good(await listMembers(m.ask(), ordinary, {}, { limit: 9, after: null })).items
  const ann = others.find(({ email }) => email.startsWith('ann@'))
  expect([ann!.included, ann!.findings]).toEqual([false, ['other_connection', 'never_proved']])
  expect(codeOf(await rollBack(m.ask(), ordinary, { to: 'earlier' }))).toEqual(['input', 'to'])
  const from = { fromConnection: true }
  expect(codeOf(await editSelectors(m.ask(), ordinary, from))).toEqual(['input', 'fromConnection'])
})

it('moves from another connection of the same tenant alone', async () => {
  const m = await createMover({ enforced: ['ann'] })
  const other = await createMover({ enforced: ['eve'] })
  const from = (fromConnectionSid: string) =>
    createRollout(m.ask(), m.to, { name: 'Move', fromConnectionSid })
  expect(codeOf(await from(m.to))).toEqual(['input', 'fromConnectionSid'])
  expect(codeOf(await from(other.from))).toEqual(['input', 'fromConnectionSid'])
  expect(codeOf(await from(createSid('CN')))).toEqual(['not_there'])
})

it('leaves alone who was suspended, or set back to a password, since the list was made', async () => {
  const m = await createMover({ enforced: ['ann', 'ben', 'cyn'] })
  const sid = await m.createMove()
  const version = await m.approved(sid)
  await m.proveAt('ann', 'ben', 'cyn')
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, m.people.ann!))
  good(await setSignInMethod(m.ask(), m.people.ben!, { signInMethod: 'password' }))
  expect((await m.standing('ben')).way).toBe(false)
  await m.finish(() => enforce(m.ask(), sid, { version, scope: 'all', lockedOut: 9 }))
  expect(await m.standings()).toEqual({
    ann: 'from sso_enforced +way',
    ben: 'nowhere password',
    cyn: 'to sso_enforced',
  })
  expect(await m.memberOf(sid, m.people.ann!, version)).toMatchObject({
    included: false,
    skipped: 'suspended',
  })
  expect(await m.memberOf(sid, m.people.ben!, version)).toMatchObject({ skipped: 'not_enabled' })
})

it('counts again on the day of a scheduled move', async () => {
  const m = await createMover({ enforced: ['ann', 'ben'] })
  const sid = await m.createMove()
  const version = await m.approved(sid)
  await m.proveAt('ann')
  const at = Date.now() + DAY
  const order = { version, at, scope: 'all', lockedOut: 1 } as const
  good(await scheduleEnforcement(m.ask(), sid, order))
  // Another IdP: nobody has proved it.
  await db
    .update(connections)
    .set({ entityID: 'https://other.example' })
    .where(eq(connections.sid, m.to))
  const due = await enforceDue({ ...m.ask({ kind: 'maintenance' }), now: at })
  expect(due).toMatchObject([{ refused: 'rollout_locks_out', changed: 0 }])
  expect(await m.standings()).toEqual({ ann: OPEN.ann, ben: OPEN.ben })
})
