// Users, keys, links, our key pairs and the audit trail over the API: what each does, and what it
// refuses.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keyPairs } from '../../src/platform/db/schema.ts'
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

describe('a user', () => {
  it('is added, found by SID and e-mail, and switched to single sign-on and back', async () => {
    const { tenantSid, connectionSid } = world
    const added = await operator('POST', `/tenants/${tenantSid}/users`, {
      body: { email: 'Ann+1@tenant.example', firstName: 'Ann', externalID: '7' },
    })
    expect(added.body).toMatchObject({ signInMethod: 'password', firstName: 'Ann', lastName: null })
    const byEmail = `/users/${encodeURIComponent('ann+1@tenant.example')}`
    expect((await operator('GET', byEmail)).body).toEqual(added.body)
    const where = `${byEmail}/sign-in-method`
    const on = await operator('PUT', where, {
      body: { signInMethod: 'sso_enabled', connectionSid },
    })
    expect(on.body).toMatchObject({ signInMethod: 'sso_enabled', connectionSid })
    const listed = await operator('GET', `/tenants/${tenantSid}/users?connection=${connectionSid}`)
    expect(listed.body.items).toHaveLength(1)
    const off = await operator('PUT', where, { body: { signInMethod: 'password' } })
    expect(off.body).toMatchObject({ signInMethod: 'password', connectionSid: null })
  })

  it('is not added twice, nor sent to a stranger’s IdP', async () => {
    const path = `/tenants/${world.tenantSid}/users`
    const body = { email: 'bob@tenant.example' }
    expect((await operator('POST', path, { body })).status).toBe(201)
    const twice = await operator('POST', path, { body })
    expect([twice.status, twice.body.code]).toEqual([409, 'already_there'])
    const bad = await operator('POST', path, { body: { email: 'bob' } })
    expect([bad.status, bad.body.code, bad.body.field]).toEqual([400, 'input', 'email'])
    const { connectionSid } = await createWorld()
    const where = '/users/bob@tenant.example/sign-in-method'
    const sso = { signInMethod: 'sso_enabled', connectionSid }
    expect((await operator('PUT', where, { body: sso })).body.code).toBe('not_there')
    for (const wrong of [
      { signInMethod: 'sso_enforced', connectionSid },
      { signInMethod: 'sso_enabled' },
      { signInMethod: 'password', connectionSid },
    ])
      expect((await operator('PUT', where, { body: wrong })).body.code).toBe('input')
  })
})

describe('a setup link', () => {
  it('is made, listed, and revoked once', async () => {
    const path = `/connections/${world.connectionSid}/setup-links`
    const made = await operator('POST', path, {
      body: { name: 'bob', capabilities: ['configure'], expiresInMinutes: 5 },
    })
    const { secret, url, mail, ...link } = made.body
    expect(mail).toBeNull()
    expect((await operator('GET', `/setup-links/${link.sid}`)).body).toEqual(link)
    expect((await operator('GET', path)).body.items).toEqual([link])
    const revoked = await operator('DELETE', `/setup-links/${link.sid}`)
    expect(revoked.body.revokedAt).toBeGreaterThan(0)
    expect((await operator('DELETE', `/setup-links/${link.sid}`)).body).toEqual(revoked.body)
    expect(url).toContain(secret)
  })

  it('lives for 5 minutes to 30 days', async () => {
    const path = `/connections/${world.connectionSid}/setup-links`
    const body = { name: 'bob', capabilities: ['configure'], expiresInMinutes: 60 }
    for (const [wrong, field] of [
      [{ expiresInMinutes: 4 }, 'expiresInMinutes'],
      [{ expiresInMinutes: 43201 }, 'expiresInMinutes'],
      [{ expiresInMinutes: 5.5 }, 'expiresInMinutes'],
      [{ name: '' }, 'name'],
      [{ capabilities: ['operate'] }, 'capabilities.0'],
    ] as const) {
      const answer = await operator('POST', path, { body: { ...body, ...wrong } })
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'input', field])
    }
  })
})

