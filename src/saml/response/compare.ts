// The comparisons of the check list. Each returns `expected` and `received` for admins to read.
import { formatInstant, parseInstant } from '../instant.ts'
import type { SamlCode } from '../refusal.ts'
import type { Clock, Expectations } from './expectations.ts'
import { DAY } from '../../durations.ts'

/** `code`: the reason, where a row fails for another one than its own. */
export type CheckResult = {
  ok: boolean
  isWarning?: true
  expected: string
  received: string
  code?: SamlCode
}

export const ABSENT = '(absent)'
/** What a row expects where the request did not ask for a new authentication. */
export const NOT_ASKED = 'any time: the request did not ask for a new authentication'

export function equal(expected: string, received: string | undefined): CheckResult {
  return { ok: received === expected, expected, received: received ?? ABSENT }
}

export function present(value: object | undefined, expected: string): CheckResult {
  return { ok: value !== undefined, expected, received: value ? 'present' : ABSENT }
}

/**
 * Fails where a time is present and cannot be read (SAML Core §1.3.3). Otherwise undefined: no
 * comparison could say so, and none must blame a clock for it.
 */
export function unreadable(name: string, value: string | undefined): CheckResult | undefined {
  return value === undefined || parseInstant(value) !== undefined
    ? undefined
    : {
        ok: false,
        code: 'time_unreadable',
        expected: 'a time such as 2026-01-31T12:00:00Z',
        received: `${name} ${value}${isZoneless(value) ? ', which has no time zone' : ''}`,
      }
}

/**
 * The largest clock skew that a connection may have. What must outlive any setting uses it instead
 * of the connection’s own.
 */
export const LARGEST_SKEW_SECONDS = 300

const isZoneless = (value: string) => parseInstant(`${value}Z`) !== undefined

/** An assertion is accepted for a day at most, whatever its NotOnOrAfter. */
export function isOfToday(
  value: string | undefined,
  { now, clockSkewSeconds }: Clock,
): CheckResult {
  const wrong = unreadable('Assertion IssueInstant', value)
  if (wrong) return wrong
  const earliest = now - DAY - clockSkewSeconds * 1000
  const instant = parseInstant(value ?? '')
  return {
    // The IdP’s clock is judged by NotBefore; this is the bound for the ledger of spent IDs.
    ok: instant !== undefined && instant > earliest && instant <= now + DAY,
    expected: `after ${formatInstant(earliest)}, and at most a day ahead`,
    received: value ?? ABSENT,
  }
}

/**
 * When an assertion can be accepted no longer, with any clock skew that a connection may be set to
 * (SAML Profiles §4.1.4.5). It depends on nothing but the assertion.
 */
export function endOf(issueInstant: string | undefined, ends: readonly number[]): number {
  const issued = parseInstant(issueInstant ?? '') ?? 0
  return Math.min(Math.max(...ends), issued + DAY) + LARGEST_SKEW_SECONDS * 1000
}

/** AuthnInstant must not be in the future. We grant the clock skew. */
export const isPast = begins

/** AuthnInstant must not be older than the connection allows. */
export function isWithinAge(
  value: string | undefined,
  expectations: Clock & Pick<Expectations, 'maximumAuthnAgeSeconds'>,
): CheckResult {
  const { now, clockSkewSeconds, maximumAuthnAgeSeconds } = expectations
  return maximumAuthnAgeSeconds === null
    ? { ok: true, expected: 'any age: the connection has no limit', received: value ?? ABSENT }
    : isSince(value, now - (maximumAuthnAgeSeconds + clockSkewSeconds) * 1000)
}

/** With ForceAuthn, AuthnInstant must not be earlier than the request. */
export function isNew(
  value: string | undefined,
  expectations: Pick<Expectations, 'authnNotBefore' | 'clockSkewSeconds'>,
): CheckResult {
  const { authnNotBefore, clockSkewSeconds } = expectations
  return authnNotBefore === null
    ? { ok: true, expected: NOT_ASKED, received: value ?? ABSENT }
    : isSince(value, authnNotBefore - clockSkewSeconds * 1000)
}

function isSince(value: string | undefined, earliest: number): CheckResult {
  const expected = `at or after ${formatInstant(earliest)}`
  if (value === undefined) return { ok: true, expected, received: ABSENT }
  const instant = parseInstant(value)
  return { ok: instant !== undefined && instant >= earliest, expected, received: value }
}

/** Compared as `exact` (SAML Core §3.3.2.2.1): the IdP’s order of contexts is not known here. */
export function isOneOf(
  contexts: Expectations['authnContexts'],
  received: string | undefined,
): CheckResult {
  return contexts === null
    ? { ok: true, expected: 'any: the connection requires none', received: received ?? ABSENT }
    : {
        ok: received !== undefined && contexts.includes(received),
        expected: contexts.join(' or '),
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
