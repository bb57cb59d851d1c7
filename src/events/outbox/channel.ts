// What a channel gets and answers. src/channels.ts has them.
import type { Env } from '../../env.ts'
import type { Database } from '../../platform/db/client.ts'
import type { PublicFetchOptions } from '../../platform/network/fetch-public.ts'
import type { ActorKind } from '../actor.ts'
import type { EventType } from '../catalogue.ts'
import type { EventRow } from '../store.ts'

/** An event as it leaves Gatepost, without personal data besides what its type’s schema names. */
export type DeliverableEvent = {
  /** `EV…`, or `AT…` of a login. */
  sid: string
  type: EventType
  tenantSid: string | null
  connectionSid: string | null
  subjectSid: string
  actor: { kind: ActorKind; id: string | null }
  data: Record<string, unknown>
  /** Milliseconds since 1970. */
  createdAt: number
}

/**
 * `gone`: it will never take anything again, so that it is not tried again. `isPostponed`: nothing
 * was sent, since the target has just not answered; it counts as no attempt. `isHeld`: the same,
 * since the tenant is suspended. `code`: of a log.
 */
export type ChannelResult =
  | { delivered: true }
  | { delivered: false; code: string; gone?: true; isPostponed?: true; isHeld?: true }

export type ChannelContext = {
  env: Env
  db: Database
  network: PublicFetchOptions
  /** How long a target may take to answer. Unset: as long as its channel says. */
  answerSeconds?: number
  /** Milliseconds since 1970. */
  now: number
}

export type ChannelName = 'webhook' | 'mail'

/**
 * `target`: the SID of the endpoint; empty for mail. `now`: milliseconds since 1970. `recorded`:
 * the event in the audit trail; unset for a login or a session. Anything that it throws is a
 * failure.
 */
export type Channel = (
  event: DeliverableEvent,
  target: string,
  now: number,
  recorded?: EventRow,
) => Promise<ChannelResult>

/** Opens a channel for one run of deliveries, in which it may remember what it has read. */
type OpenChannel = (run: ChannelContext) => Channel

export type Channels = Readonly<Partial<Record<ChannelName, OpenChannel>>>
