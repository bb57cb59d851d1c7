// Mail through an HTTP API: what it is asked, and what becomes of each answer. A real server.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { apiMailer } from '../../../src/platform/mail/senders.ts'
import type { MailMessage } from '../../../src/platform/mail/message.ts'

type Asked = { request: IncomingMessage; body: string }

let server: Server
let asked: Asked[]
let answer: { status: number; headers?: Record<string, string>; body?: string }

beforeEach(async () => {
  asked = []
  answer = { status: 200, body: '{"id":"1"}' }
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      asked.push({ request, body })
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => new Promise((resolve) => server.close(resolve)))

const FROM = { name: 'Vendor', address: 'sso@vendor.example', replyTo: 'help@vendor.example' }
const MESSAGE: MailMessage = {
  to: 'ann@tenant.example',
  subject: 'Your turn',
  text: 'Hello',
  html: '<p>Hello</p>',
  headers: { 'List-Unsubscribe': '<https://sso.vendor.example/mail/unsubscribe/x>' },
}

function mailer(from = FROM) {
  const { port } = server.address() as AddressInfo
  return apiMailer({ url: `http://127.0.0.1:${port}/emails`, key: 're_secret', from })
}

it('POSTs one JSON object, with the key and an Idempotency-Key', async () => {
  expect(await mailer().send(MESSAGE, 'ML1')).toEqual({ ok: true })
  const [{ request, body }] = asked as [Asked]
  expect([request.method, request.url]).toEqual(['POST', '/emails'])
  expect(request.headers).toMatchObject({
    authorization: 'Bearer re_secret',
    'content-type': 'application/json',
    'idempotency-key': 'ML1',
  })
  expect(JSON.parse(body)).toEqual({
    from: 'Vendor <sso@vendor.example>',
    to: ['ann@tenant.example'],
    subject: 'Your turn',
    text: 'Hello',
    html: '<p>Hello</p>',
    reply_to: 'help@vendor.example',
    headers: { 'List-Unsubscribe': '<https://sso.vendor.example/mail/unsubscribe/x>' },
  })
})

it.each([
  [200, { ok: true }],
  [202, { ok: true }],
  [400, { ok: false, code: 'refused', isFinal: true }],
  [422, { ok: false, code: 'refused', isFinal: true }],
  [401, { ok: false, code: 'unauthorized', isFinal: false }],
  [403, { ok: false, code: 'unauthorized', isFinal: false }],
  [409, { ok: false, code: 'unreachable', isFinal: false }],
  [429, { ok: false, code: 'limited', isFinal: false }],
  [500, { ok: false, code: 'unreachable', isFinal: false }],
  [503, { ok: false, code: 'unreachable', isFinal: false }],
])('takes the answer %i for what it is', async (status, result) => {
  answer = { status, body: 'x' }
  expect(await mailer().send(MESSAGE, 'ML1')).toEqual(result)
})

it('follows no redirect with the key, and keeps no long answer', async () => {
  const { port } = server.address() as AddressInfo
  answer = { status: 307, headers: { location: `http://127.0.0.1:${port}/elsewhere` } }
  expect(await mailer().send(MESSAGE, 'ML1')).toMatchObject({ ok: false })
  expect(asked).toHaveLength(1)
  answer = { status: 200, body: 'x'.repeat(1_000_000) }
  expect(await mailer().send(MESSAGE, 'ML1')).toEqual({ ok: true })
})

it('says that nothing answers', async () => {
  const away = apiMailer({ url: 'http://127.0.0.1:9/emails', key: 'k', from: FROM })
  const unreachable = { ok: false, code: 'unreachable', isFinal: false }
  expect(await away.send(MESSAGE, 'ML1')).toEqual(unreachable)
})

it('lets no value start another header or name another receiver', async () => {
  const hostile = 'Hello\r\nBcc: eve@evil.example\u2028\u202ex\u0000'
  const from = { ...FROM, name: 'Vendor"\r\n <eve@evil.example>, "x' }
  await mailer(from).send({ ...MESSAGE, subject: hostile }, 'ML1')
  const body = JSON.parse(asked[0]!.body)
  expect(body.subject).toBe('Hello Bcc: eve@evil.example x')
  expect(body.from).toBe('Vendor eve evil.example x <sso@vendor.example>')
  for (const to of [
    'ann@tenant.example\r\nBcc: eve@evil.example',
    'ann@tenant.example, eve@evil.example',
    'Ann <ann@tenant.example>',
    '"ann"@tenant.example',
    'ann@tenant..example',
    'ann',
  ])
    await expect(mailer().send({ ...MESSAGE, to }, 'ML1')).rejects.toThrow(TypeError)
  expect(asked).toHaveLength(1)
})
