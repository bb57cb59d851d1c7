// Apps over the API: what a script does with one from registration to the end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetClients } from '../support/register-client.ts'
import { callerWithKey, type Caller } from './caller.ts'

const APP = 'https://app.vendor.example'
const CREATION = { name: 'App', redirectURIs: [`${APP}/callback`] }

let operator: Caller
beforeAll(async () => {
  operator = await callerWithKey(null)
})
afterAll(forgetClients)

describe('a client', () => {
  it('is registered with what its developer copies', async () => {
    const created = await operator('POST', '/clients', { body: CREATION })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      sid: expect.stringMatching(/^CL[0-9a-f]{32}$/),
      issuer: 'https://sso.vendor.example',
      discoveryURL: 'https://sso.vendor.example/.well-known/openid-configuration',
      clientType: 'confidential',
      returnOrigins: [],
      isDefault: false,
    })
    const location = `/clients/${created.body.sid}`
    expect(created.headers.get('location')).toBe(`/api/v1${location}`)
    const { secret, ...shown } = created.body
    expect(secret).toMatch(/^gpc_[\w-]{43}$/)
    expect((await operator('GET', location)).body).toEqual(shown)
    const listed = await operator('GET', '/clients?limit=1')
    expect(listed.body.items).toEqual([shown])
  })

  it('is registered once where an Idempotency-Key says so, and its secret told once', async () => {
    const sent = { body: CREATION, headers: { 'idempotency-key': crypto.randomUUID() } }
    const first = await operator('POST', '/clients', sent)
    const again = await operator('POST', '/clients', sent)
    expect(again.body).toEqual({ ...first.body, secret: null })
  })

  it('is edited by those who have seen it as it is', async () => {
    const created = await operator('POST', '/clients', { body: CREATION })
    const where = `/clients/${created.body.sid}`
    const headers = { 'if-match': created.headers.get('etag')! }
    const edit = { returnOrigins: [APP], initiateLoginURI: `${APP}/sign-in`, isDefault: true }
    const edited = await operator('PATCH', where, { body: edit, headers })
    expect(edited.body).toMatchObject(edit)
    const late = await operator('PATCH', where, { body: { name: 'Late' }, headers })
    expect([late.status, late.body.code]).toEqual([412, 'revision_changed'])
    const off = await operator('PATCH', where, { body: { disabled: true } })
    expect(off.body).toMatchObject({ name: 'App', disabledAt: expect.any(Number) })
    const on = await operator('PATCH', where, { body: { disabled: false } })
    expect(on.body.disabledAt).toBeNull()
  })

  it('gets another secret', async () => {
    const { body } = await operator('POST', '/clients', { body: CREATION })
    const where = `/clients/${body.sid}/secret`
    const rotated = await operator('POST', where, { body: { keepPreviousHours: 2 } })
    expect(rotated.body).toMatchObject({ sid: body.sid, previousSecretUntil: expect.any(Number) })
    expect(rotated.body.secret).not.toBe(body.secret)
    const wrong = await operator('POST', where, { body: { keepPreviousHours: 1000 } })
    expect([wrong.body.code, wrong.body.field]).toEqual(['input', 'keepPreviousHours'])
  })

  it('endpoint_url, endpoint_private: is refused with the field that is wrong', async () => {
    for (const [edit, code, field] of [
      [{ redirectURIs: [`${APP}/#x`] }, 'endpoint_url', 'redirectURIs'],
      [{ backchannelLogoutURI: 'https://10.0.0.1/' }, 'endpoint_private', 'backchannelLogoutURI'],
      [{ name: '' }, 'input', 'name'],
      [{ nonsense: 1 }, 'input', 'nonsense'],
    ] as const) {
      const { status, body } = await operator('POST', '/clients', {
        body: { ...CREATION, ...edit },
      })
      expect([status, body.code, body.field]).toEqual([400, code, field])
    }
  })
})
