// Routes of testers, and of what each side says of a connection after trying it.
import * as z from 'zod/mini'
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
    testers: about(z.array(tester), 'All of the connection, newest first.'),
    refused: about(
      z.array(
        z.object({
          email: about(z.string(), 'As it was sent.'),
          code: z.enum(['unknown', 'suspended', 'other_connection', 'duplicate']),
        }),
      ),
      'Those who cannot be testers. The others are.',
    ),
  }),
)

const verdict = named(
  'SigningOff',
  z.strictObject({
    revision: about(z.int(), 'What was tried. Another one by now refuses `revision_changed`.'),
    verdict: z.enum(['pass', 'fail']),
    name: about(z.string(), 'Who says it.', { minLength: 1, maxLength: 200 }),
    note: z.exactOptional(about(z.nullable(z.string()), 'Why.', { maxLength: 2000 })),
  }),
)

export const TESTER_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/testers',
    operationId: 'listTesters',
    summary: 'List the testers of a connection',
    tag,
    who: 'tenants',
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
    summary: 'Nominate testers: SSO is enabled for them, and for nobody else',
    tag,
    who: 'tenants',
    body: nomination,
    cli: {
      verb: 'tester nominate',
      takes: ['connection', 'emails'],
      flags: { emails: { commas: true } },
    },
    status: 200,
    answer: nominated,
    problems: CLOSED,
    handle: ({ context, params, body }) => nominateTesters(context, params.connection, body.emails),
  }),
  route({
    method: 'DELETE',
    path: '/connections/{connection}/testers/{tester}',
    operationId: 'withdrawTester',
    summary: 'Take a nomination back: who had a password before signs in by it again',
    tag,
    who: 'tenants',
    status: 204,
    answer: null,
    handle: ({ context, params }) => withdrawTester(context, params.connection, params.tester),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/sign-offs',
    operationId: 'getSignOffs',
    summary: 'Get what each side says of the present revision',
    tag,
    who: 'tenants',
    cli: { verb: 'connection sign-offs', takes: ['connection'] },
    status: 200,
    answer: signOffs,
    handle: ({ context, params }) => getSignOffs(context, params.connection),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/sign-offs',
    operationId: 'signOff',
    summary: 'Say that a revision works, or that it does not',
    description:
      'Operators’ keys speak for the vendor, tenants’ keys for the customer. Saying it again replaces it. The second pass validates a connection in testing; a fail takes a validated one back.',
    tag,
    who: 'tenants',
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
