// Webhook endpoints: who may have which, what is refused, what the audit trail says, and the test.
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/env.ts'
import { tenantAdmin, type Actor } from '../../src/events/actor.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  listWebhookDeliveries,
  retryWebhookDelivery,
  testWebhookEndpoint,
} from '../../src/events/webhooks/delivery-operations.ts'
import { typesFor } from '../../src/events/webhooks/endpoint.ts'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  editWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
} from '../../src/events/webhooks/operations.ts'
import { createSid } from '../../src/ids.ts'
import { env } from 'cloudflare:workers'
import { fakeNetwork } from '../support/fake-network.ts'
import { ALL, codeOf, good, OPERATOR, request } from '../support/request.ts'
import {
  addWebhookDelivery,
  addWebhookEndpoint,
  forgetWebhooks,
} from '../support/webhook-endpoint.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { config, keySecrets, local, openWebhook, verified } from './webhook-stage.ts'

const URL_OF_HOOK = 'https://hooks.vendor.example/in?token=abc'
let world: World
let other: World
beforeEach(async () => {
  ;[world, other] = [await createWorld(), await createWorld()]
})
afterEach(() => forgetWebhooks())

const linkActor = (of: World, capabilities: readonly ['configure'] | readonly []): Actor => ({
  kind: 'customer admin',
  id: createSid('SL'),
  name: 'bob',
  tenantSid: of.tenantSid,
  connectionSid: of.connectionSid,
  capabilities,
})
const keyActor = (of: World) => tenantAdmin({ id: createSid('AK'), name: 'script' }, of.tenantSid)
const FIELDS = { name: 'Audit log', url: URL_OF_HOOK, types: ['connection.created'] }
const create = (input: object = {}, context = request()) =>
  createWebhookEndpoint(context, keySecrets, { ...FIELDS, tenantSid: null, ...input })
const eventsOf = async (sid: string) =>
  (
    await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, sid))
      .orderBy(recordedEvents.seq)
  ).map(({ type, before, after, tenantSid, connectionSid }) => ({
    type,
    before,
    after,
    tenantSid,
    connectionSid,
  }))

describe('input', () => {
  const cases: Record<string, [object, string, string]> = {
    'no name': [{ name: ' ' }, 'input', 'name'],
    'a long name': [{ name: 'x'.repeat(101) }, 'input', 'name'],
    'no URL': [{ url: 'hooks' }, 'endpoint_url', 'url'],
    http: [{ url: 'http://hooks.vendor.example/' }, 'endpoint_url', 'url'],
    'a password': [{ url: 'https://ann:b@hooks.vendor.example/' }, 'endpoint_url', 'url'],
    'a fragment': [{ url: 'https://hooks.vendor.example/#a' }, 'endpoint_url', 'url'],
    'a long URL': [
      { url: `https://hooks.vendor.example/${'x'.repeat(1024)}` },
      'endpoint_url',
      'url',
    ],
    'an unknown type': [{ types: ['connection.creat'] }, 'input', 'types'],
    'no type': [{ types: [] }, 'input', 'types'],
    '* and an unknown type': [{ types: ['*', 'connection.creat'] }, 'input', 'types'],
    'the type of a test': [{ types: ['webhook.test'] }, 'input', 'types'],
    'an unknown tenant': [{ tenants: [createSid('TN')] }, 'input', 'tenants'],
    'too many tenants': [
      { tenants: Array.from({ length: 101 }, () => createSid('TN')) },
      'input',
      'tenants',
    ],
  }
  it.each(Object.entries(cases))('%s is refused', async (_, [input, code, field]) => {
    expect(codeOf(await create(input))).toEqual([code, field])
    expect(good(await listWebhookEndpoints(request(), null, ALL)).items).toEqual([])
  })

  it('names the types that there are', async () => {
    const refused = await create({ types: ['connection.creat'] })
    if (refused.ok) throw new Error('it was accepted')
    expect(refused.error).toMatchObject({ received: 'connection.creat' })
    expect(refused.error.choices).toEqual(['*', ...typesFor(null)])
    // The URL may contain a token, and is not repeated.
    expect(JSON.stringify(refused.error)).not.toContain('abc')
  })

  it.each([
    'https://127.0.0.1/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
    'https://intranet/',
  ])('refuses %s, which is private', async (url) => {
    expect(codeOf(await create({ url }))).toEqual(['endpoint_private', 'url'])
  })

  it('refuses a name that leads to a private address, and asks nobody but the resolver', async () => {
    const network = fakeNetwork({ names: { 'hooks.vendor.example': ['10.1.2.3'] } })
    const context = request(OPERATOR, network.options)
    expect(codeOf(await create({}, context))).toEqual(['endpoint_private', 'url'])
    const made = good(await create())
    const edit = { url: 'https://hooks.vendor.example/other' }
    expect(codeOf(await editWebhookEndpoint(context, made.endpoint.sid, edit))).toEqual([
      'endpoint_private',
      'url',
    ])
    expect(network.visited).toEqual([])
  })

  it('accepts a host that does not answer yet', async () => {
    const { options } = fakeNetwork({ names: {} })
    good(await create({}, request(OPERATOR, options)))
  })

  it('needs the key-encryption key', async () => {
    const unset = readConfig({ ...env, KEY_ENCRYPTION_KEY: '' })
    const input = { ...FIELDS, tenantSid: null }
    const refused = await createWebhookEndpoint(request(), unset.keySecrets, input)
    expect(codeOf(refused)).toEqual(['key_encryption_key'])
  })
})

