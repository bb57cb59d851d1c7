// People who have to sign in by SSO and have never done so: counted, listed, given back in one
// action, and counted again on the day of a scheduled enforcement.
import { eq } from 'drizzle-orm'
import { afterEach, expect, it } from 'vitest'
import { connections, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { CHUNK } from '../../src/rollout/list/store/freezing.ts'
import {
  decideMembers,
  enforce,
  enforceDue,
  getProgress,
  getRollout,
  listMembers,
  rollBack,
  scheduleEnforcement,
} from '../../src/rollout/operations.ts'
import { codeOf, createReadyCustomer, DAY, db, good } from './customer.ts'

afterEach(() => {
  CHUNK.rows = 1000
})

const FOUR = ['ann', 'ben', 'cyn', 'dan'].map((name) => `${name}@tenant.example`)

/** Everybody enforced, of whom two of four have signed in. */
async function enforceAll() {
  const c = await createReadyCustomer(FOUR)
  const sid = await c.select({ accounts: [c.account] })
  await c.prove(c.people.slice(0, 2))
  const version = await c.enforced(sid, { scope: 'all', lockedOut: 2 })
  const counts = async () => good(await getProgress(c.ask(c.admin), sid)).counts
  const listed = async () => {
    const filter = { enforcedUnproved: true }
    const page = { limit: 10, after: null }
    const { items } = good(await listMembers(c.ask(c.admin), sid, filter, page))
    return items.map(({ email }) => email)
  }
  return { c, sid, version, counts, listed }
}

const [ENABLED, ENFORCED] = ['sso_enabled', 'sso_enforced']

it('counts and lists enforced people who have never signed in, whatever the list says of them', async () => {
  const { c, sid, version, counts, listed } = await enforceAll()
  const [, , cyn = '', dan = ''] = c.people
  expect(await counts()).toMatchObject({ enforced: 4, unproved: 0, enforcedUnproved: 2 })
  expect(await listed()).toEqual(['cyn@tenant.example', 'dan@tenant.example'])
  const others = good(
    await listMembers(c.ask(), sid, { enforcedUnproved: false }, { limit: 10, after: null }),
  )
  expect(others.items.map(({ email }) => email)).toEqual(FOUR.slice(0, 2))
  // A row that goes out leaves its person enforced.
  const out = { included: false, reason: 'has left' }
  good(await decideMembers(c.ask(c.admin), sid, version, { users: [dan] }, out))
  expect(await counts()).toMatchObject({ included: 3, enforcedUnproved: 2 })
  await c.prove([cyn])
  expect(await listed()).toEqual(['dan@tenant.example'])
  // Who is suspended gets in by nothing.
  const suspend = (suspendedAt: number | null) =>
    db.update(users).set({ suspendedAt }).where(eq(users.sid, dan))
  await suspend(1)
  expect([(await counts()).enforcedUnproved, await listed()]).toEqual([0, []])
  await suspend(null)
  // An owner keeps a password; a login through an earlier IdP proves nothing of this one.
  await c.addOwner('dan@tenant.example')
  expect(await counts()).toMatchObject({ enforcedUnproved: 0 })
  await db
    .update(connections)
    .set({ entityID: 'https://another.example' })
    .where(eq(connections.sid, c.connectionSid))
  expect(await listed()).toEqual(FOUR.slice(0, 3))
})

it('gives exactly those their password back, in chunks, and they stay on the list', async () => {
  const { c, sid, version, counts } = await enforceAll()
  CHUNK.rows = 1
  const give = (ask = c.ask()) => rollBack(ask, sid, { to: 'sso_enabled', scope: 'unproved' })
  expect(codeOf(await give(c.ask(c.admin)))).toEqual(['forbidden'])
  let changed = 0
  await c.finish(async () => {
    const step = await give()
    if (step.ok) changed += step.value.changed
    return step
  })
  expect(changed).toBe(2)
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENABLED, ENABLED])
  expect(await counts()).toMatchObject({ included: 4, enforcedUnproved: 0, unproved: 2 })
  const [, ben = '', cyn = ''] = c.people
  const row = await c.memberOf(sid, cyn, version)
  expect(row).toMatchObject({ included: true, enforcedAt: null, skipped: 'never_proved' })
  expect((await c.memberOf(sid, ben, version))!.enforcedAt).not.toBeNull()
  const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))
  const given = told.filter(({ type }) => type === 'rollout.passwords_restored')
  expect(given.map(({ after }) => after!.users).toSorted()).toEqual([0, 0, 0, 1, 1])
  // The go-ahead still holds: who has signed in since is enforced.
  CHUNK.rows = 1000
  await c.prove([cyn])
  await c.finish(() => enforce(c.ask(), sid, { version }))
  expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENFORCED, ENABLED])
})

it('takes either a scope or names', async () => {
  const { c, sid } = await enforceAll()
  const both = { to: 'sso_enabled', scope: 'unproved', users: c.people } as const
  expect(codeOf(await rollBack(c.ask(), sid, both))).toEqual(['input', 'scope'])
})

it('counts again on the day of a scheduled enforcement, and enforces nobody if there are more', async () => {
  const c = await createReadyCustomer(FOUR)
  const sid = await c.select({ accounts: [c.account] })
  await c.prove(c.people.slice(0, 3))
  const version = await c.approved(sid)
  const at = Date.now() + DAY
  const plan = { version, scope: 'all', lockedOut: 1, at } as const
  const maintenance = c.ask({ kind: 'maintenance' }, at)
  good(await scheduleEnforcement(c.ask(), sid, plan))
  expect(good(await getRollout(c.ask(), sid))).toMatchObject({ scope: 'all', lockedOut: 1 })
  // The IdP has another identifier by then: nobody has signed in through it.
  const name = (entityID: string) =>
    db.update(connections).set({ entityID }).where(eq(connections.sid, c.connectionSid))
  await name('https://another.example')
  expect(await enforceDue(maintenance)).toMatchObject([{ sid, refused: 'rollout_locks_out' }])
  expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENABLED, ENABLED, ENABLED])
  const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))
  expect(told.find(({ type }) => type === 'rollout.enforcement_missed')).toMatchObject({
    before: { enforceAt: at },
    after: { code: 'rollout_locks_out', expected: '4 accepted', received: '1' },
  })
  await name(c.world.idpEntityID)
  good(await scheduleEnforcement(c.ask(), sid, plan))
  expect(await enforceDue(maintenance)).toMatchObject([{ sid, done: true, changed: 4 }])
})