describe('an API key', () => {
  it('is made for a tenant or for operators, listed and revoked', async () => {
    const { tenantSid } = world
    const made = await operator('POST', '/api-keys', {
      body: { name: 'ci', tenantSid, role: 'admin', expiresInDays: 365 },
    })
    const { secret, ...key } = made.body
    expect(secret).toMatch(/^gp_/)
    expect((await operator('GET', `/api-keys?tenant=${tenantSid}`)).body.items).toEqual([key])
    expect((await operator('GET', `/api-keys/${key.sid}`)).body).toEqual(key)
    const revoked = await operator('DELETE', `/api-keys/${key.sid}`)
    expect(revoked.body.revokedAt).toBeGreaterThan(0)
    const forAll = { name: 'all', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
    const operators = await operator('POST', '/api-keys', { body: forAll })
    expect(operators.body.tenantSid).toBeNull()
  })

  it('has to say for whom and how long', async () => {
    for (const [body, field] of [
      [{ name: 'ci', role: 'owner', expiresInDays: 1 }, 'tenantSid'],
      [{ name: 'ci', tenantSid: null, expiresInDays: 1 }, 'role'],
      [{ name: 'ci', tenantSid: null, role: 'owner' }, 'expiresInDays'],
      [{ name: 'ci', tenantSid: null, role: 'owner', expiresInDays: 366 }, 'expiresInDays'],
    ] as const) {
      const answer = await operator('POST', '/api-keys', { body })
      expect([answer.body.code, answer.body.field]).toEqual(['input', field])
    }
    const absent = await operator('POST', '/api-keys', {
      body: { name: 'ci', tenantSid: 'TN0', role: 'admin', expiresInDays: 1 },
    })
    expect([absent.status, absent.body.code]).toEqual([404, 'not_there'])
  })
})

describe('our key pairs', () => {
  it('are prepared, rotated and retired, each in its turn', async () => {
    await db.delete(keyPairs)
    const stages = (body: { items: { stage: string }[] }) => body.items.map(({ stage }) => stage)
    const before = await operator('GET', '/key-pairs')
    expect(before.body.items[0]).toMatchObject({ stage: 'current', home: 'secret' })
    const prepared = await operator('POST', '/key-pairs')
    expect([prepared.status, stages(prepared.body).slice(0, 2)]).toEqual([201, ['current', 'next']])
    const twice = await operator('POST', '/key-pairs')
    expect([twice.status, twice.body.code]).toEqual([409, 'key_stage'])
    const next = prepared.body.items[1].fingerprint
    const rotated = await operator('POST', '/key-pairs/rotate')
    expect(rotated.body.items[0]).toMatchObject({ stage: 'current', fingerprint: next })
    const previous = rotated.body.items.find(({ stage }: { stage: string }) => stage === 'previous')
    const retired = await operator('DELETE', `/key-pairs/${previous.fingerprint}`)
    expect(stages(retired.body)).toEqual(['current'])
    const again = await operator('DELETE', `/key-pairs/${previous.fingerprint}`)
    expect(again.body.code).toBe('key_stage')
    await db.delete(keyPairs)
  })
})

describe('the audit trail', () => {
  it('says which key did what, to actors who may know', async () => {
    const { tenantSid, connectionSid } = world
    const own = await callerWithKey(tenantSid)
    await own('PATCH', `/connections/${connectionSid}`, { body: { name: 'Renamed' } })
    const { body } = await own('GET', `/events?subject=${connectionSid}`)
    expect(body.items[0]).toMatchObject({
      actor: 'customer admin key test',
      type: 'connection.updated',
      tenantSid,
      before: { name: 'Tenant IdP' },
      after: { name: 'Renamed' },
    })
    const all = await operator('GET', '/events')
    expect(all.body.items.length).toBeGreaterThan(body.items.length)
    const other = await createWorld()
    const foreign = await own('GET', `/events?tenant=${other.tenantSid}`)
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not_there'])
    // Without a tenant it is its own, and nothing else.
    const tenants = new Set(
      (await own('GET', '/events')).body.items.map(
        (event: { tenantSid: string }) => event.tenantSid,
      ),
    )
    expect([...tenants]).toEqual([tenantSid])
  })

  it('is not reached around the tenant by a subject', async () => {
    const other = await createWorld()
    await operator('PATCH', `/connections/${other.connectionSid}`, { body: { name: 'Theirs' } })
    const own = await callerWithKey(world.tenantSid)
    const { body } = await own('GET', `/events?subject=${other.connectionSid}`)
    expect(body.items).toEqual([])
  })
})
