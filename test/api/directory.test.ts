// The directory over the API: records, files in chunks, accounts, domains, decisions.
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { users } from '../../src/platform/db/schema.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'

let operator: Caller
let world: World
beforeAll(async () => {
  operator = await callerWithKey(null)
})
beforeEach(async () => {
  world = await createWorld()
})

const at = (path: string) => `/tenants/${world.tenantSid}${path}`

describe('a record', () => {
  it('creates, updates, and changes nothing; an edit suspends and renames', async () => {
    const put = (body: object) => operator('PUT', at('/users'), { body })
    const made = await put({ email: 'Ann@Tenant.example', externalID: 7 })
    expect(made.body).toMatchObject({ result: 'created', user: { externalID: '7' } })
    expect((await put({ email: 'ann.ford@tenant.example', externalID: '7' })).body.result).toBe(
      'updated',
    )
    expect((await put({ email: 'ann.ford@tenant.example' })).body.result).toBe('unchanged')
    const edited = await operator('PATCH', '/users/ann.ford@tenant.example', {
      body: { suspended: true, email: 'af@tenant.example' },
    })
    expect(edited.body).toMatchObject({ email: 'af@tenant.example', sid: made.body.user.sid })
    expect(edited.body.suspendedAt).toBeGreaterThan(0)
    for (const body of [
      { email: 'x@tenant.example', signInMethod: 'sso_enforced' },
      { email: 'x@tenant.example', connectionSid: world.connectionSid },
      { email: 'x@tenant.example', tenantSid: world.tenantSid },
    ])
      expect((await put(body)).body.code).toBe('input')
  })
})

