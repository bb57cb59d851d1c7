// The formats of webhook endpoints, over real HTTP: what comes to Splunk, Datadog and a collector,
// and where their tokens are; and what a suspended tenant's own endpoint gets.
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editTenant } from '../../src/directory/operations.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { testWebhookEndpoint } from '../../src/events/webhooks/delivery-operations.ts'
import { isToken, WEBHOOK_FORMATS } from '../../src/events/webhooks/formats.ts'
import {
  createWebhookEndpoint,
  editWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
} from '../../src/events/webhooks/operations.ts'
import { DAY, HOUR } from '../../src/durations.ts'
import { createSid } from '../../src/ids.ts'
import { outbox, webhookEndpoints } from '../../src/platform/db/schema.ts'
import { outboxExpiry } from '../../src/events/outbox/store.ts'
import { codeOf, good, request } from '../support/request.ts'
import { forgetWebhooks } from '../support/webhook-endpoint.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { config, deliver, keySecrets, local, openWebhook, record } from './webhook-stage.ts'

const TOKEN = 'B5A79AAD-D822-46CC-80D1-819F80D7BFB0'
const OTHER = 'another-token-0123456789'
const TYPES = ['account.updated']

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => forgetWebhooks())

/** One event at an endpoint of the format, and what came of it. */
async function sendOne(format: 'splunk' | 'datadog' | 'ndjson') {
  const hook = await openWebhook({ format, token: TOKEN, types: TYPES })
  const { tenantSid } = world
  const subjectSid = await record({ tenantSid, subjectSid: createSid('AC') })
  await deliver()
  const [request, ...more] = await hook.received()
  expect(more).toEqual([])
  expect((await hook.rows()).map(({ outcome }) => outcome)).toEqual(['delivered'])
  const { headers, body } = request!
  expect(headers['webhook-signature']).toBeUndefined()
  expect(body).not.toContain(TOKEN)
  const event = { type: 'account.updated', tenantSid, subjectSid, version: 1 }
  return { headers, body, event, hook }
}

describe('an endpoint', () => {
  it('of Splunk gets an event of the HTTP Event Collector, with its token', async () => {
    const { headers, body, event } = await sendOne('splunk')
    expect(headers).toMatchObject({
      authorization: `Splunk ${TOKEN}`,
      'content-type': 'application/json',
    })
    const sent = JSON.parse(body) as { time: number; event: { timestamp: string } }
    expect(sent).toMatchObject({
      host: 'sso.vendor.example',
      source: 'gatepost',
      sourcetype: 'gatepost:event',
      event,
    })
    expect(sent.time * 1000).toBe(Date.parse(sent.event.timestamp))
  })

  it('of Datadog gets an array of one log, with its key', async () => {
    const { headers, body, event } = await sendOne('datadog')
    expect(headers).toMatchObject({ 'dd-api-key': TOKEN, 'content-type': 'application/json' })
    expect(headers['authorization']).toBeUndefined()
    expect(JSON.parse(body)).toMatchObject([
      {
        ddsource: 'gatepost',
        service: 'gatepost',
        hostname: 'sso.vendor.example',
        ddtags: `type:account.updated,tenant:${world.tenantSid}`,
        status: 'info',
        message: 'account.updated',
        event,
      },
    ])
  })

  it('of lines gets one line of JSON, with its token', async () => {
    const { headers, body, event } = await sendOne('ndjson')
    expect(headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/x-ndjson',
    })
    expect(body.split('\n')).toHaveLength(2)
    expect(JSON.parse(body.trimEnd())).toMatchObject(event)
  })

  it('is tested in its format, and sends the new token once it was replaced', async () => {
    const { hook } = await sendOne('splunk')
    const context = await local()
    const replaced = { secrets: keySecrets, token: ` ${OTHER}\n` }
    good(await editWebhookEndpoint(context, hook.sid, {}, undefined, replaced))
    expect(good(await testWebhookEndpoint(context, config, hook.sid)).failure).toBeNull()
    const last = (await hook.received()).at(-1)!
    expect(last.headers['authorization']).toBe(`Splunk ${OTHER}`)
    expect(JSON.parse(last.body)).toMatchObject({ event: { type: 'webhook.test' } })
  })

  it('shows its token nowhere, and has it sealed', async () => {
    const { hook } = await sendOne('datadog')
    const context = await local()
    good(
      await editWebhookEndpoint(context, hook.sid, {}, undefined, {
        secrets: keySecrets,
        token: OTHER,
      }),
    )
    const row = await db.select().from(webhookEndpoints).where(eq(webhookEndpoints.sid, hook.sid))
    const told = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, hook.sid))
    const shown = JSON.stringify([
      row,
      told,
      good(await getWebhookEndpoint(context, hook.sid)),
      good(await listWebhookEndpoints(context, null, { limit: 50, after: null })),
    ])
    expect(shown).toContain('datadog')
    expect(told.at(-1)).toMatchObject({ type: 'webhook_endpoint.updated' })
    for (const token of [TOKEN, OTHER]) expect(shown).not.toContain(token)
    expect(hook.secret).toBe('')
  })
})

