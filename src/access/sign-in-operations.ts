// The operations on the operators' sign-in links and sessions of the console.
import { emailKey } from '../directory/email-key.ts'
import { DAY, MINUTE } from '../durations.ts'
import { may } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Role } from '../events/roles.ts'
import { cut } from '../cut.ts'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { addOperator, type Operator } from './operator-operations.ts'
import type { AnonymousContext } from './shared.ts'
import {
  endConsoleSession,
  findIdpSignIn,
  findOwnIdps,
  findSignInLink,
  insertSignInLink,
  spendIdpSignIn,
  spendSignInLink,
} from './store/console-sessions.ts'
import { findOperatorOf } from './store/operators.ts'

const SIGN_IN_LINK_MINUTES = 10
const SHORT = { minutes: SIGN_IN_LINK_MINUTES, byMail: false }
const INVITATION_DAYS = 7
/** A working day of an operator. */
const CONSOLE_SESSION_SECONDS = 8 * 3600

type NewLink = { operator: Operator; secret: string; expiresAt: number }

/**
 * Creates a link that signs the operator of an e-mail in to the console, once, within ten minutes.
 * With a name, an e-mail that no operator has becomes an account: so the first owner comes in.
 * Refuses `forbidden`, `input` and `limit_reached`.
 */
export async function createSignInLink(
  context: OperationContext,
  input: { email: string; name?: string | undefined; role?: Role | undefined },
): Promise<Result<NewLink, Problem>> {
  const { actor, db } = context
  if (!may(actor, 'operators', { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an owner', actor.kind)
  const found = await findOperatorOf(db, emailKey(input.email) ?? '')
  if (found) return createLink(context, found, SHORT)
  const { email, name, role = 'owner' } = input
  if (name === undefined)
    return problem(
      'input',
      'the e-mail of an operator, or a name too for a new owner',
      cut(email, 254),
      'email',
    )
  const added = await addOperator(context, { email, name, role })
  // Another request may have been faster with the same e-mail: that is no conflict.
  const raced = added.ok ? undefined : await findOperatorOf(db, emailKey(email) ?? '')
  if (raced) return createLink(context, raced, SHORT)
  if (!added.ok) return added
  return createLink(context, added.value, SHORT)
}

/** A link for a new operator, which works once within seven days. Refuses as `createSignInLink`. */
export function createInvitation(
  context: OperationContext,
  operator: Operator,
  { byMail }: { byMail: boolean },
): Promise<Result<NewLink, Problem>> {
  return createLink(context, operator, { minutes: INVITATION_DAYS * (DAY / MINUTE), byMail })
}

async function createLink(
  context: OperationContext,
  operator: Operator,
  { minutes, byMail }: { minutes: number; byMail: boolean },
): Promise<Result<NewLink, Problem>> {
  if (operator.signsInBy !== 'any')
    return problem('input', 'an operator who may sign in by a link', operator.email, 'email')
  const secret = createSecret()
  const expiresAt = context.now + minutes * MINUTE
  const secretHash = await hashSecret(secret)
  const row = { secretHash, operatorSid: operator.sid, byMail, createdAt: context.now, expiresAt }
  await insertSignInLink(context, row)
  return ok({ operator, secret, expiresAt })
}

/** The operator of a sign-in link, without spending it. Refuses `sign_in_link`. */
export async function readSignInLink(
  { db, now }: AnonymousContext,
  secret: string,
): Promise<Result<{ operator: Operator; byMail: boolean }, Problem>> {
  const link = isSecret(secret)
    ? await findSignInLink(db, await hashSecret(secret), now)
    : undefined
  return link ? ok(link) : problem('sign_in_link', 'a valid link', 'another')
}

export type OpenedConsole = { operator: Operator; secret: string; expiresAt: number }

/** Spends a sign-in link and opens a session of the console. Refuses `sign_in_link`. */
export async function signIn(
  anonymous: AnonymousContext,
  secret: string,
): Promise<Result<OpenedConsole, Problem>> {
  const { db, now } = anonymous
  const link = await readSignInLink(anonymous, secret)
  if (!link.ok) return link
  const session = await createConsoleSession(now)
  return (await spendSignInLink(db, await hashSecret(secret), link.value, session.row))
    ? ok({
        operator: link.value.operator,
        secret: session.secret,
        expiresAt: session.row.expiresAt,
      })
    : problem('sign_in_link', 'a valid link', 'a spent one')
}

/**
 * Spends the code of a login through the vendor's own IdP and opens a session of the console. The
 * caller has checked that this browser began the login. Refuses `login_code_unknown`.
 */
export async function signInByIdp(
  { db, now }: AnonymousContext,
  code: string,
): Promise<Result<OpenedConsole, Problem>> {
  const codeHash = await hashSecret(code)
  const found = await findIdpSignIn(db, codeHash, now)
  const session = await createConsoleSession(now)
  if (!found || !(await spendIdpSignIn(db, codeHash, found, session.row)))
    return problem('login_code_unknown', 'the code of a login just now', 'another')
  const { operator } = found
  return ok({ operator, secret: session.secret, expiresAt: session.row.expiresAt })
}

/** What the sign-in page offers beside links and Access. */
export async function listOwnIdps({ db }: Pick<AnonymousContext, 'db'>) {
  return findOwnIdps(db)
}

async function createConsoleSession(now: number) {
  const secret = createSecret()
  const expiresAt = now + CONSOLE_SESSION_SECONDS * 1000
  return { secret, row: { secretHash: await hashSecret(secret), createdAt: now, expiresAt } }
}

/** Ends the session of the console, if there is one. */
export async function signOut({ db }: AnonymousContext, secret: string): Promise<void> {
  await endConsoleSession(db, await hashSecret(secret))
}
