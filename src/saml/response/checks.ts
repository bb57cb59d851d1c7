// The checks of a login, as a list. A login must pass every row; the clause of a row says why.
// Pure: the clock is an argument.
import type { Assertion } from './assertion.ts'
import { answers, findBearer, recipientFits } from './bearer.ts'
import {
  ABSENT,
  begins,
  ends,
  equal,
  isNew,
  isOfToday,
  isOneOf,
  isPast,
  isWithinAge,
  present,
  unreadable,
  type CheckResult,
} from './compare.ts'
import type { Expectations, IgnorableGroup } from './expectations.ts'
import { STATUS_SUCCESS } from '../names.ts'
import { formatIsAsked, idpQualifies, nameIDIsUsable, spQualifies } from './name-id.ts'
import { checkOneEmail, checkPresent, judgeEmail } from './principal.ts'
import type { Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { visible } from '../../visible.ts'
import type { Refusal, SamlCode } from '../refusal.ts'
import type { UntrustedResponse } from './response.ts'

/** One row of the check list after judging. `code` names the row, or the reason where it failed. */
export type CheckRow = {
  code: string
  ok: boolean
  /** A row that passed, and that somebody should look at. */
  isWarning?: true
  clause: string
  expected: string
  received: string
}

type Check<Subject> = {
  code: SamlCode
  clause: string
  group?: IgnorableGroup
  check: (subject: Subject, expectations: Expectations) => CheckResult
}

/** Judged on the unverified Response, before any signature. They can only refuse. */
export const ENVELOPE_CHECKS: readonly Check<UntrustedResponse>[] = [
  {
    code: 'response_version',
    clause: 'SAML Core §3.2.2',
    check: ({ version }) => equal('2.0', version),
  },
  {
    code: 'destination',
    clause: 'SAML Bindings §3.5.5.2',
    group: 'destination',
    // An absent Destination is accepted: the Recipient, always signed and never optional, has the
    // same value.
    check: ({ destination }, { acsURL }) =>
      destination === undefined
        ? { ok: true, expected: acsURL, received: ABSENT }
        : equal(acsURL, destination),
  },
  {
    code: 'response_issuer',
    clause: 'SAML Core §3.2.2; Profiles §4.1.4.2',
    group: 'issuer',
    check: ({ issuer }, { idpEntityID }) =>
      issuer === undefined
        ? { ok: true, expected: idpEntityID, received: ABSENT }
        : equal(idpEntityID, issuer),
  },
  {
    code: 'status',
    clause: 'SAML Core §3.2.2.2',
    check: ({ status, statusMessage }) => ({
      ok: status[0] === STATUS_SUCCESS,
      expected: 'Success',
      received:
        status.map((value) => value.slice(value.lastIndexOf(':') + 1)).join(' / ') +
          (statusMessage ? `: ${statusMessage}` : '') || ABSENT,
    }),
  },
  {
    code: 'in_response_to',
    clause: 'SAML Core §3.2.2; Profiles §4.1.4.3',
    group: 'inResponseTo',
    // An absent attribute is accepted here. If only the Assertion is signed, the attribute proves
    // nothing, and the SubjectConfirmation must have it.
    check: ({ inResponseTo }, expectations) =>
      inResponseTo === undefined
        ? { ok: true, expected: expectations.inResponseTo ?? ABSENT, received: ABSENT }
        : answers(inResponseTo, expectations),
  },
]

/** Judged on an Assertion that a pinned key signed. */
export const ASSERTION_CHECKS: readonly Check<Assertion>[] = [
  {
    code: 'assertion_issuer',
    clause: 'SAML Profiles §4.1.4.2',
    group: 'issuer',
    check: ({ issuer }, { idpEntityID }) => equal(idpEntityID, issuer),
  },
  {
    code: 'subject',
    clause: 'SAML Profiles §4.1.4.2',
    check: ({ subject }) => present(subject, 'a Subject'),
  },
  { code: 'name_id', clause: 'SAML Core §2.2.3, §2.4.1', check: nameIDIsUsable },
  { code: 'name_qualifier', clause: 'SAML Core §8.3.7', group: 'issuer', check: idpQualifies },
  { code: 'sp_name_qualifier', clause: 'SAML Core §8.3.7', group: 'audience', check: spQualifies },
  { code: 'name_id_format', clause: 'SAML Core §2.2.2, §3.4.1.1', check: formatIsAsked },
  {
    code: 'bearer',
    clause: 'SAML Profiles §4.1.4.2',
    check: (assertion, expectations) => ({
      ok: findBearer(assertion, expectations) !== undefined,
      expected: 'a bearer SubjectConfirmation',
      received:
        assertion.subject?.confirmations.map(({ method }) => method ?? ABSENT).join(', ') || ABSENT,
    }),
  },
  {
    code: 'recipient',
    clause: 'SAML Profiles §4.1.4.2',
    group: 'recipient',
    check: (assertion, expected) => recipientFits(findBearer(assertion, expected), expected),
  },
  {
    code: 'issue_instant',
    clause: 'SAML Core §2.3.3; Profiles §4.1.4.5',
    group: 'time',
    check: ({ issueInstant }, expectations) => isOfToday(issueInstant, expectations),
  },
  {
    code: 'confirmation_not_on_or_after',
    clause: 'SAML Profiles §4.1.4.2',
    group: 'time',
    check: (assertion, clock) => {
      const time = findBearer(assertion, clock)?.notOnOrAfter
      const name = 'SubjectConfirmationData NotOnOrAfter'
      return unreadable(name, time) ?? ends(time, clock, 'required')
    },
  },
  {
    code: 'confirmation_not_before',
    clause: 'SAML Profiles §4.1.4.2',
    group: 'time',
    check: (assertion, expectations) => {
      const notBefore = findBearer(assertion, expectations)?.notBefore
      return {
        ok: notBefore === undefined,
        expected: 'no NotBefore',
        received: notBefore ?? ABSENT,
      }
    },
  },
  {
    code: 'confirmation_in_response_to',
    clause: 'SAML Profiles §4.1.4.2, §4.1.4.3',
    group: 'inResponseTo',
    check: (assertion, expected) =>
      answers(findBearer(assertion, expected)?.inResponseTo, expected),
  },
  {
    code: 'audience',
    clause: 'SAML Core §2.5.1.4; Profiles §4.1.4.2',
    group: 'audience',
    check: ({ conditions }, { spEntityID }) => {
      const restrictions = conditions?.audienceRestrictions ?? []
      return {
        ok: restrictions.length > 0 && restrictions.every((list) => list.includes(spEntityID)),
        expected: spEntityID,
        received: restrictions.map((list) => list.join(' or ')).join(' and ') || ABSENT,
      }
    },
  },
  {
    code: 'not_before',
    clause: 'SAML Core §2.5.1.2',
    group: 'time',
    check: ({ conditions }, expectations) =>
      unreadable('Conditions NotBefore', conditions?.notBefore) ??
      begins(conditions?.notBefore, expectations),
  },
  {
    code: 'not_on_or_after',
    clause: 'SAML Core §2.5.1.2',
    group: 'time',
    check: ({ conditions }, expectations) =>
      unreadable('Conditions NotOnOrAfter', conditions?.notOnOrAfter) ??
      ends(conditions?.notOnOrAfter, expectations, 'optional'),
  },
  {
    code: 'condition_unknown',
    clause: 'SAML Core §2.5.1.1',
    check: ({ conditions }) => ({
      ok: (conditions?.unknown.length ?? 0) === 0,
      expected: 'only conditions that SAML Core defines',
      received: conditions?.unknown.join(', ') || 'no other condition',
    }),
  },
  {
    code: 'authn_statement',
    clause: 'SAML Profiles §4.1.4.2',
    check: ({ authnStatements: [statement] }) =>
      present(
        statement?.authnInstant ? statement : undefined,
        'an AuthnStatement with an AuthnInstant',
      ),
  },
  {
    code: 'authn_instant',
    clause: 'SAML Core §2.7.2',
    group: 'time',
    check: ({ authnStatements: [statement] }, expectations) =>
      unreadable('AuthnInstant', statement?.authnInstant) ??
      isPast(statement?.authnInstant, expectations),
  },
  {
    code: 'authn_too_old',
    clause: 'SAML Core §2.7.2',
    group: 'time',
    check: ({ authnStatements: [statement] }, expectations) =>
      isWithinAge(statement?.authnInstant, expectations),
  },
  {
    code: 'authn_not_forced',
    clause: 'SAML Core §3.4.1 (ForceAuthn)',
    group: 'time',
    check: ({ authnStatements: [statement] }, expectations) =>
      isNew(statement?.authnInstant, expectations),
  },
  {
    code: 'authn_context',
    clause: 'SAML Core §3.3.2.2.1',
    check: ({ authnStatements: [statement] }, { authnContexts }) =>
      isOneOf(authnContexts, statement?.authnContextClassRef),
  },
  {
    code: 'session_not_on_or_after',
    clause: 'SAML Core §2.7.2',
    group: 'time',
    check: ({ authnStatements: [statement] }, expectations) =>
      unreadable('SessionNotOnOrAfter', statement?.sessionNotOnOrAfter) ??
      ends(statement?.sessionNotOnOrAfter, expectations, 'optional'),
  },
  {
    code: 'email_ambiguous',
    clause: 'SAML Core §2.7.3',
    group: 'attributes',
    check: (assertion, { attributeMapping }) => checkOneEmail(assertion, attributeMapping),
  },
  {
    code: 'attribute_missing',
    clause: 'SAML Core §2.7.3',
    group: 'attributes',
    check: (assertion, { attributeMapping, optionalNames }) =>
      outcome(
        checkPresent(assertion, attributeMapping, optionalNames),
        'e-mail, first and last name',
      ),
  },
  {
    code: 'email',
    clause: 'RFC 5321 §4.1.2',
    group: 'attributes',
    check: (assertion, { attributeMapping }) => judgeEmail(assertion, attributeMapping),
  },
]

/**
 * Judges the rows in order, up to and including the first failure, or with `everyRow` all of them.
 * Rows of ignored groups are left out.
 */
export function judge<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  expectations: Expectations,
  options: { everyRow: boolean },
): CheckRow[] {
  const rows: CheckRow[] = []
  for (const { code, clause, group, check } of checks) {
    if (group && expectations.ignore.has(group)) continue
    const judged = check(subject, expectations)
    const expected = cut(judged.expected)
    const received = visible(cut(judged.received))
    rows.push({ ...judged, code: judged.code ?? code, clause, expected, received })
    if (!judged.ok && !options.everyRow) break
  }
  return rows
}

function outcome(result: Result<true, Refusal>, expected: string): CheckResult {
  return result.ok ? { ok: true, expected, received: expected } : { ...result.error, ok: false }
}
