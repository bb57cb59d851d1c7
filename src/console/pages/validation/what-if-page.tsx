// What-if: checks a response against the current and against changed settings. The result says
// what it
// cannot tell.
import type { Problem } from '../../../problem.ts'
import type { WhatIf, WhatIfRow, WhatIfVerdict } from '../../../rollout/validation/what-if.ts'
import type { AttemptRow } from '../../../login/operations.ts'
import { DataTable, None, Notice, Section, Status } from '../../kit/blocks.tsx'
import type { FieldValues } from '../../kit/field-values.ts'
import { FieldGroup, Form, SubmitRow, TextArea } from '../../kit/forms.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { ConnectionFieldControls, controlToBlame, valuesNow } from '../shared/connection-fields.tsx'
import { Differences } from '../shared/connection-values.tsx'
import { messageOf, nameOfCheck, outcomeOf } from '../../kit/words.ts'
import { AttemptStatus, Moment } from './attempt-values.tsx'

type WhatIfProps = {
  at: ConnectionContext
  /** Null if a response is pasted. */
  attempt: AttemptRow | null
  response?: string
  values?: FieldValues
  certificate?: string
  result?: WhatIf
  problem?: Problem | undefined
}

export function WhatIfPage(props: WhatIfProps) {
  const { at, attempt, result, problem } = props
  return (
    <at.Frame
      title="What-if check"
      breadcrumb={[...crumbs(at), { name: 'Validation room', href: `${at.base}/room` }]}
      problem={problem}
      problemField={controlToBlame(problem)}
      lead={
        <>
          See how a response would be judged with other settings. Nothing is saved and no one is
          signed in.
        </>
      }
      narrow={true}
    >
      {attempt && (
        <p>
          Attempt of{' '}
          <a href={`${at.base}/attempts/${attempt.sid}`}>
            <Moment at={attempt.createdAt} />
          </a>
          : <AttemptStatus code={attempt.code} isTest={attempt.isTest} />
          {attempt.code !== null && ` ${outcomeOf(attempt.code)}`}.{' '}
          <a href={`${at.base}/what-if`}>Paste a response</a>
        </p>
      )}
      {result && <Result at={at} result={result} isStored={attempt !== null} />}
      <WhatIfForm {...props} />
    </at.Frame>
  )
}

function Result(props: { at: ConnectionContext; result: WhatIf; isStored: boolean }) {
  const { result, isStored } = props
  const { before, after, at, leftOut, preview } = result
  const rows = pair(before.checks, after.checks)
  const telling = rows.filter(isTelling)
  const rest = rows.length - telling.length
  const isUnchanged = Object.keys(preview.after).length + preview.newCertificates.length === 0
  return (
    <Section
      id="result"
      title="Result"
      lead={
        <>
          Checked as of <Moment at={at} />,{' '}
          {isStored ? 'when it was received' : 'its own time of issue'}.
        </>
      }
    >
      {isUnchanged && (
        <Notice tone="info" title="No settings changed: both results are the same">
          <p>Change a setting below and check again.</p>
        </Notice>
      )}
      <div class="before-after">
        <Verdict title={isStored ? 'Original settings' : 'Current settings'} of={before} />
        <Verdict title="Changed settings" of={after} />
      </div>
      <Differences before={preview.before} after={preview.after} />
      {preview.newCertificates.length > 0 && (
        <p>
          {preview.newCertificates.length === 1
            ? 'Adds 1 certificate.'
            : `Adds ${preview.newCertificates.length} certificates.`}
        </p>
      )}
      {telling.length > 0 && <h3>Failed or changed checks</h3>}
      {telling.length > 0 && (
        <DataTable
          caption="Failed or changed checks"
          captionHidden={true}
          columns={[
            {
              name: 'Check',
              cell: ({ was, would }: Pair) => nameOfCheck((was ?? would)?.code ?? ''),
            },
            {
              name: isStored ? 'Original settings' : 'Current settings',
              cell: ({ was }) => <Judged row={was} />,
            },
            { name: 'Changed settings', cell: ({ would }) => <Judged row={would} /> },
          ]}
          rows={telling}
        />
      )}
      {rest > 0 && (
        <p class="hint">
          {rest === 1 ? '1 other check passes' : `${rest} other checks pass`} with both settings.
        </p>
      )}
      <Notice tone="info" title="Not covered by this check">
        <ul class="plain">
          {leftOut.map((text) => (
            <li>{text}</li>
          ))}
        </ul>
      </Notice>
    </Section>
  )
}

