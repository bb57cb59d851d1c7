import { describe, expect, it } from 'vitest'
import type { Assertion } from '../../../src/saml/response/assertion.ts'
import {
  checkEmail,
  checkPresent,
  checkOneEmail,
  KNOWN_ATTRIBUTES,
  normalizeEmail,
  PERSON_FIELDS,
  readPersons,
  type AttributeMapping,
} from '../../../src/saml/response/principal.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

function assertion(
  attributes: Record<string, string | string[]> | [string, ...string[]][],
  nameID = 'G-1',
): Assertion {
  const list = Array.isArray(attributes) ? attributes : Object.entries(attributes)
  return {
    ID: '_a',
    issueInstant: undefined,
    issuer: undefined,
    subject: { nameID: { value: nameID, format: undefined }, confirmations: [] },
    conditions: undefined,
    authnStatements: [],
    attributes: list.map(([name, ...values]) => ({
      name,
      nameFormat: undefined,
      values: values.flat(),
    })),
  }
}

function read(attributes: Parameters<typeof assertion>[0], mapping: AttributeMapping = {}) {
  const persons = readPersons(assertion(attributes), mapping)
  expect(persons.length).toBeLessThan(2)
  return persons[0]
}

describe('the attributes of', () => {
  const ALICE = { email: 'alice@tenant.example', firstName: 'Alice', lastName: 'Adams' }

  it.each([
    ['Okta', { email: ALICE.email, firstName: 'Alice', lastName: 'Adams' }],
    [
      'Okta, by profile',
      { 'user.email': ALICE.email, 'user.firstName': 'Alice', 'user.lastName': 'Adams' },
    ],
    [
      'Entra ID',
      {
        'http://schemas.microsoft.com/identity/claims/tenantid': '1',
        'http://schemas.microsoft.com/identity/claims/displayname': 'Alice Adams',
        [`${CLAIMS}/emailaddress`]: ALICE.email,
        [`${CLAIMS}/givenname`]: 'Alice',
        [`${CLAIMS}/surname`]: 'Adams',
        [`${CLAIMS}/name`]: 'alice@tenant.onmicrosoft.example',
      },
    ],
    ['Google', { email: ALICE.email, first_name: 'Alice', last_name: 'Adams' }],
    [
      'ADFS',
      {
        [`${CLAIMS}/emailaddress`]: ALICE.email,
        [`${CLAIMS}/givenname`]: 'Alice',
        [`${CLAIMS}/surname`]: 'Adams',
        [`${CLAIMS}/upn`]: 'TENANT\\alice',
      },
    ],
    [
      'ADFS 1',
      {
        'http://schemas.xmlsoap.org/claims/EmailAddress': ALICE.email,
        givenName: 'Alice',
        sn: 'Adams',
      },
    ],
    [
      'Shibboleth',
      {
        'urn:oid:0.9.2342.19200300.100.1.3': ALICE.email,
        'urn:oid:2.5.4.42': 'Alice',
        'urn:oid:2.5.4.4': 'Adams',
        'urn:oid:1.3.6.1.4.1.5923.1.1.1.6': 'alice@scope.example',
      },
    ],
    ['SimpleSAMLphp', { mail: ALICE.email, givenName: 'Alice', sn: 'Adams', uid: 'alice' }],
    ['Keycloak', { email: ALICE.email, givenName: 'Alice', surname: 'Adams' }],
    [
      'OneLogin',
      { 'User.email': ALICE.email, 'User.FirstName': 'Alice', 'User.LastName': 'Adams' },
    ],
    ['JumpCloud', { email: ALICE.email, firstname: 'Alice', lastname: 'Adams' }],
  ])('%s', (_, attributes) => {
    expect(read(attributes)).toEqual(ALICE)
  })

  it('an IdP with names of its own, by the mapping', () => {
    const attributes = {
      upn: 'alice@tenant.example',
      vorname: 'Alice',
      nachname: 'Adams',
      mail: 'other@a.example',
    }
    expect(read(attributes, { email: 'upn', firstName: 'vorname', lastName: 'nachname' })).toEqual(
      ALICE,
    )
  })

  it('an IdP that has the e-mail in the NameID', () => {
    const subject = assertion({ firstName: 'Alice', lastName: 'Adams' }, 'alice@tenant.example')
    expect(readPersons(subject, { email: 'NameID' })).toEqual([ALICE])
    expect(readPersons({ ...subject, subject: undefined }, { email: 'NameID' })).toEqual([])
  })

  it('every known name, each for one field', () => {
    const names = PERSON_FIELDS.flatMap((field) => KNOWN_ATTRIBUTES[field])
    expect(new Set(names).size).toBe(names.length)
  })

  it('no name that only looks like a known one', () => {
    for (const name of ['EMAIL', 'eMail', ' email', 'urn:oid:2.5.4.42.1', `${CLAIMS}/EmailAddress`])
      expect(read({ [name]: 'alice@tenant.example', firstName: 'A', lastName: 'B' })).toBe(
        undefined,
      )
  })
})

