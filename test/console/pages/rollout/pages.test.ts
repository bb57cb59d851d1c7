// What the pages of rollouts must not do: run what somebody has entered, show another customer's,
// offer what is not allowed.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { dailyLogins } from '../../../../src/platform/db/history-schema.ts'
import { recoveryCodes, users } from '../../../../src/platform/db/schema.ts'
import { createOwnCodes } from '../../../../src/rollout/break-glass/operations.ts'
import { createRollout, decideMembers, setNotice } from '../../../../src/rollout/operations.ts'
import { good } from '../../../support/request.ts'
import { addAttempt } from '../../../support/attempts.ts'
import { db, history } from '../../../support/world.ts'
import { actionsOf, openStage, textOf, wordsOf, type Stage } from './stage.ts'
import { stayOnOneDay } from '../../../support/same-day.ts'

stayOnOneDay()

const EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

let stage: Stage
beforeEach(async () => {
  stage = await openStage(['ann@tenant.example', '=cmd@tenant.example', 'o+p@tenant.example'])
})

/** Every page that a rollout has, in console or portal. */
const pagesBelow = (path: string) => [
  path,
  path.replace(/\/RO\w+$/, ''),
  `${path}/list`,
  `${path}/list?finding=never_proved`,
  `${path}/versions`,
  `${path}/aliases`,
  `${path}/notice`,
  `${path}/history`,
]

