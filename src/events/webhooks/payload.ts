// The body of a message: type, time and data of an event, as Standard Webhooks has them. Pure. It
// has what the schema of its type names, and never a secret, an assertion or an attribute of one.
import { isVendor, type ActorKind } from '../actor.ts'

/**
 * Of the envelope and of all data. A new field or type leaves it; one that goes or changes its
 * meaning raises it.
 */
export const PAYLOAD_VERSION = 1
/** At most 64 KB. */
export const PAYLOAD_BYTES = 64_000

export type PayloadOf = {
  sid: string
  type: string
  tenantSid: string | null
  connectionSid: string | null
  subjectSid: string
  actor: { kind: ActorKind; id: string | null }
  data: unknown
  /** Milliseconds since 1970. */
  createdAt: number
}

export type Payload = ReturnType<typeof payloadOf>

/**
 * At most 64 KB as JSON. Larger data is left out, and `isCut` says so: the event can be read by the
 * API. `forCustomer`: the message leaves the vendor, and does not say which operator it was.
 */
export function payloadOf(event: PayloadOf, { forCustomer }: { forCustomer: boolean }) {
  const { sid, type, tenantSid, connectionSid, subjectSid, actor, data, createdAt } = event
  const hidesActor = forCustomer && isVendor(actor.kind)
  const payload = {
    type,
    timestamp: new Date(createdAt).toISOString(),
    version: PAYLOAD_VERSION,
    id: sid,
    tenantSid,
    connectionSid,
    subjectSid,
    actor: { kind: actor.kind, id: hidesActor ? null : actor.id },
    isCut: false,
    data,
  }
  const bytes = new TextEncoder().encode(JSON.stringify(payload)).length
  return bytes <= PAYLOAD_BYTES ? payload : { ...payload, isCut: true, data: {} }
}

/** The JSON of it. */
export function createPayload(event: PayloadOf, options: { forCustomer: boolean }): string {
  return JSON.stringify(payloadOf(event, options))
}
