// What may be done with logout deliveries, by operators alone: looking at them, and trying again.
import { may } from '../../events/actor.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../../result.ts'
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
  request: Request,
  filter: { clientSid?: string | undefined; state?: DeliveryState | undefined },
  page: PageRequest,
): Promise<Outcome<Page<Delivery>>> {
  if (!mayOperate(request)) return forbidden(request)
  const rows = await findDeliveries(request.db, filter, page)
  return done(toPage(rows.map(withState), page))
}

/** Refuses `forbidden` and `not_there`. */
export async function getLogoutDelivery(request: Request, sid: string): Promise<Outcome<Delivery>> {
  if (!mayOperate(request)) return forbidden(request)
  const row = await findDelivery(request.db, sid)
  return row ? done(withState(row)) : problem('not_there', 'a logout delivery', sid)
}

/**
 * Makes one due at once that waits or was given up, with all its tries before it. One that was sent stays so. Refuses `forbidden` and
 * `not_there`.
 */
export async function retryLogoutDelivery(
  request: Request,
  sid: string,
): Promise<Outcome<Delivery>> {
  const found = await getLogoutDelivery(request, sid)
  if (!found.ok || found.value.state === 'sent') return found
  await retryRow(request, found.value)
  return getLogoutDelivery(request, sid)
}

function withState(row: DeliveryRow): Delivery {
  return { ...row, state: row.sentAt !== null ? 'sent' : row.deadAt !== null ? 'dead' : 'due' }
}

function mayOperate({ actor }: Request): boolean {
  return may(actor, 'operate', { tenantSid: null, connectionSid: null })
}

function forbidden({ actor }: Request) {
  return problem('forbidden', 'an operator', actor.kind)
}
