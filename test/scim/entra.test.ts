// Microsoft Entra ID's provisioning, with the requests that its documentation shows: with its flag
// aadOptscim062020 and without.
import { describe, expect, it } from 'vitest'
import { ENTRA_USER, filtered, linkRow, openService, patch, userRow } from './service.ts'

const EMAIL = 'Test_User_fd0ea19b@tenant.example'

describe('Entra ID', () => {
  it('asks for a user, is told of none, and creates it', async () => {
    const { ask, base, tenantSid } = await openService()
    const none = await ask('GET', filtered(`userName eq "${ENTRA_USER.userName}"`))
    expect(none.status).toBe(200)
    expect(none.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    })
    const created = await ask('POST', '/Users', ENTRA_USER)
    expect(created.status).toBe(201)
    expect(created.headers.get('content-type')).toBe('application/scim+json')
    const { id } = created.body
    expect(created.headers.get('location')).toBe(`${base}/Users/${id}`)
    expect(created.body).toMatchObject({
      externalId: ENTRA_USER.externalId,
      userName: ENTRA_USER.userName,
      name: ENTRA_USER.name,
      active: true,
      emails: [{ value: EMAIL, type: 'work', primary: true }],
      meta: { resourceType: 'User', location: `${base}/Users/${id}` },
    })
    expect(await userRow(id)).toMatchObject({
      tenantSid,
      emailKey: EMAIL.toLowerCase(),
      firstName: 'givenName',
      lastName: 'familyName',
      signInMethod: 'password',
      connectionSid: null,
      suspendedAt: null,
    })
    const found = await ask('GET', filtered(`externalId eq "${ENTRA_USER.externalId}"`))
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [created.body] })
  })

  it('changes several attributes, as it does without its flag', async () => {
    const { ask } = await openService()
    const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
    const changed = await ask(
      'PATCH',
      `/Users/${id}`,
      patch(
        { op: 'Replace', path: 'displayName', value: 'Pvlo' },
        {
          op: 'Replace',
          path: 'emails[type eq "work"].value',
          value: 'TestBcwqnm@tenant.example',
        },
        { op: 'Replace', path: 'name.givenName', value: 'Gtfd' },
        { op: 'Replace', path: 'name.familyName', value: 'Pkqf' },
        { op: 'Replace', path: 'externalId', value: 'Eqpj' },
        {
          op: 'Replace',
          path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber',
          value: 'Eqpj',
        },
        { op: 'Add', path: 'nickName', value: 'Babs' },
      ),
    )
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({
      userName: ENTRA_USER.userName,
      displayName: 'Pvlo',
      externalId: 'Eqpj',
      name: { givenName: 'Gtfd', familyName: 'Pkqf' },
      emails: [{ value: 'TestBcwqnm@tenant.example', type: 'work', primary: true }],
    })
    expect(await userRow(id)).toMatchObject({ emailKey: 'testbcwqnm@tenant.example' })
  })

  it('changes several attributes, as it does with its flag', async () => {
    const { ask } = await openService()
    const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
    const changed = await ask(
      'PATCH',
      `/Users/${id}`,
      patch(
        {
          op: 'replace',
          path: 'emails[type eq "work"].value',
          value: 'TestMhvaes@tenant.example',
        },
        {
          op: 'replace',
          value: {
            displayName: 'Bjfe',
            'name.givenName': 'Kkom',
            'name.familyName': 'Unua',
            'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber': 'Aklq',
          },
        },
      ),
    )
    expect(changed.body).toMatchObject({
      displayName: 'Bjfe',
      name: { givenName: 'Kkom', familyName: 'Unua' },
      emails: [{ value: 'TestMhvaes@tenant.example' }],
    })
  })

  it('changes the userName, and the address stays', async () => {
    const { ask } = await openService()
    const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
    const userName = '5b50642d-79fc-4410-9e90-4c077cdd1a59@tenant.example'
    const changed = await ask(
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'Replace', path: 'userName', value: userName }),
    )
    expect(changed.body).toMatchObject({ userName, emails: [{ value: EMAIL }] })
    const found = await ask('GET', filtered(`userName eq "${userName.toUpperCase()}"`))
    expect(found.body.Resources).toMatchObject([{ id }])
  })

  for (const [how, value] of [
    ['without its flag', 'False'],
    ['with its flag', false],
  ] as const)
    it(`disables a user ${how}, and enables it again`, async () => {
      const { ask } = await openService()
      const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
      const disabled = await ask(
        'PATCH',
        `/Users/${id}`,
        patch({ op: typeof value === 'string' ? 'Replace' : 'replace', path: 'active', value }),
      )
      expect(disabled.body).toMatchObject({ id, active: false })
      expect((await userRow(id)).suspendedAt).not.toBeNull()
      const read = await ask('GET', `/Users/${id}`)
      expect(read.body.active).toBe(false)
      const enabled = await ask(
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'Replace', path: 'active', value: 'True' }),
      )
      expect(enabled.body.active).toBe(true)
      expect((await userRow(id)).suspendedAt).toBeNull()
    })

  it('deletes a user, who is then not there, and creates it again', async () => {
    const { ask } = await openService()
    const { id } = (await ask('POST', '/Users', ENTRA_USER)).body
    expect((await ask('DELETE', `/Users/${id}`)).status).toBe(204)
    expect((await userRow(id)).suspendedAt).not.toBeNull()
    expect(await linkRow(id)).toMatchObject({
      userName: '',
      externalID: ENTRA_USER.externalId,
      active: false,
    })
    expect((await ask('GET', `/Users/${id}`)).status).toBe(404)
    expect((await ask('DELETE', `/Users/${id}`)).status).toBe(404)
    const gone = await ask('GET', filtered(`userName eq "${ENTRA_USER.userName}"`))
    expect(gone.body.totalResults).toBe(0)
    const again = await ask('POST', '/Users', ENTRA_USER)
    expect(again).toMatchObject({ status: 201, body: { id, active: true } })
    expect((await userRow(id)).suspendedAt).toBeNull()
  })
})
