// Judges rows of the check list again from the received values that they recorded. Pure: it does
// not have the message.
import type { CheckRow } from './checks.ts'
import { ABSENT, begins, ends, equal, isRecent, type CheckResult } from './compare.ts'
import type { Expectations } from './expectations.ts'

/**
 * Judges a recorded row under another configuration. Only rows that depend on the IdP’s identifier
 * or the clock skew can be judged. Undefined where the recorded value does not say enough.
 */
export function judgeAgain(
  row: CheckRow,
  expectations: Pick<
    Expectations,
    'idpEntityID' | 'now' | 'clockSkewSeconds' | 'maximumAuthnAgeSeconds' | 'authnNotBefore'
  >,
): CheckRow | undefined {
  const received = row.received === ABSENT ? undefined : row.received
  // Longer values were cut.
  if (row.received.length > 300) return undefined
  const judged = outcomeAgain(row.code, received, expectations)
  return judged && { ...row, ...judged }
}

function outcomeAgain(
  code: string,
  received: string | undefined,
  expectations: Parameters<typeof judgeAgain>[1],
): CheckResult | undefined {
  switch (code) {
    case 'response_issuer':
    case 'assertion_issuer':
      return received === undefined
        ? { ok: code === 'response_issuer', expected: expectations.idpEntityID, received: ABSENT }
        : equal(expectations.idpEntityID, received)
    case 'confirmation_not_on_or_after':
      return ends(received, expectations, 'required')
    case 'not_before':
      return begins(received, expectations)
    case 'not_on_or_after':
    case 'session_not_on_or_after':
      return ends(received, expectations, 'optional')
    case 'authn_instant':
      return isRecent(received, expectations)
    default:
      return undefined
  }
}
