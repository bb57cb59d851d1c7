// Routes of the deliveries of a webhook endpoint: listed, and sent again.
import * as z from 'zod/mini'
import {
  listWebhookDeliveries,
  retryDeadDeliveries,
  retryWebhookDelivery,
} from '../events/webhooks/delivery-operations.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { page, PAGE_QUERY } from './engine/schema.ts'
import { webhookDelivery, webhookRetries, webhookState } from './webhook-schema.ts'

const tag = 'Webhooks'
const who = 'tenants'

export const WEBHOOK_DELIVERY_ROUTES = [
  route({
    method: 'GET',
    path: '/webhook-endpoints/{webhookEndpoint}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries of a webhook endpoint, newest first',
    description: 'Delivered ones are kept for seven days, those given up for thirty.',
    tag,
    who,
    permission: 'view',
    query: z.strictObject({ ...PAGE_QUERY, state: z.exactOptional(webhookState) }),
    cli: {
      verb: 'webhook-delivery list',
      takes: ['webhookEndpoint'],
      columns: {
        SID: 'sid',
        Event: 'eventSid',
        Type: 'type',
        State: 'state',
        Attempts: 'attempts',
        Next: 'nextAt',
        Failure: 'lastError',
      },
    },
    status: 200,
    answer: page('WebhookDeliveryPage', webhookDelivery),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const { webhookEndpoint } = params
      const found = await listWebhookDeliveries(context, webhookEndpoint, query.state, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/webhook-endpoints/{webhookEndpoint}/deliveries/{webhookDelivery}/retry',
    operationId: 'retryWebhookDelivery',
    summary: 'Send a delivery again now, with a new set of attempts',
    description: 'One that was delivered is not sent again.',
    tag,
    who,
    permission: 'configure',
    cli: { verb: 'webhook-delivery retry', takes: ['webhookEndpoint', 'webhookDelivery'] },
    status: 200,
    answer: webhookDelivery,
    problems: ['webhook_off'],
    handle: ({ context, params }) =>
      retryWebhookDelivery(context, params.webhookEndpoint, params.webhookDelivery),
  }),
  route({
    method: 'POST',
    path: '/webhook-endpoints/{webhookEndpoint}/retry',
    operationId: 'retryDeadDeliveries',
    summary: 'Send all deliveries again that were given up, a thousand a call',
    tag,
    who,
    permission: 'configure',
    cli: { verb: 'webhook-endpoint retry', takes: ['webhookEndpoint'] },
    status: 200,
    answer: webhookRetries,
    problems: ['webhook_off'],
    handle: ({ context, params }) => retryDeadDeliveries(context, params.webhookEndpoint),
  }),
]
