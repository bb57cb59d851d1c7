// The route of operators' sign-in links into the console.
import * as z from 'zod/mini'
import { ROLES } from '../events/roles.ts'
import { ok } from '../result.ts'
import { createSignInLink } from '../access/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, named, sid } from './engine/schema.ts'

export const SIGN_IN_LINK_ROUTES = [
  route({
    method: 'POST',
    path: '/sign-in-links',
    operationId: 'createSignInLink',
    summary: 'Create a link that signs an operator in to the console once, within ten minutes',
    description:
      'With a name, an e-mail that no operator has becomes a new account: the first owner comes ' +
      'in by it. A repeated request creates another link.',
    tag: 'Operators',
    who: 'operators',
    permission: 'operators',
    body: named(
      'SignInLinkCreation',
      z.strictObject({
        email: about(z.string(), 'E-mail of the operator.', {
          maxLength: 254,
          examples: ['olga@vendor.example'],
        }),
        name: z.exactOptional(
          about(z.string(), 'Name of a new operator.', { minLength: 1, maxLength: 100 }),
        ),
        role: z.exactOptional(about(z.enum(ROLES), 'Role of a new operator; by default `owner`.')),
      }),
    ),
    cli: { verb: 'operator sign-in' },
    status: 201,
    answer: named(
      'SignInLinkCreated',
      z.object({
        operatorSid: sid('OP', 'the operator'),
        name: z.string(),
        url: about(z.string(), 'The link. It contains the secret.'),
        expiresAt: instant,
      }),
    ),
    problems: ['limit_reached', 'already_there'],
    async handle({ context, config, body }) {
      const made = await createSignInLink(context, body)
      if (!made.ok) return made
      const { operator, secret, expiresAt } = made.value
      const url = `${config.origin}/console/sign-in?link=${secret}`
      return ok({ operatorSid: operator.sid, name: operator.name, url, expiresAt })
    },
  }),
]
