// The SQL of the audit trail: appending only.
import type { Database } from '../db/client.ts'
import { events } from '../db/schema.ts'
import { createSid } from '../sid.ts'
import { describeActor, type Actor } from './actor.ts'

export type AuditEvent = {
  actor: Actor
  tenantSid: string | null
  action: string
  subjectSid: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
  /** Milliseconds since 1970. */
  now: number
}

/** The statement that records an event: it goes into the batch of the change it tells of. */
export function recordEvent(db: Database, event: AuditEvent) {
  const { actor, now, ...rest } = event
  return db
    .insert(events)
    .values({ ...rest, sid: createSid('EV'), actor: describeActor(actor), createdAt: now })
}

type Fields = Record<string, unknown>

/** The fields of `after` that differ from those of `before`, as they were and as they are. */
export function difference(before: Fields, after: Fields): { before: Fields; after: Fields } {
  const changed = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
  const pick = (from: Fields) => Object.fromEntries(changed.map((field) => [field, from[field]]))
  return { before: pick(before), after: pick(after) }
}
