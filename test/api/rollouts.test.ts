// Rollouts over the API: selecting, freezing, reading and deciding lists, and every step to
// enforcement and back.
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadyCustomer, DAY } from '../rollout/customer.ts'
import { createWorld } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'

const EMAILS = ['ann@tenant.example', 'bob@tenant.example', 'cat@tenant.example']

type Ready = Awaited<ReturnType<typeof createReadyCustomer>>

let operator: Caller
let own: Caller
let customer: Ready
beforeAll(async () => {
  operator = await callerWithKey(null)
})
beforeEach(async () => {
  customer = await createReadyCustomer(EMAILS)
  own = await callerWithKey(customer.tenantSid)
})

async function create(): Promise<string> {
  const where = `/connections/${customer.connectionSid}/rollouts`
  return (await operator('POST', where, { body: { name: 'Everybody' } })).body.sid
}

/** A list of the three, in its first version. */
async function frozen(): Promise<string> {
  const sid = await create()
  await operator('PATCH', `/rollouts/${sid}`, { body: { accounts: [customer.account] } })
  const { body } = await operator('POST', `/rollouts/${sid}/freeze`)
  expect(body).toMatchObject({ version: 1, done: true, remaining: 0 })
  return sid
}

const post = (call: Caller, sid: string, step: string, body?: object) =>
  call('POST', `/rollouts/${sid}/${step}`, body && { body })

const reviewed = { version: 1, includedExistInIdP: true }

async function approved(): Promise<string> {
  const sid = await frozen()
  await post(own, sid, 'review', reviewed)
  await post(operator, sid, 'enable', { version: 1 })
  await post(operator, sid, 'inform', { version: 1, by: 'hand' })
  await post(own, sid, 'go-ahead', { version: 1 })
  return sid
}

describe('a rollout', () => {
  it('is created, found in lists of those who may see it, and renamed', async () => {
    const sid = await create()
    const { body } = await own('GET', `/rollouts/${sid}`)
    expect(body).toMatchObject({ name: 'Everybody', version: 0, frozen: false, underWay: [] })
    expect((await own('GET', '/rollouts')).body.items).toEqual([body])
    const of = `/rollouts?connection=${customer.connectionSid}`
    expect((await operator('GET', of)).body.items).toEqual([body])
    const other = await createWorld()
    const stranger = await callerWithKey(other.tenantSid)
    expect((await stranger('GET', '/rollouts')).body.items).toEqual([])
    for (const path of [of, `/rollouts?tenant=${customer.tenantSid}`])
      expect((await stranger('GET', path)).body.code).toBe('not_there')
    const where = `/rollouts/${sid}`
    const renamed = await operator('PATCH', where, { body: { name: 'All' } })
    expect(renamed.body.rollout.name).toBe('All')
    const tag = (await own('GET', where)).headers.get('etag')!
    expect((await own('GET', where, { headers: { 'if-none-match': tag } })).status).toBe(304)
  })

  it('says of each selector why it is not taken', async () => {
    const sid = await create()
    const other = await createReadyCustomer(['eve@other.example'])
    await other.verifyDomain('other.example')
    const edited = await operator('PATCH', `/rollouts/${sid}`, {
      body: {
        domains: ['other.example', 'nobody.example', 'no domain'],
        accounts: [other.account, customer.account, customer.account],
      },
    })
    expect(edited.body.rollout.selectors).toEqual({
      everybody: false,
      fromConnection: false,
      domains: [],
      accounts: [customer.account],
    })
    const codes = edited.body.problems.map(({ code }: { code: string }) => code)
    expect(codes).toEqual(['foreign', 'unverified', 'malformed', 'foreign', 'duplicate'])
    const [ann] = customer.people
    const named = await post(operator, sid, 'users', { users: [ann, other.people[0], 'x'] })
    expect(named.body).toEqual({
      taken: 1,
      selected: 1,
      problems: [
        { kind: 'user', value: other.people[0], code: 'foreign' },
        { kind: 'user', value: 'x', code: 'unknown' },
      ],
    })
    const removed = await post(operator, sid, 'users/remove', { users: [ann] })
    expect(removed.body).toEqual({ selected: 0 })
    const many = await post(operator, sid, 'users', { users: Array(1001).fill('x') })
    expect([many.body.code, many.body.field]).toEqual(['input', 'users'])
  })

  it('freezes nothing where nothing is selected', async () => {
    const { status, body } = await post(operator, await create(), 'freeze')
    expect([status, body.code, body.field]).toEqual([400, 'input', 'selectors'])
  })
})

