// Events on their way to webhook endpoints, over real HTTP: signed, to those who may see them, again
// until they arrive, and never to a private address.
import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  retryDeadDeliveries,
  retryWebhookDelivery,
} from '../../src/events/webhooks/delivery-operations.ts'
import {
  deleteWebhookEndpoint,
  editWebhookEndpoint,
  getWebhookEndpoint,
  rotateWebhookSecret,
} from '../../src/events/webhooks/operations.ts'
import { DAY, HOUR, MINUTE } from '../../src/durations.ts'
import { createSid } from '../../src/ids.ts'
import { events, outbox, webhookEndpoints } from '../../src/platform/db/schema.ts'
import { publicNetwork } from '../../src/platform/network/public-network.ts'
import type { Actor } from '../../src/events/actor.ts'
import { openReceiver, openResolver } from '../support/receiver-client.ts'
import { codeOf, good } from '../support/request.ts'
import { forgetWebhooks } from '../support/webhook-endpoint.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { deliver, keySecrets, local, openWebhook, record, verified } from './webhook-stage.ts'

let world: World
let other: World
beforeAll(async () => {
  ;[world, other] = [await createWorld(), await createWorld()]
})
// An endpoint of all tenants would get the events of every other test.
afterEach(forgetWebhooks)

const subjects = (messages: { subjectSid: string }[]) => messages.map((one) => one.subjectSid)
const newSubject = () => createSid('AC')

describe('an event', () => {
  it('arrives once, signed, with the SID of the event as its ID', async () => {
    const hook = await openWebhook()
    const subjectSid = await record({ subjectSid: newSubject(), tenantSid: world.tenantSid })
    await deliver()
    await deliver(Date.now() + DAY)
    const [message, ...more] = (await hook.messages()).filter(
      (one) => one.subjectSid === subjectSid,
    )
    const [event] = await db.select().from(events).where(eq(events.subjectSid, subjectSid))
    expect(more).toEqual([])
    expect(message).toMatchObject({
      id: event!.sid,
      type: 'account.updated',
      timestamp: new Date(event!.createdAt).toISOString(),
      version: 1,
      tenantSid: world.tenantSid,
      subjectSid,
      isCut: false,
    })
    const row = (await hook.rows()).find(({ eventSid }) => eventSid === event!.sid)
    expect(row).toMatchObject({ outcome: 'delivered', attempts: 1, lastError: null })
  })

  it('goes to the endpoints that want its type and its tenant', async () => {
    const { tenantSid } = world
    const hooks = {
      all: await openWebhook(),
      type: await openWebhook({ types: ['account.updated', 'account.created'] }),
      otherType: await openWebhook({ types: ['account.created'] }),
      tenant: await openWebhook({ tenants: [tenantSid] }),
      otherTenant: await openWebhook({ tenants: [other.tenantSid] }),
      off: await openWebhook(),
    }
    good(await editWebhookEndpoint(await local(), hooks.off.sid, { isActive: false }))
    const subjectSid = await record({ subjectSid: newSubject(), tenantSid })
    await deliver()
    const got: Record<string, boolean> = {}
    for (const [name, hook] of Object.entries(hooks))
      got[name] = subjects(await hook.messages()).includes(subjectSid)
    expect(got).toEqual({
      all: true,
      type: true,
      otherType: false,
      tenant: true,
      otherTenant: false,
      off: false,
    })
  })

  it('of 4,000 changed fields names a hundred: no event is larger than 64 KB', async () => {
    const hook = await openWebhook({ types: ['account.updated'] })
    const after = Object.fromEntries(
      Array.from({ length: 4000 }, (_, at) => [`field ${at} of a long name`, at]),
    )
    const subjectSid = await record({ subjectSid: newSubject(), before: {}, after })
    await deliver()
    const [message] = await hook.messages()
    expect(message).toMatchObject({ subjectSid, isCut: false })
    expect((message!.data as { changed: string[] }).changed).toHaveLength(100)
    const [request] = await hook.received()
    expect(request!.body.length).toBeLessThan(64 * 1024)
  })
})

