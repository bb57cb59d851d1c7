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
    summary: 'Create a link that signs an operator in to the console, once',
    description:
      'A repeat makes another one: links are short-lived, and nobody is shown one twice.',
    tag: 'Sign-in links',
    who: 'operators',
    body: named(
      'SignInLinkCreation',
      z.strictObject({
        name: about(z.string(), 'The operator’s: the name in the audit trail.', {
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
        url: about(z.string(), 'It has the secret in it.'),
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
