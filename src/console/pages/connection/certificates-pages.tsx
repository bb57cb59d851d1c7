// The IdP's signing certificates: the trusted ones, and those that wait for a decision.
import type { Preview } from '../../../connections/edit.ts'
import type { CertificateView } from '../../../connections/certificates/operations.ts'
import type { OwnKeyPair } from '../../../keys/key-pair.ts'
import type { Problem } from '../../../problem.ts'
import {
  CopyField,
  DangerZone,
  DataTable,
  EmptyState,
  Fingerprint,
  Instant,
  LastTime,
  None,
  Notice,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import { ButtonForm, CheckboxField, Form, SubmitRow } from '../../kit/forms.tsx'
import { CERTIFICATE_WARNINGS } from '../../kit/words.ts'
import { CertificateFields } from './intake-pages.tsx'
import { OurKeys } from './our-keys.tsx'
import { toPEM } from './our-side.tsx'
import { CertificateFacts, Expiry } from '../shared/connection-values.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { cutsOffError, CutsOffField } from '../shared/cuts-off.tsx'

export type CertificatesOnPage = {
  pinned: readonly CertificateView[]
  quarantined: readonly CertificateView[]
}

export function CertificatesPage(props: {
  at: ConnectionContext
  certificates: CertificatesOnPage
  keyPairs: readonly OwnKeyPair[]
  text?: string
  problem?: Problem | undefined
}) {
  const { at, certificates, keyPairs, text = '', problem } = props
  const { base, may } = at
  const { pinned, quarantined } = certificates
  return (
    <at.Frame
      title="Certificates"
      breadcrumb={crumbs(at)}
      current={`${base}/certificates`}
      problem={problem}
      lead={
        'A login must be signed by the key of a trusted certificate. Add the IdP’s next ' +
        'certificate before the IdP changes to it, so that no login fails.'
      }
    >
      {quarantined.length > 0 && (
        <Section
          id="waiting"
          title="Waiting for your decision"
          lead={
            'The IdP’s metadata has them, but no trusted signature proves the metadata. Compare ' +
            'the fingerprint with the IdP’s administrator, for example by telephone, then trust ' +
            'or refuse.'
          }
        >
          <CertificateTable at={at} caption="Waiting" rows={quarantined} />
        </Section>
      )}
      <Section id="trusted" title="Trusted">
        <CertificateTable at={at} caption="Trusted" rows={pinned} />
      </Section>
      {may.configure && (
        <Section
          id="add"
          title="Add a certificate"
          lead={`Where to find it: ${at.preset.theirs.certificate}.`}
        >
          <Form action={`${base}/certificates`} multipart={true}>
            <CertificateFields value={text} problem={problem} reader={at.reader} />
            <SubmitRow primary="Preview certificate" />
          </Form>
        </Section>
      )}
      <OurKeys at={at} keyPairs={keyPairs} />
    </at.Frame>
  )
}

function CertificateTable(props: {
  at: ConnectionContext
  caption: string
  rows: readonly CertificateView[]
}) {
  const { at, caption, rows } = props
  const { now } = at.context
  return (
    <DataTable
      caption={caption}
      captionHidden={true}
      columns={[
        {
          name: 'Subject',
          cell: ({ subject, fingerprint }) => (
            <>
              <a href={`${at.base}/certificates/${fingerprint}`}>{subject || 'No subject'}</a>
              <br />
              <Fingerprint hex={fingerprint} short={true} />
            </>
          ),
        },
        { name: 'Key', cell: ({ key }) => key },
        { name: 'Valid until', cell: ({ notAfter }) => <Expiry at={notAfter} now={now} /> },
        {
          name: 'First seen',
          cell: ({ firstSeenAt }) => <Instant at={firstSeenAt} now={now} show="relative" />,
        },
        {
          name: 'Last used',
          cell: ({ lastUsedAt, safeToRemove }) => (
            <>
              <LastTime at={lastUsedAt} now={now} />
              {safeToRemove && (
                <>
                  <br />
                  <Status tone="neutral">Safe to remove</Status>
                </>
              )}
            </>
          ),
        },
      ]}
      rows={rows}
      empty={
        <EmptyState title="None yet">
          Without a certificate every login is refused. The IdP’s metadata has one.
        </EmptyState>
      }
    />
  )
}

export function CertificatePage(props: {
  at: ConnectionContext
  certificate: CertificateView
  isTrusted: boolean
  /** What its removal would do; null: the reader may not remove it. */
  removal: Preview | null
  problem?: Problem | undefined
}) {
  const { at, certificate, isTrusted, problem } = props
  const { base, may } = at
  const { now } = at.context
  const { warnings, safeToRemove } = certificate
  return (
    <at.Frame
      title={isTrusted ? 'Trusted certificate' : 'Certificate that waits for your decision'}
      breadcrumb={[...crumbs(at), { name: 'Certificates', href: `${base}/certificates` }]}
      problem={problem}
      narrow={true}
    >
      {warnings.map((warning) => (
        <Notice
          tone={warning === 'unused' || warning === 'missing_in_metadata' ? 'info' : 'warning'}
        >
          <p>{CERTIFICATE_WARNINGS[warning]}</p>
        </Notice>
      ))}
      {safeToRemove && (
        <Notice tone="info" title="Safe to remove">
          <p>No login has needed it for a long time, and logins use another one.</p>
        </Notice>
      )}
      <Section id="certificate" title="Certificate">
        <CertificateFacts
          certificate={certificate}
          now={now}
          more={[
            { name: 'First seen', value: <Instant at={certificate.firstSeenAt} now={now} /> },
            {
              name: isTrusted ? 'Last used in a login' : 'Last seen in a login',
              value:
                certificate.lastUsedAt === null ? (
                  <None>never</None>
                ) : (
                  <Instant at={certificate.lastUsedAt} now={now} />
                ),
            },
          ]}
        />
        <CopyField id="pem" label="PEM" value={toPEM(certificate.certificate)} lines={8} />
      </Section>
      {isTrusted
        ? props.removal && <Removal {...props} removal={props.removal} />
        : may.configure && <Decision {...props} />}
    </at.Frame>
  )
}

type CertificateProps = { at: ConnectionContext; certificate: CertificateView }

function pathOf({ at, certificate }: CertificateProps): string {
  return `${at.base}/certificates/${certificate.fingerprint}`
}

function Decision(props: CertificateProps) {
  const path = pathOf(props)
  const { fingerprint } = props.certificate
  return (
    <Section
      id="decide"
      title="Decision"
      lead={
        'A person with its key can sign in as any user of this customer. Compare the ' +
        'fingerprint with the one on the IdP’s own screen.'
      }
    >
      <div class="submit">
        <ButtonForm
          action={`${path}/trust`}
          label="Trust certificate"
          tone="primary"
          about={fingerprint}
        />
        <ButtonForm action={`${path}/refuse`} label="Refuse certificate" about={fingerprint} />
      </div>
    </Section>
  )
}

function Removal(props: CertificateProps & { removal: Preview; problem?: Problem | undefined }) {
  const { removal, problem } = props
  const { cutsOff, openSessions, endsSessions } = removal
  const sessions = openSessions === 1 ? '1 open session' : `${openSessions} open sessions`
  const path = pathOf(props)
  const { connection } = props.at
  const version = { version: `${connection.updatedAt}` }
  return (
    <DangerZone
      actions={[
        {
          title: 'Remove the certificate',
          text: [
            connection.certificates.length === 1
              ? 'It is the only one: the connection becomes a draft until you add another.'
              : 'Logins signed by its key are refused at once, also those that have begun.',
            ...(endsSessions && openSessions > 0
              ? [`Ends ${sessions} that a login signed by its key has opened.`]
              : []),
          ].join(' '),
          control: (
            <Form action={`${path}/remove`} hidden={version}>
              <CutsOffField count={cutsOff} error={cutsOffError(problem, props.at.reader)} />
              {!endsSessions && (
                <CheckboxField
                  name="compromised"
                  value="true"
                  label={`Its key is compromised: end ${sessions}`}
                  hint="A login signed by this key has opened them. Otherwise they go on."
                />
              )}
              <SubmitRow danger={{ label: 'Remove certificate', about: 'the certificate' }} />
            </Form>
          ),
        },
      ]}
    />
  )
}