describe('a customer’s endpoint', () => {
  const admin = (connectionSid: string | null): Actor => ({
    kind: 'customer admin',
    id: createSid('SL'),
    name: 'bob',
    tenantSid: world.tenantSid,
    connectionSid,
    capabilities: ['configure'],
  })

  it('gets the events of its tenant alone, and nothing that is for operators', async () => {
    const { tenantSid } = world
    const hook = await openWebhook({ tenantSid, actor: admin(null) })
    const own = await record({ subjectSid: newSubject(), tenantSid })
    await record({ tenantSid: other.tenantSid })
    await record({ type: 'client.created', subjectSid: createSid('CL') })
    await record({ tenantSid: null })
    await deliver()
    const got = (await hook.messages()).filter(({ type }) => type === 'account.updated')
    expect(subjects(got)).toEqual([own])
    expect((await hook.messages()).map((one) => one.tenantSid)).not.toContain(other.tenantSid)
    expect((await hook.messages()).map((one) => one.type)).not.toContain('client.created')
    // The trigger has made no row for the others, which the sender would have given up.
    expect((await hook.rows()).map(({ lastError }) => lastError)).not.toContain('not_for_endpoint')
  })

  it('that a setup link made gets the events of its connection alone', async () => {
    const { tenantSid, connectionSid } = world
    const hook = await openWebhook({ tenantSid, actor: admin(connectionSid) })
    const own = await record({ tenantSid, connectionSid, subjectSid: newSubject() })
    await record({ tenantSid, connectionSid: createSid('CN'), subjectSid: newSubject() })
    await record({ tenantSid, subjectSid: newSubject() })
    await deliver()
    const got = (await hook.messages()).filter(({ type }) => type === 'account.updated')
    expect(subjects(got)).toEqual([own])
    expect((await hook.rows()).map(({ lastError }) => lastError)).not.toContain('not_for_endpoint')
  })

  it('is not sent what a row of the outbox wrongly has for it', async () => {
    const { tenantSid, connectionSid } = world
    const own = await openWebhook({
      tenantSid,
      actor: admin(connectionSid),
      types: ['account.created'],
    })
    const foreign = [
      await record({ tenantSid: other.tenantSid, subjectSid: newSubject() }),
      await record({ type: 'client.created', subjectSid: createSid('CL') }),
      await record({ tenantSid, connectionSid: createSid('CN'), subjectSid: newSubject() }),
    ]
    for (const subjectSid of foreign) {
      const [event] = await db.select().from(events).where(eq(events.subjectSid, subjectSid))
      await db.insert(outbox).values({
        sid: createSid('OB'),
        eventSid: event!.sid,
        channel: 'webhook',
        target: own.sid,
        nextAt: 0,
        createdAt: 0,
      })
    }
    await deliver()
    expect(await own.received()).toEqual([])
    expect((await own.rows()).map((row) => [row.outcome, row.lastError])).toEqual(
      foreign.map(() => ['dead', 'not_for_endpoint']),
    )
  })
})

describe('a secret that is replaced', () => {
  it('signs beside the new one until its time is over', async () => {
    const hook = await openWebhook({ types: ['account.updated'] })
    const rotated = good(
      await rotateWebhookSecret(await local(), keySecrets, hook.sid, { keepPreviousHours: 24 }),
    )
    await record()
    await deliver()
    await record()
    await deliver(Date.now() + 25 * HOUR)
    const [during, after] = await hook.received()
    expect(during!.headers['webhook-signature']!.split(' ')).toHaveLength(2)
    expect(verified(hook.secret, during!)).toBeTruthy()
    expect(verified(rotated.secret, during!)).toBeTruthy()
    expect(after!.headers['webhook-signature']!.split(' ')).toHaveLength(1)
  })

  it('stops at once where it has leaked', async () => {
    const hook = await openWebhook({ types: ['account.updated'] })
    const rotated = good(
      await rotateWebhookSecret(await local(), keySecrets, hook.sid, { keepPreviousHours: 0 }),
    )
    await record()
    await deliver()
    const [request] = await hook.received()
    expect(() => verified(hook.secret, request!)).toThrow('No matching signature found')
    expect(verified(rotated.secret, request!)).toBeTruthy()
  })

  it('is sealed in the database, and opens for its endpoint alone', async () => {
    const [one, two] = [
      await openWebhook({ types: ['account.updated'] }),
      await openWebhook({ types: ['account.updated'] }),
    ]
    const [row] = await db.select().from(webhookEndpoints).where(eq(webhookEndpoints.sid, one.sid))
    expect(JSON.stringify(row)).not.toContain(one.secret.slice('whsec_'.length))
    await db
      .update(webhookEndpoints)
      .set({ secret: row!.secret })
      .where(eq(webhookEndpoints.sid, two.sid))
    await record()
    await deliver()
    expect([(await one.received()).length, (await two.received()).length]).toEqual([1, 0])
    expect((await two.rows())[0]).toMatchObject({ outcome: null, lastError: 'secret_sealed' })
  })
})