describe('values that come more than once', () => {
  const NAME = { firstName: 'A', lastName: 'B' }
  const PERSON = { ...NAME, email: 'a@b.example' }

  it.each([
    ['the same e-mail twice', { ...NAME, email: ['a@b.example', 'a@b.example'] }],
    ['in another case', { ...NAME, email: ['a@b.example', 'A@B.example'] }],
    ['an empty one first', { ...NAME, email: ['', 'a@b.example'] }],
    ['under two known names', { ...PERSON, mail: 'A@b.example' }],
    ['and any number of others', { ...PERSON, groups: ['x', 'y'] }],
    ['two first names in one attribute', { ...PERSON, firstName: ['A', 'Other'] }],
    ['an empty first name before it', { ...PERSON, firstName: ['  ', 'A'] }],
    ['two known names, in the order of ours', { givenName: 'Other', ...PERSON, sn: 'Other' }],
  ])('are one: %s', (_, attributes) => {
    expect(read(attributes)).toEqual(PERSON)
    expect(checkOneEmail(assertion(attributes), {})).toMatchObject({ ok: true, received: 'one' })
  })

  it('are one in an attribute that is sent twice', () => {
    const twice = assertion([
      ['email', 'a@b.example'],
      ['email', 'a@b.example'],
      ['firstName', 'A'],
      ['lastName', 'B'],
    ])
    expect(readPersons(twice, {})).toEqual([PERSON])
  })

  it.each([
    ['two values', { ...NAME, email: ['a@b.example', 'c@d.example'] }],
    ['two known names', { ...PERSON, mail: 'c@d.example' }],
  ])('are a person each where the e-mails differ, with a warning: %s', (_, attributes) => {
    expect(readPersons(assertion(attributes), {})).toEqual([
      PERSON,
      { ...PERSON, email: 'c@d.example' },
    ])
    expect(checkOneEmail(assertion(attributes), {})).toMatchObject({
      ok: true,
      isWarning: true,
      received: '2: a…@b.example, c…@d.example',
    })
    expect(readPersons(assertion({ ...attributes, upn: 'a@b.example' }), { email: 'upn' })).toEqual(
      [PERSON],
    )
  })

  it('are nobody where one of the e-mails is none, or there are more than twenty', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `a${at}@b.example`)
    expect(readPersons(assertion({ ...NAME, email: ['a@b.example', 'x'] }), {})).toEqual([])
    expect(readPersons(assertion({ ...NAME, email: many(20) }), {})).toHaveLength(20)
    expect(readPersons(assertion({ ...NAME, email: many(21) }), {})).toEqual([])
    expect(checkOneEmail(assertion({ ...NAME, email: many(21) }), {}).ok).toBe(false)
  })
})

