// Who may learn how somebody signs in. An actor who may not see a user gets the answer
// for an unknown e-mail.
import { maySee } from '../../events/actor.ts'
import type { Database } from '../../platform/db/client.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import {
  decideForNewcomer,
  decideForStranger,
  decideSignIn,
  type SignInDecision,
  type SignInReason,
} from '../decide-sign-in.ts'
import { emailKey } from '../email-key.ts'
import { findSignInFacts, type SignInFacts, type SignInPerson } from './store.ts'

/** E-mails of one question. */
export const MAX_EMAILS = 100

export type SignInAnswer = Omit<SignInDecision, 'reason'> & {
  /** As it was asked. */
  email: string
  /** `user_unknown` is told to operators alone. */
  reason: SignInReason | 'user_unknown'
  userSid: string | null
}

/** For our own pages, which anybody may ask. What is no e-mail is nobody's. */
export async function decideFor(db: Database, email: string, now: number): Promise<SignInDecision> {
  const [facts] = await findSignInFacts(db, [emailKey(email) ?? ''])
  const { person, way } = facts!
  return decideForStranger(person ? decide(person, now) : undefined, way)
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
  const byKey = new Map(found.map((facts) => [facts.emailKey, facts]))
  return ok(emails.map((email, at) => ({ email, ...tell(context, byKey.get(keys[at] ?? '')) })))
}

/** To an actor who may not see them, a user or a way for newcomers does not exist. */
function tell(
  { actor, now }: OperationContext,
  facts: SignInFacts | undefined,
): Omit<SignInAnswer, 'email'> {
  const way = facts?.way && maySee(actor, facts.way) ? facts.way : null
  const person = facts?.person && maySee(actor, facts.person.user) ? facts.person : null
  const isCustomer = actor.kind === 'customer admin'
  const decision = person && decide(person, now)
  if (decision && !(isCustomer && decision.reason === 'sso_off'))
    return { ...decision, userSid: person.user.sid }
  // To customers, those who sign in by password look as those who do not exist.
  const unknown = decideForNewcomer(way)
  return { ...unknown, ...(!isCustomer && { reason: 'user_unknown' }), userSid: null }
}

function decide(
  { user, connection, tenant, exemption, second }: SignInPerson,
  now: number,
): SignInDecision {
  return decideSignIn(user, connection, tenant, now, exemption, second)
}
