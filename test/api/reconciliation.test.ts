// The IdP's list of users, aliases, and break-glass owners with their codes, over the API.
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { idpUsers, recoveryCodes } from '../../src/platform/db/schema.ts'
import { createOwnCodes } from '../../src/rollout/break-glass/operations.ts'
import { createReadyCustomer, DAY } from '../rollout/customer.ts'
import { codeOf, good } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'

type Ready = Awaited<ReturnType<typeof createReadyCustomer>>

let operator: Caller
let own: Caller
let customer: Ready
beforeAll(async () => {
  operator = await callerWithKey(null)
})
beforeEach(async () => {
  customer = await createReadyCustomer(['ann@tenant.example', 'bob@tenant.example'])
  own = await callerWithKey(customer.tenantSid)
})

const at = (path: string) => `/connections/${customer.connectionSid}${path}`
const csv = { 'content-type': 'text/csv' }

async function listed(): Promise<string[]> {
  const rows = await db
    .select()
    .from(idpUsers)
    .where(eq(idpUsers.connectionSid, customer.connectionSid))
  return rows.map(({ emailKey }) => emailKey).filter(Boolean)
}

describe('the IdP’s list', () => {
  it('comes as CSV whole, or in parts', async () => {
    const file = 'Name,E-Mail\nAnn,Ann@tenant.example\nx,no\nAnn,ann@tenant.example\n'
    const whole = await own('POST', at('/idp-users'), { body: file, headers: csv })
    expect(whole.body).toEqual({
      done: true,
      taken: 1,
      listed: 1,
      problems: [
        { index: 1, code: 'malformed', line: 3 },
        { index: 2, code: 'duplicate', line: 4 },
      ],
      column: 'E-Mail',
      difference: { in: 0, out: 0 },
    })
    const part = (emails: string[], isLast: boolean) =>
      own('POST', at('/idp-users'), { body: { upload: 'second', emails, isLast } })
    expect((await part(['b@idp.example'], false)).body).toMatchObject({ done: false, taken: 1 })
    expect((await part(['c@idp.example'], true)).body).toMatchObject({ done: true, listed: 2 })
    expect((await listed()).toSorted()).toEqual(['b@idp.example', 'c@idp.example'])
  })

  it('of several columns with addresses takes the one that is named', async () => {
    const file = 'Dienst;Kontakt\nann@tenant.example;a@x.example\nb@idp.example;b@x.example\n'
    const send = (query: string, body: string = file) =>
      own('POST', at(`/idp-users${query}`), { body, headers: csv })
    const asked = await send('')
    expect([asked.status, asked.body]).toMatchObject([
      400,
      { code: 'file_column', field: 'file', choices: ['Dienst', 'Kontakt'] },
    ])
    expect(await listed()).toEqual([])
    expect((await send('?column=Dienst')).body).toMatchObject({ listed: 2, column: 'Dienst' })
    expect((await listed()).toSorted()).toEqual(['ann@tenant.example', 'b@idp.example'])
    expect((await send('?column=2')).body).toMatchObject({ listed: 2, column: 'Kontakt' })
    expect((await send('?column=Mail')).body.code).toBe('file_column')
    const broken = 'Name,Mail\nA,a@x.example\n"B" C,b@x.example\nD,d@x.example\n'
    expect((await send('', broken)).body).toMatchObject({ code: 'file_row', received: 'line 3' })
    expect((await send('', '<!doctype html><html>')).body).toMatchObject({
      code: 'file_other',
      received: 'a web page',
    })
    expect((await listed()).toSorted()).toEqual(['a@x.example', 'b@x.example'])
  })

  it('goes over a thousand in one file, with places counted through', async () => {
    const emails = Array.from({ length: 2500 }, (_, index) => `${index}@idp.example`)
    emails[2100] = 'wrong'
    const { body } = await own('POST', at('/idp-users'), { body: emails.join('\n'), headers: csv })
    expect(body).toEqual({
      done: true,
      taken: 2499,
      listed: 2499,
      problems: [{ index: 2100, code: 'malformed', line: 2101 }],
      column: 'Column 1',
      difference: { in: 0, out: 0 },
    })
  })

  it('is not replaced by what was not understood, nor taken beyond a limit', async () => {
    await own('POST', at('/idp-users'), { body: 'ann@tenant.example\n', headers: csv })
    const many = Array.from({ length: 20_001 }, (_, index) => `${index}@idp.example`).join('\n')
    for (const body of ['Name,Phone\nAnn,1\n', 'E-Mail\n', '', many]) {
      const answer = await own('POST', at('/idp-users'), { body, headers: csv })
      expect([answer.body.code, answer.body.field]).toEqual(['input', 'file'])
    }
    const large = 'x'.repeat(4 * 1024 * 1024 + 1)
    const refused = await own('POST', at('/idp-users'), { body: large, headers: csv })
    expect(refused.body.code).toBe('body_too_large')
    const parts = { upload: 'x', emails: Array(1001).fill('a@b.example'), isLast: false }
    expect((await own('POST', at('/idp-users'), { body: parts })).body.field).toBe('emails')
    expect(await listed()).toEqual(['ann@tenant.example'])
  })

  it('finds whom it does not know, and suggests who it is', async () => {
    const sid = await customer.select({ accounts: [customer.account] })
    await customer.frozen(sid)
    const file = 'ann@tenant.example\nbob@idp.example\n'
    const refused = await own('POST', at('/idp-users'), { body: file, headers: csv })
    expect(refused.body).toMatchObject({
      code: 'idp_list_excludes',
      expected: '+0 / −1: 1 accepted',
    })
    await own('POST', at('/idp-users?excludes=1'), { body: file, headers: csv })
    expect((await own('POST', `/rollouts/${sid}/refresh`)).body.done).toBe(true)
    const [, bob] = customer.people
    const unknown = await own('GET', `/rollouts/${sid}/members?finding=alias`)
    expect(unknown.body.items).toMatchObject([{ userSid: bob, included: false }])
    const suggested = await own('POST', `/rollouts/${sid}/suggestions`, { body: { users: [bob] } })
    expect(suggested.body.items).toEqual([
      { userSid: bob, email: 'bob@idp.example', because: 'other_domain' },
    ])
    const body = { version: 1, users: [bob], included: true }
    const blocked = await own('POST', `/rollouts/${sid}/decisions`, { body })
    expect(blocked.body).toMatchObject({ decided: 0, refused: [{ userSid: bob }] })
    await own('PUT', at('/aliases/bob@idp.example'), { body: { user: bob } })
    expect((await own('POST', `/rollouts/${sid}/decisions`, { body })).body.decided).toBe(1)
  })
})