describe('an import', () => {
  const begin = async () =>
    (await operator('POST', at('/imports'), { body: { name: 'users.csv' } })).body.sid as string

  it('takes JSON, CSV and NDJSON in turn, and ends with its counts', async () => {
    const sid = await begin()
    const rows = `/imports/${sid}/rows?from=`
    const json = await operator('POST', `${rows}0`, {
      body: { rows: [{ email: 'a@tenant.example' }, { email: 'no', firstName: 'B' }, 7] },
    })
    expect(json.body.position).toBe(3)
    expect(json.body.rows).toMatchObject([
      { row: 1, result: 'created' },
      { row: 2, result: 'refused', code: 'input', field: 'email', received: 'no' },
      { row: 3, result: 'refused', code: 'input', received: '7' },
    ])
    const csv = await operator('POST', `${rows}3`, {
      body: 'email,first_name\nb@tenant.example,Bea\n',
      headers: { 'content-type': 'text/csv; charset=utf-8' },
    })
    expect(csv.body).toMatchObject({ position: 4, rows: [{ row: 4, result: 'created' }] })
    const ndjson = await operator('POST', `${rows}4`, {
      body: '{"email":"a@tenant.example"}\n{"email":"c@tenant.example"}\n',
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(ndjson.body.rows).toMatchObject([
      { row: 5, result: 'refused', code: 'row_repeated' },
      { row: 6, result: 'created' },
    ])
    const late = await operator('POST', `${rows}3`, { body: { rows: [{}] } })
    expect([late.status, late.body.code]).toEqual([409, 'import_position'])
    const ended = await operator('POST', `/imports/${sid}/end`)
    expect(ended.body).toMatchObject({ position: 6, created: 3, refused: 3 })
    expect((await operator('GET', `/imports/${sid}`)).body).toEqual(ended.body)
    expect((await operator('GET', at('/imports'))).body.items).toEqual([ended.body])
  })

  it('refuses a file that is broken, too long or too large, and takes nothing of it', async () => {
    const sid = await begin()
    const send = (body: BodyInit, type = 'text/csv') =>
      operator('POST', `/imports/${sid}/rows?from=0`, { body, headers: { 'content-type': type } })
    for (const [body, code, field] of [
      ['role\nx\n', 'file_column', 'file'],
      ['email\n"a@tenant.example\n', 'file_row', 'file'],
      [`email\n${'x'.repeat(17_000)}\n`, 'file_row', 'file'],
      ['<html>', 'file_other', 'file'],
      ['a,b\na@tenant.example,b@tenant.example\n', 'file_column', 'file'],
      [`email\n${'a@tenant.example\n'.repeat(2001)}`, 'input', 'rows'],
      ['email\n', 'input', 'rows'],
    ] as const) {
      const answer = await send(body)
      expect([answer.body.code, answer.body.field]).toEqual([code, field])
    }
    const large = await send('x'.repeat(1024 * 1024 + 1))
    expect([large.status, large.body.code]).toEqual([413, 'body_too_large'])
    expect((await send('email', 'text/plain')).status).toBe(415)
    const wrong = await operator('POST', `/imports/${sid}/rows`, { body: { rows: [{}] } })
    expect([wrong.body.code, wrong.body.field]).toEqual(['input', 'from'])
    expect((await operator('GET', `/imports/${sid}`)).body.position).toBe(0)
    const people = await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))
    expect(people).toEqual([])
  })

  it('reads the columns that are named, and says which it has read', async () => {
    const body = 'A;B;Name\na@tenant.example;a@home.example;Ann\n'
    const headers = { 'content-type': 'text/csv' }
    const columns = encodeURIComponent('email=A,lastName=3')
    const preview = await operator('POST', at(`/import-preview?columns=${columns}`), {
      body,
      headers,
    })
    expect(preview.body).toEqual({
      rows: [{ row: 1, result: 'created', userSid: null }],
      columns: [
        { column: 'A', field: 'email' },
        { column: 'B', field: null },
        { column: 'Name', field: 'lastName' },
      ],
    })
    const sid = await begin()
    const rows = `/imports/${sid}/rows?from=0`
    const unclear = await operator('POST', rows, { body, headers })
    expect(unclear.body).toMatchObject({ code: 'file_column', choices: ['A', 'B', 'Name'] })
    const unknown = await operator('POST', `${rows}&columns=mail=A`, { body, headers })
    expect([unknown.body.code, unknown.body.field]).toEqual(['input', 'columns'])
    const taken = await operator('POST', `${rows}&columns=${columns}`, { body, headers })
    expect(taken.body).toMatchObject({ position: 1, rows: [{ result: 'created' }] })
    const people = await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))
    expect(people).toMatchObject([{ firstName: null, lastName: 'Ann' }])
  })

  it('reads each chunk alike: the e-mail column is named, or has the header email', async () => {
    const sid = await begin()
    const send = (from: number, body: string, columns = '') =>
      operator('POST', `/imports/${sid}/rows?from=${from}${columns}`, {
        body,
        headers: { 'content-type': 'text/csv' },
      })
    // By its cells, the first chunk would be read by one column and the second by the other.
    const header = 'Mail,Boss\n'
    const chunks = ['c1@tenant.example,-\n', '-,boss@tenant.example\n'].map((row) => header + row)
    for (const chunk of chunks)
      expect((await send(0, chunk)).body).toMatchObject({
        code: 'file_column',
        expected: 'the column of e-mail addresses, named in `columns` or with the header `email`',
        choices: ['Mail', 'Boss'],
      })
    const first = await send(0, chunks[0]!, '&columns=email=Mail')
    expect(first.body).toMatchObject({ position: 1, rows: [{ result: 'created' }] })
    const second = await send(1, chunks[1]!, '&columns=email=Mail')
    expect(second.body).toMatchObject({ rows: [{ result: 'refused', field: 'email' }] })
    const plain = 'Boss,E-Mail\nboss@tenant.example,c2@tenant.example\n'
    expect((await send(2, plain)).body.columns).toEqual([
      { column: 'Boss', field: null },
      { column: 'E-Mail', field: 'email' },
    ])
    const people = await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))
    expect(people.map(({ email }) => email)).not.toContain('boss@tenant.example')
  })

  it('is previewed without an import', async () => {
    const preview = await operator('POST', at('/import-preview?createAccounts=true&from=8'), {
      body: 'email,accounts\na@tenant.example,new\n',
      headers: { 'content-type': 'text/csv' },
    })
    expect(preview.body.rows).toEqual([{ row: 9, result: 'created', userSid: null }])
  })
})

