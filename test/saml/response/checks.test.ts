// The check list, row by row, on values: no XML, no signature.
import { describe, expect, it } from 'vitest'
import type { Assertion, SubjectConfirmation } from '../../../src/saml/response/assertion.ts'
import { ASSERTION_CHECKS, ENVELOPE_CHECKS, judge } from '../../../src/saml/response/checks.ts'
import type { Expectations } from '../../../src/saml/response/expectations.ts'
import { BEARER, STATUS_SUCCESS } from '../../../src/saml/names.ts'
import type { UntrustedResponse } from '../../../src/saml/response/response.ts'
import { NOW, verification } from '../../support/core.ts'

const EXPECTATIONS: Expectations = verification()
const { acsURL, idpEntityID, spEntityID } = EXPECTATIONS
const DAY = 24 * 3_600_000
const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

const RESPONSE = {
  version: '2.0',
  destination: acsURL,
  inResponseTo: '_request-1',
  issuer: idpEntityID,
  status: [STATUS_SUCCESS],
  statusMessage: undefined,
} as unknown as UntrustedResponse

const CONFIRMATION = {
  method: BEARER,
  recipient: acsURL,
  notBefore: undefined,
  notOnOrAfter: iso(NOW + 1),
  inResponseTo: '_request-1',
} as SubjectConfirmation

const SUBJECT = { nameID: { value: 'G-1', format: undefined }, confirmations: [CONFIRMATION] }
const CONDITIONS = {
  notBefore: iso(NOW),
  notOnOrAfter: iso(NOW + 1),
  audienceRestrictions: [[spEntityID]],
  unknown: [] as string[],
}
const STATEMENT = {
  authnInstant: iso(NOW) as string | undefined,
  sessionIndex: undefined,
  sessionNotOnOrAfter: undefined as string | undefined,
  authnContextClassRef: undefined as string | undefined,
}
const ASSERTION: Assertion = {
  ID: '_a',
  issueInstant: iso(NOW),
  issuer: idpEntityID,
  subject: SUBJECT,
  conditions: CONDITIONS,
  authnStatements: [STATEMENT],
  attributes: ['email', 'firstName', 'lastName'].map((name) => ({
    name,
    nameFormat: undefined,
    values: [name === 'email' ? 'a@b.example' : 'A'],
  })),
}

const ALL = { everyRow: true }

function failures(changes: Partial<Assertion>, expectations: Partial<Expectations> = {}): string[] {
  const rows = judge(
    ASSERTION_CHECKS,
    { ...ASSERTION, ...changes },
    { ...EXPECTATIONS, ...expectations },
    ALL,
  )
  return rows.filter(({ ok }) => !ok).map(({ code }) => code)
}

function envelopeFailures(
  changes: Partial<UntrustedResponse>,
  expectations: Partial<Expectations> = {},
): string[] {
  const rows = judge(
    ENVELOPE_CHECKS,
    { ...RESPONSE, ...changes },
    { ...EXPECTATIONS, ...expectations },
    ALL,
  )
  return rows.filter(({ ok }) => !ok).map(({ code }) => code)
}

const confirmed = (...changes: Partial<typeof CONFIRMATION>[]) => ({
  subject: { ...SUBJECT, confirmations: changes.map((change) => ({ ...CONFIRMATION, ...change })) },
})
const conditions = (changes: Partial<typeof CONDITIONS>) => ({
  conditions: { ...CONDITIONS, ...changes },
})
const stated = (changes: Partial<typeof STATEMENT>) => ({
  authnStatements: [{ ...STATEMENT, ...changes }],
})

describe('the format of the NameID', () => {
  const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
  const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
  const warned = (format: string | undefined, nameIDFormat: string | null) => {
    const subject = { ...SUBJECT, nameID: { value: 'a', format } }
    const rows = judge(
      ASSERTION_CHECKS,
      { ...ASSERTION, subject },
      { ...EXPECTATIONS, nameIDFormat },
      ALL,
    )
    expect(rows.filter(({ ok }) => !ok)).toEqual([])
    return rows.filter(({ isWarning }) => isWarning).map(({ code }) => code)
  }

  it('is a warning where it is another one than asked, and never a refusal', () => {
    expect(warned(UNSPECIFIED, PERSISTENT)).toEqual(['name_id_format'])
    // Absent means unspecified.
    expect(warned(undefined, PERSISTENT)).toEqual(['name_id_format'])
  })

  it('is as it may be where the request asked for it, for none, or for any', () => {
    expect(warned(PERSISTENT, PERSISTENT)).toEqual([])
    expect(warned(PERSISTENT, null)).toEqual([])
    expect(warned(PERSISTENT, UNSPECIFIED)).toEqual([])
  })
})

