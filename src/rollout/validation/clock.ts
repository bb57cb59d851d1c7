// How far the IdP's clock is from ours, measured by the messages it has signed lately. Pure.
import type { AttemptRow } from '../../login/operations.ts'

/** From here on a clock is worth setting, whatever the connection forgives. */
const DRIFT_SECONDS = 30

export type ClockOffset = {
  /**
   * Milliseconds that the IdP's clock is ahead of ours, the time of the message's way aside; null:
   * nothing measured yet.
   */
  median: number | null
  /** Messages that were measured. */
  samples: number
  /**
   * `beyond_skew`: more than the connection forgives, so that logins fail. `drifting`: they will.
   */
  level: 'unknown' | 'good' | 'drifting' | 'beyond_skew'
  /** How to mend it; null where there is nothing to mend. */
  advice: string | null
}

/** Old messages brought again: when they were made says nothing about a clock. */
const STALE: ReadonlySet<string | null> = new Set([
  'replayed',
  'relay_state_unknown',
  'relay_state_expired',
])

/**
 * The median is not moved by a few odd messages, and messages that no pinned key had signed do not
 * count at all.
 */
export function measureClock(
  attempts: readonly Pick<AttemptRow, 'ring' | 'code' | 'clockOffset'>[],
  clockSkewSeconds: number,
): ClockOffset {
  const offsets = attempts
    .filter(({ ring, code }) => ring !== 'unproven' && !STALE.has(code))
    .map(({ clockOffset }) => clockOffset)
    .filter((offset) => offset !== null)
    .toSorted((left, right) => left - right)
  const samples = offsets.length
  if (samples === 0) return { median: null, samples, level: 'unknown', advice: null }
  const [low, high] = [offsets[Math.ceil(samples / 2) - 1]!, offsets[Math.floor(samples / 2)]!]
  const median = Math.round((low + high) / 2)
  const seconds = Math.abs(median) / 1000
  const level =
    seconds > clockSkewSeconds ? 'beyond_skew' : seconds > DRIFT_SECONDS ? 'drifting' : 'good'
  const direction = median > 0 ? 'ahead of' : 'behind'
  const measured = `The IdP’s clock is ${Math.round(seconds)} seconds ${direction} ours.`
  const allowed = `The connection allows ${clockSkewSeconds} seconds.`
  const advice = {
    good: null,
    drifting: [
      measured,
      allowed,
      'Logins still work.',
      'Set the IdP’s clock (NTP) before they fail.',
    ].join(' '),
    beyond_skew: `${measured} ${allowed} Logins fail. Set the IdP’s clock (NTP).`,
  }[level]
  return { median, samples, level, advice }
}
