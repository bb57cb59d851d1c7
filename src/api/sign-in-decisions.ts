// Routes of the sign-in decision, which the vendor's app requests before it accepts a password.
import * as z from 'zod/mini'
import { decideSignIns, MAX_EMAILS, type SignInAnswer } from '../directory/sign-in/operations.ts'
import { ok } from '../result.ts'
import { route } from './engine/route.ts'
import { about, list, named, sid } from './engine/schema.ts'

const tag = 'Sign-in'
const description =
  'Ask at each sign-in, and do not cache the answer. Users that this key cannot see, and values ' +
  'that are no e-mail, get the answer of an unknown e-mail. For a tenant’s key, that is the ' +
  'answer of a user with a password. An unknown e-mail gets the decision of a newcomer, if ' +
  'newcomers of its domain sign in by SSO.'

const decision = named(
  'SignInDecision',
  z.object({
    email: about(z.string(), 'The e-mail that you sent.'),
    decision: about(
      z.enum(['password', 'choice', 'sso', 'refused']),
      '`choice`: password or SSO. `sso`: SSO only. `refused`: neither.',
    ),
    reason: z.enum([
      'user_unknown',
      'tenant_suspended',
      'user_suspended',
      'sso_off',
      'plan_required',
      'connection_suspended',
      'connection_not_ready',
      'sso_enabled',
      'sso_enforced',
      'break_glass',
      'recovery_code',
    ]),
    connectionSid: about(
      z.nullable(sid('CN', 'the connection')),
      'The connection for SSO, if SSO is possible.',
    ),
    signInURL: about(
      z.nullable(z.string()),
      'Where SSO begins. You can add `return_to` to the query.',
    ),
    secondConnectionSid: about(
      z.nullable(sid('CN', 'the connection')),
      'A connection that the user is moving to and may already use; `connectionSid` stays theirs.',
    ),
    secondSignInURL: about(z.nullable(z.string()), 'Where SSO through it begins.'),
    userSid: z.nullable(sid('US', 'the user')),
  }),
)

function show(answer: SignInAnswer, origin: string) {
  const { email, connectionSid, secondConnectionSid } = answer
  const hint = new URLSearchParams({ login_hint: email })
  return {
    ...answer,
    signInURL: connectionSid && `${origin}/sso/${connectionSid}?${hint}`,
    secondSignInURL: secondConnectionSid && `${origin}/sso/${secondConnectionSid}?${hint}`,
  }
}

export const SIGN_IN_DECISION_ROUTES = [
  route({
    method: 'GET',
    path: '/sign-in-decision',
    operationId: 'getSignInDecision',
    summary: 'Get how a user may sign in now, and why',
    description,
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      email: about(z.string(), 'The login e-mail, as the user entered it.'),
    }),
    cli: { verb: 'user decide', takes: ['email'] },
    status: 200,
    answer: decision,
    async handle({ context, query, config }) {
      const found = await decideSignIns(context, [query.email])
      return found.ok ? ok(show(found.value[0]!, config.origin)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/sign-in-decisions',
    operationId: 'listSignInDecisions',
    summary: 'Get how each of up to 100 users may sign in now, in the same order',
    description,
    tag,
    who: 'tenants',
    permission: 'view',
    body: named(
      'SignInQuestion',
      z.strictObject({
        emails: about(z.array(z.string()), 'Login e-mails.', {
          minItems: 1,
          maxItems: MAX_EMAILS,
        }),
      }),
    ),
    status: 200,
    answer: list('SignInDecisionList', decision),
    async handle({ context, body, config }) {
      const found = await decideSignIns(context, body.emails)
      return found.ok
        ? ok({ items: found.value.map((answer) => show(answer, config.origin)) })
        : found
    },
  }),
]
