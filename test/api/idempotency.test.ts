// Creations with an Idempotency-Key happen once, however often they are requested.
import { count, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import { idempotencyKeys, tenants, users } from '../../src/platform/db/schema.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'

let operator: Caller
let world: World
beforeAll(async () => {
  operator = await callerWithKey(null)
  world = await createWorld()
})

const newKey = () => crypto.randomUUID()

/**
 * What each creation is asked with, the parts of its answer that are told once, and what makes it
 * another request.
 */
const CREATIONS: Record<
  string,
  { path: () => string; body: () => object; once?: string[]; other?: object }
> = {
  createTenant: { path: () => '/tenants', body: () => ({ name: newKey() }) },
  addUser: {
    path: () => `/tenants/${world.tenantSid}/users`,
    body: () => ({ email: `${newKey()}@tenant.example` }),
  },
  createAccount: {
    path: () => `/tenants/${world.tenantSid}/accounts`,
    body: () => ({ name: newKey() }),
  },
  createImport: {
    path: () => `/tenants/${world.tenantSid}/imports`,
    body: () => ({ name: newKey() }),
  },
  createConnection: {
    path: () => `/tenants/${world.tenantSid}/connections`,
    body: () => ({ name: newKey() }),
  },
  createRollout: {
    path: () => `/connections/${world.connectionSid}/rollouts`,
    body: () => ({ name: newKey() }),
  },
  createSetupLink: {
    path: () => `/connections/${world.connectionSid}/setup-links`,
    body: () => ({ name: 'bob', capabilities: [], expiresInMinutes: 5 }),
    other: { name: 'ann' },
    once: ['secret', 'url'],
  },
  createWebhookEndpoint: {
    path: () => '/webhook-endpoints',
    body: () => ({
      name: newKey(),
      tenantSid: world.tenantSid,
      url: 'https://idp.tenant.example/hooks',
      types: ['account.created'],
    }),
    once: ['secret'],
  },
  createApiKey: {
    path: () => '/api-keys',
    body: () => ({ name: 'ci', tenantSid: world.tenantSid, role: 'admin', expiresInDays: 1 }),
    other: { name: 'cd' },
    once: ['secret'],
  },
  inviteOperator: {
    path: () => '/operators',
    body: () => ({ name: 'Ola', email: `${newKey()}@vendor.example`, role: 'support' }),
    other: { name: 'Ole' },
    once: ['url'],
  },
  createClient: {
    path: () => '/clients',
    body: () => ({
      name: 'App',
      clientType: 'confidential',
      redirectURIs: ['https://app.example/callback'],
    }),
    other: { name: 'Another' },
    once: ['secret'],
  },
  startMove: {
    path: () => `/connections/${world.connectionSid}/moves`,
    body: () => ({ name: 'The new IdP' }),
    other: { name: 'Another' },
  },
  createScimToken: {
    path: () => `/connections/${world.connectionSid}/scim-tokens`,
    body: () => ({ name: 'Okta', expiresInDays: 1 }),
    other: { name: 'Entra' },
    once: ['secret'],
  },
}

describe('every creation', () => {
  it('is here', () => {
    const creations = ROUTES.filter(({ again }) => again).map(({ operationId }) => operationId)
    expect(Object.keys(CREATIONS).toSorted()).toEqual(creations.toSorted())
  })

  it.each(Object.entries(CREATIONS))('%s answers a repeat with what it made', async (_, one) => {
    const sent = { body: one.body(), headers: { 'idempotency-key': newKey() } }
    const first = await operator('POST', one.path(), sent)
    const second = await operator('POST', one.path(), sent)
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null])
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
    // Secrets are shown once.
    const hidden = Object.fromEntries((one.once ?? []).map((field) => [field, null]))
    for (const field of one.once ?? []) expect(first.body[field]).toMatch(/.{43}/)
    expect(second.body).toEqual({ ...first.body, ...hidden })
    expect(second.headers.get('location')).toBe(first.headers.get('location'))

    const other = await operator('POST', one.path(), {
      ...sent,
      body: { ...one.body(), ...one.other },
    })
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
    const without = await operator('POST', one.path(), { body: one.body() })
    expect(without.body.sid).not.toBe(first.body.sid)
  })

  it.each(Object.entries(CREATIONS))('%s of several at once makes one', async (_, one) => {
    const sent = { body: one.body(), headers: { 'idempotency-key': newKey() } }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => operator('POST', one.path(), sent)),
    )
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.sid)).size).toBe(1)
    expect(answers.filter(({ headers }) => !headers.get('idempotent-replayed'))).toHaveLength(1)
    for (const field of one.once ?? [])
      expect(answers.filter(({ body }) => body[field] !== null)).toHaveLength(1)
  })
})

