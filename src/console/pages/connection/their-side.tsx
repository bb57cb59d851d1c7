// Section 2 of a connection's page: the IdP's settings, their state, and three ways to enter them.
import type { CertificateView } from '../../../connections/certificates/operations.ts'
import { CONNECTION_FIELDS } from '../../../connections/fields.ts'
import type { MetadataSource } from '../../../connections/metadata/operations.ts'
import { URL_FIELDS, type Reachability } from '../../../connections/reachability.ts'
import {
  Code,
  Instant,
  KeyValues,
  Notice,
  Section,
  Status,
  type StepState,
} from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../../kit/forms.tsx'
import { Expiry } from '../shared/connection-values.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'

export function TheirSideSection(props: {
  at: ConnectionContext
  pinned: readonly CertificateView[]
  quarantined: readonly CertificateView[]
  source: MetadataSource | null
  state: StepState
}) {
  const { at, pinned, state } = props
  const { connection, base, may } = at
  const isEmpty = connection.entityID === '' && pinned.length === 0
  return (
    <Section
      id="theirs"
      step={2}
      title={at.reader === 'operator' ? 'The IdP' : 'Your IdP'}
      state={state}
      lead={
        isEmpty
          ? 'The IdP’s metadata fills in all settings. You see a preview before you save.'
          : 'The certificates that we trust and the URLs that users are sent to.'
      }
    >
      <Warnings {...props} />
      {!isEmpty && <TheirFields {...props} />}
      {may.configure && (
        <div class="submit">
          <ButtonLink
            href={`${base}/metadata`}
            label="Metadata file or text"
            tone={isEmpty ? 'primary' : 'secondary'}
          />
          <ButtonLink href={`${base}/metadata-url`} label="Metadata URL" />
          <ButtonLink href={`${base}/fields`} label="Single fields" />
          {!isEmpty && <ButtonForm action={`${base}/check`} label="Check URLs" />}
        </div>
      )}
    </Section>
  )
}

function TheirFields(props: Parameters<typeof TheirSideSection>[0]) {
  const { at, pinned, source } = props
  const { connection, base } = at
  const { now } = at.context
  return (
    <KeyValues
      rows={[
        {
          name: CONNECTION_FIELDS.entityID.short,
          value: connection.entityID && <Code>{connection.entityID}</Code>,
        },
        ...URL_FIELDS.map((field) => ({
          name: CONNECTION_FIELDS[field].short,
          value: connection[field] && (
            <>
              <Code>{connection[field]}</Code> <Reached at={at} field={field} />
            </>
          ),
        })),
        {
          name: 'Signing certificates',
          value: pinned.length > 0 && (
            <>
              <a href={`${base}/certificates`}>
                {pinned.length === 1 ? '1 certificate' : `${pinned.length} certificates`}
              </a>
              , the last valid until{' '}
              <Expiry at={Math.max(...pinned.map(({ notAfter }) => notAfter))} now={now} />
            </>
          ),
        },
        {
          name: 'Metadata URL',
          value: source && (
            <>
              <a href={`${base}/metadata-source`}>{source.url}</a>{' '}
              {source.fetchedAt !== null && (
                <>
                  read <Instant at={source.fetchedAt} now={now} show="relative" />
                </>
              )}
            </>
          ),
        },
      ]}
    />
  )
}

function Warnings(props: Parameters<typeof TheirSideSection>[0]) {
  const { at, pinned, quarantined, source } = props
  const { connection, base } = at
  const { now } = at.context
  const review = <ButtonLink href={`${base}/certificates`} label="Certificates" />
  const expired = pinned.filter(({ notAfter }) => notAfter <= now)
  return (
    <>
      {quarantined.length > 0 && (
        <Notice
          tone="warning"
          title={
            quarantined.length === 1
              ? 'A new certificate waits for your decision'
              : `${quarantined.length} new certificates wait for your decision`
          }
          action={review}
        >
          <p>
            The IdP’s metadata has it, but it is not trusted yet: logins signed by its key are
            refused. Compare its fingerprint with the IdP’s administrator, then trust it.
          </p>
        </Notice>
      )}
      {expired.length > 0 && (
        <Notice
          tone="warning"
          title={
            expired.length === pinned.length
              ? 'Every certificate has expired'
              : 'A certificate has expired'
          }
          action={review}
        >
          <p>It is still accepted, because it is pinned. Add the IdP’s new certificate.</p>
        </Notice>
      )}
      {source?.failure && (
        <Notice
          tone="warning"
          title="Gatepost could not read the metadata URL"
          action={<ButtonLink href={`${base}/metadata-source`} label="Metadata URL" />}
        >
          <p>{source.failure.reason}. The settings from the last reading stay valid.</p>
        </Notice>
      )}
      {source?.difference && (
        <Notice
          tone="warning"
          title="The metadata differs from the saved settings"
          action={<ButtonLink href={`${base}/metadata-source`} label="Show difference" />}
        >
          <p>Gatepost does not apply the difference automatically.</p>
        </Notice>
      )}
      <LegacyWarning at={at} />
      {connection.entityID !== '' && pinned.length === 0 && (
        <Notice tone="danger" title="No signing certificate: every login is refused">
          <p>Add the certificate that the IdP signs with.</p>
        </Notice>
      )}
    </>
  )
}

/** Shown while a legacy algorithm is allowed. */
export function LegacyWarning({ at }: { at: ConnectionContext }) {
  const { allow } = at.connection
  if (allow.length === 0) return null
  return (
    <Notice tone="danger" title="Legacy algorithms are allowed for this connection">
      {allow.includes('sha1') && (
        <p>
          SHA-1 signatures can be forged by an attacker with enough money. Set the IdP to SHA-256.
        </p>
      )}
      {allow.includes('aes-cbc') && (
        <p>Others can change content encrypted with AES-CBC if no signature covers it.</p>
      )}
      <p>
        {at.may.operate
          ? 'Clear the setting as soon as the IdP no longer needs it.'
          : 'Ask support to clear the setting when the IdP no longer needs it.'}
      </p>
    </Notice>
  )
}

function Reached(props: { at: ConnectionContext; field: Reachability['field'] }) {
  const { connection, context } = props.at
  const found = connection.reachability?.find(
    ({ field, url }) => field === props.field && url === connection[props.field],
  )
  if (!found) return null
  return (
    <>
      <br />
      <ReachabilityStatus found={found} />
      {connection.reachabilityCheckedAt !== null && (
        <small>
          {' '}
          checked{' '}
          <Instant at={connection.reachabilityCheckedAt} now={context.now} show="relative" />
        </small>
      )}
    </>
  )
}

function ReachabilityStatus({ found }: { found: Pick<Reachability, 'result' | 'reason'> }) {
  if (found.result === 'reachable') return <Status tone="good">Answers from the Internet</Status>
  return (
    <>
      <Status tone="danger">
        {found.result === 'private' ? 'Private address' : 'Does not answer'}
      </Status>{' '}
      {found.reason}
    </>
  )
}
