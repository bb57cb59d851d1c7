// One message to one URL, over real HTTP: signed as Standard Webhooks says, to public addresses
// alone.
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { wordsOfFailure } from '../../src/events/webhooks/failure.ts'
import { postMessage } from '../../src/events/webhooks/post.ts'
import { createWebhookSecret } from '../../src/events/webhooks/secret.ts'
import { publicNetwork } from '../../src/platform/network/public-network.ts'
import { openReceiver, openResolver } from '../support/receiver-client.ts'

const LOCAL = publicNetwork(true)
const message = (body = '{"type":"webhook.test"}') => ({ id: 'EV1', sentAt: Date.now(), body })

describe('a message', () => {
  it('is verified by the library of Standard Webhooks', async () => {
    const receiver = openReceiver()
    const secret = createWebhookSecret()
    const sent = message('{"type":"tenant.created","data":{"name":"Ämter & Söhne"}}')
    const posted = await postMessage({ url: receiver.url, secrets: [secret] }, sent, LOCAL)
    expect(posted).toMatchObject({ failure: null, status: 204 })
    const [request] = await receiver.received()
    expect(request).toMatchObject({
      method: 'POST',
      body: sent.body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Gatepost-Webhooks/1',
        'webhook-id': 'EV1',
      },
    })
    expect(new Webhook(secret).verify(request!.body, request!.headers)).toEqual(
      JSON.parse(sent.body),
    )
    const verify = (changed: { secret?: string; body?: string; id?: string }) => () =>
      new Webhook(changed.secret ?? secret).verify(changed.body ?? request!.body, {
        ...request!.headers,
        ...(changed.id !== undefined && { 'webhook-id': changed.id }),
      })
    expect(verify({ secret: createWebhookSecret() })).toThrow('No matching signature found')
    expect(verify({ body: `${sent.body} ` })).toThrow('No matching signature found')
    expect(verify({ id: 'EV2' })).toThrow('No matching signature found')
  })

  it('has a signature of each secret while one is being replaced', async () => {
    const receiver = openReceiver()
    const secrets = [createWebhookSecret(), createWebhookSecret()]
    await postMessage({ url: receiver.url, secrets }, message(), LOCAL)
    const [request] = await receiver.received()
    expect(request!.headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/)
    for (const secret of secrets)
      expect(new Webhook(secret).verify(request!.body, request!.headers)).toBeTruthy()
  })
})

describe('an answer', () => {
  const post = async (url: string, startBytes = 0, network = LOCAL) =>
    postMessage({ url, secrets: [createWebhookSecret()] }, message(), network, { startBytes })

  it.each([200, 201, 202, 204])('of %i is a success', async (status) => {
    const receiver = openReceiver({ status })
    await receiver.ready
    expect(await post(receiver.url)).toMatchObject({ failure: null, status })
  })

  it.each([400, 401, 404, 410, 429, 500, 503])('of %i is a failure', async (status) => {
    const receiver = openReceiver({ status })
    await receiver.ready
    expect(await post(receiver.url)).toMatchObject({ failure: `status_${status}`, status })
  })

  it.each([301, 302, 303, 307, 308])('of %i is not followed', async (status) => {
    const other = openReceiver()
    const receiver = openReceiver({ status, headers: { location: other.url } })
    await receiver.ready
    expect(await post(receiver.url)).toMatchObject({ failure: `status_${status}`, status })
    expect(await other.received()).toEqual([])
    expect(wordsOfFailure(`status_${status}`)).toContain('Redirects are not followed')
  })

  it('to a private address is not followed either', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/'
    const receiver = openReceiver({ status: 302, headers: { location } })
    await receiver.ready
    expect(await post(receiver.url)).toMatchObject({ failure: 'status_302' })
  })

  it('is read to its first bytes, and only where they are asked for', async () => {
    const receiver = openReceiver({ status: 200, body: 'x'.repeat(1_000_000) })
    await receiver.ready
    expect((await post(receiver.url)).start.length).toBe(0)
    const { start, failure } = await post(receiver.url, 2048)
    expect([start.length, failure]).toEqual([2048, null])
  })

  it('that takes longer than ten seconds is none', async () => {
    const receiver = openReceiver({ status: 200, waitMilliseconds: 12_000 })
    await receiver.ready
    expect(await post(receiver.url)).toMatchObject({ failure: 'late', status: null })
  })

  it('does not come from a port where nobody listens', async () => {
    expect(await post('http://127.0.0.1:9/')).toMatchObject({ failure: 'unreachable' })
  })
})

describe('a deployment', () => {
  const post = async (url: string, resolver = LOCAL.resolver) =>
    postMessage({ url, secrets: [createWebhookSecret()] }, message(), {
      ...publicNetwork(false),
      resolver,
    })

  it.each([
    'https://127.0.0.1',
    'https://localhost',
    'https://[::1]',
    'https://10.0.0.5',
    'https://192.168.1.1',
    'https://169.254.169.254',
    'https://[fd00::1]',
    'https://0x7f.1',
    'https://2130706433',
    'https://intranet',
    'https://printer.local',
  ])('sends nothing to %s', async (origin) => {
    const receiver = openReceiver()
    const { port, pathname } = new URL(receiver.url)
    const url = new URL(`${origin}:${port}${pathname}`).href
    expect(await post(url)).toMatchObject({ failure: 'address_private', status: null })
    expect(await receiver.received()).toEqual([])
  })

  it.each(['127.0.0.1', '10.1.2.3', '192.168.0.9', '100.64.0.1'])(
    'sends nothing to a name that leads to %s',
    async (address) => {
      const receiver = openReceiver()
      const { port, pathname } = new URL(receiver.url)
      const resolver = await openResolver({ 'hook.customer.example': address })
      const url = `https://hook.customer.example:${port}${pathname}`
      expect(await post(url, resolver)).toMatchObject({ failure: 'address_private' })
      expect(await receiver.received()).toEqual([])
    },
  )

  it('sends nothing without TLS', async () => {
    const receiver = openReceiver()
    expect(await post(receiver.url)).toMatchObject({ failure: 'url_refused' })
    expect(await receiver.received()).toEqual([])
  })
})
