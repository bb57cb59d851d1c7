// The IdP's signing certificates, those we trust and those that wait for somebody to vouch for
// them, and our own keys as far as they concern this IdP.
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
  KeyValues,
  LastTime,
  None,
  Notice,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink, Form, SubmitRow } from '../../kit/forms.tsx'
import { CERTIFICATE_WARNINGS, messageOf } from '../../kit/words.ts'
import { CertificateFields } from './intake-pages.tsx'
import { toPEM } from './our-side.tsx'
import { CertificateFacts, Expiry } from '../shared/connection-values.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

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
            <CertificateFields
              value={text}
              error={problem?.field === 'certificate' ? messageOf(problem, at.preset) : undefined}
            />
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
  problem?: Problem | undefined
}) {
  const { at, certificate, isTrusted, problem } = props
  const { base, may, connection } = at
  const { now } = at.context
  const { fingerprint, warnings, safeToRemove } = certificate
  const path = `${base}/certificates/${fingerprint}`
  const version = { version: `${connection.updatedAt}` }
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
      {may.configure && !isTrusted && (
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
      )}
      {may.configure && isTrusted && (
        <DangerZone
          actions={[
            {
              title: 'Remove the certificate',
              text:
                connection.certificates.length === 1
                  ? 'It is the only one: every login is refused until you add another.'
                  : 'Logins signed by its key are refused at once, also those that have begun.',
              control: (
                <ButtonForm
                  action={`${path}/remove`}
                  hidden={version}
                  label="Remove certificate"
                  tone="danger"
                  about="the certificate"
                />
              ),
            },
          ]}
        />
      )}
    </at.Frame>
  )
}

const STAGES = { current: 'In use', next: 'Next', previous: 'Previous' } as const

function OurKeys({ at, keyPairs }: { at: ConnectionContext; keyPairs: readonly OwnKeyPair[] }) {
  const { connection, context, base } = at
  const { metadataFetchedAt } = connection
  const { now } = context
  const next = keyPairs.find(({ stage }) => stage === 'next')
  const hasNext =
    next !== undefined && metadataFetchedAt !== null && metadataFetchedAt >= (next.publishedAt ?? 0)
  return (
    <Section
      id="our-keys"
      title="Our keys"
      lead={
        'The current key signs our requests, and IdPs encrypt to it. Our metadata also has the ' +
        'next key, so that IdPs know it before we use it.'
      }
      actions={<ButtonLink href={`${base}/certificate.pem`} label="Download (PEM)" />}
    >
      {next && !hasNext && (
        <Notice tone="warning" title="The IdP does not have our next certificate yet">
          <p>
            It has not read our metadata since we published the certificate. If it checks our
            signatures or encrypts assertions, let it read the metadata again, or enter the
            certificate there.
          </p>
        </Notice>
      )}
      <DataTable
        caption="Our key pairs"
        captionHidden={true}
        columns={[
          { name: 'Stage', cell: ({ stage }) => STAGES[stage] },
          {
            name: 'Fingerprint',
            cell: (pair) => <Fingerprint hex={pair.fingerprint} short={true} />,
          },
          { name: 'Valid until', cell: ({ notAfter }) => <Expiry at={notAfter} now={now} /> },
        ]}
        rows={keyPairs}
      />
      <KeyValues
        rows={[
          {
            name: 'Our metadata last read by the IdP',
            value:
              metadataFetchedAt === null ? (
                <None>never</None>
              ) : (
                <Instant at={metadataFetchedAt} now={now} />
              ),
          },
        ]}
      />
      {next && (
        <CopyField
          id="next-certificate"
          label="Our next certificate (X.509, PEM)"
          value={toPEM(next.certificate)}
          lines={6}
        />
      )}
    </Section>
  )
}
