// A break-glass owner whom the IdP deactivates: alone for 72 hours, in a mass deactivation until an
// operator or the date of the exemption ends it.
import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { decideFor } from '../../src/directory/sign-in/operations.ts'
import { createImport, takeRows } from '../../src/directory/import/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { editUser, putUser } from '../../src/directory/user-operations.ts'
import { breakGlass, failedGuesses, users } from '../../src/platform/db/schema.ts'
import type { EventType } from '../../src/events/catalogue.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  addBreakGlass,
  endBreakGlass,
  exchangeRecoveryCode,
  listBreakGlass,
} from '../../src/rollout/break-glass/operations.ts'
import { openService, patch } from '../scim/service.ts'
import { sessionRow, signIn } from '../sessions/stage.ts'
import { makeCodes } from '../support/recovery-codes.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'

const HOUR = 3_600_000
const OWNER = 'olga@tenant.example'
const off = patch({ op: 'replace', path: 'active', value: false })

async function openOwner(graceHours?: number) {
  await db.delete(failedGuesses)
  const service = await openService()
  const { session } = await signIn(service.world, OWNER)
  const expiresAt = Date.now() + 90 * 24 * HOUR
  const exemption = { user: OWNER, reason: 'runs the account', expiresAt, graceHours }
  good(await addBreakGlass(request(), service.tenantSid, exemption))
  const [code = ''] = good(await makeCodes(request(), OWNER)).codes
  const { userSid } = session
  const deactivate = async (sid = userSid) => {
    expect((await service.ask('PATCH', `/Users/${sid}`, off)).status).toBe(200)
  }
  const row = async () =>
    (await db.select().from(breakGlass).where(eq(breakGlass.userSid, userSid)))[0]!
  const decision = async (now = Date.now()) => decideFor(db, OWNER, now)
  const tryCode = (now = Date.now()) =>
    exchangeRecoveryCode({ db, now }, { email: OWNER, code, client: 'here' })
  /** So many others of the connection, deactivated one after the other. */
  const storm = async (others: number) => {
    for (let one = 0; one < others; one++) {
      const userName = `${crypto.randomUUID()}@tenant.example`
      const created = await service.ask('POST', '/Users', { userName })
      await deactivate(created.body.id)
    }
  }
  return { service, session, userSid, expiresAt, deactivate, row, decision, tryCode, storm }
}

const eventsOf = (subjectSid: string, type: EventType) =>
  db
    .select()
    .from(recordedEvents)
    .where(and(eq(recordedEvents.subjectSid, subjectSid), eq(recordedEvents.type, type)))

describe('deactivated alone', () => {
  it('keeps password and codes for 72 hours, while SSO and sessions end', async () => {
    const { deactivate, decision, tryCode, row, session, userSid } = await openOwner()
    const before = Date.now()
    await deactivate()
    expect((await sessionRow(session.sid)).endedBecause).toBe('user_suspended')
    const { keptUntil } = await row()
    expect(keptUntil).toBeGreaterThanOrEqual(before + 72 * HOUR)
    expect(keptUntil).toBeLessThanOrEqual(Date.now() + 72 * HOUR)
    expect(await decision()).toMatchObject({ decision: 'password', reason: 'break_glass' })
    expect(await decision(keptUntil!)).toMatchObject({ decision: 'refused' })
    expect(await tryCode(keptUntil!)).toMatchObject({ ok: false })
    expect(await tryCode()).toMatchObject({ ok: true })
    expect(await eventsOf(userSid, 'break_glass.kept')).toMatchObject([{ after: { keptUntil } }])
  })

  it('keeps them for as long as it is set', async () => {
    const none = await openOwner(0)
    await none.deactivate()
    expect(await none.decision()).toMatchObject({ decision: 'refused', reason: 'user_suspended' })
    const day = await openOwner(24)
    await day.deactivate()
    expect((await day.row()).keptUntil).toBeLessThanOrEqual(Date.now() + 24 * HOUR)
  })

  it('signs in by no SSO', async () => {
    const { service, deactivate } = await openOwner()
    await deactivate()
    const { arrived } = await service.world.login(OWNER)
    expect(arrived.status).toBe(403)
  })

  it('is nobody special once the IdP has them back', async () => {
    const { service, userSid, deactivate, decision } = await openOwner()
    await deactivate()
    const on = patch({ op: 'replace', path: 'active', value: true })
    await service.ask('PATCH', `/Users/${userSid}`, on)
    expect(await decision()).toMatchObject({ decision: 'choice' })
    good(await editUser(request(), userSid, { suspended: true }))
    expect(await decision()).toMatchObject({ decision: 'refused' })
  })

  it('keeps nothing of it for a later suspension, by whatever writes the row', async () => {
    const { service, userSid, deactivate, decision, row } = await openOwner()
    await deactivate()
    const on = patch({ op: 'replace', path: 'active', value: true })
    await service.ask('PATCH', `/Users/${userSid}`, on)
    await db.update(users).set({ suspendedAt: Date.now() }).where(eq(users.sid, userSid))
    expect((await row()).keptUntil).toBeNull()
    expect(await decision()).toMatchObject({ decision: 'refused' })
  })
})

