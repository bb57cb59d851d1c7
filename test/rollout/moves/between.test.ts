// What comes between the checks of a move and its statements: the statements repeat each condition.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { changeState } from '../../../src/connections/operations.ts'
import { openDatabase } from '../../../src/platform/db/client.ts'
import { breakGlass, moves, rollouts, users } from '../../../src/platform/db/schema.ts'
import { enforce, rollBack } from '../../../src/rollout/operations.ts'
import { changePerson } from '../../../src/scim/operations.ts'
import { openService } from '../../scim/service.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'
import { codeOf, db, good } from '../customer.ts'
import { createMover } from './mover.ts'

type M = Awaited<ReturnType<typeof createMover>>

/** The context of a call that something else overtakes before its first writing batch. */
function overtaken(m: M, happen: () => Promise<unknown>) {
  const seen = { done: false }
  const slow = wrapD1(env.DB, async (trip, [first]) => {
    if (!seen.done && /^(?:update|insert|delete)/i.test(first!.query)) {
      seen.done = true
      await happen()
    }
    return trip()
  })
  return { context: { ...m.ask(), db: openDatabase(slow) }, seen }
}

const AGAINST: Readonly<Record<string, [(m: M, sid: string) => Promise<unknown>, string | null]>> =
  {
    'the go-ahead is taken back': [
      (_, sid) => db.update(rollouts).set({ approvedVersion: null }).where(eq(rollouts.sid, sid)),
      'rollout_not_approved',
    ],
    'the new connection is suspended': [(m) => changeState(m.ask(), m.to, 'suspend'), 'lifecycle'],
    'a side fails it': [(m) => m.signOff('fail'), 'not_signed_off'],
    'the last owner goes': [
      (m) => db.update(breakGlass).set({ endedAt: 1 }).where(eq(breakGlass.tenantSid, m.tenantSid)),
      'break_glass_missing',
    ],
    'a rollback begins': [
      (m, sid) => rollBack(m.ask(), sid, { to: 'sso_enabled' }),
      'rollout_not_approved',
    ],
    'the person is suspended': [
      (m) => db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, m.people.ann!)),
      null,
    ],
    'the person’s second way is closed': [
      (m) => db.delete(moves).where(eq(moves.userSid, m.people.ann!)),
      null,
    ],
  }

it.each(Object.keys(AGAINST).flatMap((what) => [[what, false] as const, [what, true] as const]))(
  'moves nobody where %s first (one person: %s)',
  async (what, one) => {
    const m = await createMover({ enforced: ['ann'] })
    const sid = await m.createMove()
    const version = await m.approved(sid)
    await m.proveAt('ann')
    // Live already: going live is a write of its own.
    const [happen, code] = AGAINST[what]!
    const { context, seen } = overtaken(m, () => happen(m, sid))
    const moved = await enforce(context, sid, { version, ...(one && { users: [m.people.ann!] }) })
    expect(seen.done).toBe(true)
    if (code === null) expect(good(moved).changed).toBe(0)
    else expect(codeOf(moved)[0]).toBe(code)
    expect((await m.standing('ann')).at).toBe('from')
  },
)

it.each([
  ['everybody', {}],
  ['one person', { users: true }],
  ['who has never signed in', { scope: 'unproved' }],
] as const)('takes %s back to no connection that closes meanwhile', async (_, which) => {
  const m = await createMover({ enforced: ['ann'] })
  const sid = await m.createMove()
  await m.enforced(sid, { scope: 'all', lockedOut: 1 })
  const { context, seen } = overtaken(m, () => changeState(m.ask(), m.from, 'suspend'))
  const users = 'users' in which ? { users: [m.people.ann!] } : {}
  const scope = 'scope' in which ? { scope: which.scope } : {}
  const back = await rollBack(context, sid, { to: 'earlier', ...users, ...scope })
  expect(seen.done).toBe(true)
  expect(codeOf(back)).toEqual(['earlier_connection_closed', 'to'])
  expect((await m.standing('ann')).at).toBe('to')
})

it('lets the new IdP suspend nobody who is taken back meanwhile', async () => {
  const m = await createMover({ enforced: ['ann'] })
  const sid = await m.createMove()
  await m.enforced(sid, { scope: 'all', lockedOut: 1 })
  await openService(m.world)
  const scope = { tenantSid: m.tenantSid, connectionSid: m.to }
  const { context, seen } = overtaken(m, () => rollBack(m.ask(), sid, { to: 'earlier' }))
  const body = { userName: 'ann@tenant.example', active: false }
  await changePerson({ ...context, scope }, m.people.ann!, false, body, undefined)
  expect(seen.done).toBe(true)
  const [ann] = await db.select().from(users).where(eq(users.sid, m.people.ann!))
  expect([ann!.connectionSid, ann!.suspendedAt]).toEqual([m.from, null])
})
