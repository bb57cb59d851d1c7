// What a change would do, before anything is saved: fields before and after, certificates to come, URLs that answer.
import type { Problem } from '../../../problem.ts'
import { Checks, Code, Notice, Section } from '../../kit/blocks.tsx'
import { CheckboxField, Form, SubmitRow } from '../../kit/forms.tsx'
import { nameOfField } from '../../kit/field-words.ts'
import { CERTIFICATE_WARNINGS } from '../../kit/words.ts'
import { writeChange, type Previewed, type ChangeSource } from './change.ts'
import { CertificateFacts, Differences } from './connection-values.tsx'
import { crumbs, type ConnectionContext } from './connection-context.ts'

const TITLES: Readonly<Record<ChangeSource, string>> = {
  metadata: 'What the metadata would change',
  'metadata-url': 'What the metadata would change',
  'metadata-source': 'What the metadata would change',
  fields: 'What would change',
  certificates: 'Certificates to add',
  settings: 'What would change',
  'what-if': 'What would change',
}

const WORDS = {
  reachable: 'answers from the Internet',
  unreachable: 'does not answer',
  private: 'leads into a private network',
} as const

export function PreviewPage(props: {
  at: ConnectionContext
  previewed: Previewed
  problem?: Problem | undefined
}) {
  const { at, previewed, problem } = props
  const { change, preview } = previewed
  const { certificates, reachability } = preview
  const { connection, base, context } = at
  const isNothing = preview.warnings.includes('nothing_changes')
  const fallsBack = preview.state !== connection.state
  const backHref = `${base}/${change.way}`
  const isURL = change.metadataURL !== null
  return (
    <at.Frame
      title={TITLES[change.way]}
      breadcrumb={crumbs(at)}
      problem={problem}
      lead="Nothing is saved yet."
      narrow={true}
    >
      {isNothing && (
        <Notice tone="info" title="Nothing would change">
          <p>All of it is here already.</p>
        </Notice>
      )}
      {fallsBack && (
        <Notice tone="warning" title="The connection goes back to testing">
          <p>
            The IdP would be another one, or be reached otherwise: what was tested does not count
            for it. Logins go on with what is saved here.
          </p>
        </Notice>
      )}
      {Object.keys(preview.after).length > 0 && (
        <Section id="fields" title="Settings">
          <Differences before={preview.before} after={preview.after} />
        </Section>
      )}
      {certificates.map((certificate, index) => (
        <Section
          id={`certificate-${index + 1}`}
          title="New signing certificate"
          lead="Compare the fingerprint with the one that the IdP shows: whoever has its key signs people in."
        >
          {certificate.warnings.map((warning) => (
            <Notice tone="warning">
              <p>{CERTIFICATE_WARNINGS[warning]}</p>
            </Notice>
          ))}
          <CertificateFacts certificate={certificate} now={context.now} />
        </Section>
      ))}
      {reachability.length > 0 && (
        <Section id="reachability" title="Are the URLs reached from the Internet?">
          <Checks
            items={reachability.map(({ field, url, result, reason }) => ({
              outcome: result === 'reachable' ? ('passed' as const) : ('warning' as const),
              title: `${nameOfField(field)} ${WORDS[result]}`,
              children: (
                <>
                  <Code>{url}</Code>
                  {result !== 'reachable' && ` ${reason}`}
                </>
              ),
            }))}
          />
        </Section>
      )}
      {isNothing && !isURL ? (
        <p>
          <a href={base}>Back to the connection</a>
        </p>
      ) : (
        <Form
          action={`${base}/save`}
          hidden={{ change: writeChange(change), version: `${connection.updatedAt}` }}
        >
          {isURL && (
            <CheckboxField
              name="keep"
              label="Keep the URL, and read it again every day"
              hint="Changes are shown to you and never taken over by themselves; so you learn of new certificates before the old ones go."
              checked={true}
            />
          )}
          <SubmitRow primary="Save" cancel={{ href: backHref }} />
        </Form>
      )}
    </at.Frame>
  )
}
