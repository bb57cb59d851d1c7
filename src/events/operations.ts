// What may be done with the audit trail: reading it.
import type { Page, PageRequest } from '../platform/db/page.ts'
import { toPage } from '../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import { maySee } from './actor.ts'
import { findEvents, type EventRow } from './store.ts'

/**
 * Newest first. Operators see all of it, or of what they name; a customer's administrator has to name the tenant, and one who
 * came by a setup link the connection too. Refuses `not_there`.
 */
export async function listEvents(
  request: Request,
  of: { tenantSid?: string; subjectSid?: string },
  page: PageRequest,
): Promise<Outcome<Page<EventRow>>> {
  const resource = { tenantSid: of.tenantSid ?? null, connectionSid: of.subjectSid ?? null }
  if (!maySee(request.actor, resource))
    return problem('not_there', 'a tenant', of.tenantSid ?? 'none')
  return done(toPage(await findEvents(request.db, of, page), page))
}
