// Retry-After (RFC 9110 §10.2.3): when a program may try again.

/** Faults of D1 and KV are over in seconds. */
const FAULT_SECONDS = 10
/** The limits count by the minute. */
const LIMIT_SECONDS = 60

/** The header of an answer that may be another one later; none for other statuses. */
export function retryAfter(status: number): Record<string, string> {
  if (status === 429) return { 'retry-after': String(LIMIT_SECONDS) }
  return status === 500 || status === 503 ? { 'retry-after': String(FAULT_SECONDS) } : {}
}
