// examples/webhook-consumer, with messages as Gatepost signs them.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createConsumer } from '../../examples/webhook-consumer/consumer.ts'
import { createPayload } from '../../src/events/webhooks/payload.ts'
import { createWebhookSecret } from '../../src/events/webhooks/secret.ts'
import { signedHeaders } from '../../src/events/webhooks/signature.ts'

const secret = createWebhookSecret()
let server: Server
let url: string
let isBroken: boolean
let taken: { id: string; type: string }[]
beforeAll(async () => {
  server = createConsumer({
    secret,
    take: ({ type }, id) => {
      if (isBroken) throw new Error('the database is down')
      taken.push({ id, type })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
beforeEach(() => {
  isBroken = false
  taken = []
})
afterAll(() => server.close())

const messageOf = (id: string, data: unknown = { changed: ['name'] }) => {
  const event = {
    sid: id,
    type: 'connection.updated',
    tenantSid: null,
    connectionSid: null,
    subjectSid: 'CN1',
    actor: { kind: 'operator' as const, id: 'olga' },
    data,
    createdAt: Date.now(),
  }
  const body = createPayload(event, { forCustomer: false })
  return { id, sentAt: Date.now(), body }
}

async function post(
  message: ReturnType<typeof messageOf>,
  { secrets = [secret], body = message.body }: { secrets?: string[]; body?: string } = {},
): Promise<number> {
  const headers = await signedHeaders(secrets, message)
  return (await fetch(url, { method: 'POST', headers, body })).status
}

it('takes a message', async () => {
  expect(await post(messageOf('EV1'))).toBe(204)
  expect(taken).toEqual([{ id: 'EV1', type: 'connection.updated' }])
})

it('takes the largest message', async () => {
  expect(await post(messageOf('EV2', 'x'.repeat(63_000)))).toBe(204)
  expect(taken).toHaveLength(1)
})

it('takes a message once that comes twice', async () => {
  const message = messageOf('EV3')
  expect([await post(message), await post(message)]).toEqual([204, 204])
  expect(taken).toHaveLength(1)
})

it('asks for a message again that it could not take', async () => {
  const message = messageOf('EV4')
  isBroken = true
  expect(await post(message)).toBe(500)
  isBroken = false
  expect(await post(message)).toBe(204)
  expect(taken).toHaveLength(1)
})

it('takes a message that is signed by the new secret and the one before', async () => {
  expect(await post(messageOf('EV5'), { secrets: [createWebhookSecret(), secret] })).toBe(204)
  expect(taken).toHaveLength(1)
})

it('refuses a message of another secret, another body, an earlier time, and one too large', async () => {
  const message = messageOf('EV6')
  const late = { ...message, sentAt: Date.now() - 6 * 60_000 }
  expect([
    await post(message, { secrets: [createWebhookSecret()] }),
    await post(message, { body: message.body.replace('operator', 'maintenance') }),
    await post(late),
    await post(message, { body: 'x'.repeat(200_000) }),
    (await fetch(url)).status,
  ]).toEqual([400, 400, 400, 413, 405])
  expect(taken).toEqual([])
})
