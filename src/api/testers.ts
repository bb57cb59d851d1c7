// Routes of testers, and of what each side says of a connection after trying it.
import * as z from 'zod/mini'
import { done } from '../result.ts'
import { attest, getAttestations } from '../rollout/validation/attestation-operations.ts'
import {
  listTesters,
  MAXIMUM_NOMINEES,
  nominateTesters,
  withdrawTester,
} from '../rollout/validation/tester-operations.ts'
import { route } from './engine/route.ts'
import { about, list, named } from './engine/schema.ts'
import { attestations, tester } from './tester-schema.ts'

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
  'Attesting',
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
    status: 200,
    answer: list('TesterList', tester),
    async handle({ request, params }) {
      const found = await listTesters(request, params.connection)
      return found.ok ? done({ items: found.value }) : found
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
    status: 200,
    answer: nominated,
    problems: CLOSED,
    handle: ({ request, params, body }) => nominateTesters(request, params.connection, body.emails),
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
    handle: ({ request, params }) => withdrawTester(request, params.connection, params.tester),
  }),
  route({
    method: 'GET',
    path: '/connections/{connection}/attestations',
    operationId: 'getAttestations',
    summary: 'Get what each side says of the present revision',
    tag,
    who: 'tenants',
    status: 200,
    answer: attestations,
    handle: ({ request, params }) => getAttestations(request, params.connection),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/attestations',
    operationId: 'attest',
    summary: 'Say that a revision works, or that it does not',
    description:
      'Operators’ keys speak for the vendor, tenants’ keys for the customer. Saying it again replaces it. The second pass validates a connection in testing; a fail takes a validated one back.',
    tag,
    who: 'tenants',
    body: verdict,
    status: 200,
    answer: attestations,
    problems: [...CLOSED, 'not_tested'],
    handle: ({ request, params, body }) => attest(request, params.connection, body),
  }),
]
