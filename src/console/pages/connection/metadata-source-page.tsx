// The URL where the IdP publishes its metadata: how its reading goes, what waits for a person, and whose signature counts.
import type { MetadataSource } from '../../../connections/metadata/operations.ts'
import { CATALOGUE } from '../../../errors.ts'
import type { Problem } from '../../../problem.ts'
import { Instant, KeyValues, None, Notice, Section } from '../../kit/blocks.tsx'
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
  const message = problem && messageOf(problem, at.preset)
  return (
    <at.Frame
      title="Metadata URL"
      breadcrumb={crumbs(at)}
      problem={problem}
      problemField={problem && (isCertificate ? 'signingCertificate' : 'url')}
      narrow={true}
      lead="Read every day, so that a new certificate of the IdP is known before it is used."
    >
      {source && <SourceState at={at} source={source} />}
      {may.configure && (
        <Section id="source" title={source ? 'Change it' : 'Keep a metadata URL'}>
          <Form action={`${base}/metadata-source`}>
            <TextField
              name="url"
              label="Metadata URL"
              kind="url"
              hint={`Where it is: ${at.preset.theirs.metadata}.`}
              value={values.url}
              required={true}
              error={isCertificate ? undefined : message}
            />
            <TextArea
              name="signingCertificate"
              label="Metadata signing certificate (optional)"
              kind="code"
              rows={6}
              hint="The certificate whose key signs the metadata itself, as federations do. With it, new certificates in signed metadata are trusted by themselves; without it, each waits for you."
              value={values.signingCertificate}
              error={isCertificate ? message : undefined}
            />
            <SubmitRow primary="Save and read it now" cancel={{ href: base }} />
          </Form>
        </Section>
      )}
      {source && may.configure && (
        <Section
          id="remove"
          title="Stop reading it"
          lead="What was read from it stays; new certificates have to be entered by hand then."
        >
          <ButtonForm
            action={`${base}/metadata-source/remove`}
            label="Remove the URL"
            tone="danger"
          />
        </Section>
      )}
    </at.Frame>
  )
}

function SourceState({ at, source }: { at: ConnectionContext; source: MetadataSource }) {
  const { base, may } = at
  const { now } = at.context
  const { fetchedAt, failure, difference, missing, signingCertificate, refreshAt } = source
  return (
    <Section
      id="state"
      title="How it goes"
      actions={
        may.configure && (
          <ButtonForm action={`${base}/metadata-source/refresh`} label="Read it now" />
        )
      }
    >
      {failure && (
        <Notice tone="warning" title={CATALOGUE[failure.code].title}>
          <p>{failure.reason}</p>
          <p>What was read before stays in force.</p>
        </Notice>
      )}
      {difference && (
        <Notice
          tone="warning"
          title="It says something else than what is saved here"
          action={
            may.configure && (
              <ButtonForm
                action={`${base}/metadata-source/preview`}
                label="See what taking it over would do"
              />
            )
          }
        >
          <Differences before={difference.before} after={difference.after} />
        </Notice>
      )}
      {missing && missing.length > 0 && (
        <Notice
          tone="info"
          title={
            missing.length === 1
              ? 'It does not have one of the trusted certificates any more'
              : `It does not have ${missing.length} of the trusted certificates any more`
          }
          action={<ButtonLink href={`${base}/certificates`} label="Certificates" />}
        >
          <p>Remove it when no login needs it any more.</p>
        </Notice>
      )}
      <KeyValues
        rows={[
          { name: 'URL', value: <code class="code">{source.url}</code> },
          {
            name: 'Read and understood',
            value: fetchedAt === null ? <None>never</None> : <Instant at={fetchedAt} now={now} />,
          },
          { name: 'Read next', value: <Instant at={refreshAt} now={now} /> },
          {
            name: 'New certificates',
            value: signingCertificate
              ? 'are trusted when the metadata is signed by the pinned certificate'
              : 'wait for somebody to trust them',
          },
        ]}
      />
    </Section>
  )
}
