// How values of a connection are shown: in previews, in the history, and on its pages.
import type { Child } from 'hono/jsx'
import type { CertificateView } from '../../../connections/certificates/operations.ts'
import {
  Difference,
  Fingerprint,
  Instant,
  KeyValues,
  Notice,
  Status,
  type Change,
} from '../../kit/blocks.tsx'
import { CAPABILITY_WORDS, nameOfField, SIGN_IN_METHODS } from '../../kit/words.ts'

/** Set letter by letter. */
const CODE_FIELDS = new Set([
  'entityID',
  'ssoRedirectURL',
  'ssoPostURL',
  'logoutRedirectURL',
  'nameIDFormat',
  'requestedAuthnContext',
  'addedCertificates',
  'removedCertificates',
  'fingerprint',
  'url',
  'connectionSid',
  'setupLink',
])

const WORDS: Readonly<Record<string, string>> = {
  ...SIGN_IN_METHODS,
  refuse: 'Refused',
  restart: 'Begun again from our side',
  accept: 'Accepted as they come',
  enterprise: 'Enterprise',
  standard: 'Standard',
  draft: 'Draft',
  testing: 'Testing',
  validated: 'Validated',
  live: 'Live',
  suspended: 'Suspended',
  sha1: 'SHA-1 signatures',
  'aes-cbc': 'AES-CBC encryption',
  configure: CAPABILITY_WORDS.configure.label,
  test: CAPABILITY_WORDS.test.label,
}

const ENUM_FIELDS = new Set([
  'idpInitiated',
  'plan',
  'state',
  'allow',
  'capabilities',
  'signInMethod',
])

/** What differs, field by field. */
export function Differences(props: {
  before: Record<string, unknown> | null | undefined
  after: Record<string, unknown> | null | undefined
}) {
  const before = props.before ?? {}
  const after = props.after ?? {}
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changes: Change[] = names
    .map((name) => ({
      name: nameOfField(name),
      before: asText(name, before[name]),
      after: asText(name, after[name]),
      code: CODE_FIELDS.has(name),
    }))
    .filter((change) => change.before !== '' || change.after !== '')
  return changes.length > 0 ? <Difference changes={changes} /> : null
}

/** A field's value in one line; '' where it says nothing. */
export function asText(field: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number')
    return field.endsWith('At') && value > 1e11
      ? `${new Date(value).toISOString().slice(0, 16).replace('T', ' ')} UTC`
      : String(value)
  if (typeof value === 'string') return ENUM_FIELDS.has(field) ? (WORDS[value] ?? value) : value
  if (Array.isArray(value)) return value.map((one) => asText(field, one)).join(', ')
  return Object.entries(value as Record<string, unknown>)
    .map(([name, one]) => `${nameOfField(name)}: ${asText(name, one)}`)
    .join('; ')
}

/** What somebody compares before trusting a certificate. */
export function CertificateFacts(props: {
  certificate: Pick<
    CertificateView,
    'subject' | 'issuer' | 'fingerprint' | 'key' | 'notBefore' | 'notAfter'
  >
  now: number
  more?: readonly { name: string; value: Child }[]
}) {
  const { certificate, now, more = [] } = props
  const { subject, issuer, fingerprint, notBefore, notAfter, key } = certificate
  return (
    <KeyValues
      rows={[
        { name: 'Subject', value: subject },
        ...(issuer === subject
          ? [{ name: 'Issuer', value: 'itself' }]
          : [{ name: 'Issuer', value: issuer }]),
        { name: 'Fingerprint (SHA-256)', value: <Fingerprint hex={fingerprint} /> },
        { name: 'Key', value: key },
        { name: 'Valid from', value: <Instant at={notBefore} now={now} show="date" /> },
        { name: 'Valid until', value: <Expiry at={notAfter} now={now} /> },
        ...more,
      ]}
    />
  )
}

const DAY = 24 * 3600 * 1000
const SOON_DAYS = 60

/** When a certificate ends, and how urgent that is. */
export function Expiry({ at, now }: { at: number; now: number }) {
  const instant = <Instant at={at} now={now} show="date" />
  if (at > now + SOON_DAYS * DAY) return instant
  return <Status tone={at <= now ? 'danger' : 'warning'}>{instant}</Status>
}

/** What was entered and is not shown in the form any more, because somebody else was faster. */
export function EnteredBefore({ entered }: { entered: Record<string, unknown> }) {
  const rows = Object.entries(entered)
    .map(([name, value]) => ({ name: nameOfField(name), value: asText(name, value) }))
    .filter(({ value }) => value !== '')
  if (rows.length === 0) return null
  return (
    <Notice tone="info" title="What you had entered">
      <p>The form below shows how it is now. Repeat what still holds.</p>
      <KeyValues rows={rows} />
    </Notice>
  )
}
