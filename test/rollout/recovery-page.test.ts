// `/login/recovery`: what a code opens, and what a stranger learns.
import { makeCodes } from '../support/recovery-codes.ts'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApiKey } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import {
  breakGlass,
  failedGuesses,
  recoveryCodes,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import type { Env } from '../../src/env.ts'
import { CATALOGUE } from '../../src/errors.ts'
import { addBreakGlass, endBreakGlass } from '../../src/rollout/operations.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { countingDatabase } from '../support/counting.ts'
import { hashSecret as hashOf } from '../../src/platform/secret.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'

const APP = 'https://app.vendor.example'
const PASSWORD_PAGE = `${APP}/password?from=sso`
const OWNER = 'owner@tenant.example'
const DAY = 24 * 3600 * 1000
const app = createApp()

let world: World
let userSid: string
let codes: string[]
beforeEach(async () => {
  await db.delete(failedGuesses)
  world = await createWorld()
  userSid = await world.addUser(OWNER)
  codes = await name(world, OWNER)
  await db.update(users).set({ signInMethod: 'sso_enforced' }).where(eq(users.sid, userSid))
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  return () => warn.mockRestore()
})

async function name({ tenantSid }: World, user: string): Promise<string[]> {
  const exemption = { user, reason: 'keeps the keys', expiresAt: Date.now() + DAY }
  good(await addBreakGlass(request(), tenantSid, exemption))
  return good(await makeCodes(request(), user)).codes
}

type Settings = {
  path?: string
  origin?: string | null
  address?: string
  env?: Partial<Env>
  onAnswer?: () => void
}

const FREE = { limit: async () => ({ success: true }) } as RateLimit

/** A post of the form, by default without a rate limit. */
function post(fields: Record<string, string>, settings: Settings = {}) {
  const origin = settings.origin === undefined ? ORIGIN : settings.origin
  return askApp(
    app,
    ORIGIN + (settings.path ?? '/login/recovery'),
    {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'cf-connecting-ip': settings.address ?? '198.51.100.1',
        ...(origin !== null && { origin }),
      },
    },
    {
      ...env,
      PASSWORD_LOGIN_URL: PASSWORD_PAGE,
      PRODUCT_NAME: 'Vendor Cloud',
      LOGINS_BY_ADDRESS: FREE,
      LOGINS_BY_ADDRESS_AND_EMAIL: FREE,
      ...settings.env,
    },
    settings.onAnswer,
  )
}

const spentAt = async () =>
  (await db.select().from(recoveryCodes).where(eq(recoveryCodes.userSid, userSid))).filter(
    (row) => row.spentAt !== null,
  ).length

const textOf = (page: string) =>
  page.replaceAll(/<style.*?<\/style>|<[^>]+>/gs, ' ').replaceAll(/\s+/g, ' ')

