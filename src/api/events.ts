// The route of the audit trail.
import * as z from 'zod/mini'
import { listEvents } from '../events/operations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const fields = z.nullable(z.record(z.string(), z.unknown()))

const event = named(
  'Event',
  z.object({
    sid: sid('EV', 'the event'),
    tenantSid: about(z.nullable(z.string()), 'Null: it does not concern a single tenant.'),
    actor: about(z.string(), 'Kind and name of the actor.', { examples: ['operator ann'] }),
    action: about(z.string(), 'Noun and verb.', { examples: ['connection.edit'] }),
    subjectSid: about(z.string(), 'What was changed.'),
    before: about(
      fields,
      'The fields that changed, before the change. Secrets are never recorded.',
    ),
    after: fields,
    createdAt: instant,
  }),
)

/** The tenant that a request concerns. A tenant's key that names none means its own. */
export function ownTenant(
  { actor }: OperationContext,
  named: string | undefined,
): string | undefined {
  return named ?? (actor.kind === 'customer admin' ? actor.tenantSid : undefined)
}

export const EVENT_ROUTES = [
  route({
    method: 'GET',
    path: '/events',
    operationId: 'listEvents',
    summary: 'List the events of the audit trail, newest first',
    description: 'A tenant’s key gets the events of its tenant.',
    tag: 'Events',
    who: 'tenants',
    query: z.strictObject({
      ...PAGE_QUERY,
      tenant: z.exactOptional(sid('TN', 'a tenant: only its events')),
      subject: z.exactOptional(about(z.string(), 'SID of what was changed.')),
    }),
    cli: {
      verb: 'event list',
      columns: {
        When: 'createdAt',
        Who: 'actor',
        What: 'action',
        To: 'subjectSid',
        After: 'after',
      },
    },
    status: 200,
    answer: page('EventPage', event),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const tenantSid = ownTenant(context, query.tenant)
      const of = {
        ...(tenantSid !== undefined && { tenantSid }),
        ...(query.subject !== undefined && { subjectSid: query.subject }),
      }
      const found = await listEvents(context, of, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
]
