// People who stay on their password until a date, whatever their domain says.
import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  addException,
  endException,
  endExpiredExceptions,
  listExceptions,
} from '../../src/directory/exceptions/operations.ts'
import { deleteExceptions, findExpired } from '../../src/directory/exceptions/store.ts'
import { addUser, setSignInMethod } from '../../src/directory/operations.ts'
import { DAY } from '../../src/durations.ts'
import { tenantAdmin, type Actor } from '../../src/events/actor.ts'
import { awaitedProofs, domains, exceptions, users } from '../../src/platform/db/schema.ts'
import type { EventType } from '../../src/events/catalogue.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { addConnection } from '../scim/service.ts'
import { leadNewcomers } from '../support/newcomers.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const EMAIL = 'cat@tenant.example'
const PASSWORD = { signInMethod: 'password', connectionSid: null }

let world: World
let userSid: string
beforeEach(async () => {
  world = await createWorld()
  await leadNewcomers(world)
  userSid = await world.addUser(EMAIL, { signInMethod: 'password' })
})

const except = (user = EMAIL, more: { reason?: string; expiresAt?: number } = {}) =>
  addException(request(), world.tenantSid, {
    user,
    reason: 'contractor',
    expiresAt: Date.now() + DAY,
    ...more,
  })

const methodOf = async (sid = userSid) => {
  const [user] = await db.select().from(users).where(eq(users.sid, sid))
  return { signInMethod: user!.signInMethod, connectionSid: user!.connectionSid }
}

const rowOf = async () =>
  (await db.select().from(exceptions).where(eq(exceptions.userSid, userSid)))[0]

const told = (type: EventType) =>
  db
    .select({
      actor: recordedEvents.actor,
      before: recordedEvents.before,
      after: recordedEvents.after,
    })
    .from(recordedEvents)
    .where(and(eq(recordedEvents.subjectSid, userSid), eq(recordedEvents.type, type)))

const later = (days: number) => ({
  ...request({ kind: 'maintenance' } as Actor),
  now: Date.now() + days * DAY,
})

describe('an exception', () => {
  it('is added, renewed and ended by operators, with its reason and date in the trail', async () => {
    const expiresAt = Date.now() + DAY
    const added = good(await except(EMAIL, { expiresAt }))
    expect(added).toMatchObject({ userSid, email: EMAIL, reason: 'contractor', expiresAt })
    good(await except(userSid, { reason: 'works until May', expiresAt: expiresAt + 1 }))
    expect(await told('user.exception_granted')).toMatchObject([
      { before: null, after: { reason: 'contractor', expiresAt } },
      { before: null, after: { reason: 'works until May', expiresAt: expiresAt + 1 } },
    ])
    expect(good(await endException(request(), world.tenantSid, EMAIL))).toBe(null)
    expect(await told('user.exception_ended')).toMatchObject([
      { before: { reason: 'works until May', expiresAt: expiresAt + 1 }, after: null },
    ])
    expect(await rowOf()).toBe(undefined)
    expect(codeOf(await endException(request(), world.tenantSid, EMAIL))).toEqual([
      'not_there',
      'user',
    ])
  })

  it('gives a person who has SSO the password back', async () => {
    await db
      .update(users)
      .set({ signInMethod: 'sso_enforced', connectionSid: world.connectionSid })
      .where(eq(users.sid, userSid))
    good(await except())
    expect(await methodOf()).toEqual(PASSWORD)
    expect(await told('user.sign_in_method_set')).toMatchObject([{ after: PASSWORD }])
  })

  it('is for a year at most, with a reason, for a person of the tenant', async () => {
    const other = await createWorld()
    await other.addUser('olaf@other.example')
    expect(codeOf(await except('olaf@other.example'))).toEqual(['not_there', 'user'])
    expect(codeOf(await except(userSid, { reason: '  ' }))).toEqual(['input', 'reason'])
    for (const expiresAt of [Date.now() - 1, Date.now() + 400 * DAY, Number.NaN])
      expect(codeOf(await except(userSid, { expiresAt }))).toEqual(['input', 'expiresAt'])
    expect(await rowOf()).toBe(undefined)
  })

  it('is no customer’s to give or end, and shows to customers of the tenant alone', async () => {
    const other = await createWorld()
    userSid = await world.addUser('dan@tenant.example', { signInMethod: 'password' })
    good(await except(userSid))
    const { tenantSid, connectionSid } = world
    const input = { user: userSid, reason: 'me', expiresAt: Date.now() + DAY }
    const ours = request(tenantAdmin({ id: 'ci', name: 'ci' }, tenantSid))
    expect(codeOf(await addException(ours, tenantSid, input))[0]).toBe('forbidden')
    expect(codeOf(await endException(ours, tenantSid, userSid))[0]).toBe('forbidden')
    const page = { limit: 10, after: null }
    expect(good(await listExceptions(ours, tenantSid, page)).items).toHaveLength(1)
    const theirs = request(tenantAdmin({ id: 'ci', name: 'ci' }, other.tenantSid))
    expect(codeOf(await addException(theirs, tenantSid, input))[0]).toBe('not_there')
    expect(codeOf(await listExceptions(theirs, tenantSid, page))[0]).toBe('not_there')
    // A link of another connection of the tenant sees those whose domain leads there.
    const second = await addConnection(tenantSid)
    const linkOf = (sid: string) =>
      request({
        ...tenantAdmin({ id: 'link', name: 'link' }, tenantSid),
        connectionSid: sid,
      } as Actor)
    expect(good(await listExceptions(linkOf(connectionSid), tenantSid, page)).items).toHaveLength(1)
    expect(good(await listExceptions(linkOf(second), tenantSid, page)).items).toEqual([])
    expect(codeOf(await listExceptions(linkOf(second), tenantSid, page, connectionSid))[0]).toBe(
      'not_there',
    )
    await db.update(domains).set({ connectionSid: second }).where(eq(domains.tenantSid, tenantSid))
    expect(good(await listExceptions(linkOf(second), tenantSid, page)).items).toHaveLength(1)
  })

  it('is listed in pages', async () => {
    for (const name of ['a', 'b', 'c']) {
      const email = `${name}@tenant.example`
      await world.addUser(email, { signInMethod: 'password' })
      good(await except(email))
    }
    const { tenantSid } = world
    const first = good(await listExceptions(request(), tenantSid, { limit: 2, after: null }))
    const rest = good(await listExceptions(request(), tenantSid, { limit: 2, after: first.next }))
    const names = [...first.items, ...rest.items].map(({ email }) => email)
    expect(names.toSorted()).toEqual(['a@tenant.example', 'b@tenant.example', 'c@tenant.example'])
    expect(rest.next).toBe(null)
  })

  it('stands against enabling by hand, with the remedy, until it is ended', async () => {
    await leadNewcomers(world, { newcomers: 'password' })
    good(await except())
    const { connectionSid } = world
    const method = { signInMethod: 'sso_enabled', connectionSid } as const
    expect(codeOf(await setSignInMethod(request(), EMAIL, method))).toEqual(['excepted'])
    expect(await methodOf()).toEqual(PASSWORD)
    good(await endException(request(), world.tenantSid, EMAIL))
    expect(await methodOf()).toEqual(PASSWORD)
    good(await setSignInMethod(request(), EMAIL, method))
    expect(await methodOf()).toMatchObject({ signInMethod: 'sso_enabled' })
  })

  it('keeps the first login away too: the person has a user', async () => {
    good(await except())
    const { arrived } = await world.login(EMAIL)
    expect(arrived.status).toBe(403)
    expect((await world.rows()).attempts).toMatchObject([{ code: 'user_not_enabled', userSid }])
  })
})

