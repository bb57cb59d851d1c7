// What every operation is given: the database, who asks, the clock, and the network.
import type { Database } from '../platform/db/client.ts'
import type { AfterResponse } from '../platform/http/after-response.ts'
import type { PublicFetchOptions } from '../platform/network/fetch-public.ts'
import type { Actor } from './actor.ts'

export type OperationContext = {
  db: Database
  actor: Actor
  /** Milliseconds since 1970. */
  now: number
  /** `allowLocal` is true on a developer's own machine alone: IdPs may be reached by http there. */
  network: PublicFetchOptions
  /** Jobs, the CLI and tests have no response: there the next run of the job does the work. */
  afterResponse?: AfterResponse | undefined
  /** Of a creation that must not happen twice: hashes, see `idempotency_keys`. */
  idempotency?: { keyHash: string; requestHash: string }
}
