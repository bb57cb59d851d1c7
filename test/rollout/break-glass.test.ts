import { makeCodes } from '../support/recovery-codes.ts'
import { and, eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { breakGlass, recoveryCodes, tenants, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  addBreakGlass,
  endBreakGlass,
  exchangeRecoveryCode,
  listBreakGlass,
  spendRecoveryCode,
} from '../../src/rollout/break-glass/operations.ts'
import { decideFor } from '../../src/directory/sign-in/operations.ts'
import { codeOf, good, OPERATOR, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const DAY = 24 * 3600 * 1000
const HOUR = 3600_000
const MINUTE = 60_000
const later = (days = 30) => Date.now() + days * DAY

async function createOwner() {
  const world = await createWorld()
  const userSid = await world.addUser('owner@tenant.example')
  const { tenantSid } = world
  const add = (days = 30) =>
    addBreakGlass(request(), tenantSid, {
      user: 'owner@tenant.example',
      reason: 'keeps the keys',
      expiresAt: later(days),
    })
  return { world, tenantSid, userSid, add, email: 'owner@tenant.example' }
}

const eventsOf = (userSid: string) =>
  db
    .select({ type: recordedEvents.type, actor: recordedEvents.actor, after: recordedEvents.after })
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, userSid))
    .orderBy(recordedEvents.createdAt)

it('exempts an owner with reason and expiry, and tells who did it', async () => {
  const { tenantSid, userSid, add } = await createOwner()
  const owner = good(await add())
  expect(owner).toMatchObject({ userSid, reason: 'keeps the keys', endedAt: null, codesLeft: 0 })
  expect(good(await listBreakGlass(request(), tenantSid))).toEqual([owner])
  expect(await eventsOf(userSid)).toMatchObject([
    { type: 'break_glass.added', actor: 'operator olga', after: { reason: 'keeps the keys' } },
  ])
})

it('gives an owner who is enforced already the password back at once', async () => {
  const { world, add } = await createOwner()
  const userSid = await world.addUser('other@tenant.example', { signInMethod: 'sso_enforced' })
  await add()
  good(
    await addBreakGlass(request(), world.tenantSid, {
      user: userSid,
      reason: 'second owner',
      expiresAt: later(),
    }),
  )
  const [user] = await db.select().from(users).where(eq(users.sid, userSid))
  expect(user).toMatchObject({ signInMethod: 'sso_enabled', connectionSid: world.connectionSid })
})

it('takes no owner without a reason, without an end, without a right', async () => {
  const { world, tenantSid, userSid } = await createOwner()
  const add = (input: object, actor = OPERATOR) =>
    addBreakGlass(request(actor), tenantSid, {
      user: userSid,
      reason: 'r',
      expiresAt: later(),
      ...input,
    })
  expect(codeOf(await add({ reason: ' ' }))).toEqual(['input', 'reason'])
  expect(codeOf(await add({ expiresAt: Date.now() - 1 }))).toEqual(['input', 'expiresAt'])
  expect(codeOf(await add({ expiresAt: later(400) }))).toEqual(['input', 'expiresAt'])
  expect(codeOf(await add({}, tenantAdmin({ id: 'bob', name: 'bob' }, tenantSid)))).toEqual([
    'forbidden',
  ])
  expect(codeOf(await add({}, tenantAdmin({ id: 'eve', name: 'eve' }, 'TN0')))).toEqual([
    'not_there',
    'user',
  ])
  const suspended = await world.addUser('gone@tenant.example', { suspendedAt: 1 })
  expect(codeOf(await add({ user: suspended }))).toEqual(['input', 'user'])
  const other = await createWorld()
  const foreign = await other.addUser('foreign@other.example')
  expect(codeOf(await add({ user: foreign }))).toEqual(['not_there', 'user'])
})

it('makes ten codes, keeps hashes only, and makes the set before worthless', async () => {
  const { userSid, add, email } = await createOwner()
  await add()
  const first = good(await makeCodes(request(), email)).codes
  expect(first).toHaveLength(10)
  expect(new Set(first).size).toBe(10)
  for (const code of first)
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  const rows = await db.select().from(recoveryCodes).where(eq(recoveryCodes.userSid, userSid))
  expect(JSON.stringify(rows)).not.toContain(first[0])
  const second = good(await makeCodes(request(), email)).codes
  const spend = (code: string) => spendRecoveryCode(request(), { email, code })
  expect(codeOf(await spend(first[0]!))).toEqual(['recovery_code', 'code'])
  expect(good(await spend(second[0]!))).toMatchObject({ userSid, codesLeft: 9 })
})

