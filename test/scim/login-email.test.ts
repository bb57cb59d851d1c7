// The login e-mail of a provisioned user: it moves only by what the IdP says of it.
import { describe, expect, it } from 'vitest'
import { filtered, linkRow, openService, patch, userRow, type Service } from './service.ts'

const WORK = 'emails[type eq "work"]'
const STAFF_NUMBER = 'ws0042@tenant.example'
const ADDRESS = 'will.smith@tenant.example'

const SENT = {
  userName: STAFF_NUMBER,
  emails: [{ value: ADDRESS, type: 'work', primary: true }],
}
const DERIVED = { userName: ADDRESS, displayName: 'Will' }

async function create({ ask }: Service, body: object): Promise<string> {
  const created = await ask('POST', '/Users', body)
  expect(created.status).toBe(201)
  return created.body.id
}

const put = (more: object = {}) => ['PUT', { userName: STAFF_NUMBER, ...more }] as const
const change = (...operations: object[]) => ['PATCH', patch(...operations)] as const

describe('an e-mail that the IdP has sent stays', () => {
  it.each([
    ['a PUT without emails', put()],
    ['a PUT with an empty list', put({ emails: [] })],
    ['a PUT with null', put({ emails: null })],
    ['a PUT with an empty value', put({ emails: [{ value: '', type: 'work' }] })],
    ['a PUT with another userName alone', ['PUT', { userName: 'w.s@tenant.example' }]],
    [
      'a PATCH of the userName',
      change({ op: 'Replace', path: 'userName', value: 'a@tenant.example' }),
    ],
    ['a PATCH that removes its value', change({ op: 'Remove', path: `${WORK}.value` })],
    ['a PATCH that removes it', change({ op: 'remove', path: WORK })],
    ['a PATCH that removes all', change({ op: 'remove', path: 'emails' })],
    ['a PATCH with an empty list', change({ op: 'replace', path: 'emails', value: [] })],
    [
      'a removal and another userName',
      change(
        { op: 'remove', path: 'emails' },
        { op: 'replace', path: 'userName', value: 'other@tenant.example' },
      ),
    ],
  ] as const)('after %s', async (_, [method, body]) => {
    const service = await openService()
    const id = await create(service, SENT)
    const answer = await service.ask(method, `/Users/${id}`, body)
    expect(answer.status).toBe(200)
    expect(answer.body.emails).toEqual([{ value: ADDRESS, type: 'work', primary: true }])
    expect(await userRow(id)).toMatchObject({ email: ADDRESS, emailKey: ADDRESS })
  })

  it('also later, after a request that removed it', async () => {
    const service = await openService()
    const id = await create(service, SENT)
    await service.ask('PATCH', `/Users/${id}`, patch({ op: 'remove', path: 'emails' }))
    await service.ask('PUT', `/Users/${id}`, { userName: ADDRESS })
    await service.ask('PUT', `/Users/${id}`, { userName: STAFF_NUMBER })
    expect(await userRow(id)).toMatchObject({ email: ADDRESS })
  })

  it('also where the IdP begins with a PUT upon a user who was there before', async () => {
    const service = await openService()
    const sid = await service.world.addUser(ADDRESS)
    const answer = await service.ask('PUT', `/Users/${sid}`, { userName: STAFF_NUMBER })
    expect(answer.status).toBe(200)
    expect((await userRow(sid)).email).toBe(ADDRESS)
  })
})

describe('an e-mail that is the userName’s follows it', () => {
  const RENAMED = 'will.jones@tenant.example'

  it.each([
    ['PUT', { userName: RENAMED }],
    ['PATCH', patch({ op: 'replace', path: 'userName', value: RENAMED })],
    ['PATCH', patch({ op: 'replace', value: { userName: RENAMED } })],
  ] as const)('in a %s', async (method, body) => {
    const service = await openService()
    const id = await create(service, DERIVED)
    expect((await linkRow(id))!.isEmailSent).toBe(false)
    expect((await service.ask(method, `/Users/${id}`, body)).status).toBe(200)
    expect(await userRow(id)).toMatchObject({ email: RENAMED, emailKey: RENAMED })
  })

  it('not once the IdP has sent one', async () => {
    const service = await openService()
    const id = await create(service, DERIVED)
    const sent = patch({ op: 'replace', path: `${WORK}.value`, value: ADDRESS })
    await service.ask('PATCH', `/Users/${id}`, sent)
    await service.ask('PUT', `/Users/${id}`, { userName: RENAMED })
    expect(await userRow(id)).toMatchObject({ email: ADDRESS })
  })

  it('and is not sent by a PATCH of something else', async () => {
    const service = await openService()
    const id = await create(service, DERIVED)
    const name = patch({ op: 'replace', path: 'displayName', value: 'Bill' })
    await service.ask('PATCH', `/Users/${id}`, name)
    expect((await linkRow(id))!.isEmailSent).toBe(false)
  })

  it('not to a userName that is no address', async () => {
    const service = await openService()
    const id = await create(service, DERIVED)
    expect((await service.ask('PUT', `/Users/${id}`, { userName: 'ws0042' })).status).toBe(200)
    expect(await userRow(id)).toMatchObject({ email: ADDRESS })
  })

  it('not to a domain that is not verified', async () => {
    const service = await openService()
    const id = await create(service, DERIVED)
    const refused = await service.ask('PUT', `/Users/${id}`, { userName: 'will@other.example' })
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    expect(await userRow(id)).toMatchObject({ email: ADDRESS })
  })
})