describe('names', () => {
  const email = 'a@b.example'

  it('may be missing where the connection says so', () => {
    const one = assertion({ email, firstName: 'Suharto', lastName: ' ' })
    expect(readPersons(one, {})).toEqual([])
    expect(checkPresent(one, {})).toMatchObject({ error: { code: 'attribute_missing' } })
    expect(readPersons(one, {}, ['firstName'])).toEqual([])
    expect(readPersons(one, {}, ['lastName'])).toEqual([
      { email, firstName: 'Suharto', lastName: '' },
    ])
    expect(readPersons(assertion({ email }), {}, ['firstName', 'lastName'])).toHaveLength(1)
    expect(readPersons(assertion({}), {}, ['firstName', 'lastName'])).toEqual([])
  })

  it('keep joiners and lose direction overrides', () => {
    const names = { firstName: '\u0645\u06cc\u200c\u0646\u0627', lastName: 'B\u202ea\u200d\u0007' }
    expect(read({ email, ...names })).toEqual({
      email,
      firstName: names.firstName,
      lastName: 'Ba\u200d',
    })
  })
})

describe('checkPresent', () => {
  it('names what is missing and what arrived, and no value', () => {
    const refused = checkPresent(assertion({ mail: 'secret@a.example', other: 'value' }), {})
    expect(refused).toMatchObject({
      error: {
        code: 'attribute_missing',
        expected: expect.stringMatching(/^firstName .*; lastName /),
        received: 'mail, other',
      },
    })
    expect(JSON.stringify(refused)).not.toContain('secret')
  })

  it('names the mapped attribute', () => {
    expect(checkPresent(assertion({}), { email: 'upn' })).toMatchObject({
      error: {
        expected: expect.stringContaining('email (as upn'),
        received: 'no attributes at all',
      },
    })
  })
})

describe('an e-mail', () => {
  it.each([
    ['Alice@Tenant.EXAMPLE', 'Alice@tenant.example'],
    ["o'brien+tag@a-b.example", "o'brien+tag@a-b.example"],
    ['a.b.c@d.e.f.example', 'a.b.c@d.e.f.example'],
    ['!#$%&*/=?^_`{|}~-@a.example', '!#$%&*/=?^_`{|}~-@a.example'],
    ['a@1.example', 'a@1.example'],
    [`${'a'.repeat(64)}@a.example`, `${'a'.repeat(64)}@a.example`],
  ])('%s is %s', (text, normalized) => {
    expect(normalizeEmail(text)).toBe(normalized)
  })

  it.each([
    '',
    'a',
    'a@b',
    '@b.example',
    'a@',
    'a@b.example ',
    ' a@b.example',
    'a@b.example\n',
    'a@b..example',
    'a@.example',
    'a@b.example.',
    'a@-b.example',
    'a@b-.example',
    '.a@b.example',
    'a.@b.example',
    'a..a@b.example',
    'a b@c.example',
    'a@b@c.example',
    '"a"@b.example',
    'a@[1.2.3.4]',
    'a,b@c.example',
    'a@b.example,c@d.example',
    'a@b_c.example',
    '\u0430@b.example',
    'a@b\u3002example',
    'a\u200b@b.example',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b'.repeat(250)}.example`,
  ])('%j is none', (text) => {
    expect(normalizeEmail(text)).toBe(undefined)
    expect(checkEmail(assertion({ email: text }), {})).toMatchObject({ error: { code: 'email' } })
  })

  it('is not repeated in a refusal', () => {
    const refused = checkEmail(assertion({ email: 'secret@b' }), {})
    expect(JSON.stringify(refused)).not.toContain('secret')
  })
})

describe('a name', () => {
  const named = (firstName: string) =>
    read({ email: 'a@b.example', firstName, lastName: 'B' })?.firstName

  it.each([
    [' Ann \t Mary\n', 'Ann Mary'],
    ['Zo\u00eb \u738b', 'Zo\u00eb \u738b'],
    ['A\u202enn', 'Ann'],
    ['A\u200dn', 'A\u200dn'],
    ['A\u200bn', 'An'],
    ['A\u0007n', 'An'],
    ['<b>Ann</b>', '<b>Ann</b>'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('%j is shown as %j', (text, shown) => {
    expect(named(text)).toBe(shown)
  })

  it('is well-formed where it was cut', () => {
    expect(named('x'.repeat(199) + '\u{1f600}')?.isWellFormed()).toBe(true)
  })

  it.each(['', ' ', '\u200b', '\u202e \u2066', '\u00a0\u3000'])('%j is none', (text) => {
    expect(named(text)).toBe(undefined)
  })
})
