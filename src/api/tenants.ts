// Routes of tenants.
import * as z from 'zod/mini'
import { createTenant, editTenant, getTenant, listTenants } from '../directory/operations.ts'
import { TENANT_FIELDS, type TenantFields } from '../directory/tenants/fields.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { optional, schemasOf } from './engine/field-schema.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const fields = schemasOf<TenantFields>(TENANT_FIELDS)

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
    ...optional(fields),
    name: fields.name,
    forOperators: z.exactOptional(
      about(
        z.boolean(),
        'True: the one tenant through whose connections operators sign in to the console. Owners ' +
          'make it.',
      ),
    ),
  }),
)

const edit = named(
  'TenantEdit',
  z.strictObject({
    ...optional(fields),
    suspended: z.exactOptional(about(z.boolean(), 'Users of a suspended tenant cannot log in.')),
  }),
)

export const TENANT_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants',
    operationId: 'listTenants',
    summary: 'List tenants, newest first',
    tag: 'Tenants',
    who: 'operators',
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      search: z.exactOptional(about(z.string(), 'Part of the name.')),
    }),
    cli: {
      verb: 'tenant list',
      columns: {
        SID: 'sid',
        Name: 'name',
        Plan: 'plan',
        Created: 'createdAt',
        Suspended: 'suspendedAt',
      },
    },
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
    permission: 'operate',
    body: creation,
    cli: { verb: 'tenant create' },
    status: 201,
    answer: tenant,
    problems: ['already_there'],
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
    permission: 'view',
    cli: { verb: 'tenant show', takes: ['tenant'] },
    status: 200,
    answer: tenant,
    handle: ({ context, params }) => getTenant(context, params.tenant),
  }),
  route({
    method: 'PATCH',
    path: '/tenants/{tenant}',
    operationId: 'editTenant',
    summary: 'Edit a tenant',
    description: 'A plan without single sign-on ends SSO logins and lifts enforcement.',
    tag: 'Tenants',
    who: 'operators',
    permission: 'operate',
    body: edit,
    cli: {
      verb: 'tenant edit',
      about: 'edit, suspend or resume a tenant',
      takes: ['tenant'],
      flags: { suspended: { name: 'suspend', off: 'resume' } },
    },
    status: 200,
    answer: tenant,
    handle: ({ context, params, body }) => editTenant(context, params.tenant, body),
  }),
]
