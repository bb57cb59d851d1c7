// What an operator may ask about one person: why they can sign in or not, and their last logins.
import { findHolder } from '../../directory/domains/store.ts'
import { domainOf, emailKey } from '../../directory/email-key.ts'
import { decideSignIns, type SignInAnswer } from '../../directory/sign-in/operations.ts'
import type { User } from '../../directory/store/users.ts'
import { maySee } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { askHistory } from '../../platform/db/history.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { findUserAttempts, type AttemptRow } from '../history/store/attempts.ts'
import { stateOf, type SignInState } from './state.ts'
import { findConnectionNames, findOutcomeNow } from './store.ts'

export type PersonSignIn = SignInState & {
  answer: SignInAnswer
  /** The newest at any connection; null: HISTORY cannot be read now. */
  attempts: AttemptRow[] | null
  /** Names of the tenant's connections, by SID. */
  connections: ReadonlyMap<string, string>
}

const LAST_ATTEMPTS = 10

/** Of a user. For operators. Refuses `not_there`. */
export async function explainUser(
  context: OperationContext,
  user: User,
): Promise<Result<PersonSignIn, Problem>> {
  const { db, actor, history } = context
  if (!maySee(actor, { tenantSid: user.tenantSid, connectionSid: null }))
    return problem('not_there', 'a user', user.sid)
  const [decided, outcome, found, connections] = await Promise.all([
    decideSignIns(context, [user.email]),
    findOutcomeNow(db, user),
    askHistory(history, 'list_attempts', (lines) =>
      findUserAttempts(lines, user.sid, LAST_ATTEMPTS),
    ),
    findConnectionNames(db, user.tenantSid),
  ])
  if (!decided.ok) return decided
  const answer = decided.value[0]!
  const attempts = found.ok ? found.value : null
  // A test opens no session: it says something about the connection.
  const last = attempts?.find(({ isTest }) => !isTest) ?? null
  const state = stateOf({ answer, outcome, last, holder: user.tenantSid })
  return ok({ ...state, answer, attempts, connections })
}

/** Of an e-mail that nobody has; null: it is none. For operators. Refuses `not_there`. */
export async function explainUnknown(
  context: OperationContext,
  email: string,
): Promise<Result<(SignInState & { connectionSid: string | null }) | null, Problem>> {
  if (!maySee(context.actor, { tenantSid: null, connectionSid: null }))
    return problem('not_there', 'a user', email)
  const key = emailKey(email)
  if (key === undefined) return ok(null)
  const [decided, holder = null] = await Promise.all([
    decideSignIns(context, [email]),
    findHolder(context.db, domainOf(key)),
  ])
  if (!decided.ok) return decided
  const answer = decided.value[0]!
  if (answer.userSid !== null) return ok(null)
  const { connectionSid } = answer
  return ok({ ...stateOf({ answer, outcome: null, last: null, holder }), connectionSid })
}
