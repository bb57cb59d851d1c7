// Routes of owners who keep a password whatever is enforced, and of their recovery codes.
import * as z from 'zod/mini'
import { problem } from '../problem.ts'
import { ok } from '../result.ts'
import {
  addBreakGlass,
  createRecoveryCodes,
  endBreakGlass,
  listBreakGlass,
  spendRecoveryCode,
} from '../rollout/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, sid } from './engine/schema.ts'

const tag = 'Break glass'
const reason = about(z.string(), 'Why this person.', { minLength: 1, maxLength: 500 })

const owner = named(
  'BreakGlassOwner',
  z.object({
    tenantSid: sid('TN', 'the tenant'),
    userSid: sid('US', 'the user'),
    email: about(z.string(), 'The login e-mail.'),
    reason,
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: about(instant, 'From then on the next enforcement may take this person.'),
    endedAt: z.nullable(instant),
    codesLeft: about(z.int(), 'Recovery codes that are not spent.'),
  }),
)

const exemption = named(
  'BreakGlassExemption',
  z.strictObject({ reason, expiresAt: about(instant, 'A year at most.') }),
)

const codes = named(
  'RecoveryCodes',
  z.object({
    codes: about(z.array(z.string()), 'Shown now, and never again: only their hashes are kept.'),
  }),
)

export const BREAK_GLASS_ROUTES = [
  route({
    method: 'GET',
    path: '/tenants/{tenant}/break-glass',
    operationId: 'listBreakGlass',
    summary: 'List the break-glass owners of a tenant, expired and ended ones too',
    tag,
    who: 'tenants',
    cli: {
      verb: 'break-glass list',
      columns: {
        'E-mail': 'email',
        Reason: 'reason',
        Expires: 'expiresAt',
        Ended: 'endedAt',
        'Codes left': 'codesLeft',
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
    summary: 'Exempt an owner from enforcement for a time, or for another one',
    description: 'Where single sign-on is enforced for this person, the password counts again.',
    tag,
    who: 'operators',
    body: exemption,
    cli: {
      verb: 'break-glass add',
      takes: ['user'],
      flags: { expiresAt: { name: 'expires', value: '90d', otherwise: { text: '90d' } } },
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
    summary: 'End an exemption, and take back the codes that are left',
    tag,
    who: 'operators',
    cli: { verb: 'break-glass end', takes: ['user'] },
    status: 200,
    answer: owner,
    handle: ({ context, params }) => endBreakGlass(context, params.tenant, params.user),
  }),
  route({
    method: 'POST',
    path: '/tenants/{tenant}/break-glass/{user}/recovery-codes',
    operationId: 'createRecoveryCodes',
    summary: 'Make ten recovery codes, each good for one sign-in',
    description: 'A repeat makes others, and those before count no more.',
    tag,
    who: 'operators',
    cli: { verb: 'break-glass codes', takes: ['user'] },
    status: 201,
    answer: codes,
    problems: ['break_glass_missing'],
    handle: ({ context, params }) => createRecoveryCodes(context, params.tenant, params.user),
  }),
  route({
    method: 'POST',
    path: '/recovery-codes/spend',
    operationId: 'spendRecoveryCode',
    summary: 'Spend a recovery code: whoever asks lets its owner in',
    description:
      'For the app’s own password page, for codes as entered there and as `recovery_code` of the query has them. The password counts for an hour. A wrong code, a spent one, and one of somebody else are answered alike.',
    tag,
    who: 'operators',
    body: named(
      'RecoveryCodeSpending',
      z.strictObject({ email: about(z.string(), 'The login e-mail.'), code: z.string() }),
    ),
    cli: {
      verb: 'break-glass spend',
      about: 'spend the recovery code on standard input, for somebody on the telephone',
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
    // The operation is for people without a key, too: that a key asks for the vendor is for this door to see to.
    handle: async ({ context, body }) =>
      context.actor.kind === 'operator'
        ? spendRecoveryCode(context, body)
        : problem('forbidden', 'an operator', context.actor.kind),
  }),
]
