// Routes that apply a reviewed list: enable, inform, approve, enforce. A long list takes several
// calls, which the caller repeats.
import * as z from 'zod/mini'
import type { ErrorCode } from '../errors.ts'
import { problem } from '../problem.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { noticeSender } from '../mail/notice-sender.ts'
import { ok } from '../result.ts'
import {
  approve,
  enable,
  enforce,
  getRollout,
  inform,
  PLACEHOLDERS,
  recipientsCSV,
  scheduleEnforcement,
  setNotice,
  firstNotice,
  type Rollout,
} from '../rollout/operations.ts'
import { noticeEdit, rolloutNotice } from './rollout-notice-schema.ts'
import { changeProgress, informProgress, rollout } from './rollout-schema.ts'
import { shown } from './rollouts.ts'
import { route } from './engine/route.ts'
import { about, instant, lines, named } from './engine/schema.ts'

const tag = 'Rollout steps'
const version = about(
  z.int(),
  'The newest version of the list. If there is a newer one: `rollout_stale`.',
)
const STALE = ['rollout_stale', 'rollout_not_frozen'] as const
const GATES = [
  ...STALE,
  'rollout_under_way',
  'plan_required',
  'lifecycle',
  'revision_changed',
] as const satisfies readonly ErrorCode[]
const ENFORCEMENT_GATES = [
  ...GATES,
  'not_signed_off',
  'break_glass_missing',
  'rollout_not_approved',
  'rollout_locks_out',
] as const

const ENFORCEMENT = {
  version,
  scope: z.exactOptional(
    about(
      z.enum(['proved', 'all']),
      '`proved` (default): users who have signed in by SSO. `all`: every included user.',
    ),
  ),
  lockedOut: z.exactOptional(
    about(
      z.int(),
      'With scope `all`: how many users this may lock out. Repeat `unproved` of the progress.',
      {
        minimum: 0,
      },
    ),
  ),
}

const notices = async (context: OperationContext, rollout: Rollout) => ({
  notice: rollout.notice,
  template: await firstNotice(context, rollout),
  placeholders: [...PLACEHOLDERS],
})

export const ROLLOUT_STEP_ROUTES = [
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/enable',
    operationId: 'enable',
    summary: 'Let the included users sign in by SSO as well as by password',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named('RolloutEnabling', z.strictObject({ version })),
    status: 200,
    answer: changeProgress,
    problems: [...GATES, 'rollout_unreviewed'],
    handle: ({ context, params, body }) => enable(context, params.rollout, body),
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/notice',
    operationId: 'getNotice',
    summary: 'Get the notice to the users',
    tag,
    who: 'tenants',
    permission: 'view',
    status: 200,
    answer: rolloutNotice,
    async handle({ context, params }) {
      const found = await getRollout(context, params.rollout)
      return found.ok ? ok(await notices(context, found.value)) : found
    },
  }),
  route({
    method: 'PUT',
    path: '/rollouts/{rollout}/notice',
    operationId: 'setNotice',
    summary: 'Write the notice; users who got an earlier text need to be informed again',
    tag,
    who: 'tenants',
    permission: 'operate',
    body: noticeEdit,
    status: 200,
    answer: rolloutNotice,
    problems: ['revision_changed'],
    async handle({ context, params, body }) {
      const set = await setNotice(context, params.rollout, body)
      return set.ok ? ok(await notices(context, set.value)) : set
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/recipients.csv',
    operationId: 'downloadRecipients',
    summary: 'Download the recipients of the notice as CSV',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'rollout recipients', takes: ['rollout'] },
    status: 200,
    answer: lines,
    type: 'text/csv',
    async handle({ context, params }) {
      const found = await getRollout(context, params.rollout)
      return found.ok ? ok(recipientsCSV(context, params.rollout)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/inform',
    operationId: 'inform',
    summary: 'Send the notice, or record that it was sent by hand',
    description:
      'By e-mail, a call sends 20 messages; a deployment that sends no e-mail answers ' +
      '`not_configured`. By hand, a call records a thousand rows. No user is informed twice of ' +
      'the same notice.',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named('RolloutInforming', z.strictObject({ version, by: z.enum(['hand', 'email']) })),
    status: 200,
    answer: informProgress,
    problems: STALE,
    async handle({ context, params, body, mail }) {
      const send = body.by === 'email' ? noticeSender(mail()) : undefined
      if (send === null)
        return problem('not_configured', 'a deployment that sends e-mail', 'none', 'by')
      return inform(context, params.rollout, { version: body.version, send })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/go-ahead',
    operationId: 'approve',
    summary: 'Give the go-ahead for one version of the list',
    tag,
    who: 'tenants',
    permission: 'test',
    body: named(
      'RolloutApproval',
      z.strictObject({
        version,
        uninformedReason: z.exactOptional(
          about(z.string(), 'Why you give it before everybody is informed.', {
            maxLength: 500,
          }),
        ),
      }),
    ),
    cli: { verb: 'rollout approve', takes: ['rollout'] },
    status: 200,
    answer: rollout,
    problems: [
      ...GATES,
      'rollout_unreviewed',
      'rollout_not_enabled',
      'rollout_uninformed',
      'not_signed_off',
      'break_glass_missing',
    ],
    handle: async ({ context, params, body }) =>
      shown(await approve(context, params.rollout, body)),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/enforce',
    operationId: 'enforce',
    summary: 'Require SSO of the included users of the approved version',
    description:
      'Break-glass owners keep their password. Repeat it for users who have signed in by SSO ' +
      'since. A rollout with `fromConnectionSid` moves the users instead: each keeps their ' +
      'sign-in method.',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'RolloutEnforcement',
      z.strictObject({
        ...ENFORCEMENT,
        users: z.exactOptional(
          about(z.array(z.string()), 'SIDs of the only users.', { minItems: 1, maxItems: 1000 }),
        ),
      }),
    ),
    jsonLimit: 128 * 1024,
    status: 200,
    answer: changeProgress,
    problems: ENFORCEMENT_GATES,
    handle: ({ context, params, body }) => enforce(context, params.rollout, body),
  }),
  route({
    method: 'PUT',
    path: '/rollouts/{rollout}/schedule',
    operationId: 'scheduleEnforcement',
    summary: 'Set the date when enforcement begins automatically',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'RolloutSchedule',
      z.strictObject({
        ...ENFORCEMENT,
        at: about(z.nullable(instant), 'Within a year; null: no date.'),
      }),
    ),
    status: 200,
    answer: rollout,
    problems: ENFORCEMENT_GATES,
    handle: async ({ context, params, body }) =>
      shown(await scheduleEnforcement(context, params.rollout, body)),
  }),
]