describe('a list', () => {
  it('comes by pages in the order of e-mails, by filters, and as CSV', async () => {
    const sid = await frozen()
    const where = `/rollouts/${sid}/members`
    const first = (await own('GET', `${where}?limit=2`)).body
    const second = (await own('GET', `${where}?limit=2&after=${first.next}`)).body
    const emails = [...first.items, ...second.items].map(({ email }) => email)
    expect([emails, second.next]).toEqual([EMAILS, null])
    expect(first.items[0]).toMatchObject({ included: true, findings: ['never_proved'] })
    for (const [query, count] of [
      ['finding=never_proved', 3],
      ['finding=alias', 0],
      ['included=false', 0],
      ['decided=false', 3],
      ['skipped=true', 0],
      ['email=Bob', 1],
      ['version=1', 3],
    ] as const)
      expect([query, (await own('GET', `${where}?${query}`)).body.items.length]).toEqual([
        query,
        count,
      ])
    const csv = await own('GET', `${where}.csv?email=ann`)
    expect(csv.body.split('\r\n').slice(0, -1)).toEqual([
      '"login e-mail","first name","last name","user","external id","in","findings","reason"',
      `"ann@tenant.example","Pat","","${customer.people[0]}","","yes","never_proved",""`,
    ])
  })

  it('refuses filters and cursors that are not its own, also of the CSV', async () => {
    const where = `/rollouts/${await frozen()}/members`
    for (const [query, field] of [
      ['version=2', 'version'],
      ['version=x', 'version'],
      ['finding=odd', 'finding'],
      ['included=maybe', 'included'],
    ] as const)
      for (const path of [`${where}?${query}`, `${where}.csv?${query}`]) {
        const { body } = await own('GET', path)
        expect([path, body.code, body.field]).toEqual([path, 'input', field])
      }
    for (const after of ['x', `US${'0'.repeat(32)}.0`, `US${'0'.repeat(32)}.%27`])
      expect((await own('GET', `${where}?after=${after}`)).body.field).toBe('after')
  })

  it('is decided by row and by finding, which takes the review back', async () => {
    const sid = await frozen()
    expect((await post(own, sid, 'review', { ...reviewed, version: 2 })).body.code).toBe(
      'rollout_stale',
    )
    const unsaid = await post(own, sid, 'review', { version: 1, includedExistInIdP: false })
    expect(unsaid.body.field).toBe('includedExistInIdP')
    expect((await post(own, sid, 'review', reviewed)).body).toMatchObject({
      reviewedVersion: 1,
      reviewedBy: 'customer admin key test',
    })
    const [ann] = customer.people
    const out = { version: 1, included: false }
    const noReason = await post(own, sid, 'decisions', { ...out, users: [ann] })
    expect(noReason.body.field).toBe('reason')
    const decided = await post(own, sid, 'decisions', { ...out, users: [ann], reason: 'left' })
    expect(decided.body).toEqual({ decided: 1, refused: [], next: null })
    expect((await own('GET', `/rollouts/${sid}`)).body.reviewedVersion).toBeNull()
    const all = { ...out, finding: 'never_proved', reason: 'later' }
    expect((await post(own, sid, 'decisions', all)).body.decided).toBe(3)
    expect((await post(own, sid, 'decisions', { ...all, version: 2 })).body.code).toBe(
      'rollout_stale',
    )
    expect((await post(own, sid, 'decisions', { ...out, reason: 'x' })).body.code).toBe('input')
    const lost = { ...out, reason: 'x', finding: null, after: 'x' }
    expect((await post(own, sid, 'decisions', lost)).body.field).toBe('after')
    expect((await own('GET', `/rollouts/${sid}/summary`)).body).toMatchObject({
      rows: 3,
      included: 0,
      excluded: 3,
      undecided: 0,
      findings: { never_proved: { rows: 3, included: 0 } },
    })
  })

  it('is compared with another version, page by page', async () => {
    const sid = await frozen()
    const [ann, bob, cat] = customer.people
    await operator('PATCH', `/rollouts/${sid}`, { body: { accounts: [] } })
    const [dan] = await customer.addPeople(['dan@tenant.example'])
    await post(operator, sid, 'users', { users: [ann, dan] })
    await post(operator, sid, 'freeze')
    const where = `/rollouts/${sid}/comparison?from=1&to=2&limit=1`
    const first = (await own('GET', where)).body
    expect(first.added).toMatchObject({ total: 1, users: [{ userSid: dan }], next: null })
    expect(first.dropped.total).toBe(2)
    const second = (await own('GET', `${where}&dropped=${first.dropped.next}`)).body
    const dropped = [...first.dropped.users, ...second.dropped.users]
    expect(dropped.map(({ userSid }) => userSid).toSorted()).toEqual([bob, cat].toSorted())
    const wrong = await own('GET', `/rollouts/${sid}/comparison?from=1&to=3`)
    expect([wrong.body.code, wrong.body.field]).toEqual(['input', 'to'])
    expect((await own('GET', `/rollouts/${sid}/comparison?from=1`)).body.field).toBe('to')
    for (const side of ['added', 'dropped'])
      expect((await own('GET', `${where}&${side}=x`)).body.field).toBe(side)
  })
})

