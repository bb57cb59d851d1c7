// Programs are told when to come again after a fault of ours: API, OpenID Connect and SCIM.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/env.ts'
import { createCode, createToken } from '../../../src/oidc/grant-token.ts'
import { retryAfter } from '../../../src/platform/http/retry-after.ts'
import { askApp } from '../../support/ask-app.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'

const app = createApp()
const environment = {
  ...env,
  DB: wrapD1(env.DB, () => Promise.reject(new Error('D1_ERROR: D1 DB is overloaded'))),
}

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
})

const basic = { authorization: `Basic ${btoa(`CL${'1'.repeat(32)}:${'s'.repeat(43)}`)}` }
const secrets = readConfig(env).loginSecrets
const { text: code } = await createCode(`SE${'1'.repeat(32)}`)
// A token that we did not issue asks nothing of D1.
const accessToken = await createToken(secrets, 'access', code, 1)
const form = { 'content-type': 'application/x-www-form-urlencoded' }

it.each([
  ['GET', '/api/v1/tenants', { authorization: `Bearer gp_${'a'.repeat(43)}` }],
  ['POST', '/oauth2/token', { ...basic, ...form }],
  ['GET', '/oauth2/userinfo', { authorization: `Bearer ${accessToken}` }],
  ['GET', `/scim/v2/CN${'1'.repeat(32)}/Users`, { authorization: `Bearer gps_${'a'.repeat(43)}` }],
])('%s %s says when, while D1 is down', async (method, path, headers) => {
  const body = method === 'POST' ? `grant_type=refresh_token&refresh_token=${'r'.repeat(43)}` : null
  const init = { method, headers: headers as Record<string, string>, body }
  const answer = await askApp(app, `${env.ORIGIN}${path}`, init, environment)
  expect([500, 503]).toContain(answer.status)
  expect(answer.headers.get('retry-after')).toBe('10')
  expect(answer.headers.get('content-type')).toMatch(/json/)
})

it('gives no time where the answer will be the same', () => {
  expect([200, 400, 401, 404, 501].map((status) => retryAfter(status))).toEqual([
    {},
    {},
    {},
    {},
    {},
  ])
  expect(retryAfter(429)).toEqual({ 'retry-after': '60' })
})
