// Routes of exceptions: people who stay on their password until a date.
import * as z from 'zod/mini'
import { addException, endException, listExceptions } from '../directory/exceptions/operations.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const tag = 'Exceptions'
const reason = about(z.string(), 'Why this person stays on the password.', {
  minLength: 1,
  maxLength: 500,
})

const exception = named(
  'Exception',
  z.object({
    tenantSid: sid('TN', 'the tenant'),
    userSid: sid('US', 'the user'),
    email: about(z.string(), 'The login e-mail.'),
    reason,
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: about(instant, 'After this, the person signs in as a newcomer of the domain.'),
  }),
)

export const EXCEPTION_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/exceptions',
    operationId: 'listExceptions',
    summary: 'List the people who stay on their password, of a tenant or of one connection',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      connection: about(
        z.exactOptional(sid('CN', 'the connection')),
        'Only people whose domain leads to this connection.',
      ),
    }),
    cli: {
      verb: 'exception list',
      columns: {
        'E-mail': 'email',
        Reason: 'reason',
        Expires: 'expiresAt',
        'Created by': 'createdBy',
      },
    },
    status: 200,
    answer: page('ExceptionPage', exception),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listExceptions(context, params.tenant, asked.value, query.connection)
      return found.ok ? ok(answerPage(found.value, ({ sid: _, ...row }) => row)) : found
    },
  }),
  route({
    method: 'PUT',
    path: '/tenants/{tenant}/exceptions/{user}',
    operationId: 'addException',
    summary: 'Keep a person on the password until a date, or change that date',
    description:
      'A person who has SSO gets the password back. No rollout, tester nomination, import or ' +
      'single enable switches SSO on for the person until the exception ends.',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'ExceptionRequest',
      z.strictObject({
        reason,
        expiresAt: about(instant, 'When the exception ends: within a year.'),
      }),
    ),
    cli: {
      verb: 'exception add',
      takes: ['user'],
      flags: { expiresAt: { name: 'expires', value: '90d', otherwise: { text: '90d' } } },
    },
    status: 200,
    answer: exception,
    handle: ({ context, params, body }) =>
      addException(context, params.tenant, { user: params.user, ...body }),
  }),
  route({
    method: 'DELETE',
    path: '/tenants/{tenant}/exceptions/{user}',
    operationId: 'endException',
    summary: 'End an exception: the person signs in as a newcomer of the domain',
    tag,
    who: 'operators',
    permission: 'operate',
    cli: { verb: 'exception end', takes: ['user'] },
    status: 204,
    answer: null,
    handle: ({ context, params }) => endException(context, params.tenant, params.user),
  }),
]
