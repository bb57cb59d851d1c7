// The lifetime and state of a session. Pure: the clock and the settings are arguments.
import type { Config } from '../env.ts'

/**
 * A session ends `absoluteSeconds` after it was opened and `idleSeconds` after its last use. The
 * current settings count: a shorter lifetime applies at once, also to open sessions.
 */
export type Lifetime = Config['session']

export type SessionState =
  /** It signs the user in. */
  | 'open'
  /** Idle for too long, or past its lifetime. */
  | 'idle'
  | 'expired'
  /** Ended early: `endedBecause` says why. */
  | 'ended'

type Times = { createdAt: number; lastSeenAt: number; expiresAt: number; endedAt: number | null }

/** The latest end of a session that is opened now. */
export function expiryOf(now: number, { absoluteSeconds }: Lifetime): number {
  return now + absoluteSeconds * 1000
}

/** A session with older times is over. */
export function oldest(now: number, { absoluteSeconds, idleSeconds }: Lifetime) {
  return { createdAt: now - absoluteSeconds * 1000, lastSeenAt: now - idleSeconds * 1000 }
}

export function stateOf(session: Times, now: number, lifetime: Lifetime): SessionState {
  if (session.endedAt !== null) return 'ended'
  const limit = oldest(now, lifetime)
  if (session.expiresAt <= now || session.createdAt <= limit.createdAt) return 'expired'
  return session.lastSeenAt <= limit.lastSeenAt ? 'idle' : 'open'
}
