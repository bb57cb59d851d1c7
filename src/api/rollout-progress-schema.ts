// The progress of a rollout as the API shows it.
import * as z from 'zod/mini'
import { about, named } from './engine/schema.ts'
import { rollout } from './rollout-schema.ts'

const count = z.int()
const gates = z.array(z.object({ code: z.string(), open: z.boolean() }))

export const rolloutProgress = named(
  'RolloutProgress',
  z.object({
    rollout,
    counts: z.object({
      listed: count,
      included: count,
      proved: about(count, 'Included users who have signed in through the connection.'),
      enabled: about(count, 'Included users who can or must sign in through the connection.'),
      there: about(
        count,
        'Included users whose connection it is; in a move, users who have been moved.',
      ),
      enforced: about(count, 'Included users who must sign in by SSO.'),
      informed: count,
      exempt: about(count, 'Included users who are break-glass owners.'),
      unproved: about(count, 'Users whom enforcement with scope `all` could lock out.'),
      enforceable: about(count, 'Users whom enforcement with scope `proved` reaches.'),
      enforcedUnproved: about(
        count,
        'Listed users who must sign in by SSO and have never done so through the connection. ' +
          'Rolling back with scope `unproved` gives them their password back.',
      ),
    }),
    gates: about(
      z.object({ enable: gates, approve: gates, enforce: gates }),
      'The conditions of each step, and whether they are met.',
    ),
    days: about(
      z.nullable(
        z.array(
          z.object({
            day: about(z.string(), 'A day in UTC.', { examples: ['2026-11-24'] }),
            logins: count,
            failures: count,
            reasons: about(z.record(z.string(), count), 'Failures by code.'),
          }),
        ),
      ),
      'The last 30 days, oldest first, without test sign-ins. Null: the history of logins cannot ' +
        'be read now.',
    ),
  }),
)
