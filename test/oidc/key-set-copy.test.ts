// Clients verify tokens while D1 is down: the JWKS comes from a copy in KV, for six hours at most.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApiKey } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { runJobs } from '../../src/jobs.ts'
import { openKeyValueStore } from '../../src/platform/kv/kv.ts'
import { copyKeySet, serveKeySet } from '../../src/oidc/signing-keys/key-set-copy.ts'
import { deleteSigningKey, rotateSigningKey } from '../../src/oidc/signing-keys/signing-keys.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { signingKeys } from '../../src/platform/db/schema.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { wrapD1 } from '../support/wrap-d1.ts'

const HOUR = 3600_000
const COPY = 'oidc:jwks'
const { keySecrets } = readConfig(env)
const app = createApp()

/** D1 that refuses every statement. */
const down = wrapD1(env.DB, () => Promise.reject(new Error('D1_ERROR: Network connection lost')))
/** Another object each time: an isolate that has copied nothing yet. */
const newKV = (overrides: Partial<KVNamespace> = {}): KVNamespace =>
  ({
    get: env.RELAY.get.bind(env.RELAY),
    put: env.RELAY.put.bind(env.RELAY),
    ...overrides,
  }) as unknown as KVNamespace

beforeEach(async () => {
  await db.delete(signingKeys)
  await env.RELAY.delete(COPY)
})
afterAll(async () => {
  await db.delete(signingKeys)
  await env.RELAY.delete(COPY)
})

async function get(path: string, environment: Env, init: RequestInit = {}) {
  const context = createExecutionContext()
  const response = await app.request(`${env.ORIGIN}${path}`, init, environment, context)
  await waitOnExecutionContext(context)
  return response
}

const kidsOf = async (response: Response) =>
  ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
const kidsInD1 = async () => (await db.select().from(signingKeys)).map(({ kid }) => kid).toSorted()

describe('while D1 refuses every statement', () => {
  it('the JWKS has the keys that it had, and caches may keep it for what is left', async () => {
    const environment = { ...env, RELAY: newKV() }
    const before = await get('/oauth2/jwks', environment)
    expect(before.headers.get('cache-control')).toBe('public, max-age=300, stale-if-error=21300')
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const after = await get('/oauth2/jwks', { ...environment, DB: down })
    expect(after.status).toBe(200)
    expect(await kidsOf(after)).toEqual(await kidsOf(before))
    const events = log.mock.calls.map(([line]) => JSON.parse(line).event)
    expect(events.filter((event) => event !== 'storage_fault')).toEqual(['key_set_from_copy'])
    const [, stale] = /stale-if-error=(\d+)/.exec(after.headers.get('cache-control')!)!
    expect(Number(stale)).toBeLessThanOrEqual(21_300)
    log.mockRestore()
  })

  it('discovery answers as always', async () => {
    for (const path of [
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
    ]) {
      const answers = [await get(path, env), await get(path, { ...env, DB: down })]
      const [up, without] = await Promise.all(answers.map((answer) => answer.text()))
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      expect(without).toBe(up)
      expect(answers[1]!.headers.get('cache-control')).toContain('stale-if-error=')
    }
  })

  it('without a copy the JWKS is a 500 that says when to come again', async () => {
    const answer = await get('/oauth2/jwks', { ...env, RELAY: newKV(), DB: down })
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('KV may be down too: the answer is the same', async () => {
    const RELAY = newKV({ get: () => Promise.reject(new Error('KV GET failed: 503')) } as never)
    const answer = await get('/oauth2/jwks', { ...env, RELAY, DB: down })
    expect(answer.status).toBeGreaterThanOrEqual(500)
  })
})

describe('the copy', () => {
  it('is made by the hourly job, and there is none before the first key', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    await runJobs('17 * * * *', env)
    expect(await env.RELAY.get(COPY)).toBe(null)
    await get('/oauth2/jwks', { ...env, RELAY: newKV({ put: async () => {} } as never) })
    await runJobs('17 * * * *', env)
    log.mockRestore()
    const copy = (await env.RELAY.get<{ keys: { kid: string }[] }>(COPY, 'json'))!
    expect(copy.keys.map(({ kid }) => kid).toSorted()).toEqual(await kidsInD1())
    expect(JSON.stringify(copy)).not.toMatch(/"d"|rivate/)
  })

  it('is made once an hour by an isolate, and at once where the keys are others', async () => {
    const puts: string[] = []
    const kv = newKV({ put: async (_key: string, text: string) => void puts.push(text) } as never)
    const now = Date.now()
    const isDue = async (at: number) =>
      (await serveKeySet(db, openKeyValueStore(kv), keySecrets, at)).isDue
    expect(await isDue(now)).toBe(true)
    await copyKeySet(db, openKeyValueStore(kv), now)
    expect(await isDue(now + HOUR - 1)).toBe(false)
    expect(await isDue(now + HOUR)).toBe(true)
    good(await rotateSigningKey({ ...request(), now }, keySecrets, 'RS256'))
    expect(await isDue(now + 1)).toBe(true)
    expect(puts).toHaveLength(1)
  })

  it('is served for six hours and not a second longer', async () => {
    const now = Date.now()
    const kv = newKV()
    await serveKeySet(db, openKeyValueStore(kv), keySecrets, now)
    await copyKeySet(db, openKeyValueStore(kv), now)
    const broken = openDatabase(down)
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const served = await serveKeySet(
      broken,
      openKeyValueStore(kv),
      keySecrets,
      now + 6 * HOUR - 1000,
    )
    expect(served.secondsLeft).toBe(1)
    await expect(
      serveKeySet(broken, openKeyValueStore(kv), keySecrets, now + 6 * HOUR),
    ).rejects.toThrow()
    log.mockRestore()
  })

  it('loses a deleted key in the very request that deletes it', async () => {
    await get('/oauth2/jwks', { ...env, RELAY: newKV() })
    const [leaked] = await kidsInD1()
    const { secret } = good(
      await createApiKey(request(), {
        name: 'ci',
        tenantSid: null,
        role: 'owner',
        expiresInDays: 1,
      }),
    )
    const answer = await get(`/api/v1/signing-keys/${leaked}`, env, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${secret}` },
    })
    expect(answer.status).toBe(200)
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const kids = await kidsOf(await get('/oauth2/jwks', { ...env, DB: down }))
    log.mockRestore()
    expect(kids.toSorted()).toEqual(await kidsInD1())
    expect(kids).not.toContain(leaked)
  })
})

it('no copy replaces a missing key-encryption key', async () => {
  await get('/oauth2/jwks', { ...env, RELAY: newKV() })
  const environment = { ...env, KEY_ENCRYPTION_KEY: '' }
  good(await deleteSigningKey(request(), keySecrets, (await kidsInD1())[0]!))
  await db.delete(signingKeys)
  expect((await get('/oauth2/jwks', environment)).status).toBe(503)
})