describe('what cannot be read is refused, and nothing changes', () => {
  it.each([
    ['emails as text', put({ emails: 'will@tenant.example' })],
    ['emails as a list of text', put({ emails: ['will@tenant.example'] })],
    ['an address outside ASCII', put({ emails: [{ value: 'jürgen@tenant.example' }] })],
    ['a lookalike letter', put({ emails: [{ value: 'wil\u217C@tenant.example' }] })],
    ['a Kelvin sign', put({ emails: [{ value: '\u212Aim@tenant.example' }] })],
    ['a number', put({ emails: [{ value: 42 }] })],
    [
      'a PATCH with text for a list',
      change({ op: 'replace', path: 'emails', value: 'w@x.example' }),
    ],
    [
      'a PATCH with text for an e-mail',
      change({ op: 'replace', path: WORK, value: 'w@x.example' }),
    ],
    [
      'a PATCH with two values for one',
      change({
        op: 'replace',
        path: `${WORK}.value`,
        value: [{ value: 'a@x.example' }, { value: 'b@x.example' }],
      }),
    ],
    ['a PATCH without a value', change({ op: 'replace', path: 'active' })],
  ] as const)('%s', async (_, [method, body]) => {
    const service = await openService()
    const id = await create(service, SENT)
    const before = await userRow(id)
    const refused = await service.ask(method, `/Users/${id}`, body)
    expect(refused.status).toBe(400)
    expect(['invalidValue', 'invalidSyntax']).toContain(refused.body.scimType)
    expect(await userRow(id)).toEqual(before)
  })

  it.each([
    ['a filter of what is no list', { op: 'replace', path: 'userName[type eq "a"]', value: 'x' }],
    ['a part of what has none', { op: 'replace', path: 'displayName.first', value: 'x' }],
  ])('%s', async (_, operation) => {
    const service = await openService()
    const id = await create(service, SENT)
    const refused = await service.ask('PATCH', `/Users/${id}`, patch(operation))
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidPath' } })
  })

  it('a userName outside ASCII, where no e-mail comes with it', async () => {
    const service = await openService()
    const created = await service.ask('POST', '/Users', { userName: 'jürgen@tenant.example' })
    expect(created).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    expect(created.body.detail).toContain('The userName "jürgen@tenant.example"')
    const id = await create(service, DERIVED)
    const renamed = await service.ask('PUT', `/Users/${id}`, { userName: 'jürgen@tenant.example' })
    expect(renamed.status).toBe(400)
    expect((await linkRow(id))!.userName).toBe(ADDRESS)
  })

  it('but is a userName like any other beside an e-mail in ASCII', async () => {
    const service = await openService()
    const userName = 'jürgen@tenant.example'
    const id = await create(service, { ...SENT, userName })
    const found = await service.ask('GET', filtered('userName eq "JÜRGEN@tenant.example"'))
    expect(found.body.Resources).toMatchObject([{ id, userName }])
  })
})

describe('a value in a list of one is that value', () => {
  it.each([
    ['displayName', 'Bill', { displayName: 'Bill' }],
    ['externalId', 'e-7', { externalId: 'e-7' }],
    ['active', 'False', { active: false }],
    ['name.givenName', 'Bill', { name: { givenName: 'Bill' } }],
    [`${WORK}.value`, 'bill@tenant.example', { emails: [{ value: 'bill@tenant.example' }] }],
  ])('%s', async (path, value, expected) => {
    const service = await openService()
    const id = await create(service, SENT)
    const listed = patch({ op: 'Replace', path, value: [{ $ref: null, value }] })
    const answer = await service.ask('PATCH', `/Users/${id}`, listed)
    expect(answer).toMatchObject({ status: 200, body: expected })
  })

  it('and so is a user without a path', async () => {
    const service = await openService()
    const id = await create(service, SENT)
    const listed = patch({ op: 'replace', value: [{ active: false }] })
    const answer = await service.ask('PATCH', `/Users/${id}`, listed)
    expect(answer).toMatchObject({ status: 200, body: { active: false } })
  })
})

describe('slashes too many', () => {
  it.each([
    ['GET', '/Users/', 200],
    ['GET', '//Users', 200],
    ['GET', '/Users/ID/', 200],
    ['GET', '//Users//ID', 200],
    ['PUT', '//Users/ID/', 200],
    ['POST', '/Users/.search/', 200],
    ['GET', '/ServiceProviderConfig/', 200],
    ['GET', '//Schemas/urn:ietf:params:scim:schemas:core:2.0:User/', 200],
    ['POST', '/Users/', 201],
    ['DELETE', '//Users/ID/', 204],
    ['DELETE', '/Users/', 501],
    ['GET', '/Users/ID/emails/', 404],
  ])('change nothing for %s %s', async (method, path, status) => {
    const service = await openService()
    const id = await create(service, SENT)
    const body = { POST: DERIVED, PUT: SENT }[method as 'POST']
    const given = body && (path.includes('.search') ? {} : { ...body, emails: undefined })
    const created = path === '/Users/' && method === 'POST'
    const sent = created ? { userName: 'new@tenant.example' } : given
    const answer = await service.ask(method, path.replace('ID', id), sent)
    expect(answer.status).toBe(status)
    if (status === 200 && path.includes('ID')) expect(answer.body.id).toBe(id)
  })
})

describe('a deleted user', () => {
  it('keeps the external id, also where the same person comes back without one', async () => {
    const service = await openService()
    const id = await create(service, { ...SENT, externalId: 'e-42' })
    expect((await service.ask('DELETE', `/Users/${id}`)).status).toBe(204)
    expect(await linkRow(id)).toMatchObject({ userName: '', externalID: 'e-42' })
    const found = await service.ask('GET', filtered('externalId eq "e-42"'))
    expect(found.body.totalResults).toBe(0)
    expect(await create(service, SENT)).toBe(id)
    expect(await linkRow(id)).toMatchObject({ userName: STAFF_NUMBER, externalID: 'e-42' })
  })
})
