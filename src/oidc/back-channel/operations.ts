// The operations on logout deliveries: list, get and retry. For operators.
import { may } from '../../events/actor.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import {
  findDeliveries,
  findDelivery,
  retryRow,
  type DeliveryRow,
  type DeliveryState,
} from './store.ts'

export { DELIVERY_STATES, type DeliveryState } from './store.ts'
export type Delivery = DeliveryRow & { state: DeliveryState }

/** Newest first. Refuses `forbidden`. */
export async function listLogoutDeliveries(
  context: OperationContext,
  filter: { clientSid?: string | undefined; state?: DeliveryState | undefined },
  page: PageRequest,
): Promise<Result<Page<Delivery>, Problem>> {
  if (!isAllowed(context, 'view')) return forbidden(context)
  const rows = await findDeliveries(context.db, filter, page)
  return ok(toPage(rows.map(withState), page))
}

/** Refuses `forbidden` and `not_there`. */
export async function getLogoutDelivery(
  context: OperationContext,
  sid: string,
): Promise<Result<Delivery, Problem>> {
  if (!isAllowed(context, 'view')) return forbidden(context)
  const row = await findDelivery(context.db, sid)
  return row ? ok(withState(row)) : problem('not_there', 'a logout delivery', sid)
}

/**
 * Makes a waiting or dead delivery due at once, with all its tries. A sent one does not change.
 * Refuses `forbidden` and `not_there`.
 */
export async function retryLogoutDelivery(
  context: OperationContext,
  sid: string,
): Promise<Result<Delivery, Problem>> {
  if (!isAllowed(context, 'operate')) return forbidden(context)
  const found = await getLogoutDelivery(context, sid)
  if (!found.ok || found.value.state === 'sent') return found
  await retryRow(context, found.value)
  context.afterResponse?.add('send_logout_tokens')
  return getLogoutDelivery(context, sid)
}

function withState(row: DeliveryRow): Delivery {
  return { ...row, state: row.sentAt !== null ? 'sent' : row.deadAt !== null ? 'dead' : 'due' }
}

function isAllowed({ actor }: OperationContext, how: 'view' | 'operate'): boolean {
  return may(actor, how, { tenantSid: null, connectionSid: null })
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}
