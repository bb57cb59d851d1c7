// The operations on the operators' sign-in links and sessions of the console.
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSecret, hashSecret, isSecret } from '../platform/secret.ts'
import { badName, forbidden, isName, type AnonymousContext } from './shared.ts'
import {
  endConsoleSession,
  findSignInLink,
  insertSignInLink,
  spendSignInLink,
} from './store/console-sessions.ts'

const MINUTE = 60 * 1000
const SIGN_IN_LINK_MINUTES = 10
/** A working day of an operator. */
const CONSOLE_SESSION_SECONDS = 8 * 3600

/**
 * Creates a link that signs an operator in to the console, once, within ten minutes. Refuses
 * `forbidden` and `input`.
 */
export async function createSignInLink(
  context: OperationContext,
  { name }: { name: string },
): Promise<Result<{ secret: string; expiresAt: number }, Problem>> {
  if (context.actor.kind !== 'operator') return forbidden(context)
  if (!isName(name)) return badName(name)
  const secret = createSecret()
  const expiresAt = context.now + SIGN_IN_LINK_MINUTES * MINUTE
  const secretHash = await hashSecret(secret)
  await insertSignInLink(context, { secretHash, name, createdAt: context.now, expiresAt })
  return ok({ secret, expiresAt })
}

/** The operator of a sign-in link, without spending it. Refuses `sign_in_link`. */
export async function readSignInLink(
  { db, now }: AnonymousContext,
  secret: string,
): Promise<Result<{ name: string }, Problem>> {
  const link = isSecret(secret)
    ? await findSignInLink(db, await hashSecret(secret), now)
    : undefined
  return link ? ok(link) : problem('sign_in_link', 'a valid link', 'another')
}

/** Spends a sign-in link and opens a session of the console. Refuses `sign_in_link`. */
export async function signIn(
  anonymous: AnonymousContext,
  secret: string,
): Promise<Result<{ name: string; secret: string; expiresAt: number }, Problem>> {
  const { db, now } = anonymous
  const link = await readSignInLink(anonymous, secret)
  if (!link.ok) return link
  const session = createSecret()
  const expiresAt = now + CONSOLE_SESSION_SECONDS * 1000
  const row = {
    secretHash: await hashSecret(session),
    name: link.value.name,
    createdAt: now,
    expiresAt,
  }
  return (await spendSignInLink(db, await hashSecret(secret), row, now))
    ? ok({ name: row.name, secret: session, expiresAt })
    : problem('sign_in_link', 'a valid link', 'a spent one')
}

/** Ends the session of the console, if there is one. */
export async function signOut({ db }: AnonymousContext, secret: string): Promise<void> {
  await endConsoleSession(db, await hashSecret(secret))
}
