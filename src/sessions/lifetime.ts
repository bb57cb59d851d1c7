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

export type SessionLimits = ReturnType<typeof limitsOf>

/** What the times of a session are compared with: it is open if each of them is later. */
export function limitsOf(now: number, { absoluteSeconds, idleSeconds }: Lifetime) {
  return { now, openedAfter: now - absoluteSeconds * 1000, usedAfter: now - idleSeconds * 1000 }
}

export function stateOf(session: Times, now: number, lifetime: Lifetime): SessionState {
  if (session.endedAt !== null) return 'ended'
  const { openedAfter, usedAfter } = limitsOf(now, lifetime)
  if (session.expiresAt <= now || session.createdAt <= openedAfter) return 'expired'
  return session.lastSeenAt <= usedAfter ? 'idle' : 'open'
}
