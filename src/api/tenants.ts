// Routes of tenants.
import * as z from 'zod/mini'
import { createTenant, editTenant, getTenant, listTenants } from '../directory/operations.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const fields = {
  name: about(z.string(), 'The customer’s organisation.', { minLength: 1, maxLength: 200 }),
  plan: about(z.enum(['enterprise', 'standard']), '`enterprise` carries single sign-on.'),
  supportContact: about(
    z.nullable(z.string()),
    'Shown on error pages: where a person of this tenant asks for help.',
    { examples: ['help@example.com'] },
  ),
}

const tenant = named(
  'Tenant',
  z.object({
    sid: sid('TN', 'the tenant'),
    ...fields,
    suspendedAt: z.nullable(instant),
    createdAt: instant,
  }),
)

const creation = named(
  'TenantCreation',
  z.strictObject({
    name: fields.name,
    plan: z.exactOptional(fields.plan),
    supportContact: z.exactOptional(fields.supportContact),
  }),
)

const edit = named(
  'TenantEdit',
  z.strictObject({
    name: z.exactOptional(fields.name),
    plan: z.exactOptional(fields.plan),
    supportContact: z.exactOptional(fields.supportContact),
    suspended: z.exactOptional(about(z.boolean(), 'A suspended tenant’s people cannot log in.')),
  }),
)

export const TENANT_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants',
    operationId: 'listTenants',
    summary: 'List tenants',
    tag: 'Tenants',
    who: 'operators',
    query: z.strictObject({
      ...PAGE_QUERY,
      search: z.exactOptional(about(z.string(), 'Part of the name.')),
    }),
    status: 200,
    answer: page('TenantPage', tenant),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listTenants(context, asked.value, query.search)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/tenants',
    operationId: 'createTenant',
    summary: 'Create a tenant',
    tag: 'Tenants',
    who: 'operators',
    body: creation,
    status: 201,
    answer: tenant,
    location: ({ sid }) => `/tenants/${sid}`,
    again: ({ context }, sid) => getTenant(context, sid),
    handle: ({ context, body }) => createTenant(context, body),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}',
    operationId: 'getTenant',
    summary: 'Get a tenant',
    tag: 'Tenants',
    who: 'tenants',
    status: 200,
    answer: tenant,
    handle: ({ context, params }) => getTenant(context, params.tenant),
  }),
  route({
    method: 'PATCH',
    path: '/tenants/{tenant}',
    operationId: 'editTenant',
    summary: 'Edit a tenant',
    description: 'A plan without single sign-on ends logins through it and lifts its enforcement.',
    tag: 'Tenants',
    who: 'operators',
    body: edit,
    status: 200,
    answer: tenant,
    handle: ({ context, params, body }) => editTenant(context, params.tenant, body),
  }),
]
