// Finding users: filters, pages, attributes, versions, and what the service says of itself.
import { describe, expect, it } from 'vitest'
import { keysOf, matches, parseFilter } from '../../src/scim/filter.ts'
import { ENTRA_USER, filtered, openService, patch, type Service } from './service.ts'

const EMAIL = 'Test_User_fd0ea19b@tenant.example'

describe('a filter', () => {
  const FINDS = [
    `userName eq "${ENTRA_USER.userName}"`,
    `USERNAME EQ "${ENTRA_USER.userName.toUpperCase()}"`,
    `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "${ENTRA_USER.userName}"`,
    `externalId eq "${ENTRA_USER.externalId}"`,
    `emails eq "${EMAIL}"`,
    `emails.value eq "${EMAIL.toUpperCase()}"`,
    `emails[type eq "work"].value eq "${EMAIL}"`,
    `emails[type eq "work" and value eq "${EMAIL}"]`,
    `userName eq "${ENTRA_USER.userName}" and active eq true`,
    `active eq True and userName eq "${ENTRA_USER.userName}"`,
    `userName eq "nobody" or emails.value eq "${EMAIL}"`,
    `(userName eq "nobody" or externalId eq "${ENTRA_USER.externalId}") and name.familyName sw "fam"`,
    `externalId eq "${ENTRA_USER.externalId}" and not (active eq false)`,
    `externalId eq "${ENTRA_USER.externalId}" and displayName ne "Ann" and name.givenName pr`,
    `externalId eq "${ENTRA_USER.externalId}" and meta.created gt "2020-01-01T00:00:00Z"`,
    `externalId eq "${ENTRA_USER.externalId}" and name.givenName co "VENN" and name.givenName ew "e"`,
  ]
  const FINDS_NOT = [
    'userName eq "nobody"',
    'id eq "nobody"',
    `externalId eq "${ENTRA_USER.externalId.toUpperCase()}"`,
    `userName eq "${EMAIL}"`,
    `emails[type eq "home"].value eq "${EMAIL}"`,
    `userName eq "${ENTRA_USER.userName}" and active eq false`,
    `userName eq "${ENTRA_USER.userName}" and not (name.familyName pr)`,
    `userName eq "${ENTRA_USER.userName}" and meta.created lt "2020-01-01T00:00:00Z"`,
    `userName eq "${ENTRA_USER.userName}" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x"`,
  ]
  for (const [filters, expected] of [
    [FINDS, 1],
    [FINDS_NOT, 0],
  ] as const)
    it(`finds ${expected === 1 ? 'whom it means' : 'nobody else'}`, async () => {
      const { ask } = await openService()
      const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
      for (const filter of filters) {
        const found = await ask('GET', filtered(filter))
        expect([filter, found.status, found.body.totalResults]).toEqual([filter, 200, expected])
        const ids = found.body.Resources.map((one: { id: string }) => one.id)
        expect(ids).toEqual(expected === 1 ? [id] : [])
      }
    })

  it('binds and before or, and not the closest', () => {
    const of = (resource: object, filter: string) => matches(resource, parseFilter(filter))
    const filter = 'a eq 1 or b eq 1 and c eq 1'
    expect(of({ a: 1 }, filter)).toBe(true)
    expect(of({ b: 1 }, filter)).toBe(false)
    expect(of({ b: 1, c: 1 }, filter)).toBe(true)
    expect(of({ a: 1 }, '(a eq 1 or b eq 1) and c eq 1')).toBe(false)
    expect(of({ a: 1, c: 1 }, 'not (a eq 1) or c eq 1')).toBe(true)
    expect(of({ a: null }, 'a eq null')).toBe(true)
    expect(of({ a: 'x y) "' }, 'a eq "x y) \\""')).toBe(true)
  })

  it('is answered by keys, or not at all', () => {
    const of = (filter: string) => keysOf(parseFilter(filter))
    expect(of('active eq true and (id eq "1" or emails[value eq "a@b"])')).toEqual([
      { by: 'id', value: '1' },
      { by: 'email', value: 'a@b' },
    ])
    expect(of('emails[type eq "work"]')).toBeUndefined()
    expect(of('name[value eq "a"]')).toBeUndefined()
    expect(of(Array.from({ length: 21 }, (_, at) => `id eq "${at}"`).join(' or '))).toBeUndefined()
  })
})

async function addPeople({ world }: Service, number: number) {
  const sids: string[] = []
  for (let at = 0; at < number; at++)
    sids.push(await world.addUser(`user${at}@tenant.example`, { createdAt: 1000 + at }))
  return sids
}

const idsOf = (body: { Resources: { id: string }[] }) => body.Resources.map(({ id }) => id)

