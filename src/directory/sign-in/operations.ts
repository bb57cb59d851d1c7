// Who may learn how somebody signs in. An actor who may not see a user gets the answer
// for an unknown e-mail.
import { maySee } from '../../events/actor.ts'
import type { Database } from '../../platform/db/client.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { decideSignIn, type SignInDecision, type SignInReason } from '../decide-sign-in.ts'
import { emailKey } from '../email-key.ts'
import { findSignInFacts, type SignInFacts } from './store.ts'

/** E-mails of one question. */
export const MAX_EMAILS = 100

export type SignInAnswer = Omit<SignInDecision, 'reason'> & {
  /** As it was asked. */
  email: string
  /** `user_unknown` is told to operators alone. */
  reason: SignInReason | 'user_unknown'
  userSid: string | null
}

/** The answer for an e-mail that no user has: the same as for a user with a password. */
const UNKNOWN = { decision: 'password', reason: 'sso_off', connectionSid: null } as const

/** For our own pages. What is no e-mail is nobody's. */
export async function decideFor(db: Database, email: string, now: number): Promise<SignInDecision> {
  const [facts] = await findSignInFacts(db, [emailKey(email) ?? ''])
  return facts ? decide(facts, now) : UNKNOWN
}

/** In the order of the question. Refuses `input` where there are none or too many. */
export async function decideSignIns(
  context: OperationContext,
  emails: readonly string[],
): Promise<Result<SignInAnswer[], Problem>> {
  if (emails.length === 0 || emails.length > MAX_EMAILS)
    return problem('input', `1 to ${MAX_EMAILS} e-mails`, String(emails.length), 'emails')
  const keys = emails.map((email) => emailKey(email))
  const found = await findSignInFacts(context.db, [
    ...new Set(keys.filter((key) => key !== undefined)),
  ])
  const byKey = new Map(
    found
      .filter(({ user }) => maySee(context.actor, user))
      .map((facts) => [facts.user.emailKey, facts]),
  )
  const isCustomer = context.actor.kind === 'customer admin'
  return ok(
    emails.map((email, at) => {
      const facts = byKey.get(keys[at] ?? '')
      // To customers, those who sign in by password look as those who do not exist.
      if (!facts)
        return { email, ...UNKNOWN, ...(!isCustomer && { reason: 'user_unknown' }), userSid: null }
      const decision = decide(facts, context.now)
      const isPlain = decision.reason === 'sso_off'
      return { email, ...decision, userSid: isCustomer && isPlain ? null : facts.user.sid }
    }),
  )
}

function decide({ user, connection, tenant, exemption }: SignInFacts, now: number): SignInDecision {
  return decideSignIn(user, connection, tenant, now, exemption)
}
