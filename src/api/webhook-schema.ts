// Schemas of webhook endpoints and their deliveries.
import * as z from 'zod/mini'
import { WEBHOOK_STATES } from '../events/webhooks/delivery-operations.ts'
import { MOST_TENANTS } from '../events/webhooks/endpoint.ts'
import { WEBHOOK_FORMATS } from '../events/webhooks/formats.ts'
import { about, instant, named, sid } from './engine/schema.ts'

export const fields = {
  name: about(z.string(), 'For administrators.', { minLength: 1, maxLength: 100 }),
  url: about(z.string(), 'Where events are sent by POST: public, https.', {
    maxLength: 1024,
    examples: ['https://hooks.example.com/gatepost'],
  }),
  types: about(
    z.array(z.string()),
    'The event types that it gets. `*`: all of the audit trail, also those of later versions; ' +
      'logins and ended sessions are named beside it.',
    { examples: [['connection.created', 'rollout.enforced']] },
  ),
  tenants: about(
    z.array(z.string()),
    'Of an endpoint without a tenant: the only tenants whose events it gets. Empty: all.',
    { maxItems: MOST_TENANTS },
  ),
}

export const format = about(
  z.enum(WEBHOOK_FORMATS),
  '`standard`: Standard Webhooks, signed. `splunk`: HTTP Event Collector. `datadog`: logs ' +
    'intake. `ndjson`: a line of JSON with a bearer token. Chosen at the creation.',
)

export const token = about(
  z.string(),
  'The token of the receiver, for a format other than `standard`. It is never shown.',
  { minLength: 1, maxLength: 500 },
)

export const tenantSid = about(
  z.nullable(z.string()),
  'The tenant whose events it gets; null: the vendor’s own endpoint, for all tenants.',
)

const shape = {
  sid: sid('WH', 'the endpoint'),
  tenantSid,
  connectionSid: about(
    z.nullable(z.string()),
    'Set where a setup link made it: it gets the events of that connection alone.',
  ),
  ...fields,
  format,
  isActive: about(z.boolean(), 'Off: no event that happens meanwhile is kept for it.'),
  goneAt: about(z.nullable(instant), 'When it was turned off because it answered 410.'),
  previousSecretUntil: about(z.nullable(instant), 'Until when the previous secret signs too.'),
  createdBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
}

export const webhookEndpoint = named('WebhookEndpoint', z.object(shape))

export const endpointWithSecret = named(
  'WebhookEndpointWithSecret',
  z.object({
    ...shape,
    secret: about(
      z.nullable(z.string()),
      'Signs the messages (`whsec_…`). Shown once: null in later answers. A format with a token ' +
        'has none.',
    ),
  }),
)

export const webhookState = about(
  z.enum(WEBHOOK_STATES),
  '`waiting`: to be sent or sent again. `dead`: given up. `delivered`: the endpoint took it.',
)

export const webhookDelivery = named(
  'WebhookDelivery',
  z.object({
    sid: sid('OB', 'the delivery'),
    eventSid: about(z.string(), 'SID of the event or of the login: the `webhook-id`.'),
    type: about(z.nullable(z.string()), 'Its type; null: the event was deleted.'),
    state: webhookState,
    attempts: z.int(),
    nextAt: about(z.nullable(instant), 'When it is sent next.'),
    lastError: about(z.nullable(z.string()), 'Why the last attempt failed, like `status_500`.'),
    createdAt: instant,
  }),
)

export const webhookTest = named(
  'WebhookTest',
  z.object({
    failure: about(z.nullable(z.string()), 'Null: it arrived. Otherwise like `status_500`.'),
    status: about(z.nullable(z.int()), 'The status of the answer; null: none came.'),
    milliseconds: z.int(),
    answer: about(z.string(), 'The first 200 characters of the answer.'),
  }),
)

export const webhookRetries = named(
  'WebhookRetries',
  z.object({
    retried: about(z.int(), 'How many are sent again: at most a thousand a call.'),
    left: about(z.int(), 'How many are still given up, counted to a thousand.'),
  }),
)
