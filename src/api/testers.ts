// Routes of testers, and of each side's sign-off on a tested connection.
import * as z from 'zod/mini'
import { BLOCKERS } from '../directory/switch-on.ts'
import { inviteTesters } from '../mail/send-personal.ts'
import { ok } from '../result.ts'
import { signOff, getSignOffs } from '../rollout/validation/sign-off-operations.ts'
import {
  listTesters,
  MAXIMUM_NOMINEES,
  nominateTesters,
  withdrawTester,
} from '../rollout/validation/tester-operations.ts'
import { route } from './engine/route.ts'
import { about, list, named } from './engine/schema.ts'
import { signOffs, tester } from './tester-schema.ts'

const tag = 'Testing'
const CLOSED = ['lifecycle', 'plan_required', 'connection_suspended', 'revision_changed'] as const

const nomination = named(
  'Nomination',
  z.strictObject({
    emails: about(z.array(z.string()), 'Login e-mails.', {
      minItems: 1,
      maxItems: MAXIMUM_NOMINEES,
    }),
  }),
)

const nominated = named(
  'Nominated',
  z.object({
    testers: about(z.array(tester), 'All testers of the connection, newest first.'),
    refused: about(
      z.array(
        z.object({
          email: about(z.string(), 'The e-mail that you sent.'),
          code: z.enum(['unknown', ...BLOCKERS, 'duplicate']),
        }),
      ),
      'Users who cannot be testers. The others now are.',
    ),
  }),
)

const verdict = named(
  'SigningOff',
  z.strictObject({
    revision: about(
      z.int(),
      'The revision that was tested. If there is a newer one: `revision_changed`.',
    ),
    verdict: z.enum(['pass', 'fail']),
    name: about(z.string(), 'Your name, for the audit trail.', { minLength: 1, maxLength: 200 }),
    note: z.exactOptional(about(z.nullable(z.string()), 'A remark.', { maxLength: 2000 })),
  }),
)

const invitations = named(
  'TestInvitations',
  z.object({
    sent: z.int(),
    copy: about(z.int(), 'How many are there to copy: there is no sender.'),
    failed: z.int(),
  }),
)

export const TESTER_ROUTES = [
  route({
    method: 'POST',
    path: '/connections/{connection}/testers/invite',
    operationId: 'inviteTesters',
    summary: 'Mail an invitation to testers who have not signed in yet, at most 20 a call',
    tag,
    who: 'tenants',
    permission: 'test',
    cli: { verb: 'tester invite', takes: ['connection'], needsSecret: true },
    status: 200,
    answer: invitations,
    async handle({ context, params, mailToCopy }) {
      const made = await inviteTesters(context, mailToCopy(), params.connection)
      if (!made.ok) return made
      const { sent, copy, failed } = made.value
      return ok({ sent, copy, failed })
    },
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/testers',
    operationId: 'listTesters',
    summary: 'List the testers of a connection',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'tester list', takes: ['connection'] },
    status: 200,
    answer: list('TesterList', tester),
    async handle({ context, params }) {
      const found = await listTesters(context, params.connection)
      return found.ok ? ok({ items: found.value }) : found
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/testers',
    operationId: 'nominateTesters',
    summary: 'Nominate testers: enables SSO for them and no other user',
    tag,
    who: 'tenants',
    permission: 'test',
    body: nomination,
    cli: {
      verb: 'tester nominate',
      takes: ['connection', 'emails'],
      flags: { emails: { commas: true } },
    },
    status: 200,
    answer: nominated,
    problems: ['limit_reached', ...CLOSED],
    handle: ({ context, params, body }) => nominateTesters(context, params.connection, body.emails),
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/testers/{tester}',
    operationId: 'withdrawTester',
    summary: 'Withdraw a tester, who signs in as before the nomination',
    tag,
    who: 'tenants',
    permission: 'test',
    status: 204,
    answer: null,
    handle: ({ context, params }) => withdrawTester(context, params.connection, params.tester),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/sign-offs',
    operationId: 'getSignOffs',
    summary: 'Get the sign-offs of the present revision',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'connection sign-offs', takes: ['connection'] },
    status: 200,
    answer: signOffs,
    handle: ({ context, params }) => getSignOffs(context, params.connection),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/sign-offs',
    operationId: 'signOff',
    summary: 'Sign off a revision for your side: pass or fail',
    description:
      'An operators’ key signs off for the vendor, a tenant’s key for the customer. A new ' +
      'sign-off replaces the previous one. The second pass validates a connection in testing; a ' +
      'fail returns a validated one to testing.',
    tag,
    who: 'tenants',
    permission: 'test',
    body: verdict,
    cli: {
      verb: 'connection sign-off',
      takes: ['connection', 'verdict'],
      flags: { verdict: { value: 'VERDICT' }, name: { otherwise: { user: true } } },
    },
    status: 200,
    answer: signOffs,
    problems: [...CLOSED, 'not_tested'],
    handle: ({ context, params, body }) => signOff(context, params.connection, body),
  }),
]