it('spends a code once, also when it comes twice at the same moment, and says so loudly', async () => {
  const { userSid, add, email } = await createOwner()
  await add()
  const [code = ''] = good(await makeCodes(request(), email)).codes
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const typed = code.toLowerCase().replaceAll('-', ' ')
  const both = await Promise.all(
    [code, typed].map((text) => spendRecoveryCode(request(), { email, code: text })),
  )
  expect(both.filter(({ ok }) => ok)).toHaveLength(1)
  expect(warn.mock.calls).toHaveLength(1)
  expect(warn.mock.calls[0]![0]).toContain('recovery_code_spent')
  expect(warn.mock.calls[0]![0]).not.toContain(code)
  warn.mockRestore()
  const spends = (await eventsOf(userSid)).filter(({ type }) => type === 'recovery_code.used')
  expect(spends).toEqual([
    {
      type: 'recovery_code.used',
      actor: `user ${userSid}`,
      after: { codesLeft: 9, drill: false },
    },
  ])
})

it('recovery_code: refuses a code of somebody else, of an ended or expired owner, and nonsense alike', async () => {
  const { world, tenantSid, userSid, add, email } = await createOwner()
  await add()
  const [one = '', two = ''] = good(await makeCodes(request(), email)).codes
  await world.addUser('other@tenant.example')
  const answers = await Promise.all(
    [
      { email: 'other@tenant.example', code: one },
      { email, code: 'ABCD' },
      { email: 'no address', code: one },
      { email, code: '0000-0000-0000-0000' },
    ].map((input) => spendRecoveryCode(request(), input)),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(codeOf(answers[0]!)).toEqual(['recovery_code', 'code'])
  const inTwoMonths = { ...request(), now: later(60) }
  expect(codeOf(await spendRecoveryCode(inTwoMonths, { email, code: one }))[0]).toBe(
    'recovery_code',
  )
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, userSid))
  expect(codeOf(await spendRecoveryCode(request(), { email, code: one }))[0]).toBe('recovery_code')
  await db.update(users).set({ suspendedAt: null }).where(eq(users.sid, userSid))
  await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid))
  expect(codeOf(await spendRecoveryCode(request(), { email, code: one }))[0]).toBe('recovery_code')
  await db.update(tenants).set({ suspendedAt: null }).where(eq(tenants.sid, tenantSid))
  expect(good(await endBreakGlass(request(), tenantSid, email)).endedAt).not.toBeNull()
  expect(codeOf(await spendRecoveryCode(request(), { email, code: two }))[0]).toBe('recovery_code')
  // Named again, the codes of before do not come back.
  await add()
  expect(codeOf(await spendRecoveryCode(request(), { email, code: two }))[0]).toBe('recovery_code')
  const spent = await db
    .select()
    .from(recordedEvents)
    .where(
      and(eq(recordedEvents.subjectSid, userSid), eq(recordedEvents.type, 'recovery_code.used')),
    )
  expect(spent).toEqual([])
})

