// What people and programs get where D1 or KV fails, and what the log says of it.
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import worker from '../../src/worker.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { wrapD1 } from '../support/wrap-d1.ts'

const FULL = 'D1_ERROR: database or disk is full: SQLITE_FULL'
const SECRET = 'alice@tenant.example'

let lines: Record<string, unknown>[] = []
beforeEach(() => {
  lines = []
  const note = (line: string) => void lines.push(JSON.parse(line))
  vi.spyOn(console, 'log').mockImplementation(note)
  vi.spyOn(console, 'error').mockImplementation(note)
})
afterEach(() => vi.restoreAllMocks())

/** A deployment whose D1 answers each query with this error. */
function failing(message: string): Env {
  const DB = wrapD1(env.DB, async () => {
    throw new Error(`${message} (${SECRET})`)
  })
  return { ...env, DB }
}

const logged = () => lines.find(({ event }) => event !== 'storage_fault')

describe('a page', () => {
  it.each([
    ['storage_unavailable', 'D1_ERROR: D1 DB is overloaded.', '10', 'overloaded'],
    ['storage_full', FULL, '300', 'full'],
    ['storage_schema', 'D1_ERROR: no such table: connections: SQLITE_ERROR', '30', 'schema'],
  ])('%s: has a button that asks for it again', async (code, message, seconds, storage) => {
    const { connectionSid } = await createWorld()
    const path = `/sso/${connectionSid}?return_to=%2Fa%3Fb%3D1`
    const response = await openBrowser(failing(message)).get(path)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, seconds])
    const page = await response.text()
    expect(page).toMatch(
      new RegExp(`href="${ORIGIN}${path.replace('?', '\\?')}">\\s*Try again\\s*</a>`),
    )
    expect(logged()).toMatchObject({ event: 'refused', code, status: 503, storage })
    expect(page).toContain(logged()!['reference'])
    expect(JSON.stringify(lines) + page).not.toContain(SECRET)
  })

  it('of a full database says so, and keeps what operators do about it to them', async () => {
    const { connectionSid } = await createWorld()
    const page = await (await openBrowser(failing(FULL)).get(`/sso/${connectionSid}`)).text()
    expect(page).toContain('This service has no storage left')
    expect(page).not.toContain('size limit')
    expect(lines[0]).toMatchObject({ event: 'storage_fault', store: 'DB', code: 'full', try: 1 })
    expect(lines[0]!['again']).toBe(false)
  })

  it('internal: has the button too', async () => {
    const { connectionSid } = await createWorld()
    const response = await openBrowser(failing('D1_ERROR: near "x": syntax error')).get(
      `/sso/${connectionSid}`,
    )
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch(/Try again\s*<\/a>/)
    expect(logged()).toMatchObject({ code: 'internal', storage: 'unknown' })
  })

  it('of a response that was posted leads to a new login, the front door to its form', async () => {
    const { connectionSid, acs } = await createWorld()
    const browser = openBrowser(failing('D1_ERROR: D1 DB is overloaded.'))
    const posted = await browser.postFromElsewhere(acs, { SAMLResponse: 'x' })
    expect([posted.status, await posted.text()]).toEqual([
      503,
      expect.stringContaining(`href="/sso/${connectionSid}/again"`),
    ])
    const entered = await browser.post('/login', { email: SECRET, return_to: '/a' })
    expect([entered.status, await entered.text()]).toEqual([
      503,
      expect.stringContaining('href="/login?return_to=%2Fa"'),
    ])
  })

  it('leads to no other site, whatever its address looks like', async () => {
    const response = await openBrowser(failing('D1_ERROR: D1 DB is overloaded.')).get(
      '//evil.example/../sso/CN00000000000000000000000000000000',
    )
    expect(await response.text()).not.toContain('href="//')
  })
})

describe('an answer for programs', () => {
  it('is JSON with Retry-After', async () => {
    const browser = openBrowser(failing('D1_ERROR: D1 DB is overloaded.'))
    const token = await browser.send('/oauth2/token', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`CL${'0'.repeat(32)}:gpc_secret`)}`,
      },
      body: 'grant_type=refresh_token&refresh_token=x',
    })
    expect([token.status, token.headers.get('retry-after')]).toEqual([503, '10'])
    expect(await token.json()).toEqual({ error: 'server_error' })
  })

  it('is a problem in the API, and an error in SCIM', async () => {
    const browser = openBrowser(failing(FULL))
    const api = await browser.send('/api/v1/tenants', {
      headers: { authorization: `Bearer gp_${'a'.repeat(43)}` },
    })
    expect([api.status, api.headers.get('retry-after')]).toEqual([503, '300'])
    expect(await api.json()).toMatchObject({ code: 'storage_full', status: 503 })
    expect(logged()).toMatchObject({ event: 'refused', area: 'api', storage: 'full' })
    lines = []
    const scim = await browser.send('/scim/v2/CN00000000000000000000000000000000/Users', {
      headers: { authorization: `Bearer gps_${'a'.repeat(43)}` },
    })
    expect([scim.status, scim.headers.get('retry-after')]).toEqual([503, '300'])
    expect(await scim.json()).toMatchObject({ status: '503' })
    expect(logged()).toMatchObject({ event: 'refused', area: 'scim', storage: 'full' })
  })
})

it('names the code of each cron job, and runs the others', async () => {
  await expect(
    worker.scheduled(createScheduledController({ cron: '17 * * * *' }), failing(FULL)),
  ).rejects.toThrow(/^failed: .*warn_of_certificate_expiry, keep_signing_keys/)
  const failed = lines.filter(({ event }) => event === 'job_failed')
  expect(failed.length).toBeGreaterThan(2)
  for (const line of failed) expect(line).toMatchObject({ code: 'storage_full', storage: 'full' })
  expect(JSON.stringify(lines)).not.toContain(SECRET)
})
