// Tells the customer's owners and support that a customer's administrator has given passwords back:
// a stolen link must not do it unseen.
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { writeToContacts, type TellContacts } from '../break-glass/write-to-contacts.ts'
import type { Rollout } from '../cohort/operations.ts'
import type { ReturnScope, Target } from './store/returning.ts'

type Told = {
  to: Target
  scope?: ReturnScope | undefined
  users?: readonly string[] | undefined
}

/**
 * Warns in the log, for alerts, and writes to the break-glass owners and to the support contact,
 * where that is an address. The audit trail has the event already. A message that cannot be sent
 * stops nothing. An operator's rollback is told to nobody.
 */
export async function tellOfRollback(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, name }: Rollout,
  { to, scope = 'all', users }: Told,
  tell?: TellContacts,
): Promise<void> {
  if (actor.kind !== 'customer admin') return
  const what = { to, ...(users ? { users: users.length } : { scope }) }
  writeLine('customer_rolled_back', { tenantSid, rolloutSid: sid, ...what })
  if (!tell) return
  const data = { by: describeActor(actor), rollout: name, to, scope, users: users?.length ?? null }
  const news = { template: 'passwords_given_back', data } as const
  const failed = await writeToContacts({ db, now }, tenantSid, news, tell)
  if (failed > 0) writeLine('message_not_sent', { tenantSid, rolloutSid: sid, failed })
}