describe('a list', () => {
  it('comes in pages that have everybody once, in an order that stays', async () => {
    const service = await openService()
    const sids = await addPeople(service, 7)
    const seen: string[] = []
    for (let startIndex = 1; startIndex <= 7; startIndex += 3) {
      const { body } = await service.ask('GET', `/Users?startIndex=${startIndex}&count=3`)
      expect(body).toMatchObject({ totalResults: 7, startIndex })
      expect(body.itemsPerPage).toBe(body.Resources.length)
      seen.push(...idsOf(body))
    }
    expect(seen).toEqual(sids)
    const filter = sids
      .slice(0, 4)
      .map((sid) => `id eq "${sid}"`)
      .join(' or ')
    const page = await service.ask('GET', `${filtered(filter)}&startIndex=2&count=2`)
    expect(page.body).toMatchObject({ totalResults: 4, startIndex: 2, itemsPerPage: 2 })
    expect(idsOf(page.body)).toEqual(sids.slice(1, 3))
  })

  it('takes odd numbers as the RFC says', async () => {
    const service = await openService()
    await addPeople(service, 2)
    const ask = async (query: string) => (await service.ask('GET', `/Users?${query}`)).body
    expect(await ask('count=0')).toMatchObject({ totalResults: 2, itemsPerPage: 0, Resources: [] })
    expect(await ask('count=-5')).toMatchObject({ totalResults: 2, itemsPerPage: 0 })
    expect(await ask('startIndex=-5')).toMatchObject({ startIndex: 1, itemsPerPage: 2 })
    expect(await ask('startIndex=9')).toMatchObject({ totalResults: 2, Resources: [] })
    expect(await ask('count=5000')).toMatchObject({ itemsPerPage: 2 })
  })

  it('is asked for by POST too', async () => {
    const service = await openService()
    const [sid] = await addPeople(service, 2)
    const found = await service.ask('POST', '/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'userName eq "user0@tenant.example"',
      startIndex: 1,
      count: 10,
      attributes: ['userName'],
    })
    expect(found.body).toMatchObject({ totalResults: 1, startIndex: 1, itemsPerPage: 1 })
    expect(found.body.Resources).toEqual([
      {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        id: sid,
        userName: 'user0@tenant.example',
      },
    ])
  })
})

describe('attributes', () => {
  const SHOWN: Readonly<Record<string, object>> = {
    'attributes=userName,name.givenName': {
      userName: ENTRA_USER.userName,
      name: { givenName: 'givenName' },
    },
    'attributes=EMAILS.VALUE': { emails: [{ value: EMAIL }] },
    'attributes=urn:ietf:params:scim:schemas:core:2.0:User:active': { active: true },
    'attributes=name, active': { name: ENTRA_USER.name, active: true },
    'attributes=nothing': {},
    'excludedAttributes=name,emails,meta,id,externalId,active': { userName: ENTRA_USER.userName },
    'excludedAttributes=name.formatted,name.familyName,emails,meta,externalId,active': {
      userName: ENTRA_USER.userName,
      name: { givenName: 'givenName' },
    },
  }
  for (const [query, shown] of Object.entries(SHOWN))
    it(`are those of ${query}`, async () => {
      const { ask } = await openService()
      const { id, schemas } = (await ask('POST', '/Users', ENTRA_USER)).body
      expect((await ask('GET', `/Users/${id}?${query}`)).body).toEqual({ schemas, id, ...shown })
      const list = await ask('GET', `${filtered(`id eq "${id}"`)}&${query}`)
      expect(list.body.Resources).toEqual([{ schemas, id, ...shown }])
    })
})

describe('a version', () => {
  it('goes with the user, and guards changes', async () => {
    const { ask } = await openService()
    const { id, meta } = (await ask('POST', '/Users', ENTRA_USER)).body
    const read = await ask('GET', `/Users/${id}`)
    expect(read.headers.get('etag')).toBe(meta.version)
    expect(read.body.meta.version).toBe(meta.version)
    const fresh = { 'if-none-match': meta.version }
    expect((await ask('GET', `/Users/${id}`, undefined, fresh)).status).toBe(304)
    const seen = { 'if-match': meta.version }
    const name = patch({ op: 'replace', path: 'displayName', value: 'Ann' })
    const changed = await ask('PATCH', `/Users/${id}`, name, seen)
    expect(changed.status).toBe(200)
    expect(changed.body.meta.version).not.toBe(meta.version)
    for (const [method, body] of [
      ['PATCH', name],
      ['PUT', ENTRA_USER],
      ['DELETE', undefined],
    ] as const)
      expect((await ask(method, `/Users/${id}`, body, seen)).status).toBe(412)
    // Said again, it changes nothing, and makes no version.
    const again = await ask('PATCH', `/Users/${id}`, name, { 'if-match': '*' })
    expect(again.body).toEqual(changed.body)
  })
})

describe('the service', () => {
  it('says what it can', async () => {
    const { ask, base } = await openService()
    expect((await ask('GET', '/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true, maxResults: 100 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: true },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
    })
    const types = (await ask('GET', '/ResourceTypes')).body
    expect(types).toMatchObject({
      totalResults: 1,
      Resources: [{ id: 'User', endpoint: '/Users' }],
    })
    const schemas = (await ask('GET', '/Schemas')).body
    expect(schemas.Resources).toMatchObject([{ id: types.Resources[0].schema }])
    for (const one of [...types.Resources, ...schemas.Resources]) {
      const path = one.meta.location.slice(base.length)
      expect((await ask('GET', path)).body).toEqual(one)
    }
    const names = schemas.Resources[0].attributes.map(({ name }: { name: string }) => name)
    expect(names).toEqual(['userName', 'name', 'displayName', 'active', 'emails'])
  })

  it('answers every question only to who has a token', async () => {
    const { ask } = await openService()
    for (const path of [
      '/Users',
      '/Groups',
      '/ServiceProviderConfig',
      '/Schemas',
      '/ResourceTypes',
    ])
      expect((await ask('GET', path, undefined, { authorization: 'Bearer x' })).status).toBe(401)
  })
})