describe('a key', () => {
  it('shows what it made as it is now', async () => {
    const sent = { body: { name: 'Before' }, headers: { 'idempotency-key': newKey() } }
    const { body } = await operator('POST', '/tenants', sent)
    await operator('PATCH', `/tenants/${body.sid}`, { body: { name: 'After' } })
    expect((await operator('POST', '/tenants', sent)).body).toMatchObject({ name: 'After' })
    const made = await db.select({ made: count() }).from(tenants).where(eq(tenants.name, 'After'))
    expect(made).toEqual([{ made: 1 }])
  })

  it('of somebody else, or for another path, is another key', async () => {
    const headers = { 'idempotency-key': newKey() }
    const own = await callerWithKey(world.tenantSid)
    const body = { name: 'Second IdP' }
    const path = `/tenants/${world.tenantSid}/connections`
    const first = await operator('POST', path, { body, headers })
    const second = await own('POST', path, { body, headers })
    const third = await operator('POST', '/tenants', { body, headers })
    const answers = [first, second, third]
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map((answer) => answer.body.sid)).size).toBe(3)
  })

  it('answers a repeat also where it could not be made any more', async () => {
    const { tenantSid } = await createWorld()
    const path = `/tenants/${tenantSid}/connections`
    const sent = { body: { name: 'IdP' }, headers: { 'idempotency-key': newKey() } }
    const first = await operator('POST', path, sent)
    await operator('PATCH', `/tenants/${tenantSid}`, { body: { plan: 'standard' } })
    expect((await operator('POST', path, { body: sent.body })).body.code).toBe('plan_required')
    const second = await operator('POST', path, sent)
    expect([second.status, second.body.sid]).toEqual([201, first.body.sid])
  })

  it('is not spent by a refusal', async () => {
    const headers = { 'idempotency-key': newKey() }
    const path = `/tenants/${world.tenantSid}/users`
    const email = `${newKey()}@tenant.example`
    const refused = await operator('POST', path, { body: { email: 'ann' }, headers })
    expect(refused.body).toMatchObject({ code: 'input', field: 'email' })
    expect((await operator('POST', path, { body: { email }, headers })).status).toBe(201)
    // With another key it is a second user with the address of the first: that is no repeat.
    const again = await operator('POST', path, {
      body: { email },
      headers: { 'idempotency-key': newKey() },
    })
    expect([again.status, again.body.code]).toEqual([409, 'already_there'])
    const rows = await db.select().from(users).where(eq(users.email, email))
    expect(rows).toHaveLength(1)
  })

  it('is 1 to 255 visible ASCII characters, and kept as a hash', async () => {
    const body = { name: 'Acme' }
    for (const wrong of ['', ' ', 'a b', 'a\tb', 'x'.repeat(256)]) {
      const answer = await operator('POST', '/tenants', {
        body,
        headers: { 'idempotency-key': wrong },
      })
      expect(answer.body).toMatchObject({ code: 'input', field: 'Idempotency-Key' })
    }
    const key = 'x'.repeat(255)
    const answer = await operator('POST', '/tenants', { body, headers: { 'idempotency-key': key } })
    expect(answer.status).toBe(201)
    const rows = await db
      .select()
      .from(idempotencyKeys)
      .where(eq(idempotencyKeys.subjectSid, answer.body.sid))
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(key)
  })
})
