// An event of the audit trail as it leaves Gatepost.
import { dataOf } from '../event-data.ts'
import type { EventRow } from '../store.ts'
import type { DeliverableEvent } from './channel.ts'

export function deliverable(event: EventRow): DeliverableEvent {
  const { sid, type, tenantSid, connectionSid, subjectSid, actorKind, actorId, createdAt } = event
  const actor = { kind: actorKind, id: actorId }
  return { sid, type, tenantSid, connectionSid, subjectSid, actor, data: dataOf(event), createdAt }
}