const VERDICTS = {
  accepted: { tone: 'good', word: 'Accepted' },
  refused: { tone: 'danger', word: 'Refused' },
  unknown: { tone: 'warning', word: 'Unclear' },
} as const

function Verdict({ title, of: { verdict, code } }: { title: string; of: WhatIfVerdict }) {
  const { tone, word } = VERDICTS[verdict]
  return (
    <div>
      <h3>{title}</h3>
      <Status tone={tone}>{word}</Status>
      {code !== null && <p>{outcomeOf(code)}</p>}
      {verdict === 'unknown' && <p>No check fails, but some could not be repeated.</p>}
    </div>
  )
}

type Pair = { was: WhatIfRow | undefined; would: WhatIfRow | undefined }

/** Checks run in a fixed order, so equal positions are the same check. */
function pair(before: readonly WhatIfRow[], after: readonly WhatIfRow[]): Pair[] {
  const length = Math.max(before.length, after.length)
  return Array.from({ length }, (_, index) => ({ was: before[index], would: after[index] }))
}

function isTelling({ was, would }: Pair): boolean {
  return (
    !was?.ok ||
    !would?.ok ||
    would.basis === 'not_judged_again' ||
    was.expected !== would.expected ||
    was.received !== would.received
  )
}

function Judged({ row }: { row: WhatIfRow | undefined }) {
  if (!row) return <None>Not reached</None>
  const { ok, expected, received, basis } = row
  return (
    <>
      {basis === 'not_judged_again' ? (
        <Status tone="warning">Not repeated</Status>
      ) : (
        <Status tone={ok ? 'good' : 'danger'}>{ok ? 'Passes' : 'Fails'}</Status>
      )}
      <div>
        <small>Expected</small> <code class="code">{expected}</code>
      </div>
      <div>
        <small>Received</small> <code class="code">{received}</code>
      </div>
    </>
  )
}

function WhatIfForm(props: WhatIfProps) {
  const { at, attempt, response = '', result, problem } = props
  const { preset, may, base } = at
  const values = props.values ?? valuesNow(at, 'what-if')
  const form = { at, form: 'what-if', values, problem } as const
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.reader) : undefined
  // A checked response is carried in the form and not shown again.
  const isCarried = result !== undefined && attempt === null
  return (
    <Form
      action={`${base}/what-if`}
      hidden={{
        ...(attempt && { attempt: attempt.sid }),
        ...(isCarried && { response }),
      }}
    >
      {!attempt && <ResponseSection {...props} isCarried={isCarried} />}
      <Section
        id="settings"
        title="Settings to try"
        lead={
          props.values
            ? 'Your changed settings.'
            : 'The current settings. Change what may fix the problem.'
        }
      >
        <ConnectionFieldControls {...form} group="idp" />
        <TextArea
          name="certificate"
          label="Certificate to add"
          kind="code"
          rows={4}
          hint={`Where to find it: ${preset.theirs.certificate}. PEM or base64, no private key.`}
          value={props.certificate ?? ''}
          error={errorOf('certificate')}
        />
        {may.operate && (
          <FieldGroup
            legend="For operators only"
            hint="Each of these weakens a check. Fix the IdP instead if you can."
          >
            <ConnectionFieldControls {...form} group="operators" />
          </FieldGroup>
        )}
        <SubmitRow
          primary={result ? 'Check again' : 'Check response'}
          secondary={{
            label: 'Use these settings…',
            formaction: `${base}/what-if/preview`,
            unchecked: true,
          }}
          cancel={{ href: `${base}/room`, label: 'Back to validation room' }}
        />
      </Section>
    </Form>
  )
}

function ResponseSection(props: WhatIfProps & { isCarried: boolean }) {
  const { at, response = '', problem, isCarried } = props
  return (
    <Section id="subject" title="Response">
      {isCarried ? (
        <p>
          Your pasted response is checked again.{' '}
          <a href={`${at.base}/what-if`}>Paste another response</a>
        </p>
      ) : (
        <TextArea
          name="response"
          label="Response"
          kind="code"
          rows={6}
          required={true}
          hint={
            <>
              The SAMLResponse field of the POST to our ACS URL, from the Network tab of the
              browser’s developer tools. Base64 or XML. It is not stored.
            </>
          }
          value={response}
          error={problem?.field === 'response' ? messageOf(problem, at.reader) : undefined}
        />
      )}
    </Section>
  )
}
