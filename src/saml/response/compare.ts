// The comparisons of the check list. Each returns `expected` and `received` for admins to read.
import { formatInstant, parseInstant } from '../instant.ts'
import type { Clock, Expectations } from './expectations.ts'

export type CheckResult = { ok: boolean; expected: string; received: string }

export const ABSENT = '(absent)'

export function equal(expected: string, received: string | undefined): CheckResult {
  return { ok: received === expected, expected, received: received ?? ABSENT }
}

export function present(value: object | undefined, expected: string): CheckResult {
  return { ok: value !== undefined, expected, received: value ? 'present' : ABSENT }
}

/** AuthnInstant must not be older than we accept, and not in the future. */
export function isRecent(
  received: string | undefined,
  expectations: Clock & Pick<Expectations, 'maximumAuthnAgeSeconds' | 'authnNotBefore'>,
): CheckResult {
  const { now, clockSkewSeconds, maximumAuthnAgeSeconds, authnNotBefore } = expectations
  const instant = received === undefined ? undefined : parseInstant(received)
  const skew = clockSkewSeconds * 1000
  const earliest = Math.max(now - maximumAuthnAgeSeconds * 1000, authnNotBefore ?? 0) - skew
  return {
    ok: instant !== undefined && instant <= now + skew && instant >= earliest,
    expected: `between ${formatInstant(earliest)} and ${formatInstant(now + skew)}`,
    received: received ?? ABSENT,
  }
}

/** NotBefore: valid at the instant itself. We grant the clock skew. */
export function begins(value: string | undefined, { now, clockSkewSeconds }: Clock): CheckResult {
  const expected = `at or before ${formatInstant(now + clockSkewSeconds * 1000)}`
  if (value === undefined) return { ok: true, expected, received: ABSENT }
  const instant = parseInstant(value)
  return {
    ok: instant !== undefined && instant <= now + clockSkewSeconds * 1000,
    expected,
    received: value,
  }
}

/** NotOnOrAfter: no longer valid at the instant itself. */
export function ends(
  value: string | undefined,
  { now, clockSkewSeconds }: Clock,
  need: 'required' | 'optional',
): CheckResult {
  const expected = `after ${formatInstant(now - clockSkewSeconds * 1000)}`
  if (value === undefined) return { ok: need === 'optional', expected, received: ABSENT }
  const instant = parseInstant(value)
  return {
    ok: instant !== undefined && instant > now - clockSkewSeconds * 1000,
    expected,
    received: value,
  }
}
