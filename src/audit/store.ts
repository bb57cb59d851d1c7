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

/** The fields that differ, before and after. Undefined where nothing changed. */
export function difference<T extends Record<string, unknown>>(
  before: T,
  after: T,
): { before: Partial<T>; after: Partial<T> } | undefined {
  const changed = (Object.keys(after) as (keyof T)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
  if (changed.length === 0) return undefined
  const pick = (from: T) =>
    Object.fromEntries(changed.map((field) => [field, from[field]])) as Partial<T>
  return { before: pick(before), after: pick(after) }
}
