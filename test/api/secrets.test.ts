// A secret is shown once, to the actor who made it. After that it is in no list, event, row or log.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { addOperatorRow } from '../support/operators.ts'
import { keyPairs, users } from '../../src/platform/db/schema.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import { createWorld, db } from '../support/world.ts'
import { callerWithKey } from './caller.ts'

describe('secrets', () => {
  it('are nowhere but in the answer that made them', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const operator = await callerWithKey(null)
    const { tenantSid, connectionSid } = await createWorld()
    const link = await operator('POST', `/connections/${connectionSid}/setup-links`, {
      body: { name: 'bob', capabilities: ['test'], expiresInMinutes: 5 },
    })
    const key = await operator('POST', '/api-keys', {
      body: { name: 'ci', tenantSid, role: 'admin', expiresInDays: 1 },
    })
    const token = await operator('POST', `/connections/${connectionSid}/scim-tokens`, {
      body: { name: 'Okta', expiresInDays: 1 },
    })
    const app = { name: 'App', redirectURIs: ['https://app.example/callback'] }
    const client = await operator('POST', '/clients', { body: app })
    const rotated = await operator('POST', `/clients/${client.body.sid}/secret`, {
      body: { keepPreviousHours: 1 },
    })
    const hook = { name: 'log', url: 'https://hooks.example/', types: ['account.created'] }
    const endpoint = await operator('POST', '/webhook-endpoints', { body: hook })
    const renewed = await operator('POST', `/webhook-endpoints/${endpoint.body.sid}/secret`, {
      body: { keepPreviousHours: 1 },
    })
    const { email } = await addOperatorRow('admin')
    const signIn = await operator('POST', '/sign-in-links', { body: { email } })
    const idempotencyKey = crypto.randomUUID()
    await operator('POST', '/tenants', {
      body: { name: 'Acme' },
      headers: { 'idempotency-key': idempotencyKey },
    })
    const signInSecret = new URL(signIn.body.url).searchParams.get('link')!
    const secrets = [
      link.body.secret,
      key.body.secret,
      token.body.secret,
      signInSecret,
      client.body.secret,
      rotated.body.secret,
      endpoint.body.secret,
      renewed.body.secret,
      idempotencyKey,
    ] as string[]
    expect(link.body.url).toBe(`https://sso.vendor.example/setup/${link.body.secret}`)
    expect(key.body.secret).toMatch(/^gp_[\w-]{43}$/)
    expect(token.body.secret).toMatch(/^gps_[\w-]{43}$/)
    expect(token.body.baseURL).toBe(`https://sso.vendor.example/scim/v2/${connectionSid}`)
    expect(endpoint.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(signInSecret).toMatch(/^[\w-]{43}$/)

    const answers = await Promise.all(
      [
        '/events?limit=100',
        `/connections/${connectionSid}/setup-links`,
        `/setup-links/${link.body.sid}`,
        '/api-keys?limit=100',
        `/api-keys?tenant=${tenantSid}`,
        `/api-keys/${key.body.sid}`,
        `/connections/${connectionSid}`,
        '/clients',
        '/webhook-endpoints',
        `/webhook-endpoints/${endpoint.body.sid}`,
        `/clients/${client.body.sid}`,
        '/key-pairs',
        `/connections/${connectionSid}/scim-tokens`,
        `/scim-tokens/${token.body.sid}`,
      ].map((path) => operator('GET', path)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const { results: tables } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    ).run<{ name: string }>()
    const rows = await Promise.all(
      tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).run()),
    )
    const told = [
      JSON.stringify(answers.map(({ body }) => body)),
      JSON.stringify(rows.map(({ results }) => results)),
      JSON.stringify(log.mock.calls),
    ]
    log.mockRestore()
    expect(tables.length).toBeGreaterThan(20)
    for (const secret of secrets) for (const text of told) expect(text.includes(secret)).toBe(false)
    // Their hashes are in rows, and in no answer.
    const hashes = await Promise.all(secrets.slice(0, 5).map(hashSecret))
    for (const hash of hashes) expect(told[0]!.includes(hash)).toBe(false)
    expect(told[1]!.includes(hashes[0]!)).toBe(true)
  })

  it('of our key pairs stay where they are', async () => {
    const operator = await callerWithKey(null)
    await db.delete(keyPairs)
    const prepared = await operator('POST', '/key-pairs')
    expect(prepared.body.items.map(({ stage }: { stage: string }) => stage)).toContain('next')
    const rows = await db.select().from(keyPairs)
    const answers = JSON.stringify([
      prepared.body,
      (await operator('GET', '/key-pairs')).body,
      (await operator('GET', '/events?type=key.*&limit=500')).body,
    ])
    for (const { encryptedPrivateKey } of rows)
      expect(answers.includes(encryptedPrivateKey)).toBe(false)
    expect(answers).not.toMatch(/private.?key/i)
    await db.delete(keyPairs)
  })

  it('that are not for the caller are in no answer: what a schema does not name is left out', async () => {
    const operator = await callerWithKey(null)
    const { tenantSid, addUser } = await createWorld()
    const sid = await addUser('Ann@tenant.example')
    const { body } = await operator('GET', `/users/${sid}`)
    const [row] = await db.select().from(users).where(eq(users.sid, sid))
    expect(row).toHaveProperty('emailKey')
    expect(body).not.toHaveProperty('emailKey')
    const { body: key } = await operator('POST', '/api-keys', {
      body: { name: 'ci', tenantSid, role: 'admin', expiresInDays: 1 },
    })
    expect(Object.keys(key)).not.toContain('secretHash')
  })
})
