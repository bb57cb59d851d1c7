// Routes that export what is held about a person, and about a tenant in parts.
import * as z from 'zod/mini'
import { exportTenant, exportUser } from '../privacy/export-operations.ts'
import { parseOpaque, renderOpaque } from './engine/opaque.ts'
import { route } from './engine/route.ts'
import { about, lines } from './engine/schema.ts'

const tag = 'Erasure'
const who = 'operators'
const type = 'application/x-ndjson'

const cursor = z.strictObject({
  step: z.enum(['people', 'tables', 'events', 'logins']),
  after: z.string(),
})

export const EXPORT_ROUTES = [
  route({
    method: 'GET',
    path: '/users/{user}/export',
    operationId: 'exportUser',
    summary: 'Export all that is held about a person (GDPR Art. 15)',
    description: 'Lines of JSON: the first says what it is, the others have `table` and `row`.',
    tag,
    who,
    permission: 'delete',
    cli: { verb: 'user export', takes: ['user'] },
    status: 200,
    answer: lines,
    type,
    handle: ({ context, params }) => exportUser(context, params.user),
  }),
  route({
    method: 'GET',
    path: '/tenants/{tenant}/export',
    operationId: 'exportTenant',
    summary: 'Export a part of all that is held of a tenant',
    description:
      'Lines of JSON with `table` and `row`. The last line has `next`: ask with it as `after` ' +
      'for the next part, until it is null. Secrets are left out.',
    tag,
    who,
    permission: 'delete',
    query: z.strictObject({
      after: z.exactOptional(about(z.string(), 'The `next` of the part before.')),
    }),
    cli: { verb: 'tenant export', takes: ['tenant'] },
    status: 200,
    answer: lines,
    type,
    async handle({ context, params, query }) {
      if (query.after === undefined) return exportTenant(context, params.tenant, null, renderOpaque)
      const after = parseOpaque(query.after, cursor, 'after')
      return after.ok ? exportTenant(context, params.tenant, after.value, renderOpaque) : after
    },
  }),
]