describe('an account', () => {
  it('is made by its external id, and users are put into it', async () => {
    const path = at(`/accounts/${encodeURIComponent('north/1 ü')}`)
    const made = await operator('PUT', path, { body: { name: 'North' } })
    expect(made.body).toMatchObject({ externalID: 'north/1 ü', name: 'North' })
    expect((await operator('GET', path)).body).toEqual(made.body)
    await operator('PUT', at('/users'), { body: { email: 'ann@tenant.example' } })
    const set = await operator('PUT', '/users/ann@tenant.example/accounts', {
      body: { accounts: ['north/1 ü'] },
    })
    expect(set.body.items).toEqual([made.body])
    expect((await operator('GET', '/users/ann@tenant.example/accounts')).body).toEqual(set.body)
    expect((await operator('GET', at('/accounts'))).body.items).toEqual([made.body])
  })
})

describe('a domain', () => {
  it('is claimed, vouched for and let go', async () => {
    const made = await operator('POST', at('/domains'), { body: { domain: 'Example.com' } })
    const path = made.headers.get('location')!.replace('/api/v1', '')
    expect(made.body.record.name).toBe('_gatepost-challenge.example.com')
    expect((await operator('GET', path)).body).toEqual(made.body)
    const vouched = await operator('POST', `${path}/vouch`, { body: { reason: 'contract' } })
    expect(vouched.body).toMatchObject({ verifiedBy: 'operator', reason: 'contract' })
    expect((await operator('DELETE', path)).status).toBe(204)
    expect((await operator('GET', at('/domains'))).body.items).toEqual([])
    const shared = await operator('POST', at('/domains'), { body: { domain: 'gmail.com' } })
    expect([shared.status, shared.body.code]).toEqual([400, 'domain_shared'])
  })
})

describe('a sign-in decision', () => {
  it('says where to go, for one and for many', async () => {
    await world.addUser('Ann+x@tenant.example', { signInMethod: 'sso_enforced' })
    const one = await operator('GET', '/sign-in-decision?email=ann%2Bx@tenant.example')
    expect(one.body).toEqual({
      email: 'ann+x@tenant.example',
      decision: 'sso',
      reason: 'sso_enforced',
      connectionSid: world.connectionSid,
      secondConnectionSid: null,
      secondSignInURL: null,
      userSid: expect.stringMatching(/^US/),
      signInURL: `https://sso.vendor.example/sso/${world.connectionSid}?login_hint=ann%2Bx%40tenant.example`,
    })
    const emails = ['who@x.example', 'ann+x@tenant.example']
    const many = await operator('POST', '/sign-in-decisions', { body: { emails } })
    expect(many.body.items).toMatchObject([{ reason: 'user_unknown', signInURL: null }, one.body])
    const other = await callerWithKey((await createWorld()).tenantSid)
    const hidden = await other('POST', '/sign-in-decisions', { body: { emails } })
    expect(hidden.body.items.map(({ email: _, ...answer }: { email: string }) => answer)).toEqual(
      [1, 2].map(() => ({
        decision: 'password',
        reason: 'sso_off',
        connectionSid: null,
        secondConnectionSid: null,
        secondSignInURL: null,
        userSid: null,
        signInURL: null,
      })),
    )
    const missing = await operator('GET', '/sign-in-decision')
    expect([missing.body.code, missing.body.field]).toEqual(['input', 'email'])
    const emptied = await operator('POST', '/sign-in-decisions', { body: { emails: [] } })
    expect(emptied.body.code).toBe('input')
  })
})
