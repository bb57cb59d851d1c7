// Webhook endpoints at a real HTTP server, and runs of the outbox at a time that a test names.
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { CHANNELS } from '../../src/channels.ts'
import { readConfig } from '../../src/env.ts'
import type { Actor } from '../../src/events/actor.ts'
import { deliverOutbox } from '../../src/events/outbox/deliver.ts'
import { recordEvent } from '../../src/events/store.ts'
import type { WebhookFormat } from '../../src/events/webhooks/formats.ts'
import { createWebhookEndpoint } from '../../src/events/webhooks/operations.ts'
import { publicNetwork } from '../../src/platform/network/public-network.ts'
import { outbox } from '../../src/platform/db/schema.ts'
import { openReceiver, openResolver } from '../support/receiver-client.ts'
import type { ReceivedRequest, ReceiverAnswer } from '../support/receiver.ts'
import { good, OPERATOR, request } from '../support/request.ts'
import { db } from '../support/world.ts'

export const config = readConfig(env)
export const { keySecrets } = config

/** Loopback is allowed, as under `npm start`; other names do not exist. */
async function localNetwork() {
  return { ...publicNetwork(true), resolver: await openResolver({}) }
}

/** A context whose network reaches the receiver. */
export async function local(actor: Actor = OPERATOR, now = Date.now()) {
  return { ...request(actor, await localNetwork()), now }
}

type Wanted = {
  tenantSid?: string | null
  types?: string[]
  tenants?: string[]
  url?: string
  actor?: Actor
  answers?: ReceiverAnswer[]
  format?: WebhookFormat
  token?: string
}

/** An endpoint of the vendor at a path of its own. */
export async function openWebhook(wanted: Wanted = {}) {
  const { tenantSid = null, types = ['*'], tenants, actor, answers = [], format, token } = wanted
  const receiver = openReceiver(...answers)
  await receiver.ready
  const url = wanted.url ?? receiver.url
  const input = { name: 'Audit log', url, types, tenants, tenantSid, format, token }
  const made = good(await createWebhookEndpoint(await local(actor), keySecrets, input))
  const { sid } = made.endpoint
  // Of a format with a token there is none.
  const secret = made.secret ?? ''
  return {
    ...made,
    secret,
    ...receiver,
    sid,
    /** The bodies of what has come, verified by the library. */
    async messages(): Promise<Message[]> {
      return (await receiver.received()).map((one) => verified(secret, one))
    },
    /** Its rows of the outbox, the oldest first. */
    rows: () =>
      db
        .select()
        .from(outbox)
        .where(and(eq(outbox.channel, 'webhook'), eq(outbox.target, sid)))
        .orderBy(outbox.createdAt, outbox.sid),
  }
}

export type Message = {
  type: string
  timestamp: string
  id: string
  tenantSid: string | null
  connectionSid: string | null
  subjectSid: string
  isCut: boolean
  data: unknown
}

export function verified(secret: string, { body, headers }: ReceivedRequest): Message {
  const message = new Webhook(secret).verify(body, headers) as Message
  if (message.id !== headers['webhook-id']) throw new Error('the ID of another message')
  return message
}

export async function deliver(
  now = Date.now(),
  network?: ReturnType<typeof publicNetwork>,
  more: { answerSeconds?: number } = {},
) {
  const run = { env, db, network: network ?? (await localNetwork()), now, ...more }
  return deliverOutbox(run, CHANNELS)
}

type Recorded = Partial<Parameters<typeof recordEvent>[1]>

/** An event that happened to a tenant; by default one that its customers may see. */
export async function record(event: Recorded = {}): Promise<string> {
  const subjectSid = event.subjectSid ?? 'AC0123456789abcdef0123456789abcdef'
  await recordEvent(db, {
    actor: OPERATOR,
    tenantSid: null,
    type: 'account.updated',
    before: { name: 'North' },
    after: { name: 'South' },
    now: Date.now(),
    ...event,
    subjectSid,
  })
  return subjectSid
}
