// Testers and sign-offs as the API shows them, in lists and in the validation room.
import * as z from 'zod/mini'
import { about, instant, named, sid } from './engine/schema.ts'

const name = z.nullable(z.string())
const code = about(z.nullable(z.string()), 'The first check that failed; null: accepted.')

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
      'False: SSO through this connection was disabled for them later.',
    ),
    nominatedBy: z.string(),
    nominatedAt: instant,
    provedAt: about(z.nullable(instant), 'When they first signed in through the present IdP.'),
    lastAttempt: about(
      z.nullable(
        z.object({
          sid: sid('AT', 'the attempt'),
          code,
          isTest: z.boolean(),
          createdAt: instant,
          revision: about(z.nullable(z.int()), 'The revision of the connection at that time.'),
        }),
      ),
      'The last login or test sign-in known to be theirs.',
    ),
  }),
)

const signOff = z.nullable(
  z.object({
    verdict: z.enum(['pass', 'fail']),
    name: about(z.string(), 'Who signed off.'),
    note: z.nullable(z.string()),
    createdAt: instant,
  }),
)

export const signOffs = named(
  'SignOffs',
  z.object({
    revision: about(z.int(), 'The present revision: sign-offs of other revisions are void.'),
    state: z.enum(['draft', 'testing', 'validated', 'live', 'suspended']),
    vendor: about(signOff, 'The vendor’s sign-off; null: none yet.'),
    customer: about(signOff, 'The customer’s sign-off; null: none yet.'),
  }),
)