describe('the list', () => {
  it('passes what it should, each row with its clause', () => {
    const rows = [
      ...judge(ENVELOPE_CHECKS, RESPONSE, EXPECTATIONS, ALL),
      ...judge(ASSERTION_CHECKS, ASSERTION, EXPECTATIONS, ALL),
    ]
    expect(rows.filter(({ ok }) => !ok)).toEqual([])
    for (const row of rows) expect(row.clause).toMatch(/^(SAML|RFC) .+§/)
    expect(rows.map(({ code }) => code)).toEqual([
      'response_version',
      'destination',
      'response_issuer',
      'status',
      'in_response_to',
      'assertion_issuer',
      'subject',
      'name_id',
      'name_qualifier',
      'sp_name_qualifier',
      'name_id_format',
      'bearer',
      'recipient',
      'issue_instant',
      'confirmation_not_on_or_after',
      'confirmation_not_before',
      'confirmation_in_response_to',
      'audience',
      'not_before',
      'not_on_or_after',
      'condition_unknown',
      'authn_statement',
      'authn_instant',
      'authn_too_old',
      'authn_not_forced',
      'authn_context',
      'session_not_on_or_after',
      'email_ambiguous',
      'attribute_missing',
      'email',
    ])
  })

  it('ends with the first failure, or not at all', () => {
    const changed = { ...ASSERTION, issuer: 'other', conditions: undefined }
    const codes = (everyRow: boolean) =>
      judge(ASSERTION_CHECKS, changed, EXPECTATIONS, { everyRow }).map(({ code }) => code)
    expect(codes(false)).toEqual(['assertion_issuer'])
    expect(codes(true)).toHaveLength(ASSERTION_CHECKS.length)
  })

  it('has no row for what is ignored', () => {
    const ignore = new Set(['issuer', 'time', 'attributes'] as const)
    const rows = judge(ASSERTION_CHECKS, ASSERTION, { ...EXPECTATIONS, ignore }, ALL)
    expect(rows.map(({ code }) => code)).toEqual([
      'subject',
      'name_id',
      'sp_name_qualifier',
      'name_id_format',
      'bearer',
      'recipient',
      'confirmation_in_response_to',
      'audience',
      'condition_unknown',
      'authn_statement',
      'authn_context',
    ])
  })

  it('cuts long values', () => {
    const [row] = judge(
      ASSERTION_CHECKS,
      { ...ASSERTION, issuer: 'x'.repeat(999) },
      EXPECTATIONS,
      ALL,
    )
    expect(row?.received).toBe(`${'x'.repeat(300)}… (999 characters)`)
  })
})

describe('the envelope', () => {
  it.each([
    ['response_version', { version: '1.1' }],
    ['response_version', { version: '' }],
    ['destination', { destination: `${acsURL}/` }],
    ['destination', { destination: '' }],
    ['response_issuer', { issuer: `${idpEntityID}/` }],
    ['response_issuer', { issuer: '' }],
    ['status', { status: [] }],
    ['status', { status: ['urn:oasis:names:tc:SAML:2.0:status:Responder', STATUS_SUCCESS] }],
    ['in_response_to', { inResponseTo: '_request-2' }],
  ] as [string, Partial<UntrustedResponse>][])('%s of %j', (code, changes) => {
    expect(envelopeFailures(changes)).toEqual([code])
  })

  it.each([{ destination: undefined }, { issuer: undefined }, { inResponseTo: undefined }])(
    'leaves %j to the assertion',
    (changes) => {
      expect(envelopeFailures(changes)).toEqual([])
    },
  )

  it('answers nothing where nothing was asked', () => {
    expect(envelopeFailures({}, { inResponseTo: null })).toEqual(['in_response_to'])
    expect(envelopeFailures({ inResponseTo: undefined }, { inResponseTo: null })).toEqual([])
  })
})