describe('a code that was spent', () => {
  async function createOpened() {
    const owner = await createOwner()
    await owner.add()
    const { email, userSid } = owner
    const { codes } = good(await makeCodes(request(), email))
    await db.update(users).set({ signInMethod: 'sso_enforced' }).where(eq(users.sid, userSid))
    const at = Date.now()
    const decideAt = async (now: number) => (await decideFor(db, email, now)).reason
    return { ...owner, codes, at, decideAt, ask: { ...request(), now: at } }
  }

  it('has the password count alone for an hour, wherever people sign in, and not once the exemption ends', async () => {
    const { codes, at, decideAt, ask, email, tenantSid } = await createOpened()
    const [one = '', two = ''] = codes
    expect(await decideAt(at)).toBe('break_glass')
    expect(good(await spendRecoveryCode(ask, { email, code: one })).passwordUntil).toBe(at + HOUR)
    expect(await decideAt(at + HOUR - 1)).toBe('recovery_code')
    expect(await decideAt(at + HOUR)).toBe('break_glass')
    // Also where the exemption runs out meanwhile.
    await db
      .update(breakGlass)
      .set({ expiresAt: at + 1 })
      .where(eq(breakGlass.tenantSid, tenantSid))
    expect(await decideAt(at + HOUR - 1)).toBe('recovery_code')
    expect(await decideAt(at + HOUR)).toBe('sso_enforced')
    good(await exchangeRecoveryCode(ask, { email, code: two, client: 'test' }))
    expect(await decideAt(at + 1)).toBe('recovery_code')
    good(await endBreakGlass(request(), tenantSid, email))
    expect(await decideAt(at + 1)).toBe('sso_enforced')
  })

  it('opens nothing for anybody else', async () => {
    const { world, codes, at, ask, email } = await createOpened()
    const [code = ''] = codes
    const other = 'other@tenant.example'
    await world.addUser(other, { signInMethod: 'sso_enforced' })
    expect(codeOf(await exchangeRecoveryCode(ask, { email: other, code, client: 'test' }))[0]).toBe(
      'recovery_code',
    )
    good(await exchangeRecoveryCode(ask, { email, code, client: 'test' }))
    expect((await decideFor(db, other, at + 1)).reason).toBe('sso_enforced')
    expect((await decideFor(db, email, at + 1)).reason).toBe('recovery_code')
  })

  it('goes on to the app as another code, which is good once, for ten minutes, and for nobody else', async () => {
    const { world, codes, at, ask, email, userSid } = await createOpened()
    const later = (ms: number) => ({ ...request(), now: at + ms })
    const exchanged = await Promise.all(
      Array.from({ length: 3 }, () =>
        exchangeRecoveryCode(ask, { email, code: codes[0]!, client: 'test' }),
      ),
    )
    const [opened, ...more] = exchanged.filter(({ ok }) => ok).map(good)
    expect(more).toEqual([])
    const { handover, passwordUntil } = opened!
    expect(codes).not.toContain(handover)
    await world.addUser('other@tenant.example')
    const spend = (ms: number, address = email) =>
      spendRecoveryCode(later(ms), { email: address, code: handover })
    expect(codeOf(await spend(1, 'other@tenant.example'))[0]).toBe('recovery_code')
    expect(codeOf(await spend(10 * MINUTE))[0]).toBe('recovery_code')
    const taken = await Promise.all(Array.from({ length: 3 }, () => spend(10 * MINUTE - 1)))
    expect(taken.filter(({ ok }) => ok).map(good)).toEqual([
      { userSid, tenantSid: world.tenantSid, codesLeft: 9, passwordUntil },
    ])
    // It stands for a code that has been told of: one code, one event.
    const spends = (await eventsOf(userSid)).filter(({ type }) => type === 'recovery_code.used')
    expect(spends).toHaveLength(1)
  })

  it('is replaced by the next, and no longer continues to the app once that is spent or the exemption ends', async () => {
    const { codes, at, add, decideAt, ask, email, tenantSid, userSid } = await createOpened()
    const exchange = async (code: string | undefined) =>
      good(await exchangeRecoveryCode(ask, { email, code: code!, client: 'test' })).handover
    const [one, two, three] = [
      await exchange(codes[0]),
      await exchange(codes[1]),
      await exchange(codes[2]),
    ]
    const spend = (code: string) => spendRecoveryCode(ask, { email, code })
    for (const code of [one, two]) expect(codeOf(await spend(code))[0]).toBe('recovery_code')
    for (const suspendedAt of [1, null]) {
      await db.update(users).set({ suspendedAt }).where(eq(users.sid, userSid))
      if (suspendedAt) expect(codeOf(await spend(three))[0]).toBe('recovery_code')
    }
    good(await endBreakGlass(request(), tenantSid, email))
    expect(codeOf(await spend(three))[0]).toBe('recovery_code')
    // Nor where the person is named again.
    await add()
    expect(codeOf(await spend(three))[0]).toBe('recovery_code')
    expect(await decideAt(at)).toBe('sso_enabled')
  })
})

it('break_glass_missing: makes no codes for somebody who is no owner any more', async () => {
  const { tenantSid, add, email } = await createOwner()
  expect(codeOf(await makeCodes(request(), email))).toEqual(['break_glass_missing', 'user'])
  await add()
  const inTwoMonths = { ...request(), now: later(60) }
  expect(codeOf(await makeCodes(inTwoMonths, email))).toEqual(['break_glass_missing', 'user'])
  await endBreakGlass(request(), tenantSid, email)
  expect(codeOf(await makeCodes(request(), email))).toEqual(['break_glass_missing', 'user'])
})
