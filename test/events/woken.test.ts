// What wakes the delivery, and what becomes of one that ends between sending and noting.
import { createMessageBatch } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { CHANNELS } from '../../src/channels.ts'
import { wakeDelivery } from '../../src/deliver-events.ts'
import { MINUTE } from '../../src/durations.ts'
import type { Env } from '../../src/env.ts'
import { deliverOutbox } from '../../src/events/outbox/deliver.ts'
import { createSid } from '../../src/ids.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import worker from '../../src/worker.ts'
import { forgetWebhooks } from '../support/webhook-endpoint.ts'
import { createWorld, type World } from '../support/world.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { deliver, local, openWebhook, record } from './webhook-stage.ts'

/** As under `npm start`: webhooks may go to loopback. */
const ENV: Env = { ...env, ORIGIN: 'http://localhost:8787' }
let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterEach(forgetWebhooks)

async function openOne() {
  const hook = await openWebhook({ tenantSid: world.tenantSid, types: ['account.updated'] })
  const recordOne = () => record({ tenantSid: world.tenantSid, subjectSid: createSid('AC') })
  const subjects = async () => (await hook.messages()).map(({ subjectSid }) => subjectSid)
  return { hook, recordOne, subjects }
}

it('delivers when a message of the queue wakes it, whatever the message says', async () => {
  const { hook, recordOne, subjects } = await openOne()
  const subjectSid = await recordOne()
  const message = { id: '1', timestamp: new Date(), attempts: 1, body: 'anything' }
  await worker.queue(createMessageBatch('events', [message]), ENV)
  expect(await subjects()).toEqual([subjectSid])
  await worker.queue(createMessageBatch('events', [{ ...message, id: '2', attempts: 2 }]), ENV)
  expect(await subjects()).toEqual([subjectSid])
  expect((await hook.rows())[0]).toMatchObject({ outcome: 'delivered', attempts: 1 })
})

it('leaves the delivery to the queue where one is bound', async () => {
  const { hook, recordOne, subjects } = await openOne()
  const subjectSid = await recordOne()
  const sent: unknown[] = []
  const queue = { send: async (message: unknown) => void sent.push(message) }
  const { network } = await local()
  await wakeDelivery({
    env: { ...ENV, EVENTS_QUEUE: queue as unknown as Queue },
    network,
    offers: [],
  })
  expect(sent).toEqual(['wake'])
  expect((await hook.rows())[0]).toMatchObject({ outcome: null, attempts: 0 })
  await wakeDelivery({ env: ENV, network, offers: [] })
  expect(await subjects()).toEqual([subjectSid])
})

it('sends again what was sent and not noted, after the lease, and never what was noted', async () => {
  const { hook, recordOne, subjects } = await openOne()
  const noted = await recordOne()
  await deliver()
  const cutOff = await recordOne()
  const now = Date.now()
  // The Worker ends after the endpoint has answered: the result reaches no database.
  const binding = wrapD1(env.DB, async (trip, asked) => {
    if (asked.some(({ query }) => /^update "outbox" set "outcome"/i.test(query)))
      throw new Error('killed')
    return trip()
  })
  const { network } = await local()
  const run = { env: { ...ENV, DB: binding }, db: openDatabase(binding), network, now }
  await expect(deliverOutbox(run, CHANNELS)).rejects.toThrow()
  expect(await subjects()).toEqual([noted, cutOff])
  expect((await hook.rows())[1]).toMatchObject({ outcome: null, attempts: 1 })
  await deliver(now + MINUTE)
  expect(await subjects()).toEqual([noted, cutOff])
  for (const minutes of [3, 6, 60]) await deliver(now + minutes * MINUTE)
  expect(await subjects()).toEqual([noted, cutOff, cutOff])
  expect((await hook.rows())[1]).toMatchObject({ outcome: 'delivered', attempts: 2 })
})