describe('an endpoint that fails', () => {
  it('gets the message again, with the same ID and a new time', async () => {
    const hook = await openWebhook({
      types: ['account.updated'],
      answers: [{ status: 500 }, { status: 200 }],
    })
    const now = Date.now()
    await record({ now })
    await deliver(now)
    expect((await hook.rows())[0]).toMatchObject({ outcome: null, lastError: 'status_500' })
    await deliver(now + 4000)
    expect(await hook.received()).toHaveLength(1)
    await deliver(now + 6000)
    const [first, second] = await hook.received()
    expect(first!.headers['webhook-id']).toBe(second!.headers['webhook-id'])
    expect(first!.body).toBe(second!.body)
    expect((await hook.rows())[0]).toMatchObject({ outcome: 'delivered', attempts: 2 })
  })

  it('by not answering delays no other one, and gets everything later', async () => {
    const hook = await openWebhook({
      types: ['account.updated'],
      answers: [{ status: 200, waitMilliseconds: 5000 }],
    })
    const quick = await openWebhook({ types: ['account.updated'] })
    const now = Date.now()
    const sent = []
    for (let at = 0; at < 30; at++) sent.push(await record({ now, subjectSid: newSubject() }))
    // post-message.test.ts waits for the ten seconds.
    await deliver(now, undefined, { answerSeconds: 3 })
    expect((await quick.received()).length).toBe(30)
    await hook.answerWith({ status: 200 })
    // It was asked once. The rest of its rows wait a minute, with all their attempts.
    const failed = await hook.rows()
    expect(failed.filter(({ attempts }) => attempts > 0)).toMatchObject([{ lastError: 'late' }])
    for (const later of [2 * MINUTE, 4 * MINUTE]) await deliver(now + later)
    expect(new Set(subjects(await hook.messages()))).toEqual(new Set(sent))
    expect(new Set((await hook.rows()).map(({ outcome }) => outcome))).toEqual(
      new Set(['delivered']),
    )
  })

  it('by a redirect to a private address is not followed', async () => {
    const secret = openReceiver()
    const hook = await openWebhook({
      types: ['account.updated'],
      answers: [{ status: 307, headers: { location: secret.url } }],
    })
    await record()
    await deliver()
    expect((await hook.rows())[0]).toMatchObject({ outcome: null, lastError: 'status_307' })
    expect([await secret.received(), (await hook.received()).length]).toEqual([[], 1])
  })

  it('for three days gets nothing more by itself, and everything when it is back', async () => {
    const hook = await openWebhook({ types: ['account.updated'], url: 'http://127.0.0.1:9/' })
    const began = Date.now()
    const sent = []
    for (let at = 0; at < 3; at++) sent.push(await record({ now: began, subjectSid: newSubject() }))
    let now = began
    for (let runs = 0; runs < 60; runs++) {
      await deliver(now)
      const open = (await hook.rows()).filter(({ outcome }) => outcome === null)
      if (open.length === 0) break
      now = Math.max(now, ...open.map(({ nextAt }) => nextAt))
    }
    expect(now - began).toBeGreaterThan(3 * DAY)
    expect((await hook.rows()).map((row) => [row.outcome, row.lastError, row.attempts])).toEqual(
      sent.map(() => ['dead', 'unreachable', 10]),
    )
    // It is back, at another address.
    const receiver = openReceiver()
    const context = await local()
    good(await editWebhookEndpoint(context, hook.sid, { url: receiver.url }))
    await deliver(now + DAY)
    expect(await receiver.received()).toEqual([])
    const [first] = await hook.rows()
    good(await retryWebhookDelivery(context, hook.sid, first!.sid))
    await deliver(context.now)
    expect(await receiver.received()).toHaveLength(1)
    expect(good(await retryDeadDeliveries(context, hook.sid))).toEqual({ retried: 2, left: 0 })
    await deliver(context.now)
    const got = (await receiver.received()).map((one) => verified(hook.secret, one))
    expect(subjects(got).toSorted()).toEqual(sent.toSorted())
  })
})

