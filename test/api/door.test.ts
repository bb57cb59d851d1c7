// What holds at every route: who is let in, which methods and bodies are taken, how refusals look.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { openApi } from '../../src/api/engine/in-process.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { createApiKey, revokeApiKey } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/env.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, OPERATOR, request } from '../support/request.ts'
import { createWorld } from '../support/world.ts'
import { caller, callerWithKey, type Caller } from './caller.ts'
import { askApp } from '../support/ask-app.ts'

let operator: Caller
beforeAll(async () => {
  operator = await callerWithKey(null)
})

const JSON_TYPE = { 'content-type': 'application/json' }

describe('a key', () => {
  const lists = async (authorization: string | null) =>
    (await caller(authorization)('GET', '/tenants')).status

  it('is asked for as RFC 6750 says', async () => {
    const answer = await caller(null)('GET', '/tenants')
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('lets in until it expires or is revoked, and nothing else does', async () => {
    const asked = { ...request(), now: Date.now() - 2 * 24 * 3600 * 1000 }
    const input = { name: 'ci', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
    const expired = good(await createApiKey(asked, input))
    const { apiKey, secret } = good(await createApiKey(request(), input))
    expect(await lists(`Bearer ${secret}`)).toBe(200)
    expect(await lists(`bearer ${secret}`)).toBe(200)
    expect(await lists(`Bearer ${expired.secret}`)).toBe(401)
    for (const wrong of [secret, `Basic ${btoa(`key:${secret}`)}`, `Bearer ${secret}x`, 'Bearer '])
      expect(await lists(wrong)).toBe(401)
    expect((await operator('GET', `/tenants?access_token=${secret}`)).body.code).toBe('input')
    good(await revokeApiKey(request(), apiKey.sid))
    expect(await lists(`Bearer ${secret}`)).toBe(401)
  })

  it('of a suspended tenant lets nobody in', async () => {
    const { tenantSid } = await createWorld()
    const own = await callerWithKey(tenantSid)
    expect((await own('GET', `/tenants/${tenantSid}`)).status).toBe(200)
    await operator('PATCH', `/tenants/${tenantSid}`, { body: { suspended: true } })
    expect((await own('GET', `/tenants/${tenantSid}`)).status).toBe(401)
  })
})

describe('methods and paths', () => {
  it('names the methods that there are', async () => {
    for (const method of ['DELETE', 'OPTIONS', 'PUT']) {
      const answer = await operator(method, '/tenants')
      expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed'])
      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST')
    }
  })

  it('answers HEAD like GET, without a body', async () => {
    const answer = await operator('HEAD', '/tenants')
    expect([answer.status, answer.body]).toEqual([200, undefined])
    expect((await operator('HEAD', '/sign-in-links')).status).toBe(405)
  })

  it('knows no other path, and says nothing to other origins', async () => {
    const answer = await operator('GET', '/tenant')
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    const preflight = await operator('OPTIONS', '/tenants', {
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' },
    })
    expect(preflight.status).toBe(405)
    const names = [...preflight.headers.keys()]
    expect(names.filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('tells a stranger nothing of what is there', async () => {
    const { tenantSid } = await createWorld()
    const nobody = caller(null)
    const there = await nobody('GET', `/tenants/${tenantSid}`)
    const absent = await nobody('GET', '/tenants/TN0')
    expect({ ...there.body, reference: '' }).toEqual({ ...absent.body, reference: '' })
  })
})

describe('a body', () => {
  const send = async (body: BodyInit, headers: Record<string, string> = JSON_TYPE) =>
    (await operator('POST', '/tenants', { body, headers })).body

  it('is JSON, of the fields that there are', async () => {
    expect(await send('{"name": ')).toMatchObject({ code: 'input', expected: 'JSON in UTF-8' })
    expect(await send('')).toMatchObject({ code: 'input', received: 'nothing' })
    expect(await send('[]')).toMatchObject({ code: 'input', expected: 'an object' })
    expect(await send('{}')).toMatchObject({ code: 'input', field: 'name', received: 'nothing' })
    expect(await send('{"name": 3}')).toMatchObject({ field: 'name', expected: 'text' })
    expect(await send('{"name": "A", "plam": "x"}')).toMatchObject({ code: 'input', field: 'plam' })
    expect(await send('{"name": "A", "plan": "x"}')).toMatchObject({
      field: 'plan',
      expected: 'enterprise, standard',
    })
    expect(await send('{"name": "A", "__proto__": {"plan": "standard"}}')).toMatchObject({
      code: 'input',
      field: '__proto__',
    })
  })

  it('says so', async () => {
    const body = '{"name": "A"}'
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await operator('POST', '/tenants', { body, headers: { 'content-type': type } })
      expect([answer.status, answer.body.code]).toEqual([415, 'content_type'])
    }
    expect(await send(new Blob([body]).stream(), {})).toMatchObject({ code: 'content_type' })
  })

  it('is not read as a SAML message', async () => {
    const answer = await operator('POST', '/tenants', {
      body: 'SAMLRequest=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.body.code).toBe('content_type')
  })

  it('has a size, announced or not', async () => {
    const large = `{"name": "${'x'.repeat(64 * 1024)}"}`
    expect(await send(large)).toMatchObject({ code: 'body_too_large', status: 413 })
    const stream = new Blob([large]).stream()
    expect(await send(stream)).toMatchObject({ code: 'body_too_large' })
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('lost')) })
    expect(await send(broken)).toMatchObject({ code: 'body_incomplete', status: 400 })
    const { connectionSid } = await createWorld()
    const upload = (bytes: number, type: string) =>
      operator('POST', `/connections/${connectionSid}/metadata`, {
        body: 'x'.repeat(bytes),
        headers: { 'content-type': type },
      })
    const mebibyte = 1024 * 1024
    expect((await upload(21 * mebibyte, 'application/xml')).body.code).toBe('body_too_large')
    expect((await upload(3 * mebibyte, 'application/json')).body.code).toBe('body_too_large')
    expect((await upload(2 * mebibyte, 'application/xml')).body.code).not.toBe('body_too_large')
  })
})

describe('a query', () => {
  it('has the parameters that there are', async () => {
    const ask = async (query: string) => (await operator('GET', `/tenants?${query}`)).body
    expect(await ask('limmit=3')).toMatchObject({ code: 'input', field: 'limmit' })
    expect(await ask('limit=0')).toMatchObject({ field: 'limit', expected: 'at least 1' })
    expect(await ask('limit=101')).toMatchObject({ field: 'limit', expected: 'at most 100' })
    for (const wrong of ['', 'x', '1.5', '1e1', '-1'])
      expect(await ask(`limit=${wrong}`)).toMatchObject({ code: 'input', field: 'limit' })
  })
})

describe('what goes wrong inside', () => {
  it('is told by a reference that the log has, and by nothing else', async () => {
    const lines: unknown[] = []
    const api = openApi({
      // No database: the first statement throws.
      database: {} as D1Database,
      history: undefined,
      actor: OPERATOR,
      config: readConfig(env),
      network: request().network,
      log: (line) => lines.push(line),
    })
    const response = await api('/tenants', { method: 'GET' })
    const body = (await response.json()) as { reference: string }
    expect(response.status).toBe(500)
    expect(Object.keys(body).toSorted()).toEqual(
      ['code', 'detail', 'reference', 'status', 'title', 'type'].toSorted(),
    )
    expect(body).toMatchObject({ code: 'internal' })
    expect(lines).toMatchObject([{ code: 'internal', reference: body.reference }])
  })

  it('is a problem also where nothing is configured', async () => {
    const response = await askApp(
      createApp(),
      `${ORIGIN}/api/v1/tenants`,
      {},
      {
        ...env,
        ORIGIN: '',
      },
    )
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 503, code: 'not_configured' })
  })

  it('logs codes and references of refusals, and nothing that was sent', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const secret = 'what-somebody-sent'
    const { body } = await operator('POST', '/tenants', { body: { name: 'A', [secret]: secret } })
    const lines = log.mock.calls.flat().map(String)
    log.mockRestore()
    expect(body.field).toBe(secret)
    expect(lines.filter((line) => line.includes(body.reference))).toHaveLength(1)
    expect(lines.join('\n')).not.toContain(secret)
  })
})

describe('the document', () => {
  it('is served without a key, and has every route', async () => {
    const answer = await caller(null)('GET', '/openapi.json')
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/api/v1' }] })
    const operations = Object.values<Record<string, { operationId: string }>>(answer.body.paths)
      .flatMap((path) => Object.values(path))
      .map(({ operationId }) => operationId)
    expect(operations.toSorted()).toEqual(ROUTES.map(({ operationId }) => operationId).toSorted())
    expect((await caller(null)('POST', '/openapi.json')).status).toBe(405)
  })
})