describe('what somebody has entered', () => {
  it('is text on every page, in console and portal', async () => {
    const { sid } = good(await createRollout(stage.ask(), stage.connectionSid, { name: EVIL }))
    const form = { accounts: stage.account, name: EVIL }
    const body = new FormData()
    for (const [name, value] of Object.entries(form)) body.set(name, value)
    const console = stage.console.replace(stage.sid, sid)
    const portal = stage.portal.replace(stage.sid, sid)
    await stage.operator.upload(`${console}/choose`, body)
    await stage.frozen(sid)
    await stage.frozen(sid)
    const [ann] = stage.people
    await db.update(users).set({ firstName: EVIL, lastName: EVIL }).where(eq(users.sid, ann!))
    const out = { included: false, reason: EVIL }
    good(await decideMembers(stage.ask(), sid, 2, { users: [ann!] }, out))
    const notice = { subject: EVIL, text: EVIL, link: null, date: EVIL.slice(0, 100) }
    good(await setNotice(stage.ask(), sid, notice))
    await addAttempt({ connectionSid: stage.connectionSid, code: 'audience' })
    const customer = await stage.link()
    for (const [browser, path] of [
      [stage.operator, console],
      [customer, portal],
    ] as const)
      for (const address of pagesBelow(path)) {
        const page = await textOf(browser, address)
        expect([address, /<script>alert|<img/.test(page)]).toEqual([address, false])
        // A policy that takes no style attribute would break what has one.
        expect([address, / style="/.test(page)]).toEqual([address, false])
      }
    expect(await textOf(customer, `${portal}/list`)).toContain('&lt;script&gt;alert(1)')
    const history = wordsOf(await textOf(customer, `${portal}/history`))
    expect(history).toContain('People excluded')
    expect(history).toContain('List frozen')
    const refused = await customer.post(`${portal}/aliases`, { user: EVIL, email: EVIL })
    expect(await refused.text()).not.toMatch(/<script>alert|<img/)
    const filtered = `${portal}/list?email=${encodeURIComponent(EVIL)}&finding=x&page=${EVIL}`
    expect(await textOf(customer, filtered)).not.toMatch(/<script>alert|<img/)
  })

  it('is never computed by a spreadsheet', async () => {
    await stage.frozen(stage.sid)
    const names = { firstName: '@SUM(A1)', lastName: '\t=1+1' }
    await db.update(users).set(names).where(eq(users.sid, stage.people[0]!))
    for (const file of ['list.csv', 'recipients.csv']) {
      const response = await stage.operator.get(`${stage.console}/${file}`)
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      // Excel reads UTF-8 by it.
      const bytes = await response.clone().bytes()
      expect(bytes.subarray(0, 3)).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf))
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="/)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      const csv = await response.text()
      expect(csv).toContain('"\'=cmd@tenant.example"')
      expect(csv).toContain('"\'@SUM(A1)"')
      expect(csv).not.toMatch(/"[\s]*[=@+-]/)
    }
    // As the table is filtered, so is the file.
    const some = await stage.operator.get(`${stage.console}/list.csv?finding=plus_address`)
    const [, ...rows] = (await some.text()).trim().split('\r\n')
    expect(rows).toHaveLength(1)
    expect(rows[0]).toContain('"o+p@tenant.example"')
  })
})

describe('what belongs to somebody else', () => {
  it('not_there: looks like what is not there, also below a connection of one’s own', async () => {
    const other = await openStage(['else@tenant.example'])
    await other.frozen(other.sid)
    const customer = await stage.link()
    for (const [browser, path] of [
      [customer, stage.portal],
      // An operator sees it, but not here.
      [stage.operator, stage.console],
    ] as const) {
      const guessed = path.replace(stage.sid, `RO${'0'.repeat(32)}`)
      const foreign = path.replace(stage.sid, other.sid)
      const answer = async (address: string) => {
        const response = await browser.get(address)
        // Each refusal has a reference of its own.
        const page = (await response.text()).replace(/RQ[0-9a-f]{32}/g, 'RQ')
        return [response.status, page]
      }
      const [status, page] = await answer(guessed)
      expect(status).toBe(404)
      for (const below of [
        '',
        '/list',
        '/list.csv',
        '/recipients.csv',
        '/versions',
        '/aliases',
        '/history',
      ])
        expect(await answer(foreign + below)).toEqual([404, page])
      for (const step of ['freeze', 'roll-back', 'review', 'idp-users'])
        expect((await browser.post(`${foreign}/${step}`, { to: 'password' })).status).toBe(404)
    }
    expect(await other.methodsOf(other.people)).toEqual(['password'])
  })
})

describe('what somebody may not do', () => {
  it('is on no page: a link that may only look finds no form but that to search', async () => {
    await stage.frozen(stage.sid)
    const looker = await stage.link([])
    for (const address of pagesBelow(stage.portal).filter((one) => !one.endsWith('/notice'))) {
      const actions = actionsOf(await textOf(looker, address))
      const changing = actions.filter((action) => !/\/(?:list|versions)$/.test(action))
      expect([address, changing]).toEqual([address, ['/setup/end']])
    }
  })

  it('is on no page: a customer who may test finds the customer’s steps alone', async () => {
    await stage.frozen(stage.sid)
    const customer = await stage.link()
    const page = await textOf(customer, stage.portal)
    const steps = actionsOf(page).map((action) => action.replace(`${stage.portal}/`, ''))
    expect(new Set(steps)).toEqual(new Set(['/setup/end', 'idp-users', 'refresh', 'review']))
    expect(page).not.toContain('/console')
    expect(await textOf(customer, `${stage.portal}/list`)).not.toContain('Turn SSO off')
  })
})

describe('the bars and the chart', () => {
  it('say in words and in a table what they draw', async () => {
    await stage.approved(stage.sid)
    await stage.prove([stage.people[0]!])
    const code = 'not_on_or_after'
    const DAY = 24 * 3600 * 1000
    const at = (days: number) => Math.floor(Date.now() / DAY - days) * DAY
    const { connectionSid } = stage
    await history.insert(dailyLogins).values([
      { connectionSid, day: at(2), code: '', logins: 2 },
      { connectionSid, day: at(2), code, logins: 1 },
      { connectionSid, day: at(4), code: 'user_unknown', logins: 1 },
    ])
    const page = await textOf(stage.operator, stage.console)
    expect(page).toMatch(/<svg role="img" aria-label="2 logins and 2 failures from /)
    const day = new Date(at(2)).toISOString().slice(0, 10)
    expect(wordsOf(page)).toMatch(new RegExp(`${day} 2 1 The Assertion has expired: 1`))
    expect(wordsOf(page)).toContain('Logged in 1 of 3')
    expect(page).toMatch(/<rect class="share" width="33\.33%"/)
    // What is drawn and not said in words would be lost on some.
    expect([...page.matchAll(/<svg(?![^>]*(?:aria-hidden|role="img"))/g)]).toEqual([])
  })
})

describe('break-glass owners', () => {
  const path = () => `/console/tenants/${stage.tenantSid}/break-glass`

  it('are named, make their codes themselves, and end', async () => {
    const { operator } = stage
    const [ann] = stage.people
    const named = { user: 'ann@tenant.example', reason: EVIL, expiresInDays: '30' }
    expect((await operator.post(path(), named)).status).toBe(303)
    const list = await textOf(operator, path())
    expect(list).not.toContain('<script>alert')
    expect((await operator.post(`${path()}/${ann}/codes`)).status).toBe(404)
    const owner = { sid: ann!, tenantSid: stage.tenantSid }
    const { codes } = good(await createOwnCodes({ db, now: Date.now() }, owner))
    const again = await textOf(operator, path())
    for (const code of codes) expect(again).not.toContain(code)
    expect(wordsOf(again)).toContain('10 left')
    const rows = await db.select().from(recoveryCodes).where(eq(recoveryCodes.userSid, ann!))
    expect(JSON.stringify(rows)).not.toContain(codes[0])
    expect((await operator.post(`${path()}/${ann}/end`)).status).toBe(303)
    expect(wordsOf(await textOf(operator, path()))).toContain('Ended')
  })

  it('input: a stranger, nobody, no reason, for ever', async () => {
    const right = { user: 'ann@tenant.example', reason: 'runs it', expiresInDays: '30' }
    for (const [field, wrong] of Object.entries({
      user: { user: 'stranger@elsewhere.example' },
      reason: { reason: '' },
      expiresInDays: { expiresInDays: '999' },
    })) {
      const response = await stage.operator.post(path(), { ...right, ...wrong })
      expect([field, response.status]).toEqual([field, 400])
      const page = await response.text()
      expect(page).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
      expect(page).toContain(`href="#${field}"`)
    }
  })

  it('are not the customer’s to see', async () => {
    const customer = await stage.link()
    expect((await customer.get(path())).headers.get('location')).toBe('/console/sign-in')
    await stage.signOff('fail')
    expect(wordsOf(await textOf(customer, stage.portal))).not.toContain('owner@tenant.example')
  })
})