const ENDS: Record<string, (stage: Awaited<ReturnType<typeof openOwner>>) => Promise<unknown>> = {
  'SCIM DELETE': ({ service, userSid }) => service.ask('DELETE', `/Users/${userSid}`),
  'a suspension by an operator': async ({ userSid }) =>
    good(await editUser(request(), userSid, { suspended: true })),
  'a suspension beside another change': async ({ userSid }) =>
    good(await editUser(request(), userSid, { firstName: 'Olga', suspended: true })),
  'a record that calls them suspended': async ({ service }) =>
    good(await putUser(request(), service.tenantSid, { email: OWNER, suspended: true })),
  'a row of an import that calls them suspended': async ({ service }) => {
    const { sid } = good(await createImport(request(), service.tenantSid, { name: 'people.csv' }))
    good(await takeRows(request(), sid, 0, [{ email: OWNER, suspended: true }], {}))
  },
  'the end of the exemption': async ({ service, userSid }) =>
    good(await endBreakGlass(request(), service.tenantSid, userSid)),
}

describe.each(Object.entries(ENDS))('%s', (name, end) => {
  it('ends the way in at once', async () => {
    const stage = await openOwner()
    await stage.deactivate()
    expect(await stage.decision()).toMatchObject({ decision: 'password' })
    await end(stage)
    expect(await stage.decision()).toMatchObject({ decision: 'refused' })
    expect(await stage.tryCode()).toMatchObject({ ok: false, error: { code: 'recovery_code' } })
  })

  it('leaves a trace of that, where the owner had been deactivated', async () => {
    if (!/record|row|suspension/.test(name)) return
    const stage = await openOwner()
    await stage.deactivate()
    await end(stage)
    const [, ended] = await eventsOf(stage.userSid, 'break_glass.kept')
    expect(ended).toMatchObject({ actor: 'operator olga', after: { keptUntil: null } })
  })

  it('leaves none where it comes first', async () => {
    if (name === 'the end of the exemption') return
    const stage = await openOwner()
    await end(stage)
    expect(await stage.decision()).toMatchObject({ decision: 'refused' })
    expect((await stage.row()).keptUntil).toBeNull()
  })
})

describe('a mass deactivation', () => {
  it('leaves the way in until the exemption ends, also to who was the first', async () => {
    const { deactivate, storm, row, expiresAt, userSid, decision } = await openOwner()
    await deactivate()
    await storm(9)
    expect((await row()).keptUntil).toBeLessThan(expiresAt)
    await storm(1)
    expect((await row()).keptUntil).toBe(expiresAt)
    expect(await eventsOf(userSid, 'break_glass.kept_in_mass_deactivation')).toHaveLength(1)
    expect(await decision(expiresAt - 1)).toMatchObject({ decision: 'password' })
    expect(await decision(expiresAt)).toMatchObject({ decision: 'refused' })
  })

  it('is as many as the tenant says, and the owner’s state says why', async () => {
    const { service, deactivate, storm, row, expiresAt } = await openOwner()
    good(await editTenant(request(), service.tenantSid, { massDeactivation: 2 }))
    await deactivate()
    await storm(1)
    expect(await row()).toMatchObject({ keptBecause: 'deactivated' })
    await storm(1)
    expect(await row()).toMatchObject({ keptBecause: 'mass_deactivation', keptUntil: expiresAt })
    for (const massDeactivation of [0, 100_001, 1.5])
      expect(await editTenant(request(), service.tenantSid, { massDeactivation })).toMatchObject({
        error: { code: 'input', field: 'massDeactivation' },
      })
  })

  it('leaves it to who is the last', async () => {
    const { deactivate, storm, row, expiresAt } = await openOwner()
    await storm(11)
    await deactivate()
    expect((await row()).keptUntil).toBe(expiresAt)
  })

  it('gives nothing to somebody whom an operator had suspended', async () => {
    const { storm, decision, userSid } = await openOwner()
    good(await editUser(request(), userSid, { suspended: true }))
    await storm(11)
    expect(await decision()).toMatchObject({ decision: 'refused' })
  })
})

describe('a wrong code', () => {
  it('leaves a trace that operators see', async () => {
    const { service } = await openOwner()
    const now = Date.now()
    const wrong = { email: OWNER, code: '0000-0000-0000-0000' }
    for (const client of ['one', 'two', 'three'])
      await exchangeRecoveryCode({ db, now }, { ...wrong, client })
    const [owner] = good(await listBreakGlass(request(), service.tenantSid))
    expect(owner).toMatchObject({ wrongCodes: 3, wrongCodeAt: now - (now % 60_000) })
  })

  it('slows down: after ten, the client waits for the next minute, and no other client', async () => {
    const { tryCode } = await openOwner()
    const now = Date.now()
    const wrong = { email: OWNER, code: '0000-0000-0000-0000', client: 'here' }
    for (let tried = 0; tried < 10; tried++)
      expect(await exchangeRecoveryCode({ db, now }, wrong)).toMatchObject({
        error: { code: 'recovery_code' },
      })
    expect(await tryCode(now)).toMatchObject({ error: { code: 'too_many_requests' } })
    const there = { ...wrong, client: 'there' }
    expect(await exchangeRecoveryCode({ db, now }, there)).toMatchObject({
      error: { code: 'recovery_code' },
    })
    expect(await tryCode(now + 60_000)).toMatchObject({ ok: true })
  })
})