describe('an endpoint that answers 410', () => {
  it('is turned off with an event, and gets what waited when it is on again', async () => {
    const hook = await openWebhook({
      types: ['account.updated'],
      answers: [{ status: 410 }],
    })
    const sent = [
      await record({ subjectSid: newSubject() }),
      await record({ subjectSid: newSubject() }),
    ]
    await deliver()
    const context = await local()
    expect(good(await getWebhookEndpoint(context, hook.sid))).toMatchObject({
      isActive: false,
      goneAt: expect.any(Number),
    })
    const of = await db.select().from(events).where(eq(events.subjectSid, hook.sid))
    expect(of.map(({ type, actorKind }) => [type, actorKind])).toEqual([
      ['webhook_endpoint.created', 'operator'],
      ['webhook_endpoint.gone', 'maintenance'],
    ])
    await record({ subjectSid: newSubject() })
    const dead = await hook.rows()
    expect(dead.map(({ outcome }) => outcome)).toEqual(['dead', 'dead'])
    expect(codeOf(await retryDeadDeliveries(context, hook.sid))).toEqual(['webhook_off'])
    expect(codeOf(await retryWebhookDelivery(context, hook.sid, dead[0]!.sid))).toEqual([
      'webhook_off',
    ])
    await hook.answerWith({ status: 200 })
    good(await editWebhookEndpoint(context, hook.sid, { isActive: true }))
    expect(good(await retryDeadDeliveries(context, hook.sid))).toEqual({ retried: 2, left: 0 })
    await deliver(context.now)
    expect((await hook.rows()).map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered'])
    expect(new Set(subjects(await hook.messages()))).toEqual(new Set(sent))
  })
})

describe('a deployment', () => {
  it('sends nothing to a name that has come to lead to a private address', async () => {
    const hook = await openWebhook({ types: ['account.updated'] })
    const { port, pathname } = new URL(hook.url)
    const url = `https://hook.customer.example:${port}${pathname}`
    await db.update(webhookEndpoints).set({ url }).where(eq(webhookEndpoints.sid, hook.sid))
    const resolver = await openResolver({ 'hook.customer.example': '127.0.0.1' })
    await record()
    await deliver(Date.now(), { ...publicNetwork(false), resolver })
    expect(await hook.received()).toEqual([])
    expect((await hook.rows())[0]).toMatchObject({ outcome: null, lastError: 'address_private' })
  })
})

it('two runs at once send each event once', async () => {
  const hook = await openWebhook({
    types: ['account.updated'],
    answers: [{ status: 200, waitMilliseconds: 100 }],
  })
  const sent = []
  for (let at = 0; at < 30; at++) sent.push(await record({ subjectSid: newSubject() }))
  const now = Date.now()
  await Promise.all([deliver(now), deliver(now), deliver(now)])
  expect(subjects(await hook.messages()).toSorted()).toEqual(sent.toSorted())
  expect(new Set((await hook.rows()).map(({ attempts }) => attempts))).toEqual(new Set([1]))
})

it('what waits for an endpoint that was deleted is given up', async () => {
  const hook = await openWebhook({ types: ['account.updated'] })
  await record()
  good(await deleteWebhookEndpoint(await local(), hook.sid))
  await deliver()
  expect(await hook.received()).toEqual([])
  expect((await hook.rows())[0]).toMatchObject({ outcome: 'dead', lastError: 'endpoint_deleted' })
})
