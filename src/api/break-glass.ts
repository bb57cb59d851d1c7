// Routes of break-glass owners, who keep their password under enforcement, and their recovery
// codes.
import * as z from 'zod/mini'
import { isVendor } from '../events/actor.ts'
import { problem } from '../problem.ts'
import { ok } from '../result.ts'
import {
  addBreakGlass,
  endBreakGlass,
  listBreakGlass,
  spendRecoveryCode,
} from '../rollout/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, sid } from './engine/schema.ts'

const tag = 'Break glass'
const reason = about(z.string(), 'Why this person is exempt.', { minLength: 1, maxLength: 500 })

const graceHours = about(
  z.int(),
  'How long the way in stays after the IdP has deactivated this person alone.',
  { minimum: 0, maximum: 336 },
)

const drillDays = about(z.int(), 'How often this person tries a code out, in days; 0: never.', {
  minimum: 0,
  maximum: 366,
})

const owner = named(
  'BreakGlassOwner',
  z.object({
    tenantSid: sid('TN', 'the tenant'),
    userSid: sid('US', 'the user'),
    email: about(z.string(), 'The login e-mail.'),
    reason,
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: about(instant, 'After this, the next enforcement includes this person.'),
    endedAt: z.nullable(instant),
    graceHours,
    keptUntil: about(
      z.nullable(instant),
      'The IdP deactivated this person, and the password works until then all the same.',
    ),
    keptBecause: about(
      z.nullable(z.enum(['deactivated', 'mass_deactivation'])),
      'Why it works: this person alone was deactivated, or many were at once.',
    ),
    drillDays,
    drillAt: about(
      z.nullable(instant),
      'The date of the next drill: a recovery code used from then on counts. Null: none.',
    ),
    drilledAt: about(z.nullable(instant), 'The last drill.'),
    drill: about(
      z.enum(['none', 'planned', 'due', 'late']),
      '`due` from the date on, `late` a week after it.',
    ),
    wrongCodeAt: about(
      z.nullable(instant),
      'The last minute in which somebody tried wrong recovery codes for this e-mail.',
    ),
    wrongCodes: about(z.int(), 'How many in that minute.'),
    codesLeft: about(z.int(), 'Recovery codes that have not been used.'),
  }),
)

const exemption = named(
  'BreakGlassExemption',
  z.strictObject({
    reason,
    expiresAt: about(instant, 'When the exemption ends: within a year.'),
    graceHours: z.optional(graceHours),
    drillDays: z.optional(drillDays),
    drillAt: z.optional(about(instant, 'The date of the next drill, if not by the interval.')),
  }),
)

export const BREAK_GLASS_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/break-glass',
    operationId: 'listBreakGlass',
    summary: 'List the break-glass owners of a tenant, including expired and ended ones',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: {
      verb: 'break-glass list',
      columns: {
        'E-mail': 'email',
        Reason: 'reason',
        Expires: 'expiresAt',
        Ended: 'endedAt',
        'Codes left': 'codesLeft',
        Drill: 'drill',
        'Drill on': 'drillAt',
        'Last drill': 'drilledAt',
        'Created by': 'createdBy',
      },
    },
    status: 200,
    answer: list('BreakGlassList', owner),
    async handle({ context, params }) {
      const found = await listBreakGlass(context, params.tenant)
      return found.ok ? ok({ items: found.value }) : found
    },
  }),
  route({
    method: 'PUT',
    path: '/tenants/{tenant}/break-glass/{user}',
    operationId: 'addBreakGlass',
    summary: 'Exempt an owner from enforcement until a date, or change that date',
    description: 'If single sign-on is already enforced for this person, the password works again.',
    tag,
    who: 'operators',
    permission: 'codes',
    body: exemption,
    cli: {
      verb: 'break-glass add',
      takes: ['user'],
      flags: {
        expiresAt: { name: 'expires', value: '90d', otherwise: { text: '90d' } },
        drillAt: { name: 'drill', value: '30d' },
      },
    },
    status: 200,
    answer: owner,
    handle: ({ context, params, body }) =>
      addBreakGlass(context, params.tenant, { user: params.user, ...body }),
  }),
  route({
    method: 'DELETE',
    path: '/tenants/{tenant}/break-glass/{user}',
    operationId: 'endBreakGlass',
    summary: 'End an exemption and invalidate its recovery codes',
    tag,
    who: 'operators',
    permission: 'codes',
    cli: { verb: 'break-glass end', takes: ['user'] },
    status: 200,
    answer: owner,
    handle: ({ context, params }) => endBreakGlass(context, params.tenant, params.user),
  }),
  route({
    method: 'POST',
    path: '/recovery-codes/spend',
    operationId: 'spendRecoveryCode',
    summary: 'Spend a recovery code, so that its owner can sign in by password',
    description:
      'For the password page of an app, which receives the code by form or as `recovery_code` ' +
      'in its query. The password works for an hour. The answer does not tell a wrong code from ' +
      'a used one or another person’s. After ten wrong codes for an e-mail in a minute, the ' +
      'key takes none for it until the minute ends. Codes of our own page still work.',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'RecoveryCodeSpending',
      z.strictObject({ email: about(z.string(), 'The login e-mail.'), code: z.string() }),
    ),
    cli: {
      verb: 'break-glass spend',
      about: 'spend a recovery code for a caller on the phone; reads the code from standard input',
      takes: ['email'],
      flags: { code: { from: 'stdin' } },
    },
    status: 200,
    answer: named(
      'RecoveryCodeSpent',
      z.object({
        userSid: sid('US', 'the user'),
        tenantSid: sid('TN', 'the tenant'),
        codesLeft: z.int(),
        passwordUntil: about(instant, 'Until when the sign-in decision is `password`.'),
      }),
    ),
    problems: ['recovery_code'],
    // The operation also serves people without a key, so this route checks that the key is an
    // operator's.
    handle: async ({ context, body }) =>
      isVendor(context.actor.kind)
        ? spendRecoveryCode(context, body)
        : problem('forbidden', 'an operator', context.actor.kind),
  }),
]
