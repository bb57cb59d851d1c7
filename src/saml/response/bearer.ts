// The bearer SubjectConfirmation of an assertion (SAML Profiles §4.1.4.2), and what must fit in it.
import type { Assertion, SubjectConfirmation } from './assertion.ts'
import { BEARER } from '../names.ts'
import { ABSENT, ends, equal, type CheckResult } from './compare.ts'
import type { Expectations } from './expectations.ts'

/**
 * The bearer SubjectConfirmation that a login rests on. Of several, it is the one that fits in
 * every respect, else the first: SAML Profiles §4.1.4.3 asks for at least one.
 */
export function findBearer(
  assertion: Assertion,
  expectations: Expectations,
): SubjectConfirmation | undefined {
  const { ignore } = expectations
  const bearers = assertion.subject?.confirmations.filter(({ method }) => method === BEARER) ?? []
  if (bearers.length < 2) return bearers[0]
  return (
    bearers.find(
      (bearer) =>
        (ignore.has('recipient') || recipientFits(bearer, expectations).ok) &&
        (ignore.has('inResponseTo') || answers(bearer.inResponseTo, expectations).ok) &&
        (ignore.has('time') ||
          (bearer.notBefore === undefined &&
            ends(bearer.notOnOrAfter, expectations, 'required').ok)),
    ) ?? bearers[0]
  )
}

export function recipientFits(
  bearer: SubjectConfirmation | undefined,
  { acsURL }: Expectations,
): CheckResult {
  return equal(acsURL, bearer?.recipient)
}

export function answers(received: string | undefined, { inResponseTo }: Expectations): CheckResult {
  return inResponseTo === null
    ? {
        ok: received === undefined,
        expected: 'no InResponseTo: no request is outstanding',
        received: received ?? ABSENT,
      }
    : equal(inResponseTo, received)
}
