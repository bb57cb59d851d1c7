// Judges rows of the check list again from the received values that they recorded. Pure: it does
// not have the message.
import type { CheckRow } from './checks.ts'
import {
  ABSENT,
  begins,
  ends,
  equal,
  isOfToday,
  isOneOf,
  isPast,
  isWithinAge,
  NOT_ASKED,
  type CheckResult,
} from './compare.ts'
import type { Expectations } from './expectations.ts'

type Configuration = Pick<
  Expectations,
  'idpEntityID' | 'now' | 'clockSkewSeconds' | 'maximumAuthnAgeSeconds' | 'authnContexts'
>

/**
 * Judges a recorded row under another configuration. Undefined where the recorded value does not
 * say enough.
 */
export function judgeAgain(row: CheckRow, expectations: Configuration): CheckRow | undefined {
  const received = row.received === ABSENT ? undefined : row.received
  // Longer values were cut.
  if (row.received.length > 300) return undefined
  const judged = outcomeAgain(row, received, expectations)
  return judged && { ...row, ...judged }
}

function outcomeAgain(
  { code, ok, expected, received: recorded }: CheckRow,
  received: string | undefined,
  expectations: Configuration,
): CheckResult | undefined {
  switch (code) {
    case 'response_issuer':
    case 'assertion_issuer':
      return received === undefined
        ? { ok: code === 'response_issuer', expected: expectations.idpEntityID, received: ABSENT }
        : equal(expectations.idpEntityID, received)
    case 'confirmation_not_on_or_after':
      return ends(received, expectations, 'required')
    case 'issue_instant':
      return isOfToday(received, expectations)
    case 'not_before':
      return begins(received, expectations)
    case 'not_on_or_after':
    case 'session_not_on_or_after':
      return ends(received, expectations, 'optional')
    case 'authn_instant':
      return isPast(received, expectations)
    case 'authn_too_old':
      return isWithinAge(received, expectations)
    case 'authn_not_forced':
      // The moment of the request is not kept.
      return expected === NOT_ASKED ? { ok, expected, received: recorded } : undefined
    case 'authn_context':
      return isOneOf(expectations.authnContexts, received)
    default:
      return undefined
  }
}
