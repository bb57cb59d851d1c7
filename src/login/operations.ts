// The operations on attempts: list and get.
import { getConnection } from '../connections/operations.ts'
import { askHistory } from '../platform/db/history.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { maySee } from '../events/actor.ts'
import { countDays, type Day } from './history/login-days.ts'
import { findAttempt, findAttempts, type AttemptRow } from './history/store/attempts.ts'

export type { AttemptRow } from './history/store/attempts.ts'

/** Newest first; with `userSid`, those of one user. Refuses `not_there`, `history_unavailable`. */
export async function listAttempts(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
  userSid?: string,
): Promise<Result<Page<AttemptRow>, Problem>> {
  const [connection, found] = await Promise.all([
    getConnection(context, connectionSid),
    askHistory(context.history, 'list_attempts', (db) =>
      findAttempts(db, connectionSid, page, userSid),
    ),
  ])
  if (!connection.ok) return connection
  return found.ok ? ok(toPage(found.value, page)) : unavailable(found.error)
}

/**
 * Refuses `not_there`, also for an attempt at a connection that the actor may not see, and
 * `history_unavailable`.
 */
export async function getAttempt(
  context: OperationContext,
  attemptSid: string,
): Promise<Result<AttemptRow, Problem>> {
  const found = await askHistory(context.history, 'get_attempt', (db) =>
    findAttempt(db, attemptSid),
  )
  if (!found.ok) return unavailable(found.error)
  const connection = found.value && (await getConnection(context, found.value.connectionSid))
  return found.value && connection?.ok
    ? ok(found.value)
    : problem('not_there', 'an attempt (other pages: see the log)', attemptSid)
}

/**
 * Logins of all connections by day, the oldest day first; null: HISTORY cannot be read. For
 * operators. Refuses `not_there`.
 */
export async function listLoginDays(
  context: OperationContext,
  days: number,
): Promise<Result<Day[] | null, Problem>> {
  if (!maySee(context.actor, { tenantSid: null, connectionSid: null }))
    return problem('not_there', 'the deployment', 'none')
  return ok(await countDays(context, { days }))
}

function unavailable(fault: string) {
  return problem('history_unavailable', 'HISTORY answers', fault)
}
