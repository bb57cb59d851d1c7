// The person in an assertion: e-mail, first and last name, under the names that IdPs send. It never
// reads roles or groups.
import type { Assertion, Attribute } from './assertion.ts'
import type { CheckResult } from './compare.ts'
import { ok, type Result } from '../../result.ts'
import { withSymbols } from '../../visible.ts'
import { type Refusal, refuse } from '../refusal.ts'

export type PersonField = 'email' | 'firstName' | 'lastName'

/**
 * The attribute name that a connection's IdP uses for a field; `NameID` stands for the subject's
 * NameID.
 */
export type AttributeMapping = Partial<Record<PersonField, string>>

export type PersonAttributes = Record<PersonField, string>

/**
 * Attribute names that common IdPs send, compared exactly: OIDs of Shibboleth and SimpleSAMLphp,
 * claim URIs of Entra ID and AD FS, plain names.
 */
export const KNOWN_ATTRIBUTES: Readonly<Record<PersonField, readonly string[]>> = {
  email: [
    'email',
    'mail',
    'Email',
    'emailAddress',
    'EmailAddress',
    'emailaddress',
    'e-mail',
    'user.email',
    'User.email',
    'User.Email',
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    'http://schemas.xmlsoap.org/claims/EmailAddress',
  ],
  firstName: [
    'firstName',
    'FirstName',
    'firstname',
    'first_name',
    'givenName',
    'GivenName',
    'givenname',
    'given_name',
    'user.firstName',
    'User.FirstName',
    'urn:oid:2.5.4.42',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname',
    'http://schemas.xmlsoap.org/claims/FirstName',
  ],
  lastName: [
    'lastName',
    'LastName',
    'lastname',
    'last_name',
    'sn',
    'surname',
    'Surname',
    'familyName',
    'family_name',
    'user.lastName',
    'User.LastName',
    'urn:oid:2.5.4.4',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname',
    'http://schemas.xmlsoap.org/claims/LastName',
  ],
}

export const PERSON_FIELDS = Object.keys(KNOWN_ATTRIBUTES) as PersonField[]

const CLAUSE = 'SAML Core §2.7.3'
const MAX_NAME = 200

/**
 * The attributes of an assertion that carry a field, by the connection's mapping or by the known
 * names.
 */
function carriers(
  assertion: Assertion,
  field: PersonField,
  mapping: AttributeMapping,
): Attribute[] {
  const mapped = mapping[field]
  if (mapped === 'NameID') {
    const value = assertion.subject?.nameID?.value
    return value === undefined ? [] : [{ name: 'NameID', nameFormat: undefined, values: [value] }]
  }
  const names = mapped === undefined ? KNOWN_ATTRIBUTES[field] : [mapped]
  return assertion.attributes.filter(({ name }) => names.includes(name))
}

/** The names that may be left out, of people who have one name. */
export type OptionalNames = readonly Exclude<PersonField, 'email'>[]

/** Different e-mails of one assertion. More are no choice of a login e-mail. */
const MAX_EMAILS = 20

/** The e-mails as they came. Those that differ in case alone are one. */
function emailsOf(assertion: Assertion, mapping: AttributeMapping): string[] {
  const byKey = new Map<string, string>()
  for (const { values } of carriers(assertion, 'email', mapping))
    for (const value of values)
      if (value.trim() !== '' && !byKey.has(value.toLowerCase()))
        byKey.set(value.toLowerCase(), value)
  return [...byKey.values()]
}

/**
 * A name is for display only. Of several the first in the order of the known names counts, whatever
 * the order of the assertion. Empty: none came.
 */
function nameOf(
  assertion: Assertion,
  field: Exclude<PersonField, 'email'>,
  mapping: AttributeMapping,
): string {
  const order = KNOWN_ATTRIBUTES[field]
  return (
    carriers(assertion, field, mapping)
      .toSorted((left, right) => order.indexOf(left.name) - order.indexOf(right.name))
      .flatMap(({ values }) => values.map(cleanName))
      .find((name) => name !== '') ?? ''
  )
}

/**
 * Several different e-mails do not say who it is. The row warns, and the reader of the principals
 * decides. Refuses `email_ambiguous` where there are too many to choose from.
 */
export function checkOneEmail(assertion: Assertion, mapping: AttributeMapping): CheckResult {
  const emails = emailsOf(assertion, mapping)
  const received = emails.length === 1 ? 'one' : listEmails(emails)
  return emails.length > 1
    ? { ok: emails.length <= MAX_EMAILS, isWarning: true, expected: ONE_EMAIL, received }
    : { ok: true, expected: ONE_EMAIL, received: emails.length === 0 ? 'none' : 'one' }
}

