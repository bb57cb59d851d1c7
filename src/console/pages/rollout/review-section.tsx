// Step 2 of a rollout: the customer reviews the list against the IdP's users.
import { FINDINGS, type Finding, type Summary } from '../../../rollout/operations.ts'
import { ActionRow, DataTable, None, Notice, Section, Status } from '../../kit/blocks.tsx'
import {
  ButtonForm,
  ButtonLink,
  CheckboxField,
  FileField,
  Form,
  SubmitRow,
} from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { UnderWay, type SectionProps } from './section.tsx'
import { count, figure, FINDING_WORDS, people } from './words.ts'

export function ReviewSection(props: SectionProps) {
  const { at, facts, state } = props
  const { rollout, page, path } = at
  const { summary } = facts
  const isReviewed = rollout.reviewedVersion === rollout.version
  return (
    <Section
      id="review"
      step={2}
      title="Review list"
      state={state}
      {...(state === 'current' && !page.may.test ? { stateWords: 'Waiting for customer' } : {})}
      lead={
        <>
          The customer confirms that each included person exists in the IdP. Excluded people{' '}
          {rollout.fromConnectionSid === null
            ? 'keep their present sign-in method.'
            : 'stay at the connection before.'}
        </>
      }
    >
      {!summary || !rollout.frozen ? (
        <p>
          <None>No frozen list yet.</None>
        </p>
      ) : (
        <>
          <SummaryText {...props} summary={summary} />
          <UnderWay
            what="Updating findings"
            action={`${path}/refresh`}
            cursor={rollout.cursors.refresh}
            may={page.may.test}
          />
          <FindingTable {...props} />
          <div class="submit">
            <ButtonLink
              href={`${path}/list`}
              label="Open list"
              tone={isReviewed ? 'secondary' : 'primary'}
            />
            <ButtonLink href={`${path}/list.csv`} label="Download CSV" download="" />
            <a href={`${path}/aliases`}>Aliases</a>
          </div>
          {page.may.test && <CompareForm {...props} isOpen={!isReviewed} />}
          <h3>Review</h3>
          <ReviewForm {...props} summary={summary} />
        </>
      )}
    </Section>
  )
}

type SummaryProps = SectionProps & { summary: Summary }

function SummaryText({ at, summary }: SummaryProps) {
  const { version, reviewedVersion } = at.rollout
  const { included, excluded, rows, undecided } = summary
  return (
    <p>
      <b>{people(included)} included</b>, {figure(excluded)} excluded. Version {version} has{' '}
      {count(rows, 'row')}.
      {undecided > 0 && reviewedVersion !== version && ` ${figure(undecided)} not decided yet.`}
    </p>
  )
}

/** Compares the list with the IdP's users. */
function CompareForm({ at, problem, isOpen }: SectionProps & { isOpen: boolean }) {
  const { path } = at
  const isBlamed = problem?.field === 'file' || problem?.field === 'emails'
  return (
    <details open={isOpen}>
      <summary>Compare with the IdP’s user list</summary>
      <Form action={`${path}/idp-users`} multipart={true}>
        <FileField
          name="file"
          id="idp-file"
          label="IdP user list"
          hint={
            <>
              A CSV export of the IdP’s users with any headers and separator, or one address per
              line. It replaces the previous list. Only addresses are stored.
            </>
          }
          accept=".csv,.txt,text/csv,text/plain"
          error={isBlamed ? messageOf(problem, at.page.reader) : undefined}
        />
        <SubmitRow primary="Upload and compare" />
      </Form>
      <ActionRow
        title="Update findings"
        text={
          <>
            Use this after you change login e-mails or fix problems elsewhere. People who were
            excluded automatically come back when their problem is gone, and the list needs a new
            review.
          </>
        }
        control={<ButtonForm action={`${path}/refresh`} label="Update findings" />}
      />
    </details>
  )
}

function ReviewForm({ at, problem, summary }: SummaryProps) {
  const { rollout, page, path } = at
  const { version } = rollout
  if (rollout.reviewedVersion === version)
    return (
      <Notice tone="success" title={`Version ${version} reviewed`}>
        <p>Reviewed by {rollout.reviewedBy}. Changing a row requires a new review.</p>
      </Notice>
    )
  if (!page.may.test)
    return (
      <p>
        <None>Not reviewed yet. Someone with the “Test” permission must review it.</None>
      </p>
    )
  const { included, automatic } = summary
  const they = included === 1 ? 'This person exists' : `All ${people(included)} exist`
  return (
    <Form action={`${path}/review`} hidden={{ version: `${version}` }}>
      <CheckboxField
        name="includedExistInIdP"
        label={`${they} in our IdP, under the login e-mail or a mapped alias`}
        required={true}
        error={
          problem?.field === 'includedExistInIdP' ? messageOf(problem, at.page.reader) : undefined
        }
      />
      {automatic > 0 && (
        <CheckboxField
          name="automaticStayOut"
          label={
            automatic === 1
              ? '1 person excluded automatically stays out'
              : `${people(automatic)} excluded automatically stay out`
          }
          hint={
            <>
              No one has decided about them.{' '}
              <a href={`${path}/list?included=no&decided=no`}>See who they are</a>
            </>
          }
          required={true}
          error={
            problem?.field === 'automaticStayOut' ? messageOf(problem, at.page.reader) : undefined
          }
        />
      )}
      <SubmitRow primary={`Confirm review of version ${version}`} />
    </Form>
  )
}

function FindingTable({ at, facts }: SectionProps) {
  const findings = facts.summary?.findings
  if (!findings) return null
  // Logins are counted live above; here they would be outdated.
  const rows = FINDINGS.filter(
    (finding) => findings[finding].rows > 0 && finding !== 'proved' && finding !== 'never_proved',
  )
  return (
    <DataTable<Finding>
      caption="Findings"
      captionHidden={true}
      columns={[
        {
          name: 'Finding',
          cell: (finding) => (
            <Status tone={FINDING_WORDS[finding].tone}>
              <a href={`${at.path}/list?finding=${finding}`}>{FINDING_WORDS[finding].label}</a>
            </Status>
          ),
        },
        { name: 'People', align: 'end', cell: (finding) => figure(findings[finding].rows) },
        { name: 'Included', align: 'end', cell: (finding) => figure(findings[finding].included) },
        { name: 'Meaning', cell: (finding) => <small>{FINDING_WORDS[finding].text}</small> },
      ]}
      rows={rows}
      empty={
        <p>
          <None>No findings.</None>
        </p>
      }
    />
  )
}
