// What testers and signOffs look like from outside: in lists of their own, and in the room.
import * as z from 'zod/mini'
import { about, instant, named, sid } from './engine/schema.ts'

const name = z.nullable(z.string())
const code = about(z.nullable(z.string()), 'The first check that failed. Null: accepted.')

export const tester = named(
  'Tester',
  z.object({
    user: z.object({
      sid: sid('US', 'the user'),
      email: about(z.string(), 'The login e-mail.'),
      firstName: name,
      lastName: name,
      signInMethod: z.enum(['password', 'sso_enabled', 'sso_enforced']),
      suspendedAt: z.nullable(instant),
    }),
    isEnabled: about(
      z.boolean(),
      'False where SSO through this connection was switched off for them since.',
    ),
    nominatedBy: z.string(),
    nominatedAt: instant,
    provedAt: about(
      z.nullable(instant),
      'When they first got in through the IdP that is configured now.',
    ),
    lastAttempt: about(
      z.nullable(
        z.object({
          sid: sid('AT', 'the attempt'),
          code,
          isTest: z.boolean(),
          createdAt: instant,
          revision: about(z.nullable(z.int()), 'Of the connection, when it was judged.'),
        }),
      ),
      'The last login or test that is known to be theirs.',
    ),
  }),
)

const signOff = z.nullable(
  z.object({
    verdict: z.enum(['pass', 'fail']),
    name: about(z.string(), 'Who says it.'),
    note: z.nullable(z.string()),
    createdAt: instant,
  }),
)

export const signOffs = named(
  'SignOffs',
  z.object({
    revision: about(z.int(), 'The present one: what was said of others does not count.'),
    state: z.enum(['draft', 'testing', 'validated', 'live', 'suspended']),
    vendor: about(signOff, 'What the vendor’s side says. Null: nothing yet.'),
    customer: about(signOff, 'What the customer’s side says. Null: nothing yet.'),
  }),
)
