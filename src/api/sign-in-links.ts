// The route of operators' sign-in links into the console.
import * as z from 'zod/mini'
import { ok } from '../result.ts'
import { createSignInLink } from '../access/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, named } from './engine/schema.ts'

export const SIGN_IN_LINK_ROUTES = [
  route({
    method: 'POST',
    path: '/sign-in-links',
    operationId: 'createSignInLink',
    summary: 'Create a link that signs an operator in to the console once, within ten minutes',
    description: 'A repeated request creates another link.',
    tag: 'Sign-in links',
    who: 'operators',
    body: named(
      'SignInLinkCreation',
      z.strictObject({
        name: about(z.string(), 'Name of the operator, for the audit trail.', {
          minLength: 1,
          maxLength: 100,
        }),
      }),
    ),
    cli: { verb: 'operator sign-in', flags: { name: { otherwise: { user: true } } } },
    status: 201,
    answer: named(
      'SignInLinkCreated',
      z.object({
        name: z.string(),
        url: about(z.string(), 'The link. It contains the secret.'),
        expiresAt: instant,
      }),
    ),
    async handle({ context, config, body }) {
      const made = await createSignInLink(context, body)
      if (!made.ok) return made
      const { secret, expiresAt } = made.value
      const url = `${config.origin}/console/sign-in?link=${secret}`
      return ok({ name: body.name, url, expiresAt })
    },
  }),
]
