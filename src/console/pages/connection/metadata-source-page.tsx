// The URL of the IdP's metadata: its last reading, open decisions, and the pinned signing
// certificate.
import type { MetadataSource } from '../../../connections/metadata/operations.ts'
import { wordsFor } from '../../../error-words.ts'
import type { Problem } from '../../../problem.ts'
import { Instant, KeyValues, None, Notice, Section } from '../../kit/blocks.tsx'
import { LeftOutNotice } from '../shared/left-out.tsx'
import { ButtonForm, ButtonLink, Form, SubmitRow, TextArea, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { Differences } from '../shared/connection-values.tsx'
import { toPEM } from './our-side.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

export type SourceValues = { url: string; signingCertificate: string }

export function MetadataSourcePage(props: {
  at: ConnectionContext
  source: MetadataSource | null
  values?: SourceValues
  problem?: Problem | undefined
}) {
  const { at, source, problem } = props
  const { base, may } = at
  const values = props.values ?? {
    url: source?.url ?? '',
    signingCertificate: source?.signingCertificate ? toPEM(source.signingCertificate) : '',
  }
  const isCertificate = problem?.field === 'signingCertificate' || problem?.field === 'certificate'
  const message = problem && messageOf(problem, at.reader)
  return (
    <at.Frame
      title="Metadata URL"
      breadcrumb={crumbs(at)}
      problem={problem}
      problemField={problem && (isCertificate ? 'signingCertificate' : 'url')}
      narrow={true}
      lead={
        'Gatepost reads it every day, so that new certificates of the IdP are known before it ' +
        'uses them.'
      }
    >
      {source && <SourceState at={at} source={source} />}
      {may.configure && (
        <Section id="source" title={source ? 'Change metadata URL' : 'Add metadata URL'}>
          <Form action={`${base}/metadata-source`}>
            <TextField
              name="url"
              label="Metadata URL"
              kind="url"
              hint={`Where to find it: ${at.preset.theirs.metadata}.`}
              value={values.url}
              required={true}
              error={isCertificate ? undefined : message}
            />
            <TextArea
              name="signingCertificate"
              label="Metadata signing certificate (optional)"
              kind="code"
              rows={6}
              hint={
                'The certificate that signs the metadata itself, as federations do. With it, new ' +
                'certificates in signed metadata are trusted automatically. Without it, each ' +
                'waits for your decision.'
              }
              value={values.signingCertificate}
              error={isCertificate ? message : undefined}
            />
            <SubmitRow primary="Save and read metadata" cancel={{ href: base }} />
          </Form>
        </Section>
      )}
      {source && may.configure && (
        <Section
          id="remove"
          title="Remove metadata URL"
          lead={
            'Settings that were read from it stay. You then have to enter new certificates by ' +
            'hand.'
          }
        >
          <ButtonForm action={`${base}/metadata-source/remove`} label="Remove URL" tone="danger" />
        </Section>
      )}
    </at.Frame>
  )
}

function SourceState({ at, source }: { at: ConnectionContext; source: MetadataSource }) {
  const { base, may } = at
  const { now } = at.context
  const { fetchedAt, failure, difference, missing, signingCertificate, refreshAt } = source
  const words = failure && wordsFor({ ...failure, context: 'metadata' }, at.reader, 'page')
  return (
    <Section
      id="state"
      title="Status"
      actions={
        may.configure && (
          <ButtonForm action={`${base}/metadata-source/refresh`} label="Read metadata now" />
        )
      }
    >
      {words && (
        <Notice tone="warning" title={words.title}>
          <p>{words.remedy}</p>
          <p>{failure?.reason}</p>
          <p>The settings from the last reading stay valid.</p>
        </Notice>
      )}
      {difference && (
        <Notice
          tone="warning"
          title="The metadata differs from the saved settings"
          action={
            may.configure && (
              <ButtonForm action={`${base}/metadata-source/preview`} label="Preview changes" />
            )
          }
        >
          <Differences before={difference.before} after={difference.after} />
        </Notice>
      )}
      <LeftOutNotice leftOut={source.leftOut ?? []} />
      {missing && missing.length > 0 && (
        <Notice
          tone="info"
          title={
            missing.length === 1
              ? 'It no longer has one of the trusted certificates'
              : `It no longer has ${missing.length} of the trusted certificates`
          }
          action={<ButtonLink href={`${base}/certificates`} label="Certificates" />}
        >
          <p>Remove a certificate when no login needs it.</p>
        </Notice>
      )}
      <KeyValues
        rows={[
          { name: 'URL', value: <code class="code">{source.url}</code> },
          {
            name: 'Last read',
            value: fetchedAt === null ? <None>never</None> : <Instant at={fetchedAt} now={now} />,
          },
          { name: 'Next reading', value: <Instant at={refreshAt} now={now} /> },
          {
            name: 'New certificates',
            value: signingCertificate
              ? 'trusted if the metadata is signed by the pinned certificate'
              : 'wait for your decision',
          },
        ]}
      />
    </Section>
  )
}
