// The person in an assertion: e-mail, first and last name, under the names that IdPs send. It never
// reads roles or groups.
import type { Assertion, Attribute } from './assertion.ts'
import { ok, type Result } from '../../result.ts'
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

function valueOf(assertion: Assertion, field: PersonField, mapping: AttributeMapping): string {
  return carriers(assertion, field, mapping).flatMap(({ values }) => values)[0] ?? ''
}

/**
 * Each of the three fields must have one value. An attribute that is sent twice or has two values
 * is ambiguous. So are two known names with different values. Refuses `attribute_duplicate`.
 */
export function checkUnambiguous(
  assertion: Assertion,
  mapping: AttributeMapping,
): Result<true, Refusal> {
  for (const field of PERSON_FIELDS) {
    const found = carriers(assertion, field, mapping)
    const names = found.map(({ name }) => name)
    const values = new Set(found.flatMap((attribute) => attribute.values))
    if (
      new Set(names).size !== names.length ||
      found.some((attribute) => attribute.values.length > 1) ||
      values.size > 1
    )
      return refuse(
        'attribute_duplicate',
        CLAUSE,
        `one value for ${field}`,
        `${names.join(', ')}: ${values.size} values`,
      )
  }
  return ok(true)
}

/**
 * Refuses `attribute_missing` with the missing fields and the names, never the values, of the
 * attributes received.
 */
export function checkPresent(
  assertion: Assertion,
  mapping: AttributeMapping,
): Result<true, Refusal> {
  const missing = PERSON_FIELDS.filter(
    (field) => cleanName(valueOf(assertion, field, mapping)) === '',
  )
  if (missing.length === 0) return ok(true)
  const wanted = missing.map(
    (field) =>
      `${field} (as ${mapping[field] ?? KNOWN_ATTRIBUTES[field].slice(0, 2).join(', ')}, …)`,
  )
  const arrived = assertion.attributes.map(({ name }) => name)
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
  const value = valueOf(assertion, 'email', mapping)
  return normalizeEmail(value) === undefined
    ? refuse(
        'email',
        'RFC 5321 §4.1.2',
        'one plain address in ASCII',
        `${value.length} characters that are not one`,
      )
    : ok(true)
}

/** The person; undefined where one of the three checks above refuses. */
export function readPerson(
  assertion: Assertion,
  mapping: AttributeMapping,
): PersonAttributes | undefined {
  if (!checkUnambiguous(assertion, mapping).ok || !checkPresent(assertion, mapping).ok)
    return undefined
  const email = normalizeEmail(valueOf(assertion, 'email', mapping))
  if (email === undefined) return undefined
  return {
    email,
    firstName: cleanName(valueOf(assertion, 'firstName', mapping)),
    lastName: cleanName(valueOf(assertion, 'lastName', mapping)),
  }
}

/**
 * A name for display: white space folded, characters that no name has (controls, direction
 * overrides) left out, cut to length.
 */
function cleanName(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, MAX_NAME)
    .toWellFormed()
}
