// The drill of a break-glass owner: one recovery code is used on a set date, recorded, and late a
// week after it.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/env.ts'
import { getHealth } from '../../src/health/operations.ts'
import { breakGlass } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  addBreakGlass,
  endBreakGlass,
  exchangeRecoveryCode,
  listBreakGlass,
  spendRecoveryCode,
} from '../../src/rollout/break-glass/operations.ts'
import { openLink, openOperator } from '../console/operator/admins.ts'
import { signIn } from '../sessions/stage.ts'
import { makeCodes } from '../support/recovery-codes.ts'
import { codeOf, good, OPERATOR, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const DAY = 24 * 3600 * 1000
const OWNER = 'olga@tenant.example'

type Exemption = Partial<Parameters<typeof addBreakGlass>[2]>

async function openOwner(more: Exemption = {}) {
  const world = await createWorld()
  const { browser, session } = await signIn(world, OWNER)
  const { tenantSid } = world
  const begun = Date.now()
  const add = (again: Exemption = {}, now = begun) =>
    addBreakGlass({ ...request(), now }, tenantSid, {
      user: OWNER,
      reason: 'runs the account',
      expiresAt: begun + 300 * DAY,
      ...again,
    })
  good(await add(more))
  const { codes } = good(await makeCodes(request(), OWNER))
  const owner = async (now = begun) =>
    good(await listBreakGlass({ ...request(), now }, tenantSid))[0]!
  const use = (now: number) =>
    exchangeRecoveryCode({ db, now }, { email: OWNER, code: codes.shift()!, client: 'here' })
  const move = (drillAt: number) =>
    db.update(breakGlass).set({ drillAt }).where(eq(breakGlass.userSid, session.userSid))
  return {
    world,
    browser,
    tenantSid,
    userSid: session.userSid,
    begun,
    add,
    owner,
    use,
    move,
    codes,
  }
}

describe('the date', () => {
  it('is 90 days ahead by default, as set, or never', async () => {
    const { begun, owner } = await openOwner()
    expect(await owner()).toMatchObject({
      drillDays: 90,
      drillAt: begun + 90 * DAY,
      drilledAt: null,
      drill: 'planned',
    })
    const soon = await openOwner({ drillAt: Date.now() + DAY, drillDays: 30 })
    expect(await soon.owner()).toMatchObject({ drillDays: 30 })
    expect((await soon.owner()).drillAt).toBeLessThan(soon.begun + 2 * DAY)
    const never = await openOwner({ drillDays: 0 })
    expect(await never.owner()).toMatchObject({ drillAt: null, drill: 'none' })
  })

  it('is due from then on, and late a week later', async () => {
    const { begun, owner } = await openOwner()
    const at = begun + 90 * DAY
    const states = [at - 1, at, at + 7 * DAY - 1, at + 7 * DAY, begun + 300 * DAY]
    const seen = await Promise.all(states.map(async (now) => (await owner(now)).drill))
    expect(seen).toEqual(['planned', 'due', 'due', 'late', 'none'])
  })

  it('is not put off by renewing the exemption, unless a date is given', async () => {
    const { begun, add, owner } = await openOwner()
    good(await add({}, begun + 80 * DAY))
    expect((await owner()).drillAt).toBe(begun + 90 * DAY)
    good(await add({ drillDays: 30 }))
    expect((await owner()).drillAt).toBe(begun + 30 * DAY)
    good(await add({ drillAt: begun + 100 * DAY }))
    expect((await owner()).drillAt).toBe(begun + 100 * DAY)
    good(await add({ drillDays: 0 }))
    expect((await owner()).drillAt).toBeNull()
  })

  it('begins anew where the exemption had ended', async () => {
    const { begun, add, owner, tenantSid } = await openOwner()
    good(await endBreakGlass(request(), tenantSid, OWNER))
    expect(await owner()).toMatchObject({ drillAt: null, drill: 'none' })
    good(await add({}, begun + DAY))
    expect((await owner()).drillAt).toBe(begun + 91 * DAY)
  })

  it('input: is to come and before the end, and the interval is whole days of a year', async () => {
    const { begun, add } = await openOwner()
    for (const drillAt of [begun, 1.5, begun + 301 * DAY])
      expect([drillAt, codeOf(await add({ drillAt }))]).toEqual([drillAt, ['input', 'drillAt']])
    for (const drillDays of [-1, 367, 1.5])
      expect([drillDays, codeOf(await add({ drillDays }))]).toEqual([
        drillDays,
        ['input', 'drillDays'],
      ])
  })
})

describe('a code', () => {
  it('that is used before the date is no drill', async () => {
    const { begun, owner, use, userSid } = await openOwner()
    expect(good(await use(begun + DAY)).isDrill).toBe(false)
    expect(await owner()).toMatchObject({ drilledAt: null, drillAt: begun + 90 * DAY })
    const told = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, userSid))
    expect(told.find(({ type }) => type === 'recovery_code.used')!.after).toEqual({
      codesLeft: 9,
      drill: false,
    })
  })

  it('that is used from the date on is the drill, once, and the next one follows', async () => {
    const { begun, owner, use, userSid } = await openOwner()
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const at = begun + 100 * DAY
    expect(good(await use(at)).isDrill).toBe(true)
    expect(JSON.parse(logged.mock.calls[0]![0] as string)).toMatchObject({
      event: 'recovery_code_spent',
      isDrill: true,
    })
    logged.mockRestore()
    expect(await owner(at)).toMatchObject({
      drilledAt: at,
      drillAt: at + 90 * DAY,
      drill: 'planned',
    })
    const told = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, userSid))
    expect(told.find(({ type }) => type === 'recovery_code.used')!.after).toEqual({
      codesLeft: 9,
      drill: true,
    })
    expect(good(await use(at + 1000)).isDrill).toBe(false)
  })

  it('that the app spends counts too, and a wrong one does not', async () => {
    const { begun, owner, codes } = await openOwner({ drillDays: 30 })
    const at = begun + 31 * DAY
    const spend = (code: string) =>
      spendRecoveryCode({ db, actor: OPERATOR, now: at }, { email: OWNER, code })
    expect(codeOf(await spend('0000-0000-0000-0000'))).toEqual(['recovery_code', 'code'])
    expect((await owner(at)).drilledAt).toBeNull()
    expect(good(await spend(codes[0]!))).not.toHaveProperty('isDrill')
    expect((await owner(at)).drilledAt).toBe(at)
  })
})

