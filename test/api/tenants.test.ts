// Tenants over the API.
import { beforeAll, describe, expect, it } from 'vitest'
import { callerWithKey, type Caller } from './caller.ts'

let operator: Caller
beforeAll(async () => {
  operator = await callerWithKey(null)
})

describe('a tenant', () => {
  it('is created, found at its Location, edited and suspended', async () => {
    const created = await operator('POST', '/tenants', { body: { name: 'Example Ltd' } })
    expect([created.status, created.body.plan]).toEqual([201, 'enterprise'])
    const { sid } = created.body
    expect(created.headers.get('location')).toBe(`/api/v1/tenants/${sid}`)
    const edited = await operator('PATCH', `/tenants/${sid}`, {
      body: { supportContact: 'help@example.com', suspended: true },
    })
    expect(edited.body).toMatchObject({ name: 'Example Ltd', supportContact: 'help@example.com' })
    expect(edited.body.suspendedAt).toBeGreaterThan(0)
    expect((await operator('GET', `/tenants/${sid}`)).body).toEqual(edited.body)
    const again = await operator('PATCH', `/tenants/${sid}`, { body: { suspended: false } })
    expect(again.body.suspendedAt).toBeNull()
  })
})
