// Routes that carry a reviewed list out: enable, inform, go-ahead, enforce, roll back. Long lists in chunks, driven by whoever calls.
import * as z from 'zod/mini'
import type { ErrorCode } from '../errors.ts'
import { problem } from '../problem.ts'
import { ok } from '../result.ts'
import {
  approve,
  enable,
  enforce,
  getRollout,
  inform,
  PLACEHOLDERS,
  recipientsCSV,
  rollBack,
  scheduleEnforcement,
  setNotice,
  TEMPLATE,
  type Rollout,
} from '../rollout/operations.ts'
import {
  changeProgress,
  informProgress,
  noticeEdit,
  rollout,
  rolloutNotice,
} from './rollout-schema.ts'
import { shown } from './rollouts.ts'
import { route } from './engine/route.ts'
import { about, instant, lines, named } from './engine/schema.ts'

const tag = 'Rollout steps'
const version = about(z.int(), 'The newest list: another one by now refuses `rollout_stale`.')
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
    about(z.enum(['proved', 'all']), '`proved` where nothing is said: who has signed in by SSO.'),
  ),
  lockedOut: z.exactOptional(
    about(z.int(), 'With `all`: how many it may lock out, as `unproved` of the progress says.', {
      minimum: 0,
    }),
  ),
}

const notices = ({ notice }: Rollout) => ({
  notice,
  template: { ...TEMPLATE },
  placeholders: [...PLACEHOLDERS],
})

export const ROLLOUT_STEP_ROUTES = [
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/enable',
    operationId: 'enable',
    summary: 'Let the included users sign in by SSO beside their password',
    tag,
    who: 'operators',
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
    summary: 'Get the words in which employees hear of it',
    tag,
    who: 'tenants',
    status: 200,
    answer: rolloutNotice,
    async handle({ context, params }) {
      const found = await getRollout(context, params.rollout)
      return found.ok ? ok(notices(found.value)) : found
    },
  }),
  route({
    method: 'PUT',
    path: '/rollouts/{rollout}/notice',
    operationId: 'setNotice',
    summary: 'Write the notice; who was informed by an earlier text is to be informed again',
    tag,
    who: 'tenants',
    body: noticeEdit,
    status: 200,
    answer: rolloutNotice,
    problems: ['revision_changed'],
    async handle({ context, params, body }) {
      const set = await setNotice(context, params.rollout, body)
      return set.ok ? ok(notices(set.value)) : set
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/recipients.csv',
    operationId: 'downloadRecipients',
    summary: 'Download who is to be informed, for a mail program',
    tag,
    who: 'tenants',
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
      'By e-mail 20 messages a call, where the deployment sends e-mail (`not_configured` else); by hand a thousand rows. Nobody is told twice of the same notice.',
    tag,
    who: 'operators',
    body: named('RolloutInforming', z.strictObject({ version, by: z.enum(['hand', 'email']) })),
    status: 200,
    answer: informProgress,
    problems: STALE,
    async handle({ context, params, body, sender }) {
      const send = body.by === 'email' ? sender() : undefined
      if (send === null)
        return problem('not_configured', 'a deployment that sends e-mail', 'none', 'by')
      return inform(context, params.rollout, { version: body.version, send })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/go-ahead',
    operationId: 'approve',
    summary: 'Give the go-ahead for exactly one version of the list',
    tag,
    who: 'tenants',
    body: named(
      'RolloutApproval',
      z.strictObject({
        version,
        uninformedReason: z.exactOptional(
          about(z.string(), 'Why it is given though not everybody is informed.', {
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
    summary: 'Take the password away from the included users of the approved version',
    description:
      'Break-glass owners keep it. It may be repeated for those who have proved themselves since.',
    tag,
    who: 'operators',
    body: named('RolloutEnforcement', z.strictObject(ENFORCEMENT)),
    status: 200,
    answer: changeProgress,
    problems: ENFORCEMENT_GATES,
    handle: ({ context, params, body }) => enforce(context, params.rollout, body),
  }),
  route({
    method: 'PUT',
    path: '/rollouts/{rollout}/schedule',
    operationId: 'scheduleEnforcement',
    summary: 'Set the date at which enforcement begins by itself',
    tag,
    who: 'operators',
    body: named(
      'RolloutSchedule',
      z.strictObject({
        ...ENFORCEMENT,
        at: about(z.nullable(instant), 'Within a year. Null: no date.'),
      }),
    ),
    status: 200,
    answer: rollout,
    problems: ENFORCEMENT_GATES,
    handle: async ({ context, params, body }) =>
      shown(await scheduleEnforcement(context, params.rollout, body)),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/roll-back',
    operationId: 'rollBack',
    summary: 'Give people their passwords back: everybody, or some',
    description: 'Nothing has to hold for it. Everybody is a thousand rows a call.',
    tag,
    who: 'operators',
    body: named(
      'RolloutRollback',
      z.strictObject({
        to: about(
          z.enum(['sso_enabled', 'password']),
          '`sso_enabled`: the password counts beside SSO. `password`: SSO is off.',
        ),
        users: z.exactOptional(
          about(z.array(z.string()), 'SIDs: these alone, who then are left out of the list too.', {
            minItems: 1,
            maxItems: 1000,
          }),
        ),
        reason: z.exactOptional(about(z.string(), 'With users: why.', { maxLength: 500 })),
      }),
    ),
    jsonLimit: 128 * 1024,
    status: 200,
    answer: changeProgress,
    problems: ['revision_changed'],
    handle: ({ context, params, body }) => rollBack(context, params.rollout, body),
  }),
]