describe('an alias', () => {
  it('is mapped, listed and taken away', async () => {
    const where = at(`/aliases/${encodeURIComponent('Ann.F@idp.example')}`)
    const mapped = await own('PUT', where, { body: { user: 'ann@tenant.example' } })
    expect(mapped.body).toMatchObject({
      alias: 'ann.f@idp.example',
      userSid: customer.people[0],
      createdBy: 'customer admin key test',
    })
    const email = 'ann@tenant.example'
    expect((await own('GET', at('/aliases'))).body).toEqual({
      items: [{ ...mapped.body, email }],
      next: null,
    })
    const twice = await own('PUT', where, { body: { user: 'bob@tenant.example' } })
    expect([twice.status, twice.body.code]).toEqual([409, 'already_there'])
    expect((await own('DELETE', where)).status).toBe(204)
    expect((await own('DELETE', where)).body.code).toBe('not_there')
  })

  it('is nobody’s of another tenant, and no address of somebody else', async () => {
    const other = await createReadyCustomer(['eve@other.example'])
    const path = `/connections/${other.connectionSid}/aliases`
    const call = await callerWithKey(other.tenantSid)
    const [eve] = other.people
    const body = { user: customer.people[0] }
    expect((await call('PUT', `${path}/x@idp.example`, { body })).body.code).toBe('not_there')
    const [fred] = await other.addPeople(['fred@other.example'])
    const theirs = await call('PUT', `${path}/eve@other.example`, { body: { user: fred } })
    expect(theirs.body.code).toBe('already_there')
    for (const wrong of ['no', 'eve@other.example'])
      expect((await call('PUT', `${path}/${wrong}`, { body: { user: eve } })).body.field).toBe(
        'email',
      )
    const pages = ['a@idp.example', 'b@idp.example']
    for (const alias of pages) await call('PUT', `${path}/${alias}`, { body: { user: eve } })
    const first = (await call('GET', `${path}?limit=1`)).body
    const second = (await call('GET', `${path}?limit=1&after=${first.next}`)).body
    expect([...first.items, ...second.items].map(({ alias }) => alias)).toEqual(pages)
    expect(second.next).toBeNull()
  })
})

