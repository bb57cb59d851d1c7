// A login as an event, for the endpoints that name its type. Pure.
import type { DeliverableEvent } from '../events/outbox/channel.ts'
import type { AttemptRecord } from './history/attempt.ts'

/**
 * Only of a message that a key of the connection signed: a stranger must not fill the outbox. Who a
 * refused login was of is known only where the person was found.
 */
export function loginEvent(
  { sid: connectionSid, tenantSid }: { sid: string; tenantSid: string },
  { sid, code, userSid, idpInitiated, createdAt }: AttemptRecord,
): DeliverableEvent {
  const type = code === null ? 'login.succeeded' : 'login.refused'
  const actor = { kind: 'login', id: connectionSid } as const
  const data = { attemptSid: sid, idpInitiated, ...(userSid && { userSid }), ...(code && { code }) }
  return { sid, type, tenantSid, connectionSid, subjectSid: sid, actor, data, createdAt }
}
