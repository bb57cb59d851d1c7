// Routes of API keys.
import * as z from 'zod/mini'
import { ROLES } from '../events/roles.ts'
import { ok } from '../result.ts'
import { createApiKey, getApiKey, listApiKeys, revokeApiKey } from '../access/operations.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const tenantSid = about(
  z.nullable(z.string()),
  'The only tenant that the key can use; null: an operators’ key, for all tenants.',
)

const role = about(
  z.enum(ROLES),
  'What the key may do, as for operators: no more than its creator. A tenant’s key is no owner.',
)

const shape = {
  sid: sid('AK', 'the key'),
  tenantSid,
  name: about(z.string(), 'The name in the audit trail.'),
  role,
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: z.nullable(instant),
  lastUsedAt: about(z.nullable(instant), 'Accurate to an hour.'),
}
const apiKey = named('ApiKey', z.object(shape))

const created = named(
  'ApiKeyCreated',
  z.object({
    ...shape,
    secret: about(
      z.nullable(z.string()),
      'What you send after `Bearer`. Shown once: null in later answers.',
    ),
  }),
)

const creation = named(
  'ApiKeyCreation',
  z.strictObject({
    name: about(z.string(), 'What the key is for: its name in the audit trail.', {
      minLength: 1,
      maxLength: 100,
    }),
    tenantSid,
    role,
    expiresInDays: about(z.int(), '1 to 365 days.', { minimum: 1, maximum: 365 }),
  }),
)

export const API_KEY_ROUTES = [
  route({
    method: 'GET',
    path: '/api-keys',
    operationId: 'listApiKeys',
    summary: 'List API keys, including expired and revoked ones',
    tag: 'API keys',
    who: 'operators',
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      tenant: z.exactOptional(sid('TN', 'a tenant; without it, operators’ keys')),
    }),
    cli: {
      verb: 'api-key list',
      columns: {
        SID: 'sid',
        Name: 'name',
        Role: 'role',
        'Created by': 'createdBy',
        Expires: 'expiresAt',
        Revoked: 'revokedAt',
        'Last used': 'lastUsedAt',
      },
    },
    status: 200,
    answer: page('ApiKeyPage', apiKey),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listApiKeys(context, query.tenant, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/api-keys',
    operationId: 'createApiKey',
    summary: 'Create an API key, which is shown once',
    tag: 'API keys',
    who: 'operators',
    permission: 'keys',
    body: creation,
    cli: {
      verb: 'api-key create',
      flags: {
        tenantSid: { value: 'TN…', otherwise: { text: '' } },
        expiresInDays: { name: 'expires', otherwise: { text: '90d' } },
      },
    },
    status: 201,
    answer: created,
    location: ({ sid }) => `/api-keys/${sid}`,
    async again({ context }, sid) {
      const found = await getApiKey(context, sid)
      return found.ok ? ok({ ...found.value, secret: null }) : found
    },
    problems: ['limit_reached', 'operators_tenant'],
    async handle({ context, body }) {
      const made = await createApiKey(context, body)
      return made.ok ? ok({ ...made.value.apiKey, secret: made.value.secret }) : made
    },
  }),
  route({
    method: 'GET',
    path: '/api-keys/{apiKey}',
    operationId: 'getApiKey',
    summary: 'Get an API key, without its secret',
    tag: 'API keys',
    who: 'operators',
    permission: 'view',
    cli: { verb: 'api-key show', takes: ['apiKey'] },
    status: 200,
    answer: apiKey,
    handle: ({ context, params }) => getApiKey(context, params.apiKey),
  }),
  route({
    method: 'DELETE',
    path: '/api-keys/{apiKey}',
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    tag: 'API keys',
    who: 'operators',
    permission: 'keys',
    cli: { verb: 'api-key revoke', takes: ['apiKey'] },
    status: 200,
    answer: apiKey,
    handle: ({ context, params }) => revokeApiKey(context, params.apiKey),
  }),
]
