// The context of every operation: database, actor, clock and network.
import type { Database } from '../platform/db/client.ts'
import type { LoginHistory } from '../platform/db/history.ts'
import type { AfterResponse } from '../platform/http/after-response.ts'
import type { PublicFetchOptions } from '../platform/network/fetch-public.ts'
import type { Actor } from './actor.ts'

export type OperationContext = {
  db: Database
  /** What logins looked like. An operation that reads it says so where it cannot be read. */
  history: LoginHistory
  actor: Actor
  /** Milliseconds since 1970. */
  now: number
  /** `allowLocal` is true only on a developer’s machine, where IdPs may be reached by http. */
  network: PublicFetchOptions
  /** Jobs, the CLI and tests have no response. Then the next run of the job does the work. */
  afterResponse?: AfterResponse | undefined
  /** For a creation that must not happen twice: the hashes of `idempotency_keys`. */
  idempotency?: { keyHash: string; requestHash: string }
}
