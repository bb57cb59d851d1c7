// Okta's provisioning, with the requests that its SCIM 2.0 reference and its "Okta SCIM 2.0 SPEC
// Test" show.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { filtered, linkRow, OKTA_USER, openService, patch, userRow } from './service.ts'

/** Okta asks for a page of whatever it asks for. */
const PAGE = '&startIndex=1&count=100'

describe('Okta', () => {
  it('looks for a user, and creates it', async () => {
    const { ask } = await openService()
    const filter = filtered(`userName eq "${OKTA_USER.userName}"`) + PAGE
    expect((await ask('GET', filter)).body).toMatchObject({ totalResults: 0, Resources: [] })
    const created = await ask('POST', '/Users', OKTA_USER)
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      userName: OKTA_USER.userName,
      name: OKTA_USER.name,
      emails: OKTA_USER.emails,
      displayName: 'Test User',
      externalId: OKTA_USER.externalId,
      active: true,
      meta: { resourceType: 'User' },
    })
    expect((await ask('GET', filter)).body).toMatchObject({
      totalResults: 1,
      startIndex: 1,
      itemsPerPage: 1,
      Resources: [created.body],
    })
  })

  it('keeps the password it sends nowhere', async () => {
    const { ask } = await openService()
    const created = await ask('POST', '/Users', OKTA_USER)
    expect(JSON.stringify(created.body)).not.toContain('1mz050nq')
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'd1%'",
    ).all<{ name: string }>()
    expect(results.length).toBeGreaterThan(20)
    for (const { name } of results) {
      const rows = await env.DB.prepare(`SELECT * FROM "${name}"`).all()
      expect(JSON.stringify(rows.results), name).not.toContain('1mz050nq')
    }
  })

  it('replaces a user by PUT, with what it read and no externalId', async () => {
    const { ask } = await openService()
    const { body } = await ask('POST', '/Users', OKTA_USER)
    const read = (await ask('GET', `/Users/${body.id}`)).body
    const replaced = await ask('PUT', `/Users/${body.id}`, {
      ...read,
      externalId: undefined,
      name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
      groups: [],
    })
    expect(replaced.status).toBe(200)
    expect(replaced.body).toMatchObject({
      id: body.id,
      name: { givenName: 'Another', familyName: 'User' },
      externalId: OKTA_USER.externalId,
      active: true,
    })
    expect(await userRow(body.id)).toMatchObject({ firstName: 'Another', lastName: 'User' })
  })

  const WAYS = {
    'PATCH, of an app of its network': (active: boolean) =>
      ['PATCH', patch({ op: 'replace', value: { active } })] as const,
    'PUT, of an app of the wizard': (active: boolean) => ['PUT', { ...OKTA_USER, active }] as const,
  }
  for (const [way, write] of Object.entries(WAYS))
    it(`deactivates by ${way}, and activates again`, async () => {
      const { ask } = await openService()
      const { id } = (await ask('POST', '/Users', OKTA_USER)).body
      const [method, off] = write(false)
      expect((await ask(method, `/Users/${id}`, off)).body.active).toBe(false)
      const suspendedAt = (await userRow(id)).suspendedAt
      expect(suspendedAt).not.toBeNull()
      expect(await linkRow(id)).toMatchObject({ active: false, suspendedAt })
      const [, on] = write(true)
      expect((await ask(method, `/Users/${id}`, on)).body.active).toBe(true)
      expect(await userRow(id)).toMatchObject({ suspendedAt: null })
      expect(await linkRow(id)).toMatchObject({ active: true, suspendedAt: null })
    })

  it('meets its SPEC test', async () => {
    const { ask, world } = await openService()
    await world.addUser('first@tenant.example', { firstName: 'F', lastName: 'U' })
    const list = await ask('GET', '/Users?count=1&startIndex=1')
    expect(list.body).toMatchObject({ itemsPerPage: 1, startIndex: 1, totalResults: 1 })
    const [first] = list.body.Resources
    expect(first).toMatchObject({ active: true, emails: [{ value: 'first@tenant.example' }] })
    expect((await ask('GET', `/Users/${first.id}`)).body).toEqual(first)
    const missing = await ask('GET', '/Users/00919288221112222')
    expect(missing).toMatchObject({ status: 404, body: { detail: expect.any(String) } })
    const user = {
      schemas: OKTA_USER.schemas,
      userName: 'runscope300@tenant.example',
      name: { givenName: 'Runscope300', familyName: 'Okta' },
      emails: [{ primary: true, value: 'runscope300@tenant.example', type: 'work' }],
      displayName: 'Runscope300 Okta',
      active: true,
    }
    const json = { 'content-type': 'application/json' }
    expect((await ask('POST', '/Users', user, json)).status).toBe(201)
    expect((await ask('POST', '/Users', user, json)).status).toBe(409)
    const capitals = await ask('GET', filtered('userName eq "RUNSCOPE300@TENANT.EXAMPLE"'))
    expect(capitals.body.totalResults).toBe(1)
    expect((await ask('GET', '/Groups')).body).toMatchObject({ totalResults: 0, Resources: [] })
  })

  it('is told why groups are not pushed', async () => {
    const { ask } = await openService()
    const group = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Test SCIMv2',
      members: [],
    }
    for (const [method, path] of [
      ['POST', '/Groups'],
      ['PATCH', '/Groups/abf4dd94'],
      ['DELETE', '/Groups/abf4dd94'],
    ] as const) {
      const refused = await ask(method, path, group)
      expect(refused).toMatchObject({ status: 501, body: { status: '501' } })
      expect(refused.body.detail).toContain('group push')
    }
  })
})
