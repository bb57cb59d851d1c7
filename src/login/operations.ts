// The operations on attempts: list and get.
import { maySee } from '../events/actor.ts'
import { getConnection } from '../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { findAttempt, findAttempts, type AttemptRow } from './store/attempts.ts'

export type { AttemptRow } from './store/attempts.ts'

/** Newest first; with `userSid`, those of one user. Refuses `not_there`. */
export async function listAttempts(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
  userSid?: string,
): Promise<Result<Page<AttemptRow>, Problem>> {
  const connection = await getConnection(context, connectionSid)
  if (!connection.ok) return connection
  return ok(toPage(await findAttempts(context.db, connectionSid, page, userSid), page))
}

/** Refuses `not_there`, also for an attempt at a connection that the actor may not see. */
export async function getAttempt(
  context: OperationContext,
  attemptSid: string,
): Promise<Result<AttemptRow, Problem>> {
  const found = await findAttempt(context.db, attemptSid)
  if (!found || !maySee(context.actor, found)) return problem('not_there', 'an attempt', attemptSid)
  return ok(found.attempt)
}