describe('a break-glass owner', () => {
  const owner = (name = 'ann@tenant.example') =>
    `/tenants/${customer.tenantSid}/break-glass/${name}`
  const exemption = () => ({ reason: 'keeps the keys', expiresAt: Date.now() + DAY })

  it('is exempt for a time, with codes that only they make and that work once', async () => {
    const added = await operator('PUT', owner(), { body: exemption() })
    expect(added.body).toMatchObject({ email: 'ann@tenant.example', endedAt: null, codesLeft: 0 })
    const ann = { sid: customer.people[0]!, tenantSid: customer.tenantSid }
    const createCodes = () => createOwnCodes({ db, now: Date.now() }, ann)
    const [code, ...others] = good(await createCodes()).codes
    expect(new Set([code, ...others]).size).toBe(10)
    const list = await own('GET', `/tenants/${customer.tenantSid}/break-glass`)
    expect(list.body.items[0]).toMatchObject({ userSid: customer.people[0], codesLeft: 10 })
    expect(JSON.stringify(list.body)).not.toContain(code)
    const spend = async (email: string, code: string, call = operator) =>
      (await call('POST', '/recovery-codes/spend', { body: { email, code } })).body
    expect((await spend('bob@tenant.example', code!)).code).toBe('recovery_code')
    // A tenant's key cannot try codes, not even good ones.
    expect((await spend('ann@tenant.example', code!, own)).code).toBe('forbidden')
    expect(await spend('Ann@tenant.example', code!.toLowerCase())).toEqual({
      userSid: customer.people[0],
      tenantSid: customer.tenantSid,
      codesLeft: 9,
      passwordUntil: expect.any(Number),
    })
    expect((await spend('ann@tenant.example', code!)).code).toBe('recovery_code')
    const ended = await operator('DELETE', owner())
    expect(ended.body).toMatchObject({ endedAt: expect.any(Number), codesLeft: 0 })
    expect(codeOf(await createCodes())).toEqual(['break_glass_missing', 'user'])
    const rows = await db
      .select()
      .from(recoveryCodes)
      .where(eq(recoveryCodes.userSid, customer.people[0]!))
    expect(rows).toHaveLength(1)
  })

  it('is of the tenant, for a reason, and not for ever', async () => {
    for (const [body, field] of [
      [{ ...exemption(), reason: ' ' }, 'reason'],
      [{ ...exemption(), expiresAt: 1 }, 'expiresAt'],
      [{ ...exemption(), expiresAt: Date.now() + 400 * DAY }, 'expiresAt'],
    ] as const) {
      const answer = await operator('PUT', owner(), { body })
      expect([answer.body.code, answer.body.field]).toEqual(['input', field])
    }
    const other = await createWorld()
    const foreign = await other.addUser('eve@other.example')
    for (const name of [foreign, 'nobody@tenant.example'])
      expect((await operator('PUT', owner(name), { body: exemption() })).body.code).toBe(
        'not_there',
      )
  })
})
