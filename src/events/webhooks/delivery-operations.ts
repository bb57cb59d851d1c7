// Operations on the deliveries of a webhook endpoint: list, send again, and a test message.
import { createSid } from '../../ids.ts'
import type { KeySecrets } from '../../env.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import type { OperationContext } from '../operation-context.ts'
import type { WebhookEndpoint } from './endpoint.ts'
import type { WebhookFailure } from './failure.ts'
import { bodyOf } from './formats.ts'
import { getEndpointToChange, getWebhookEndpoint } from './operations.ts'
import { postMessage } from './post.ts'
import { findSigningSecrets } from './signing-secrets.ts'
import {
  countDead,
  findWebhookDeliveries,
  findWebhookDelivery,
  retryDead,
  retryDelivery,
  type WebhookDeliveryRow,
  type WebhookState,
} from './store/deliveries.ts'
import { countTest, recordTest } from './store/endpoints.ts'

export { MOST_AT_ONCE, WEBHOOK_STATES, type WebhookState } from './store/deliveries.ts'

export type WebhookDelivery = Omit<WebhookDeliveryRow, 'outcome' | 'nextAt'> & {
  state: WebhookState
  /** When it is sent next; null: never again by itself. */
  nextAt: number | null
}

/** Newest first. Refuses `not_there`. */
export async function listWebhookDeliveries(
  context: OperationContext,
  endpointSid: string,
  state: WebhookState | undefined,
  page: PageRequest,
): Promise<Result<Page<WebhookDelivery>, Problem>> {
  const found = await getWebhookEndpoint(context, endpointSid)
  if (!found.ok) return found
  const rows = await findWebhookDeliveries(context.db, found.value, state, page)
  return ok(toPage(rows.map(shown), page))
}

/** How many were given up, counted to a thousand. Refuses `not_there`. */
export async function countDeadDeliveries(
  context: OperationContext,
  endpointSid: string,
): Promise<Result<number, Problem>> {
  const found = await getWebhookEndpoint(context, endpointSid)
  return found.ok ? ok(await countDead(context.db, found.value)) : found
}

/**
 * Makes a waiting or dead delivery due at once, with all its attempts. A delivered one does not
 * change. Refuses `not_there`, `forbidden` and `webhook_off`.
 */
export async function retryWebhookDelivery(
  context: OperationContext,
  endpointSid: string,
  sid: string,
): Promise<Result<WebhookDelivery, Problem>> {
  const found = await getActive(context, endpointSid)
  if (!found.ok) return found
  const row = await findWebhookDelivery(context.db, found.value, sid)
  if (!row) return problem('not_there', 'a delivery of the endpoint', cut(sid, 100))
  if (row.outcome === 'delivered') return ok(shown(row))
  await retryDelivery(context, found.value, row)
  const after = await findWebhookDelivery(context.db, found.value, sid)
  return ok(shown(after ?? row))
}

/**
 * Makes all dead deliveries due at once, a thousand a call. Refuses `not_there`, `forbidden` and
 * `webhook_off`.
 */
export async function retryDeadDeliveries(
  context: OperationContext,
  endpointSid: string,
): Promise<Result<{ retried: number; left: number }, Problem>> {
  const found = await getActive(context, endpointSid)
  if (!found.ok) return found
  const retried = await retryDead(context, found.value)
  return ok({ retried, left: await countDead(context.db, found.value) })
}

/** What a test has shown. */
export type WebhookTest = {
  /** Null: it arrived. */
  failure: WebhookFailure | null
  /** Null: no answer came. */
  status: number | null
  milliseconds: number
  /** The first 200 characters of the answer. Others than letters and signs are replaced. */
  answer: string
}

/** The type of a test message. No event has it, and no endpoint subscribes to it. */
const TEST = 'webhook.test'
const ANSWER_CHARACTERS = 200
/** Of an endpoint in a minute: it is no way to load somebody else's server. */
const MOST_TESTS = 10

/**
 * Sends a test message at once, also to an endpoint that is off, and waits for its answer. Refuses
 * `not_there`, `forbidden`, `key_encryption_key` and `too_many_requests`.
 */
export async function testWebhookEndpoint(
  context: OperationContext,
  { keySecrets, origin }: { keySecrets: KeySecrets; origin: string },
  sid: string,
): Promise<Result<WebhookTest, Problem>> {
  const found = await getEndpointToChange(context, sid, 'configure')
  if (!found.ok) return found
  const signing = await findSigningSecrets(context, keySecrets, sid)
  if (!signing) {
    const { name } = keySecrets.keyEncryptionKey
    return problem('key_encryption_key', name, 'does not open the secret')
  }
  if (!(await countTest(context, sid, MOST_TESTS)))
    return problem('too_many_requests', `at most ${MOST_TESTS} test messages a minute`, 'more')
  const began = Date.now()
  const { url, format } = found.value
  const { failure, status, start } = await postMessage(
    { url, secrets: signing, format },
    testMessage(context, found.value, new URL(origin).host),
    context.network,
    { startBytes: ANSWER_CHARACTERS * 4 },
  )
  const test = { failure, status, milliseconds: Date.now() - began, answer: textOf(start) }
  await recordTest(context, found.value, { failure, status })
  return ok(test)
}

function testMessage({ actor, now }: OperationContext, endpoint: WebhookEndpoint, host: string) {
  const { sid, tenantSid, connectionSid, name, format } = endpoint
  const event = {
    sid: createSid('EV'),
    type: TEST,
    tenantSid,
    connectionSid,
    subjectSid: sid,
    actor: { kind: actor.kind, id: 'id' in actor ? actor.id : null },
    data: { name },
    createdAt: now,
  }
  const body = bodyOf(format, event, { forCustomer: tenantSid !== null, host })
  return { id: event.sid, sentAt: now, body }
}

function textOf(start: Uint8Array): string {
  const text = new TextDecoder().decode(start)
  // A character that the limit of bytes has cut in two is at the end.
  return Array.from(text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, ' '))
    .slice(0, ANSWER_CHARACTERS)
    .join('')
}

async function getActive(
  context: OperationContext,
  sid: string,
): Promise<Result<WebhookEndpoint, Problem>> {
  const found = await getEndpointToChange(context, sid, 'configure')
  if (!found.ok || found.value.isActive) return found
  return problem('webhook_off', 'an endpoint that is on', 'off')
}

function shown({ outcome, nextAt, ...row }: WebhookDeliveryRow): WebhookDelivery {
  return { ...row, state: outcome ?? 'waiting', nextAt: outcome === null ? nextAt : null }
}