describe('the steps', () => {
  it('refuse to come before those that they need', async () => {
    const sid = await frozen()
    const step = async (name: string, body: object = {}) =>
      (await post(operator, sid, name, { version: 1, ...body })).body.code ?? 'done'
    expect(await step('enable')).toBe('rollout_unreviewed')
    expect(await step('go-ahead')).toBe('rollout_unreviewed')
    await post(own, sid, 'review', reviewed)
    expect(await step('go-ahead')).toBe('rollout_not_enabled')
    expect(await step('enable', { version: 2 })).toBe('rollout_stale')
    expect(await step('enable')).toBe('done')
    expect(await step('go-ahead')).toBe('rollout_uninformed')
    expect(await step('enforce')).toBe('rollout_not_approved')
    expect(await step('inform', { by: 'pigeon' })).toBe('input')
    const ended = `/tenants/${customer.tenantSid}/break-glass/owner@tenant.example`
    await operator('DELETE', ended)
    const told = { uninformedReason: 'told in a meeting' }
    expect(await step('go-ahead', told)).toBe('break_glass_missing')
    const exemption = { reason: 'keys', expiresAt: Date.now() + DAY }
    await operator('PUT', ended, { body: exemption })
    await customer.signOff('fail')
    expect(await step('go-ahead', told)).toBe('not_signed_off')
    await customer.signOff()
    const { body } = await post(own, sid, 'go-ahead', { version: 1, ...told })
    expect(body).toMatchObject({ approvedVersion: 1, uninformedReason: 'told in a meeting' })
  })

  it('enforce the proved, all on explicit choice, and give passwords back', async () => {
    await customer.prove(customer.people.slice(0, 1))
    const sid = await approved()
    expect((await post(operator, sid, 'enforce', { version: 1 })).body).toMatchObject({
      done: true,
      changed: 1,
    })
    const all = { version: 1, scope: 'all' }
    const refused = await post(operator, sid, 'enforce', { ...all, lockedOut: 1 })
    expect([refused.status, refused.body.code, refused.body.expected]).toEqual([
      409,
      'rollout_locks_out',
      '2 accepted',
    ])
    expect((await post(operator, sid, 'enforce', { ...all, lockedOut: 2 })).body.changed).toBe(2)
    const progress = (await own('GET', `/rollouts/${sid}/progress`)).body
    expect(progress.counts).toMatchObject({ included: 3, proved: 1, enabled: 3, enforced: 3 })
    expect(progress.gates.enforce.every(({ open }: { open: boolean }) => open)).toBe(true)
    expect(progress.days).toHaveLength(30)
    const [ann] = customer.people
    const some = await post(operator, sid, 'roll-back', { to: 'sso_enabled', users: [ann] })
    expect(some.body).toMatchObject({ done: true, changed: 1 })
    expect(await customer.methodsOf(customer.people)).toEqual([
      'sso_enabled',
      'sso_enforced',
      'sso_enforced',
    ])
    expect((await post(operator, sid, 'roll-back', { to: 'password' })).body.done).toBe(true)
    expect(new Set(await customer.methodsOf(customer.people))).toEqual(new Set(['password']))
    expect((await post(operator, sid, 'roll-back', { to: 'sso_enforced' })).body.field).toBe('to')
  })

  it('are scheduled for a time to come, and not any more', async () => {
    const sid = await approved()
    const put = async (body: object) =>
      (await operator('PUT', `/rollouts/${sid}/schedule`, { body: { version: 1, ...body } })).body
    const at = Date.now() + DAY
    expect(await put({ at })).toMatchObject({ enforceAt: at, scope: 'proved' })
    expect(await put({ at: 1 })).toMatchObject({ code: 'input', field: 'at' })
    expect(await put({ at, scope: 'all' })).toMatchObject({ code: 'rollout_locks_out' })
    expect(await put({ at: null })).toMatchObject({ enforceAt: null })
  })
})

