// Routes of SCIM tokens, with which an IdP provisions the users of a connection.
import * as z from 'zod/mini'
import { ok } from '../result.ts'
import {
  createScimToken,
  getScimToken,
  listScimTokens,
  revokeScimToken,
  SCIM_TOKEN_DAYS,
  scimBase,
} from '../scim/token-operations.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, pageQuery, sid } from './engine/schema.ts'

const shape = {
  sid: sid('ST', 'the token'),
  tenantSid: sid('TN', 'the tenant'),
  connectionSid: sid('CN', 'the connection'),
  name: about(z.string(), 'The name in the audit trail.'),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: z.nullable(instant),
  lastUsedAt: about(z.nullable(instant), 'Accurate to an hour.'),
}
const scimToken = named('ScimToken', z.object(shape))

const created = named(
  'ScimTokenCreated',
  z.object({
    ...shape,
    baseURL: about(z.string(), 'The URL of the connection’s SCIM service.'),
    secret: about(
      z.nullable(z.string()),
      'What the IdP sends after `Bearer`. Shown once: null in later answers.',
    ),
  }),
)

const creation = named(
  'ScimTokenCreation',
  z.strictObject({
    name: about(z.string(), 'What the token is for: its name in the audit trail.', {
      minLength: 1,
      maxLength: 100,
    }),
    expiresInDays: about(z.int(), '1 to 730 days.', { minimum: 1, maximum: SCIM_TOKEN_DAYS }),
  }),
)

const tag = 'SCIM tokens'
const who = 'tenants'

export const SCIM_TOKEN_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/scim-tokens',
    operationId: 'listScimTokens',
    summary: 'List the SCIM tokens of a connection, including expired and revoked ones',
    tag,
    who,
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'scim-token list',
      takes: ['connection'],
      columns: {
        SID: 'sid',
        Name: 'name',
        'Created by': 'createdBy',
        Expires: 'expiresAt',
        Revoked: 'revokedAt',
        'Last used': 'lastUsedAt',
      },
    },
    status: 200,
    answer: page('ScimTokenPage', scimToken),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listScimTokens(context, params.connection, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/scim-tokens',
    operationId: 'createScimToken',
    summary: 'Create a SCIM token for the IdP of a connection, which is shown once',
    tag,
    who,
    permission: 'tokens',
    body: creation,
    cli: {
      verb: 'scim-token create',
      takes: ['connection'],
      flags: { expiresInDays: { name: 'expires', value: '365d', otherwise: { text: '365d' } } },
    },
    status: 201,
    answer: created,
    location: ({ sid }) => `/scim-tokens/${sid}`,
    async again({ context, config }, sid) {
      const found = await getScimToken(context, sid)
      if (!found.ok) return found
      const baseURL = scimBase(config.origin, found.value.connectionSid)
      return ok({ ...found.value, baseURL, secret: null })
    },
    problems: ['limit_reached'],
    async handle({ context, config, params, body }) {
      const made = await createScimToken(context, params.connection, body)
      if (!made.ok) return made
      const baseURL = scimBase(config.origin, params.connection)
      return ok({ ...made.value.scimToken, baseURL, secret: made.value.secret })
    },
  }),
  route({
    method: 'GET',
    path: '/scim-tokens/{scimToken}',
    operationId: 'getScimToken',
    summary: 'Get a SCIM token, without its secret',
    tag,
    who,
    permission: 'view',
    cli: { verb: 'scim-token show', takes: ['scimToken'] },
    status: 200,
    answer: scimToken,
    handle: ({ context, params }) => getScimToken(context, params.scimToken),
  }),
  route({
    method: 'DELETE',
    path: '/scim-tokens/{scimToken}',
    operationId: 'revokeScimToken',
    summary: 'Revoke a SCIM token',
    tag,
    who,
    permission: 'tokens',
    cli: { verb: 'scim-token revoke', takes: ['scimToken'] },
    status: 200,
    answer: scimToken,
    handle: ({ context, params }) => revokeScimToken(context, params.scimToken),
  }),
]
