// Every URL field of a connection keeps the URL as a browser writes it, or refuses it.
import { describe, expect, it } from 'vitest'
import { CONNECTION_FIELD_LIST } from '../../src/connections/fields.ts'
import {
  createConnection,
  editConnection,
  getConnection,
} from '../../src/connections/operations.ts'
import { createTenant } from '../../src/directory/operations.ts'
import { codeOf, good, request } from '../support/request.ts'

const FIELDS = CONNECTION_FIELD_LIST.filter(([, { shape }]) => shape.kind === 'url').map(
  ([name]) => name,
)

describe('a URL field of a connection', () => {
  it('is one of these', () => {
    expect(FIELDS.toSorted()).toEqual([
      'logoutRedirectURL',
      'revocationKeysURL',
      'ssoPostURL',
      'ssoRedirectURL',
    ])
  })

  it.each(FIELDS)('%s is written as a browser does, or refused', async (name) => {
    const tenant = good(await createTenant(request(), { name: 'Acme' }))
    const given = { name: 'Acme IdP', [name]: '\n https://IDP.example:443/a ' }
    const { sid } = good(await createConnection(request(), tenant.sid, given))
    const stored = async () => good(await getConnection(request(), sid))[name]
    expect(await stored()).toBe('https://idp.example/a')
    for (const text of ['https://idp.example/\nsso', 'https://idp.example/s so', 'sso']) {
      const edited = await editConnection(request(), sid, { fields: { [name]: text } })
      expect(codeOf(edited)).toEqual(['endpoint_url', name])
    }
    good(await editConnection(request(), sid, { fields: { [name]: 'https://IDP.example/B?ä' } }))
    expect(await stored()).toBe('https://idp.example/B?%C3%A4')
  })
})
