// What if: a response judged as the connection is, and as it would be. The result says as plainly what it cannot tell.
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
import { AttemptStatus, Moment } from './show.tsx'

export function WhatIfPage(props: {
  at: ConnectionContext
  /** Null: a response is pasted. */
  attempt: AttemptRow | null
  response?: string
  values?: FieldValues
  certificate?: string
  result?: WhatIf
  problem?: Problem | undefined
}) {
  const { at, attempt, result, problem } = props
  return (
    <at.Frame
      title="What if?"
      breadcrumb={[...crumbs(at), { name: 'Validation room', href: `${at.base}/room` }]}
      problem={problem}
      problemField={controlToBlame(problem)}
      lead="What would come of a response if the settings were others. Nothing is saved, and nobody is signed in."
      narrow={true}
    >
      {attempt && (
        <p>
          The attempt of{' '}
          <a href={`${at.base}/attempts/${attempt.sid}`}>
            <Moment at={attempt.createdAt} />
          </a>
          : <AttemptStatus code={attempt.code} isTest={attempt.isTest} />{' '}
          {attempt.code !== null && outcomeOf(attempt.code)}.{' '}
          <a href={`${at.base}/what-if`}>Paste a response instead</a>
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
      title="What would come of it"
      lead={
        <>
          Judged as of <Moment at={at} />, when it {isStored ? 'came' : 'says that it was made'}.
        </>
      }
    >
      {isUnchanged && (
        <Notice tone="info" title="Nothing is changed below: both are the same">
          <p>Change a setting, and judge again.</p>
        </Notice>
      )}
      <div class="before-after">
        <Verdict title={isStored ? 'As it was' : 'As it is now'} of={before} />
        <Verdict title="With the changes" of={after} />
      </div>
      <Differences before={preview.before} after={preview.after} />
      {preview.newCertificates.length > 0 && (
        <p>
          {preview.newCertificates.length === 1
            ? 'With 1 more certificate.'
            : `With ${preview.newCertificates.length} more certificates.`}
        </p>
      )}
      {telling.length > 0 && <h3>Checks that fail or change</h3>}
      {telling.length > 0 && (
        <DataTable
          caption="Checks that fail or change"
          captionHidden={true}
          columns={[
            {
              name: 'Check',
              cell: ({ was, would }: Pair) => nameOfCheck((was ?? would)?.code ?? ''),
            },
            { name: isStored ? 'As it was' : 'Now', cell: ({ was }) => <Judged row={was} /> },
            { name: 'With the changes', cell: ({ would }) => <Judged row={would} /> },
          ]}
          rows={telling}
        />
      )}
      {rest > 0 && (
        <p class="hint">
          {rest === 1 ? 'Another check passes' : `${rest} other checks pass`} either way.
        </p>
      )}
      <Notice tone="info" title="What this does not tell">
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
  accepted: { tone: 'good', word: 'Would pass' },
  refused: { tone: 'danger', word: 'Refused' },
  unknown: { tone: 'warning', word: 'Cannot be told' },
} as const

function Verdict({ title, of: { verdict, code } }: { title: string; of: WhatIfVerdict }) {
  const { tone, word } = VERDICTS[verdict]
  return (
    <div>
      <h3>{title}</h3>
      <Status tone={tone}>{word}</Status>
      {code !== null && <p>{outcomeOf(code)}</p>}
      {verdict === 'unknown' && <p>No check fails any more, but not every one could be judged.</p>}
    </div>
  )
}

type Pair = { was: WhatIfRow | undefined; would: WhatIfRow | undefined }

/** Rows are judged in one order, so that the same place is the same check. */
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
  if (!row) return <None>not reached</None>
  const { ok, expected, received, basis } = row
  return (
    <>
      {basis === 'not_judged_again' ? (
        <Status tone="warning">Not judged again</Status>
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

function WhatIfForm(props: Parameters<typeof WhatIfPage>[0]) {
  const { at, attempt, response = '', result, problem } = props
  const { preset, may, base } = at
  const values = props.values ?? valuesNow(at, 'what-if')
  const form = { at, form: 'what-if', values, problem } as const
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, preset) : undefined
  // Once it has been read it is carried along, and not shown again.
  const isCarried = result !== undefined && attempt === null
  return (
    <Form
      action={`${base}/what-if`}
      hidden={{
        ...(attempt && { attempt: attempt.sid }),
        ...(isCarried && { response }),
      }}
    >
      {!attempt && (
        <Section id="subject" title="The response">
          {isCarried ? (
            <p>
              The response that you have pasted is judged again.{' '}
              <a href={`${base}/what-if`}>Paste another one</a>
            </p>
          ) : (
            <TextArea
              name="response"
              label="Response"
              kind="code"
              rows={6}
              required={true}
              hint="In the browser’s developer tools, under Network: the POST to our ACS URL, its field SAMLResponse. Base64 as it is there, or XML. It is judged and not kept."
              value={response}
              error={errorOf('response')}
            />
          )}
        </Section>
      )}
      <Section
        id="settings"
        title="Settings to try"
        lead={props.values ? 'As you try them.' : 'As they are now. Change what might mend it.'}
      >
        <ConnectionFieldControls {...form} group="idp" />
        <TextArea
          name="certificate"
          label="Certificate to add"
          kind="code"
          rows={4}
          hint={`Where to find it: ${preset.theirs.certificate}. PEM or base64; never the private key.`}
          value={props.certificate ?? ''}
          error={errorOf('certificate')}
        />
        {may.operate && (
          <FieldGroup
            legend="For operators only"
            hint="Each of these accepts more responses. Changing the IdP is the better choice."
          >
            <ConnectionFieldControls {...form} group="operators" />
          </FieldGroup>
        )}
        <SubmitRow
          primary={result ? 'Judge again' : 'Judge'}
          secondary={{
            label: 'Take these settings over…',
            formaction: `${base}/what-if/preview`,
            unchecked: true,
          }}
          cancel={{ href: `${base}/room`, label: 'Back to the room' }}
        />
      </Section>
    </Form>
  )
}
