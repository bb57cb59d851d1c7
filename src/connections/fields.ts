// The fields of a connection as administrators enter them, each with its check. Pure.
import type { connections } from '../db/schema.ts'
import { problem, type Outcome, done } from '../outcome.ts'
import { isEndpoint } from '../saml/idp-metadata.ts'
import { PERSON_FIELDS } from '../saml/principal.ts'

type Row = typeof connections.$inferSelect

/** What may be edited. The SID, our own addresses and the state may not. */
export type ConnectionFields = Pick<
  Row,
  | 'name'
  | 'entityID'
  | 'ssoRedirectURL'
  | 'ssoPostURL'
  | 'requestBinding'
  | 'signRequests'
  | 'forceAuthn'
  | 'nameIDFormat'
  | 'requestedAuthnContext'
  | 'idpInitiated'
  | 'logoutRedirectURL'
  | 'attributeMapping'
  | 'allow'
  | 'clockSkewSeconds'
>

type Check = (value: never, allowHttp: boolean) => string | undefined
type Field = { code: 'input' | 'identifier' | 'endpoint_url'; expected: string; check: Check }

const URL_FIELD: Field = {
  code: 'endpoint_url',
  expected: 'an https URL without user name and password',
  check: (value: string | null, allowHttp) =>
    value === null || isEndpoint(value, allowHttp) ? undefined : value,
}

const oneOf = (...allowed: string[]): Field => ({
  code: 'input',
  expected: allowed.join(', '),
  check: (value: string) => (allowed.includes(value) ? undefined : String(value)),
})

const BOOLEAN: Field = {
  code: 'input',
  expected: 'true or false',
  check: (value: unknown) => (typeof value === 'boolean' ? undefined : String(value)),
}

const text = (length: number, nullable: boolean): Field => ({
  code: 'input',
  expected: `1 to ${length} characters`,
  check: (value: string | null) =>
    (value === null && nullable) || isTrimmed(value, length) ? undefined : String(value),
})

/** A row a field: what is expected, and what was received where that does not fit. */
const FIELDS: Readonly<Record<keyof ConnectionFields, Field>> = {
  name: text(200, false),
  entityID: {
    code: 'identifier',
    expected: '1 to 1,024 characters without white space around them',
    check: (value: string) => (isTrimmed(value, 1024) ? undefined : String(value)),
  },
  ssoRedirectURL: URL_FIELD,
  ssoPostURL: URL_FIELD,
  logoutRedirectURL: URL_FIELD,
  requestBinding: oneOf('HTTP-Redirect', 'HTTP-POST'),
  idpInitiated: oneOf('refuse', 'restart', 'accept'),
  signRequests: BOOLEAN,
  forceAuthn: BOOLEAN,
  nameIDFormat: text(200, true),
  requestedAuthnContext: {
    code: 'input',
    expected: 'up to 10 AuthnContextClassRef values',
    check: (value: string[] | null) =>
      value === null || (value.length <= 10 && value.every((one) => isTrimmed(one, 200)))
        ? undefined
        : JSON.stringify(value),
  },
  attributeMapping: {
    code: 'input',
    expected: 'attribute names for email, firstName, lastName',
    check: (value: Record<string, string> | null) =>
      value === null ||
      Object.entries(value).every(
        ([field, name]) => (PERSON_FIELDS as string[]).includes(field) && isTrimmed(name, 200),
      )
        ? undefined
        : JSON.stringify(value),
  },
  allow: {
    code: 'input',
    expected: 'a list of sha1, aes-cbc',
    check: (value: string[]) =>
      value.every((one) => one === 'sha1' || one === 'aes-cbc') ? undefined : JSON.stringify(value),
  },
  clockSkewSeconds: {
    code: 'input',
    expected: '0 to 300 seconds',
    check: (value: number) =>
      Number.isInteger(value) && value >= 0 && value <= 300 ? undefined : String(value),
  },
}

/** Refuses `input`, `identifier` and `endpoint_url`, naming the field. Fields that nobody knows are refused too. */
export function checkFields(
  fields: Partial<ConnectionFields>,
  allowHttp: boolean,
): Outcome<Partial<ConnectionFields>> {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(FIELDS, name)) return problem('input', 'a field of a connection', name, name)
    const { code, expected, check } = FIELDS[name as keyof ConnectionFields]
    const received = check(value as never, allowHttp)
    if (received !== undefined) return problem(code, expected, received.slice(0, 200), name)
  }
  return done(fields)
}

function isTrimmed(value: unknown, length: number): boolean {
  return (
    typeof value === 'string' &&
    value.trim() === value &&
    value.length >= 1 &&
    value.length <= length
  )
}