const ONE_EMAIL = 'one e-mail, or a NameID that says which of them it is'

/** Without its local part but for the first letter. Undefined: it is no address. */
export function maskAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  return at > 0 ? `${text.slice(0, 1)}…${text.slice(at)}` : undefined
}

/** How many, and each with its local part masked. */
function listEmails(emails: readonly string[]): string {
  const shown = emails.slice(0, MAX_EMAILS).map((email) => maskAddress(email) ?? '…')
  return `${emails.length}: ${shown.join(', ')}`
}

/**
 * Refuses `attribute_missing` with the missing fields and the names, never the values, of the
 * attributes received.
 */
export function checkPresent(
  assertion: Assertion,
  mapping: AttributeMapping,
  optional: OptionalNames = [],
): Result<true, Refusal> {
  const missing = PERSON_FIELDS.filter((field) =>
    field === 'email'
      ? emailsOf(assertion, mapping).length === 0
      : !optional.includes(field) && nameOf(assertion, field, mapping) === '',
  )
  if (missing.length === 0) return ok(true)
  const wanted = missing.map(
    (field) =>
      `${field} (as ${mapping[field] ?? KNOWN_ATTRIBUTES[field].slice(0, 2).join(', ')}, …)`,
  )
  const arrived = assertion.attributes.map(({ name }) => withSymbols(name))
  return refuse(
    'attribute_missing',
    CLAUSE,
    wanted.join('; '),
    arrived.length > 0 ? arrived.join(', ') : 'no attributes at all',
  )
}

// RFC 5321 §4.1.2 Dot-string and Domain, in ASCII.
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})+$`)

/**
 * An address in ASCII with its domain in lower case, or undefined. It is never corrected: a
 * lookalike is another address.
 */
export function normalizeEmail(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  if (text.length > 254 || at > 64 || !EMAIL.test(text)) return undefined
  return text.slice(0, at) + text.slice(at).toLowerCase()
}

/** Refuses `email`, without the address. */
export function checkEmail(assertion: Assertion, mapping: AttributeMapping): Result<true, Refusal> {
  const emails = emailsOf(assertion, mapping)
  const wrong = emails.find((email) => normalizeEmail(email) === undefined)
  return wrong === undefined && emails.length > 0
    ? ok(true)
    : refuse(
        'email',
        'RFC 5321 §4.1.2',
        ONE_ADDRESS,
        `${(wrong ?? '').length} characters that are not one`,
      )
}

/**
 * The same as a row. It warns of the user principal name that Microsoft Entra ID gives to guests:
 * that has the form of an address, and no mail reaches it.
 */
export function judgeEmail(assertion: Assertion, mapping: AttributeMapping): CheckResult {
  const checked = checkEmail(assertion, mapping)
  if (!checked.ok) return { ...checked.error, ok: false }
  const isGuest = emailsOf(assertion, mapping).some((email) => /#EXT#@/i.test(email))
  return isGuest
    ? { ok: true, isWarning: true, expected: ONE_ADDRESS, received: GUEST_NAME }
    : { ok: true, expected: ONE_ADDRESS, received: ONE_ADDRESS }
}

const ONE_ADDRESS = 'one plain address in ASCII'
const GUEST_NAME = 'the user principal name of a guest (#EXT#)'

/**
 * The person, once for each e-mail of the assertion. None where one of the three checks above
 * refuses.
 */
export function readPersons(
  assertion: Assertion,
  mapping: AttributeMapping,
  optional: OptionalNames = [],
): PersonAttributes[] {
  if (
    !checkOneEmail(assertion, mapping).ok ||
    !checkPresent(assertion, mapping, optional).ok ||
    !checkEmail(assertion, mapping).ok
  )
    return []
  const firstName = nameOf(assertion, 'firstName', mapping)
  const lastName = nameOf(assertion, 'lastName', mapping)
  return emailsOf(assertion, mapping).map((email) => ({
    email: normalizeEmail(email)!,
    firstName,
    lastName,
  }))
}

/**
 * A name for display: white space folded, characters that no name has (controls, direction
 * overrides) left out, cut to length. Joiners stay: names in Persian and Indic scripts need them.
 */
function cleanName(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, MAX_NAME)
    .toWellFormed()
}
