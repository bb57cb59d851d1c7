// What may be done with attempts: reading them.
import { maySee } from '../events/actor.ts'
import { getConnection } from '../connections/operations.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import { findAttempt, findAttempts, type AttemptRow } from './store.ts'

export type { AttemptRow } from './store.ts'

/** Newest first; of one user where they are named by SID. Refuses `not_there`. */
export async function listAttempts(
  request: Request,
  connectionSid: string,
  page: PageRequest,
  userSid?: string,
): Promise<Outcome<Page<AttemptRow>>> {
  const connection = await getConnection(request, connectionSid)
  if (!connection.ok) return connection
  return done(toPage(await findAttempts(request.db, connectionSid, page, userSid), page))
}

/** Refuses `not_there`, also for an attempt at a connection that the actor may not see. */
export async function getAttempt(
  request: Request,
  attemptSid: string,
): Promise<Outcome<AttemptRow>> {
  const found = await findAttempt(request.db, attemptSid)
  if (!found || !maySee(request.actor, found)) return problem('not_there', 'an attempt', attemptSid)
  return done(found.attempt)
}
