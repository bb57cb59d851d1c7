// The preview of a change: fields before and after, new certificates, reachability of the URLs.
import type { Problem } from '../../../problem.ts'
import { Checks, Code, Notice, Section } from '../../kit/blocks.tsx'
import { LeftOutNotice } from './left-out.tsx'
import { CheckboxField, Form, SubmitRow } from '../../kit/forms.tsx'
import { nameOfField } from '../../kit/field-words.ts'
import { CERTIFICATE_WARNINGS } from '../../kit/words.ts'
import { writeChange, type Previewed, type ChangeSource } from './change.ts'
import { CertificateFacts, Differences } from './connection-values.tsx'
import { crumbs, type ConnectionContext } from './connection-context.ts'
import { cutsOffError, CutsOffField } from './cuts-off.tsx'

const TITLES: Readonly<Record<ChangeSource, string>> = {
  metadata: 'Preview of the metadata',
  'metadata-url': 'Preview of the metadata',
  'metadata-source': 'Preview of the metadata',
  fields: 'Preview of the changes',
  certificates: 'Certificates to add',
  settings: 'Preview of the changes',
  'what-if': 'Preview of the changes',
}

const WORDS = {
  reachable: 'answers from the Internet',
  unreachable: 'does not answer',
  private: 'has a private address',
} as const

export function PreviewPage(props: {
  at: ConnectionContext
  previewed: Previewed
  problem?: Problem | undefined
}) {
  const { at, previewed, problem } = props
  const { change, preview } = previewed
  const { connection, base } = at
  const isNothing = preview.warnings.includes('nothing_changes')
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
        <Notice tone="info" title="No changes">
          <p>All of these settings are saved already.</p>
        </Notice>
      )}
      <Consequences preview={preview} isFallingBack={preview.state !== connection.state} />
      {Object.keys(preview.after).length > 0 && (
        <Section id="fields" title="Settings">
          <Differences before={preview.before} after={preview.after} />
        </Section>
      )}
      <PreviewDetails at={at} preview={preview} />
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
              label="Keep the URL and read it every day"
              hint={
                'Gatepost shows you changes and does not apply them automatically. You learn of ' +
                'new certificates before the old ones end.'
              }
              checked={true}
            />
          )}
          <CutsOffField
            count={preview.waits ? 0 : preview.cutsOff}
            error={cutsOffError(problem, at.reader)}
          />
          <SubmitRow
            primary={preview.waits ? 'Propose changes' : 'Save changes'}
            cancel={{ href: backHref }}
          />
        </Form>
      )}
    </at.Frame>
  )
}

/** What the change means besides its values. */
function Consequences(props: { preview: Previewed['preview']; isFallingBack: boolean }) {
  const { preview, isFallingBack } = props
  const becomesDraft = isFallingBack && preview.state === 'draft'
  return (
    <>
      {preview.waits && (
        <Notice tone="info" title="An operator decides">
          <p>
            People use this connection. The change waits until support has compared it with you.
          </p>
        </Notice>
      )}
      {becomesDraft && (
        <Notice tone="warning" title="The connection becomes a draft">
          <p>
            Logins cannot work with these settings. Everyone signs in with the password until the
            settings are complete and tested again.
          </p>
        </Notice>
      )}
      {isFallingBack && !becomesDraft && (
        <Notice tone="warning" title="The connection goes back to testing">
          <p>
            The change affects the IdP itself or the way to it, so that it needs a new test. Logins
            continue with the new settings.
          </p>
        </Notice>
      )}
    </>
  )
}

function PreviewDetails({ at, preview }: { at: ConnectionContext; preview: Previewed['preview'] }) {
  const { certificates, reachability } = preview
  const { context } = at
  return (
    <>
      <LeftOutNotice leftOut={preview.leftOut} />
      {certificates.map((certificate, index) => (
        <Section
          id={`certificate-${index + 1}`}
          title="New signing certificate"
          lead={
            'Compare the fingerprint with the one that the IdP shows: a person with its key can ' +
            'sign in as any user.'
          }
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
        <Section id="reachability" title="Reachability of the URLs">
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
    </>
  )
}
