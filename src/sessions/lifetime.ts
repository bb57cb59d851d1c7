// How long a session lasts, and what has become of it. Pure: the clock and the settings are
// arguments.
import type { Config } from '../env.ts'

/**
 * `absoluteSeconds` after it was opened a session is over whatever happens, `idleSeconds` after it
 * was used last. Both are judged by the settings as they are now: a shorter one counts at once,
 * also for sessions that are open.
 */
export type Lifetime = Config['session']

export type SessionState =
  /** It signs somebody in. */
  | 'open'
  /** Over by itself: not used for too long, or its time has come. */
  | 'idle'
  | 'expired'
  /** Ended by somebody: `endedBecause` says why. */
  | 'ended'

type Times = { createdAt: number; lastSeenAt: number; expiresAt: number; endedAt: number | null }

/** When a session that is opened now is over at the latest. */
export function expiryOf(now: number, { absoluteSeconds }: Lifetime): number {
  return now + absoluteSeconds * 1000
}

/** The oldest times with which a session may still be open. */
export function oldest(now: number, { absoluteSeconds, idleSeconds }: Lifetime) {
  return { createdAt: now - absoluteSeconds * 1000, lastSeenAt: now - idleSeconds * 1000 }
}

export function stateOf(session: Times, now: number, lifetime: Lifetime): SessionState {
  if (session.endedAt !== null) return 'ended'
  const limit = oldest(now, lifetime)
  if (session.expiresAt <= now || session.createdAt <= limit.createdAt) return 'expired'
  return session.lastSeenAt <= limit.lastSeenAt ? 'idle' : 'open'
}