describe('after its date', () => {
  it.each([
    ['password', PASSWORD, 0],
    ['sso_enabled', { signInMethod: 'sso_enabled' }, 0],
    ['sso_enforced_after_login', { signInMethod: 'sso_enabled' }, 1],
    ['sso_enforced', { signInMethod: 'sso_enforced' }, 0],
  ] as const)('the person is a newcomer, who gets %s', async (newcomers, method, waiting) => {
    await leadNewcomers(world, { newcomers })
    good(await except())
    await endExpiredExceptions(later(0.5))
    expect(await rowOf()).toMatchObject({ userSid })
    expect(await methodOf()).toEqual(PASSWORD)
    await endExpiredExceptions(later(1.5))
    expect(await rowOf()).toBe(undefined)
    expect(await methodOf()).toMatchObject(method)
    const awaited = await db.select().from(awaitedProofs).where(eq(awaitedProofs.userSid, userSid))
    expect(awaited).toHaveLength(waiting)
    expect(await told('user.exception_ended')).toMatchObject([
      { actor: 'maintenance', before: { reason: 'contractor' } },
    ])
    expect(await told('user.sign_in_method_set')).toHaveLength(newcomers === 'password' ? 0 : 1)
    await endExpiredExceptions(later(2))
    expect(await told('user.exception_ended')).toHaveLength(1)
  })

  it('other blockers hold: a person who is suspended stays on the password', async () => {
    good(await except())
    await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, userSid))
    await endExpiredExceptions(later(2))
    expect(await rowOf()).toBe(undefined)
    expect(await methodOf()).toEqual(PASSWORD)
  })

  it('one that is renewed while the job runs stays', async () => {
    good(await except())
    expect(await findExpired(db, Date.now(), 10)).toEqual([])
    await deleteExceptions(later(0.5), [userSid], { ifExpired: true })
    expect(await rowOf()).toMatchObject({ userSid })
    expect(await methodOf()).toEqual(PASSWORD)
    expect(await told('user.exception_ended')).toEqual([])
  })

  it('others are left alone, and people without one', async () => {
    good(await except())
    const { sid } = good(await addUser(request(), world.tenantSid, { email: 'dan@x.example' }))
    const old = await world.addUser('old@tenant.example', { signInMethod: 'password' })
    await endExpiredExceptions(later(2))
    expect(await methodOf(sid)).toEqual(PASSWORD)
    expect(await methodOf(old)).toEqual(PASSWORD)
  })
})