describe('the page for a recovery code', () => {
  it('is reached from the front door, with what was entered, and from a sign-in that failed', async () => {
    const browser = openBrowser()
    expect(await (await browser.get('/login')).text()).toContain('href="/login/recovery"')
    const query = `login_hint=a%40x.example&return_to=${encodeURIComponent(`${APP}/a`)}`
    const page = await (await browser.get(`/login?${query}`)).text()
    expect(page).toContain(`href="/login/recovery?${query.replace('&', '&amp;')}"`)
    const form = await (await browser.get(`/login/recovery?${query}`)).text()
    expect(form).toContain('value="a@x.example"')
    expect(form).toContain(`name="return_to" value="${APP}/a"`)
    expect(form).toContain(`href="/login?${query.replace('&', '&amp;')}"`)
    expect(form).not.toContain('<script')
    const failed = await world.login('nobody@tenant.example')
    expect(await failed.arrived.text()).toContain('href="/login/recovery"')
    expect(await (await browser.get('/nowhere')).text()).not.toContain('/login/recovery')
  })

  it('opens the password for an hour, and takes a code along that the app can spend', async () => {
    const decide = async () => {
      const answer = await ask(`/sign-in-decision?email=${encodeURIComponent(OWNER)}`)
      return (await answer.json()) as { decision: string; reason: string }
    }
    const key = good(
      await createApiKey(request(), {
        name: 'app',
        tenantSid: null,
        role: 'owner',
        expiresInDays: 1,
      }),
    )
    const headers = { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' }
    const ask = (path: string, body?: object) =>
      askApp(
        app,
        `${ORIGIN}/api/v1${path}`,
        { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) },
        env,
      )
    expect(await decide()).toMatchObject({ decision: 'choice', reason: 'break_glass' })

    const returnTo = `${APP}/page?x=1&y=2`
    const response = await post({ email: ` ${OWNER} `, code: codes[0]!, return_to: returnTo })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const page = await response.text()
    expect(page).not.toContain(codes[0])
    expect(textOf(page)).toContain('You have 9 codes left.')
    expect(textOf(page)).toContain('Continue to Vendor Cloud')
    const href = /class="button" href="([^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&')
    const url = new URL(href)
    expect(url.origin + url.pathname).toBe(`${APP}/password`)
    const { recovery_code: handover = '', ...rest } = Object.fromEntries(url.searchParams)
    expect(rest).toEqual({ from: 'sso', login_hint: OWNER, return_to: returnTo })

    expect(await decide()).toMatchObject({ decision: 'password', reason: 'recovery_code' })
    const passwordPage = await post({ email: OWNER }, { path: '/login' })
    expect(passwordPage.headers.get('location')).toBe(
      `${PASSWORD_PAGE}&login_hint=${encodeURIComponent(OWNER)}`,
    )
    const taken = await ask('/recovery-codes/spend', { email: OWNER, code: handover })
    expect(await taken.json()).toMatchObject({ userSid, codesLeft: 9 })
    const again = await ask('/recovery-codes/spend', { email: OWNER, code: handover })
    expect(again.status).toBe(403)
  })

  it('takes a code as people type it, says which was the last, and where to go without a page to go to', async () => {
    await db.delete(recoveryCodes).where(eq(recoveryCodes.userSid, userSid))
    const [code = ''] = good(await makeCodes(request(), OWNER)).codes
    const rows = await db.select().from(recoveryCodes).where(eq(recoveryCodes.userSid, userSid))
    const typed = code.toLowerCase().replaceAll('-', ' ')
    const opened = await post(
      { email: OWNER.toUpperCase(), code: typed },
      { env: { PASSWORD_LOGIN_URL: '' } },
    )
    const page = await opened.text()
    expect(textOf(page)).toContain('Open the app and sign in there.')
    expect(page).not.toContain('class="button"')
    expect(rows).toHaveLength(10)
    await db.delete(recoveryCodes).where(eq(recoveryCodes.userSid, userSid))
    const [, last = ''] = codes
    await db
      .insert(recoveryCodes)
      .values({ ...rows[0]!, codeHash: await hashOf(last), spentAt: null })
    expect(textOf(await (await post({ email: OWNER, code: last })).text())).toContain(
      'It was your last code',
    )
  })

  it('gives one answer to every code that opens nothing, for existing and unknown people', async () => {
    const other = await createWorld()
    await other.addUser('other@other.example')
    const others = await name(other, 'other@other.example')
    // The world before has given up its addresses.
    await db.update(users).set({ emailKey: OWNER }).where(eq(users.sid, userSid))
    await world.addUser('plain@tenant.example')
    await world.addUser('gone@tenant.example', { suspendedAt: 1 })
    const [spent = '', code = ''] = codes
    expect((await post({ email: OWNER, code: spent })).status).toBe(200)
    const tries: [string, string, (() => Promise<unknown>)?][] = [
      ['nobody@x.example', '0000-0000-0000-0000'],
      ['nobody@x.example', code],
      [OWNER, '0000-0000-0000-0000'],
      [OWNER, 'no code'],
      [OWNER, ''],
      [OWNER, 'X'.repeat(10_000)],
      ['no e-mail', code],
      [OWNER, spent],
      [OWNER, others[0]!],
      ['plain@tenant.example', code],
      ['gone@tenant.example', code],
      [OWNER, code, () => set(users, { suspendedAt: 1 }, eq(users.sid, userSid))],
      [OWNER, code, () => set(tenants, { suspendedAt: 1 }, eq(tenants.sid, world.tenantSid))],
      [OWNER, code, () => set(breakGlass, { expiresAt: 1 }, eq(breakGlass.userSid, userSid))],
      [OWNER, code, () => endBreakGlass(request(), world.tenantSid, OWNER)],
    ]
    const answers = []
    for (const [email, text, before] of tries) {
      await before?.()
      const response = await post({ email, code: text })
      answers.push({
        status: response.status,
        page: (await response.text())
          .replaceAll(/nonce="[^"]+"/g, '')
          .replaceAll(encodeURIComponent(email).replaceAll('%20', '+'), 'EMAIL')
          .replaceAll(email, 'EMAIL'),
        headers: [...response.headers.keys()].toSorted(),
      })
      await set(users, { suspendedAt: null }, eq(users.sid, userSid))
      await set(tenants, { suspendedAt: null }, eq(tenants.sid, world.tenantSid))
      if (!/endBreakGlass/.test(String(before)))
        await set(breakGlass, { expiresAt: Date.now() + DAY }, eq(breakGlass.userSid, userSid))
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]!.status).toBe(403)
    expect(answers[0]!.page).toContain('role="alert"')
    expect(textOf(answers[0]!.page)).toContain(CATALOGUE['recovery_code'].title)
    expect(await spentAt()).toBe(1)
  })

  it('reads and writes as much for a stranger as for an owner with a wrong code', async () => {
    const { binding, cost } = countingDatabase()
    const costs: number[][] = []
    for (const email of ['nobody@x.example', OWNER]) {
      const before = { ...cost }
      const spent = () => {
        costs.push([cost.trips - before.trips, cost.rowsRead - before.rowsRead])
      }
      const wrong = { email, code: '0000-0000-0000-0000' }
      await post(wrong, { env: { DB: binding }, onAnswer: spent })
    }
    // What an owner's wrong code writes more is one batch for everybody, and the rest follows later.
    expect(costs[0]![0]).toBe(costs[1]![0])
    // Whether this client guesses, the code, both counts, and the owner to tell of it.
    expect(costs[0]![0]).toBe(5)
    const before = cost.rowsRead
    expect((await post({ email: OWNER, code: codes[0]! }, { env: { DB: binding } })).status).toBe(
      200,
    )
    console.log(
      `rows read: ${costs[0]![1]} for a wrong code, ${cost.rowsRead - before} for a good one`,
    )
  })

  it('shows the input as text, and follows no return_to that is not on the list', async () => {
    const evil = '"><script>alert(1)</script>'
    const refused = await post({ email: evil, code: evil })
    expect(await refused.text()).not.toContain('<script')
    for (const target of ['https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
      const fields = { email: OWNER, code: codes[0]!, return_to: target }
      expect((await post(fields)).status, target).toBe(400)
      const page = await openBrowser().get(
        `/login/recovery?return_to=${encodeURIComponent(target)}`,
      )
      expect(page.status, target).toBe(400)
    }
    expect(await spentAt()).toBe(0)
  })

  it('takes no post from elsewhere', async () => {
    for (const origin of ['https://evil.example', 'null', APP, null])
      expect((await post({ email: OWNER, code: codes[0]! }, { origin })).status).toBe(403)
    expect(await spentAt()).toBe(0)
  })

  it('is limited by address and by e-mail as the front door is, and then tries no code', async () => {
    const limits = (of: { address: boolean; email: boolean }) => {
      const keys: string[] = []
      const limit = (success: boolean) =>
        ({
          async limit({ key }: { key: string }) {
            keys.push(key)
            return { success }
          },
        }) as RateLimit
      const bindings = {
        LOGINS_BY_ADDRESS: limit(of.address),
        LOGINS_BY_ADDRESS_AND_EMAIL: limit(of.email),
      }
      return { keys, env: bindings }
    }
    for (const of of [
      { address: false, email: true },
      { address: true, email: false },
    ]) {
      const asked = limits(of)
      const response = await post(
        { email: OWNER, code: codes[0]! },
        { env: asked.env, address: '203.0.113.9' },
      )
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60'])
      await post({ email: OWNER }, { path: '/login', env: asked.env, address: '203.0.113.9' })
      // Each page counts an address for itself, and a person for both.
      expect(new Set(asked.keys).size).toBe(3)
    }
    expect(await spentAt()).toBe(0)
  })
})

const set = (
  table: typeof users | typeof tenants | typeof breakGlass,
  values: object,
  where: ReturnType<typeof eq>,
) => db.update(table).set(values).where(where)
