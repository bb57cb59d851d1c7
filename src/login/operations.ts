// The operations on attempts: list and get.
import { getConnection } from '../connections/operations.ts'
import { getUser } from '../directory/operations.ts'
import type { Database } from '../platform/db/client.ts'
import type { Total } from '../platform/db/count.ts'
import { askHistory } from '../platform/db/history.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { isSid } from '../ids.ts'
import { ok, type Result } from '../result.ts'
import { maySee } from '../events/actor.ts'
import { countDays, type Day } from './history/login-days.ts'
import {
  countAttempts,
  findAttempt,
  findAttempts,
  type AttemptFilter,
  type AttemptRow,
} from './history/store/attempts.ts'

export type { AttemptRow } from './history/store/attempts.ts'

/** `total`: of all pages; of a list without a filter too. */
export type ListedAttempts = Page<AttemptRow> & { total: Total | undefined }

/** As a list is asked: a person by SID or login e-mail. */
export type AttemptQuery = Omit<AttemptFilter, 'userSid'> & { user?: string | undefined }

/** Newest first; `isCounted`: with the total. Refuses `not_there`, `history_unavailable`. */
export async function listAttempts(
  context: OperationContext,
  connectionSid: string,
  page: PageRequest,
  { user, ...query }: AttemptQuery = {},
  isCounted = false,
): Promise<Result<ListedAttempts, Problem>> {
  const userSid = user === undefined || isSid(user, 'US') ? user : await sidOf(context, user)
  if (userSid === null) return ok({ items: [], next: null, total: 0 })
  const filter = { ...query, userSid }
  const ask = <T>(work: (db: Database) => Promise<T>) =>
    askHistory(context.history, 'list_attempts', work)
  const [connection, found, total] = await Promise.all([
    getConnection(context, connectionSid),
    ask((db) => findAttempts(db, connectionSid, page, filter)),
    isCounted ? ask((db) => countAttempts(db, connectionSid, filter)) : ok(undefined),
  ])
  if (!connection.ok) return connection
  if (!found.ok) return unavailable(found.error)
  return ok({ ...toPage(found.value, page), total: total.ok ? total.value : undefined })
}

/** Null: the actor sees no such user. */
async function sidOf(context: OperationContext, email: string): Promise<string | null> {
  const user = await getUser(context, email)
  return user.ok ? user.value.sid : null
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
