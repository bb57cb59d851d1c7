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
import { isCodeField, nameOfField, textOfField } from '../../kit/field-words.ts'
import { DAY } from '../../../durations.ts'

/** The differences, field by field. */
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
      before: textOfField(name, before[name]),
      after: textOfField(name, after[name]),
      code: isCodeField(name),
    }))
    .filter((change) => change.before !== '' || change.after !== '')
  return changes.length > 0 ? <Difference changes={changes} /> : null
}

/** The values to compare before trusting a certificate. */
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

const SOON_DAYS = 60

/** When a certificate ends, and how urgent that is. */
export function Expiry({ at, now }: { at: number; now: number }) {
  const instant = <Instant at={at} now={now} show="date" />
  if (at > now + SOON_DAYS * DAY) return instant
  return <Status tone={at <= now ? 'danger' : 'warning'}>{instant}</Status>
}

/** Entries that the form no longer shows, because somebody else saved first. */
export function EnteredBefore({ entered }: { entered: Record<string, unknown> }) {
  const rows = Object.entries(entered)
    .map(([name, value]) => ({ name: nameOfField(name), value: textOfField(name, value) }))
    .filter(({ value }) => value !== '')
  if (rows.length === 0) return null
  return (
    <Notice tone="info" title="Your entries">
      <p>The form below shows the current settings. Enter your changes again.</p>
      <KeyValues rows={rows} />
    </Notice>
  )
}