describe('a late drill', () => {
  it('is in the health detail of operators, and takes nothing from /ready', async () => {
    const { begun, move, tenantSid, userSid } = await openOwner()
    const parts = { kv: null, config: readConfig(env) }
    const late = async (now: number) =>
      good(await getHealth({ ...request(), now }, parts)).lateDrills.map((one) => one.userSid)
    await move(begun - 7 * DAY + 1)
    expect(await late(begun)).toEqual([])
    await move(begun - 7 * DAY)
    expect(await late(begun)).toEqual([userSid])
    const operator = await openOperator()
    const page = await (await operator.get('/console/health')).text()
    expect(page).toContain(`/console/tenants/${tenantSid}/break-glass`)
    expect((await late(begun + 300 * DAY)).length).toBe(0)
    good(await endBreakGlass(request(), tenantSid, OWNER))
    expect(await late(begun)).toEqual([])
  })

  it('is on the pages of both sides and on the owner’s own', async () => {
    const { world, begun, move, tenantSid, browser, codes } = await openOwner()
    await move(begun - 8 * DAY)
    const operator = await openOperator()
    const customer = await openLink(world, [])
    const pages = [
      [operator, `/console/tenants/${tenantSid}/break-glass`],
      [customer, '/setup/owners'],
    ] as const
    for (const [visitor, path] of pages) {
      const page = await (await visitor.get(path)).text()
      for (const words of [OWNER, 'Late', '10 left', 'Exempt'])
        expect([path, words, page.includes(words)]).toEqual([path, words, true])
      for (const code of codes) expect(page).not.toContain(code)
    }
    expect(await (await customer.get('/setup/owners')).text()).not.toContain('End exemption')
    expect(await (await browser.get('/recovery-codes')).text()).toContain(
      'Your drill has been due since',
    )
  })

  it('is no business of another tenant’s link', async () => {
    await openOwner()
    const other = await createWorld()
    const customer = await openLink(other, [])
    expect(await (await customer.get('/setup/owners')).text()).not.toContain(OWNER)
  })
})
