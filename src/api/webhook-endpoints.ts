// Routes of webhook endpoints.
import * as z from 'zod/mini'
import type { WebhookEndpoint } from '../events/webhooks/endpoint.ts'
import { testWebhookEndpoint } from '../events/webhooks/delivery-operations.ts'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  editWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  MOST_KEPT_HOURS,
  rotateWebhookSecret,
} from '../events/webhooks/operations.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, named, page, PAGE_QUERY, sid } from './engine/schema.ts'
import { ownTenant } from './events.ts'
import {
  endpointWithSecret,
  fields,
  format,
  tenantSid,
  token,
  webhookEndpoint,
  webhookTest,
} from './webhook-schema.ts'

const tag = 'Webhooks'
const who = 'tenants'
const FIELD_PROBLEMS = ['endpoint_url', 'endpoint_private'] as const

const creation = named(
  'WebhookEndpointCreation',
  z.strictObject({
    tenantSid: z.exactOptional(tenantSid),
    name: fields.name,
    url: fields.url,
    types: fields.types,
    tenants: z.exactOptional(fields.tenants),
    format: z.exactOptional(format),
    token: z.exactOptional(token),
  }),
)

const edit = named(
  'WebhookEndpointEdit',
  z.strictObject({
    name: z.exactOptional(fields.name),
    url: z.exactOptional(fields.url),
    types: z.exactOptional(fields.types),
    tenants: z.exactOptional(fields.tenants),
    isActive: z.exactOptional(about(z.boolean(), 'Turns it on or off.')),
    token: z.exactOptional(token),
  }),
)

const FIELD_FLAGS = {
  url: { name: 'endpoint-url', value: 'https://…' },
  types: { name: 'type' },
  tenants: { name: 'only-tenant', value: 'TN…' },
  // In a command it would be in the history of the shell.
  token: { name: 'token-file', from: 'file' },
} as const

type Made = Result<{ endpoint: WebhookEndpoint; secret: string | null }, Problem>

function showSecret(made: Made) {
  return made.ok ? ok({ ...made.value.endpoint, secret: made.value.secret }) : made
}

const LIST_AND_CREATE = [
  route({
    method: 'GET',
    path: '/webhook-endpoints',
    operationId: 'listWebhookEndpoints',
    summary: 'List webhook endpoints, including those that are off',
    description: 'Without `tenant`: those of the vendor. A tenant’s key gets those of its tenant.',
    tag,
    who,
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      tenant: z.exactOptional(sid('TN', 'a tenant; without it, the vendor’s own endpoints')),
    }),
    cli: {
      verb: 'webhook-endpoint list',
      columns: {
        SID: 'sid',
        Name: 'name',
        URL: 'url',
        Format: 'format',
        On: 'isActive',
        Types: 'types',
        Created: 'createdAt',
      },
    },
    status: 200,
    answer: page('WebhookEndpointPage', webhookEndpoint),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const tenant = ownTenant(context, query.tenant) ?? null
      const found = await listWebhookEndpoints(context, tenant, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/webhook-endpoints',
    operationId: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint; its secret is shown once',
    description: 'A tenant’s key makes one for its tenant.',
    tag,
    who,
    permission: 'tokens',
    body: creation,
    cli: {
      verb: 'webhook-endpoint create',
      needsSecret: true,
      flags: {
        ...FIELD_FLAGS,
        tenantSid: { name: 'tenant', value: 'TN…' },
      },
    },
    status: 201,
    answer: endpointWithSecret,
    problems: [...FIELD_PROBLEMS, 'limit_reached', 'key_encryption_key'],
    tagged: (answer) => answer,
    location: ({ sid }) => `/webhook-endpoints/${sid}`,
    async again({ context }, sid) {
      const found = await getWebhookEndpoint(context, sid)
      return found.ok ? ok({ ...found.value, secret: null }) : found
    },
    async handle({ context, config, body }) {
      const tenant = ownTenant(context, body.tenantSid ?? undefined) ?? null
      const input = { ...body, tenantSid: tenant }
      return showSecret(await createWebhookEndpoint(context, config.keySecrets, input))
    },
  }),
]

