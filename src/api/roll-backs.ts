// Routes that take people back: to their password, or to the connection that they were moved from.
import * as z from 'zod/mini'
import { previewRollBack, ROLL_BACK_TARGETS, rollBack } from '../rollout/operations.ts'
import { route } from './engine/route.ts'
import { about, named } from './engine/schema.ts'
import { changeProgress, rollbackPreview } from './rollout-schema.ts'

const tag = 'Rollout steps'

const WITHOUT_PASSWORD = about(
  z.enum(['give_back', 'keep_sso']),
  'Users without a password in your app: `give_back` (default) records an event ' +
    '`user.password_reset_offered` for each; `keep_sso` leaves them as they are.',
)

export const ROLL_BACK_ROUTES = [
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/roll-back',
    operationId: 'previewRollBack',
    summary: 'Count whom a rollback changes, and list those without a password first',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      to: z.enum(ROLL_BACK_TARGETS),
      scope: z.exactOptional(z.enum(['all', 'unproved', 'outside'])),
      user: z.exactOptional(about(z.string(), 'One user: SID or login e-mail.')),
    }),
    cli: { verb: 'rollout preview-roll-back', takes: ['rollout'] },
    status: 200,
    answer: rollbackPreview,
    handle: ({ context, params, query }) => previewRollBack(context, params.rollout, query),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/roll-back',
    operationId: 'rollBack',
    summary: 'Let all or some users sign in by password again',
    description: 'It has no conditions. All users take several calls of a thousand rows.',
    tag,
    who: 'operators',
    permission: 'rollBack',
    body: named(
      'RolloutRollback',
      z.strictObject({
        to: about(
          z.enum(ROLL_BACK_TARGETS),
          '`sso_enabled`: password or SSO. `password`: SSO is off. `earlier`: in a move, the ' +
            'connection and sign-in method before; users with a password keep it.',
        ),
        scope: z.exactOptional(
          about(
            z.enum(['all', 'unproved', 'outside']),
            '`all` (default): everybody in any version. `unproved`: only users on the newest ' +
              'list who must sign in by SSO and have never done so; they stay on the list.' +
              ' `outside`: users who must, and are on no list of the connection.',
          ),
        ),
        users: z.exactOptional(
          about(
            z.array(z.string()),
            'SIDs of the only users to roll back, who are then excluded from the list.',
            {
              minItems: 1,
              maxItems: 1000,
            },
          ),
        ),
        withoutPassword: z.exactOptional(WITHOUT_PASSWORD),
        reason: z.exactOptional(about(z.string(), 'Why, if you name users.', { maxLength: 500 })),
      }),
    ),
    jsonLimit: 128 * 1024,
    status: 200,
    answer: changeProgress,
    problems: ['revision_changed', 'earlier_connection_closed'],
    handle: ({ context, params, body }) => rollBack(context, params.rollout, body),
  }),
]