describe('the notice', () => {
  const NOTICE = { subject: 'From {date}', text: 'Hello {firstName}', link: null, date: 'Monday' }

  it('is offered, written by the customer, and its recipients come as CSV', async () => {
    const sid = await frozen()
    const where = `/rollouts/${sid}/notice`
    const offered = (await own('GET', where)).body
    expect(offered.notice).toBeNull()
    expect(offered.placeholders).toEqual(['{firstName}', '{date}', '{link}'])
    const written = (await own('PUT', where, { body: NOTICE })).body
    expect(written.notice).toMatchObject(NOTICE)
    expect((await own('GET', where)).body).toEqual(written)
    const gap = await own('PUT', where, { body: { ...NOTICE, date: null } })
    expect([gap.body.code, gap.body.field]).toEqual(['input', 'date'])
    const { body } = await own('GET', `/rollouts/${sid}/recipients.csv`)
    expect(body.split('\r\n')[0]).toBe('"e-mail","first name","last name"')
    expect(body.match(/@tenant\.example/g)).toHaveLength(3)
  })

  it('is sent where the deployment sends e-mail, and not taken for sent elsewhere', async () => {
    const sid = await frozen()
    await own('PUT', `/rollouts/${sid}/notice`, { body: NOTICE })
    const mail = { version: 1, by: 'email' }
    const { EMAIL, ...silent } = env
    for (const environment of [env, silent]) {
      const call = await callerWithKey(null, { environment })
      const { status, body } = await post(call, sid, 'inform', mail)
      expect([status, body.code]).toEqual([503, 'not_configured'])
    }
    const sending = { ...silent, ...(EMAIL && { EMAIL }), MAIL_FROM: 'sso@vendor.example' }
    const call = await callerWithKey(null, { environment: sending })
    // The simulated binding takes mail for one of the three.
    const first = (await post(call, sid, 'inform', mail)).body
    expect(first).toMatchObject({ done: false, sent: 1, failed: 2 })
    expect((await post(call, sid, 'inform', mail)).body).toMatchObject({ done: true, left: 2 })
    const rows = (await own('GET', `/rollouts/${sid}/members?skipped=true`)).body.items
    expect(rows.map(({ email, skipped }: Record<string, string>) => [email, skipped])).toEqual([
      ['bob@tenant.example', 'not_sent'],
      ['cat@tenant.example', 'not_sent'],
    ])
  })
})
