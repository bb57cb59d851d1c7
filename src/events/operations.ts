// Operations on the audit trail: reading.
import type { Page, PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from './operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { maySee } from './actor.ts'
import type { FeedFilter } from './feed/feed.ts'
import { findEvents } from './feed/store.ts'
import type { EventRow } from './store.ts'

/**
 * Newest first. Operators may read all events. A customer admin must name the tenant, and with a
 * setup link also the connection. Refuses `not_there`.
 */
export async function listEvents(
  context: OperationContext,
  of: FeedFilter,
  page: PageRequest,
): Promise<Result<Page<EventRow>, Problem>> {
  const resource = { tenantSid: of.tenantSid ?? null, connectionSid: of.subjectSid ?? null }
  if (!maySee(context.actor, resource))
    return problem('not_there', 'a tenant', of.tenantSid ?? 'none')
  return ok(await findEvents(context.db, of, page))
}
