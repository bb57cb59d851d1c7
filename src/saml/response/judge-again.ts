// Rows of the check list judged a second time, from what was received then. Pure: nothing of the
// message is at hand.
import type { CheckRow } from './checks.ts'
import { ABSENT, begins, ends, equal, isRecent, type CheckResult } from './compare.ts'
import type { Expectations } from './expectations.ts'

/**
 * A row as it was judged before, under another configuration; undefined where what was received
 * does not say enough. Only what the IdP's identifier and the clock skew decide can be told from a
 * row.
 */
export function judgeAgain(
  row: CheckRow,
  expectations: Pick<
    Expectations,
    'idpEntityID' | 'now' | 'clockSkewSeconds' | 'maximumAuthnAgeSeconds' | 'authnNotBefore'
  >,
): CheckRow | undefined {
  const received = row.received === ABSENT ? undefined : row.received
  // Longer ones were cut.
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
