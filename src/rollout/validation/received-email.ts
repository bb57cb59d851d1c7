// The e-mail that the IdP sent in a test sign-in and that no user has: masked, with the user whom
// it probably means.
import type { Connection } from '../../connections/connection.ts'
import { getConnection } from '../../connections/operations.ts'
import { emailKey } from '../../directory/email-key.ts'
import type { User } from '../../directory/store/users.ts'
import { foldSearch } from '../../directory/words/fold.ts'
import { findUsersBySearch } from '../../directory/words/store.ts'
import { getAttempt, type AttemptRow } from '../../login/operations.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { nearestMatch } from '../reconcile/nearest-match.ts'
import { mapAlias, type Alias } from '../reconcile/operations.ts'

export type ReceivedEmail = {
  /** `c•••l@acme.example`: the domain whole. */
  masked: string
  /** The user whose login e-mail is near. */
  suggestion: { sid: string; email: string } | null
}

/** Words of the address that are looked for, and how much of each. */
const MOST_WORDS = 3
const BEGINNING = 3

/** Null: the attempt is no test that was refused for an unknown e-mail, or it is too old. */
export async function findReceivedEmail(
  { db }: OperationContext,
  { tenantSid }: Pick<Connection, 'tenantSid'>,
  attempt: Pick<AttemptRow, 'code' | 'testValues'>,
): Promise<ReceivedEmail | null> {
  const email = receivedOf(attempt)
  const key = email === undefined ? undefined : emailKey(email)
  if (email === undefined || key === undefined) return null
  const words = key
    .slice(0, key.lastIndexOf('@'))
    .split(/[._+-]/)
    .filter((word) => word !== '')
  const found = await Promise.all(
    words.slice(0, MOST_WORDS).map((word) => {
      const beginning = foldSearch(word.slice(0, BEGINNING))
      return beginning === '' ? undefined : findUsersBySearch(db, tenantSid, beginning)
    }),
  )
  const users = new Map<string, User>()
  for (const user of found.flatMap((one) => one?.users ?? [])) users.set(user.emailKey, user)
  const [first = null, last = null] = words.length > 1 ? [words[0], words.at(-1)] : []
  const person = { emailKey: key, firstName: first, lastName: last }
  const match = nearestMatch(person, [...users.keys()])
  const user = match && users.get(match.emailKey)
  return {
    masked: maskEmail(email),
    suggestion: user ? { sid: user.sid, email: user.email } : null,
  }
}

/**
 * Maps the e-mail of the test to a user, as an alias of the connection. The page need not know the
 * e-mail. Refuses what `mapAlias` refuses, and `not_there`.
 */
export async function mapReceivedEmail(
  context: OperationContext,
  connectionSid: string,
  attemptSid: string,
  userSid: string,
): Promise<Result<Alias, Problem>> {
  const [connection, attempt] = await Promise.all([
    getConnection(context, connectionSid),
    getAttempt(context, attemptSid),
  ])
  if (!connection.ok) return connection
  if (!attempt.ok) return attempt
  const email = receivedOf(attempt.value)
  if (attempt.value.connectionSid !== connectionSid || email === undefined)
    return problem('not_there', 'a test with an unknown e-mail', attemptSid)
  return mapAlias(context, connectionSid, { email, user: userSid })
}

function receivedOf({ code, testValues }: Pick<AttemptRow, 'code' | 'testValues'>) {
  return code === 'user_unknown' ? testValues?.emails?.[0] : undefined
}

/** First and last letter of the local part; of a short one the first alone. */
function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  const last = local.length > 3 ? local.slice(-1) : ''
  return `${local.slice(0, 1)}•••${last}${email.slice(at)}`
}

/** Of a list of attempts: masked alone. */
export function maskedEmailOf(attempt: Pick<AttemptRow, 'code' | 'testValues'>): string | null {
  const email = receivedOf(attempt)
  return email === undefined ? null : maskEmail(email)
}