describe('the assertion', () => {
  it.each([
    ['assertion_issuer', { issuer: undefined }],
    ['assertion_issuer', { issuer: idpEntityID.toUpperCase() }],
    ['name_id', { subject: { ...SUBJECT, nameID: undefined } }],
    ['name_id', { subject: { ...SUBJECT, nameID: { value: '', format: undefined } } }],
    [
      'name_id',
      { subject: { ...SUBJECT, nameID: { value: 'x'.repeat(1025), format: undefined } } },
    ],
    ['recipient', confirmed({ recipient: undefined })],
    ['recipient', confirmed({ recipient: `${acsURL}?a=b` })],
    ['confirmation_not_on_or_after', confirmed({ notOnOrAfter: undefined })],
    ['confirmation_not_on_or_after', confirmed({ notOnOrAfter: iso(NOW - 60_000) })],
    ['time_unreadable', confirmed({ notOnOrAfter: 'never' })],
    ['issue_instant', { issueInstant: undefined }],
    ['issue_instant', { issueInstant: iso(NOW - DAY - 60_000) }],
    ['issue_instant', { issueInstant: iso(NOW + DAY + 1) }],
    ['time_unreadable', { issueInstant: 'today' }],
    ['confirmation_not_before', confirmed({ notBefore: iso(NOW - 1) })],
    ['confirmation_in_response_to', confirmed({ inResponseTo: undefined })],
    ['confirmation_in_response_to', confirmed({ inResponseTo: '_request-2' })],
    ['audience', { conditions: undefined }],
    ['audience', conditions({ audienceRestrictions: [] })],
    ['audience', conditions({ audienceRestrictions: [[]] })],
    ['audience', conditions({ audienceRestrictions: [[spEntityID], ['other']] })],
    ['audience', conditions({ audienceRestrictions: [[`${spEntityID}x`]] })],
    ['not_before', conditions({ notBefore: iso(NOW + 60_001) })],
    ['time_unreadable', conditions({ notBefore: '' })],
    ['not_on_or_after', conditions({ notOnOrAfter: iso(NOW - 60_000) })],
    ['time_unreadable', conditions({ notOnOrAfter: '' })],
    ['condition_unknown', conditions({ unknown: ['{urn:a}b'] })],
    ['authn_statement', stated({ authnInstant: undefined })],
    ['authn_instant', stated({ authnInstant: iso(NOW + 60_001) })],
    ['time_unreadable', stated({ authnInstant: '2026-11-24T12:00:00' })],
    ['session_not_on_or_after', stated({ sessionNotOnOrAfter: iso(NOW - 60_000) })],
    ['time_unreadable', stated({ sessionNotOnOrAfter: '' })],
  ] as [string, Partial<Assertion>][])('%s of %j', (code, changes) => {
    expect(failures(changes)).toEqual([code])
  })

  it('without a Subject fails every row that asks for one', () => {
    expect(failures({ subject: undefined })).toEqual([
      'subject',
      'name_id',
      'bearer',
      'recipient',
      'confirmation_not_on_or_after',
      'confirmation_in_response_to',
    ])
  })

  it('without an AuthnStatement fails the row that asks for one, and no clock is blamed', () => {
    expect(failures({ authnStatements: [] })).toEqual(['authn_statement'])
    const limits = { maximumAuthnAgeSeconds: 60, authnNotBefore: NOW }
    expect(failures({ authnStatements: [] }, limits)).toEqual(['authn_statement'])
  })

  it('stands on one confirmation that fits in every respect', () => {
    const halves = confirmed({ recipient: 'other' }, { inResponseTo: 'other' })
    expect(failures(halves)).toEqual(['recipient'])
    expect(failures(confirmed({ recipient: 'other' }, {}))).toEqual([])
    expect(failures(confirmed({ method: 'urn:other' }))).toContain('bearer')
  })

  it('is judged with the skew of the connection, to the millisecond', () => {
    expect(failures(confirmed({ notOnOrAfter: iso(NOW - 59_999) }))).toEqual([])
    expect(failures({ issueInstant: iso(NOW - DAY - 59_999) })).toEqual([])
    expect(failures({ issueInstant: iso(NOW + DAY) })).toEqual([])
    expect(failures(conditions({ notBefore: iso(NOW + 60_000) }))).toEqual([])
    expect(failures(conditions({ notBefore: iso(NOW + 1) }), { clockSkewSeconds: 0 })).toEqual([
      'not_before',
    ])
    expect(failures(conditions({ notOnOrAfter: iso(NOW) }), { clockSkewSeconds: 0 })).toEqual([
      'not_on_or_after',
    ])
  })

  it('of an old sign-in is refused where a new one was asked for', () => {
    const old = stated({ authnInstant: iso(NOW - 120_000) })
    expect(failures(old, { authnNotBefore: NOW - 60_000 })).toEqual([])
    expect(failures(old, { authnNotBefore: NOW - 59_999 })).toEqual(['authn_not_forced'])
  })

  it('of an old sign-in is refused where the connection has a limit', () => {
    const old = stated({ authnInstant: iso(NOW - 120_000) })
    expect(failures(old, { maximumAuthnAgeSeconds: null })).toEqual([])
    expect(failures(old, { maximumAuthnAgeSeconds: 60 })).toEqual([])
    expect(failures(old, { maximumAuthnAgeSeconds: 59 })).toEqual(['authn_too_old'])
  })

  it('needs one of the contexts that are required, exactly', () => {
    const context = (authnContextClassRef: string | undefined) => stated({ authnContextClassRef })
    const required = { authnContexts: ['urn:a', 'urn:b'] }
    expect(failures(context('urn:b'), required)).toEqual([])
    for (const other of [undefined, '', 'urn:B', 'urn:a ', 'urn:a or urn:b'])
      expect([other, ...failures(context(other), required)]).toEqual([other, 'authn_context'])
    expect(failures(context(undefined), { authnContexts: null })).toEqual([])
  })
})