describe('a token', () => {
  const create = (format: (typeof WEBHOOK_FORMATS)[number], token?: string) =>
    createWebhookEndpoint(request(), keySecrets, {
      name: 'SIEM',
      url: 'https://siem.vendor.example/in',
      types: TYPES,
      tenantSid: null,
      format,
      token,
    })

  it('is needed by each format but the signed one, which takes none', async () => {
    for (const format of WEBHOOK_FORMATS) {
      const [without, withOne] = [await create(format), await create(format, TOKEN)]
      const refused = format === 'standard' ? withOne : without
      expect([format, codeOf(refused)]).toEqual([format, ['input', 'token']])
      expect((format === 'standard' ? without : withOne).ok).toBe(true)
      expect(JSON.stringify(refused)).not.toContain(TOKEN)
    }
  })

  it('that would end its header is refused', async () => {
    for (const token of ['a b', 'a\r\nx: y', 'ä', 'x'.repeat(501)])
      expect(codeOf(await create('splunk', token))).toEqual(['input', 'token'])
    expect([isToken('x'.repeat(500)), isToken('x\n')]).toEqual([true, false])
  })

  it('is no signing secret: there is nothing to rotate, and a signed endpoint takes none', async () => {
    const [signed, splunk] = [good(await create('standard')), good(await create('splunk', TOKEN))]
    const rotated = await rotateWebhookSecret(request(), keySecrets, splunk.endpoint.sid, {
      keepPreviousHours: 1,
    })
    expect(codeOf(rotated)).toEqual(['input', 'format'])
    const replaced = { secrets: keySecrets, token: TOKEN }
    const edited = editWebhookEndpoint(request(), signed.endpoint.sid, {}, undefined, replaced)
    expect(codeOf(await edited)).toEqual(['input', 'token'])
  })
})

it('an endpoint is tested ten times in a minute, and again in the next', async () => {
  const hook = await openWebhook({ types: TYPES })
  const now = Date.UTC(2027, 0, 1)
  const test = async (at: number) =>
    testWebhookEndpoint({ ...(await local()), now: at }, config, hook.sid)
  const tests = await Promise.all(Array.from({ length: 12 }, () => test(now)))
  expect(tests.filter(({ ok }) => ok)).toHaveLength(10)
  expect(codeOf(await test(now + 59_000))[0]).toBe('too_many_requests')
  expect(await hook.received()).toHaveLength(10)
  expect((await test(now + 60_000)).ok).toBe(true)
})

describe('while a tenant is suspended', () => {
  it('its own endpoint gets nothing, the vendor’s all, and its own the rest when it is resumed', async () => {
    const { tenantSid } = world
    const [own, vendors] = [
      await openWebhook({ tenantSid, types: TYPES }),
      await openWebhook({ types: TYPES }),
    ]
    good(await editTenant(request(), tenantSid, { suspended: true }))
    // The library verifies the time too.
    const now = Date.now() - 2 * HOUR
    const subjectSid = await record({ tenantSid, subjectSid: createSid('AC'), now })
    await deliver(now)
    await deliver(now + 2 * HOUR)
    expect([(await own.received()).length, (await vendors.received()).length]).toEqual([0, 1])
    expect(await own.rows()).toMatchObject([
      { outcome: null, attempts: 0, lastError: 'tenant_suspended', expiresAt: now + 30 * DAY },
    ])
    good(await editTenant(request(), tenantSid, { suspended: false }))
    await deliver(now + 2 * HOUR + 1)
    expect((await own.messages()).map((one) => one.subjectSid)).toEqual([subjectSid])
    expect(await own.rows()).toMatchObject([{ outcome: 'delivered', attempts: 1 }])
  })

  it('what waits is swept after 30 days', async () => {
    const { tenantSid } = world
    const own = await openWebhook({ tenantSid, types: TYPES })
    good(await editTenant(request(), tenantSid, { suspended: true }))
    const now = Date.now()
    await record({ tenantSid, subjectSid: createSid('AC'), now })
    await deliver(now)
    const dead = (at: number) => db.select().from(outbox).where(outboxExpiry.isDead(at))
    const isSwept = async (at: number) => (await dead(at)).some(({ target }) => target === own.sid)
    expect([await isSwept(now + 29 * DAY), await isSwept(now + 31 * DAY)]).toEqual([false, true])
  })
})