describe('an endpoint', () => {
  it('for * gets what is beside the audit trail only where it names it', async () => {
    const types = ['login.refused', '*', 'connection.created']
    expect(good(await create({ types })).endpoint.types).toEqual(['*', 'login.refused'])
  })

  it('is made, edited, turned off and on, and deleted, each with an event that has no token', async () => {
    const { endpoint, secret } = good(await create({ tenants: [world.tenantSid] }))
    const { sid } = endpoint
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const read = good(await getWebhookEndpoint(request(), sid))
    expect(read).toEqual(endpoint)
    expect(Object.keys(read)).not.toContain('secret')
    good(await editWebhookEndpoint(request(), sid, { types: ['*'], tenants: [] }, read.updatedAt))
    expect(
      codeOf(await editWebhookEndpoint(request(), sid, { name: 'x' }, read.updatedAt)),
    ).toEqual(['revision_changed'])
    good(await editWebhookEndpoint(request(), sid, { url: 'https://other.example/?token=def' }))
    good(await editWebhookEndpoint(request(), sid, { isActive: false }))
    good(await editWebhookEndpoint(request(), sid, { isActive: false }))
    good(await editWebhookEndpoint(request(), sid, { isActive: true }))
    good(await rotateWebhookSecret(request(), keySecrets, sid, { keepPreviousHours: 0 }))
    good(await deleteWebhookEndpoint(request(), sid))
    expect(codeOf(await getWebhookEndpoint(request(), sid))).toEqual(['not_there'])
    const recorded = await eventsOf(sid)
    expect(recorded.map(({ type }) => type)).toEqual([
      'webhook_endpoint.created',
      'webhook_endpoint.updated',
      'webhook_endpoint.updated',
      'webhook_endpoint.disabled',
      'webhook_endpoint.enabled',
      'webhook_endpoint.secret_rotated',
      'webhook_endpoint.deleted',
    ])
    expect(JSON.stringify(recorded)).not.toMatch(/token|whsec_/)
    expect(recorded[2]).toMatchObject({
      before: { url: 'https://hooks.vendor.example' },
      after: { url: 'https://other.example' },
    })
  })

  it('refuses to keep the previous secret longer than a week', async () => {
    const { sid } = good(await create()).endpoint
    for (const keepPreviousHours of [-1, 169, 1.5, Number.NaN])
      expect(
        codeOf(await rotateWebhookSecret(request(), keySecrets, sid, { keepPreviousHours })),
      ).toEqual(['input', 'keepPreviousHours'])
  })
})

describe('a customer', () => {
  it('has endpoints of the own tenant, by a key', async () => {
    const context = request(keyActor(world))
    const { endpoint } = good(await create({ tenantSid: world.tenantSid }, context))
    expect(endpoint).toMatchObject({ tenantSid: world.tenantSid, connectionSid: null })
    expect((await eventsOf(endpoint.sid))[0]).toMatchObject({ tenantSid: world.tenantSid })
    expect(codeOf(await create({}, context))).toEqual(['forbidden'])
    expect(codeOf(await create({ tenantSid: other.tenantSid }, context))).toEqual(['not_there'])
    const foreign = request(keyActor(other))
    expect(codeOf(await getWebhookEndpoint(foreign, endpoint.sid))).toEqual(['not_there'])
    expect(codeOf(await deleteWebhookEndpoint(foreign, endpoint.sid))).toEqual(['not_there'])
    expect(codeOf(await listWebhookEndpoints(foreign, world.tenantSid, ALL))).toEqual(['not_there'])
    expect(codeOf(await listWebhookEndpoints(foreign, null, ALL))).toEqual(['forbidden'])
  })

  it('has endpoints of the own connection alone, by a setup link', async () => {
    const { tenantSid, connectionSid } = world
    const context = request(linkActor(world, ['configure']))
    const { endpoint } = good(await create({ tenantSid }, context))
    expect(endpoint).toMatchObject({ tenantSid, connectionSid })
    const whole = good(await create({ tenantSid }))
    expect(codeOf(await getWebhookEndpoint(context, whole.endpoint.sid))).toEqual(['not_there'])
    const seen = good(await listWebhookEndpoints(context, tenantSid, ALL)).items
    expect(seen.map(({ sid }) => sid)).toEqual([endpoint.sid])
    expect(good(await listWebhookEndpoints(request(), tenantSid, ALL)).items).toHaveLength(2)
  })

  it('only looks without the permission', async () => {
    const { tenantSid } = world
    const made = good(await create({ tenantSid }, request(linkActor(world, ['configure']))))
    const { sid } = made.endpoint
    const context = request(linkActor(world, []))
    good(await getWebhookEndpoint(context, sid))
    for (const refused of [
      await create({ tenantSid }, context),
      await editWebhookEndpoint(context, sid, { name: 'x' }),
      await rotateWebhookSecret(context, keySecrets, sid, { keepPreviousHours: 1 }),
      await testWebhookEndpoint(context, config, sid),
      await deleteWebhookEndpoint(context, sid),
    ])
      expect(codeOf(refused)).toEqual(['forbidden'])
  })

  it('cannot ask for events that are for operators, nor choose tenants', async () => {
    const context = request(keyActor(world))
    const { tenantSid } = world
    expect(codeOf(await create({ tenantSid, types: ['client.created'] }, context))).toEqual([
      'input',
      'types',
    ])
    expect(codeOf(await create({ tenantSid, tenants: [tenantSid] }, context))).toEqual([
      'input',
      'tenants',
    ])
    expect(typesFor(tenantSid)).not.toContain('client.created')
    expect(typesFor(null)).toContain('client.created')
  })
})