const ONE = [
  route({
    method: 'GET',
    path: '/webhook-endpoints/{webhookEndpoint}',
    operationId: 'getWebhookEndpoint',
    summary: 'Get a webhook endpoint, without its secret',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'webhook-endpoint show', takes: ['webhookEndpoint'] },
    status: 200,
    answer: webhookEndpoint,
    tagged: (answer) => answer,
    handle: ({ context, params }) => getWebhookEndpoint(context, params.webhookEndpoint),
  }),
  route({
    method: 'PATCH',
    path: '/webhook-endpoints/{webhookEndpoint}',
    operationId: 'editWebhookEndpoint',
    summary: 'Edit a webhook endpoint, or turn it on or off; a list is replaced as a whole',
    tag,
    who,
    permission: 'tokens',
    body: edit,
    cli: [
      {
        verb: 'webhook-endpoint edit',
        takes: ['webhookEndpoint'],
        flags: {
          ...FIELD_FLAGS,
          isActive: { name: 'on', off: 'off' },
        },
      },
    ],
    status: 200,
    answer: webhookEndpoint,
    problems: [...FIELD_PROBLEMS, 'key_encryption_key'],
    ifMatch: true,
    tagged: (answer) => answer,
    handle: ({ context, config, params, body: { token, ...fields }, ifVersion }) =>
      editWebhookEndpoint(context, params.webhookEndpoint, fields, ifVersion, {
        secrets: config.keySecrets,
        token,
      }),
  }),
  route({
    method: 'DELETE',
    path: '/webhook-endpoints/{webhookEndpoint}',
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint; deliveries that wait are given up',
    tag,
    who,
    permission: 'tokens',
    cli: { verb: 'webhook-endpoint delete', takes: ['webhookEndpoint'] },
    status: 204,
    answer: null,
    handle: ({ context, params }) => deleteWebhookEndpoint(context, params.webhookEndpoint),
  }),
  route({
    method: 'POST',
    path: '/webhook-endpoints/{webhookEndpoint}/secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Create a new signing secret, which is shown once',
    description: 'As long as the previous one is kept, messages have a signature of each.',
    tag,
    who,
    permission: 'tokens',
    body: named(
      'WebhookSecretRotation',
      z.strictObject({
        keepPreviousHours: about(
          z.int(),
          'How long the previous secret signs too. 0: it stops now.',
          { minimum: 0, maximum: MOST_KEPT_HOURS },
        ),
      }),
    ),
    cli: {
      verb: 'webhook-endpoint rotate-secret',
      takes: ['webhookEndpoint'],
      needsSecret: true,
      flags: { keepPreviousHours: { name: 'keep', otherwise: { text: '24h' } } },
    },
    status: 200,
    answer: endpointWithSecret,
    problems: ['revision_changed', 'key_encryption_key'],
    handle: async ({ context, config, params, body }) =>
      showSecret(
        await rotateWebhookSecret(context, config.keySecrets, params.webhookEndpoint, body),
      ),
  }),
  route({
    method: 'POST',
    path: '/webhook-endpoints/{webhookEndpoint}/test',
    operationId: 'testWebhookEndpoint',
    summary: 'Send a test message at once, and show how it was answered',
    tag,
    who,
    permission: 'configure',
    cli: { verb: 'webhook-endpoint test', takes: ['webhookEndpoint'], needsSecret: true },
    status: 200,
    answer: webhookTest,
    description: 'At most ten a minute for an endpoint.',
    problems: ['key_encryption_key', 'too_many_requests'],
    handle: ({ context, config, params }) =>
      testWebhookEndpoint(context, config, params.webhookEndpoint),
  }),
]

export const WEBHOOK_ENDPOINT_ROUTES = [...LIST_AND_CREATE, ...ONE]
