// What an operation answers: a value, or a problem of the catalogue. Operations throw for programmer errors only.
import type { Actor } from './events/actor.ts'
import type { PublicFetchOptions } from './platform/network/fetch-public.ts'
import type { Database } from './platform/db/client.ts'
import type { ErrorCode } from './errors.ts'

export type Problem = {
  code: ErrorCode
  /** The input field it is about, where it is about one. */
  field?: string
  expected: string
  received: string
  /** Where one of several has to be chosen: the first thousand of them. */
  choices?: readonly string[]
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem }

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function problem(
  code: ErrorCode,
  expected: string,
  received: string,
  field?: string,
): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, expected, received, ...(field && { field }) } }
}

/** What every operation is given: the database, who asks, the clock, and the way out. */
export type Request = {
  db: Database
  actor: Actor
  /** Milliseconds since 1970. */
  now: number
  /** `allowLocal` is true on a developer's own machine alone: IdPs may be reached by http there. */
  network: PublicFetchOptions
  /** Of a creation that must not happen twice: hashes, see `idempotency_keys`. */
  idempotency?: { keyHash: string; requestHash: string }
}