describe('a test message', () => {
  it('is sent at once, and shows status, time and the first characters of the answer', async () => {
    const hook = await openWebhook({
      types: ['account.created'],
      answers: [{ status: 202, body: `<b>ok</b>\u0000\u202e${'ü'.repeat(500)}` }],
    })
    const test = good(await testWebhookEndpoint(await local(), config, hook.sid))
    expect(test).toEqual({
      failure: null,
      status: 202,
      milliseconds: expect.any(Number),
      answer: `<b>ok</b>  ${'ü'.repeat(189)}`,
    })
    const [received] = await hook.received()
    expect(verified(hook.secret, received!)).toMatchObject({
      type: 'webhook.test',
      subjectSid: hook.sid,
      data: { name: 'Audit log' },
    })
    expect((await eventsOf(hook.sid)).at(-1)).toMatchObject({
      type: 'webhook_endpoint.tested',
      after: { failure: null, status: 202 },
    })
  })

  it('goes to an endpoint that is off, and a 410 changes nothing', async () => {
    const hook = await openWebhook({ types: ['account.created'], answers: [{ status: 410 }] })
    const context = await local()
    good(await editWebhookEndpoint(context, hook.sid, { isActive: false }))
    expect(good(await testWebhookEndpoint(context, config, hook.sid))).toMatchObject({
      failure: 'status_410',
      status: 410,
    })
    expect(good(await getWebhookEndpoint(context, hook.sid))).toMatchObject({ goneAt: null })
  })
})

describe('deliveries', () => {
  it('of logins have the type of their own row', async () => {
    const { sid } = await addWebhookEndpoint(null)
    const own = { eventSid: createSid('AT'), event: { type: 'login.refused' } }
    const deliverySid = await addWebhookDelivery(sid, own)
    const { items } = good(await listWebhookDeliveries(request(), sid, 'dead', ALL))
    expect(items.find((one) => one.sid === deliverySid)).toMatchObject({
      eventSid: own.eventSid,
      type: 'login.refused',
    })
  })

  it('are listed by state, and those of another endpoint are not there', async () => {
    const [one, two] = [await addWebhookEndpoint(null), await addWebhookEndpoint(null)]
    const delivered = await addWebhookDelivery(one.sid, { outcome: 'delivered', lastError: null })
    const waiting = await addWebhookDelivery(one.sid, { outcome: null, expiresAt: null })
    const listed = async (state?: 'waiting' | 'dead' | 'delivered') =>
      good(await listWebhookDeliveries(request(), one.sid, state, ALL)).items.map(({ sid }) => sid)
    expect((await listed()).toSorted()).toEqual([one.deliverySid, delivered, waiting].toSorted())
    expect([await listed('dead'), await listed('delivered'), await listed('waiting')]).toEqual([
      [one.deliverySid],
      [delivered],
      [waiting],
    ])
    expect(codeOf(await retryWebhookDelivery(request(), one.sid, two.deliverySid))).toEqual([
      'not_there',
    ])
    // What was delivered stays so.
    expect(good(await retryWebhookDelivery(request(), one.sid, delivered))).toMatchObject({
      state: 'delivered',
    })
    expect(good(await retryWebhookDelivery(request(), one.sid, one.deliverySid))).toMatchObject({
      state: 'waiting',
      attempts: 0,
    })
  })
})
