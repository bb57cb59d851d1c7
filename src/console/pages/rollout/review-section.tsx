// Step 2 of a rollout: the customer looks through the list, held against the IdP's own.
import { FINDINGS, type Finding } from '../../../rollout/operations.ts'
import { DataTable, None, Notice, Section, Status } from '../../kit/blocks.tsx'
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
import { figure, FINDING_WORDS, people } from './words.ts'

export function ReviewSection(props: SectionProps) {
  const { at, facts, state, problem } = props
  const { rollout, page, path } = at
  const { summary } = facts
  const { version } = rollout
  const isReviewed = summary !== null && rollout.reviewedVersion === version
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <Section
      id="review"
      step={2}
      title="Review"
      state={state}
      {...(state === 'current' && !page.may.test ? { stateWords: 'Waiting for the customer' } : {})}
      lead="The customer says of each person whether the IdP knows them. Who is left out stays on the password."
    >
      {!summary || !rollout.frozen ? (
        <p>
          <None>There is no complete list yet.</None>
        </p>
      ) : (
        <>
          <p>
            <b>{people(summary.included)} in</b>, {figure(summary.excluded)} out, of{' '}
            {figure(summary.rows)} on version {version}.
            {summary.undecided > 0 &&
              !isReviewed &&
              ` Nobody has said anything of ${figure(summary.undecided)} of them yet.`}
          </p>
          <UnderWay
            what="Looking at the rows again"
            action={`${path}/refresh`}
            cursor={rollout.cursors.refresh}
            may={page.may.test}
          />
          <FindingTable {...props} />
          <div class="submit">
            <ButtonLink
              href={`${path}/list`}
              label="Look through the list"
              tone={isReviewed ? 'secondary' : 'primary'}
            />
            <ButtonLink href={`${path}/list.csv`} label="Download as CSV" download="" />
            <a href={`${path}/aliases`}>Aliases</a>
          </div>
          {page.may.test && (
            <details open={!isReviewed}>
              <summary>Hold it against the IdP’s list</summary>
              <Form action={`${path}/idp-users`} multipart={true}>
                <FileField
                  name="file"
                  id="idp-file"
                  label="The IdP’s list of its users"
                  hint="An export as CSV, with a column such as “email”, “userPrincipalName” or “Login”; or one address a line. It replaces the one before. Addresses alone are kept."
                  accept=".csv,.txt,text/csv,text/plain"
                  error={errorOf('file') ?? errorOf('emails')}
                />
                <SubmitRow primary="Upload and compare" />
              </Form>
              <div class="danger-row">
                <div>
                  <h3>Look again</h3>
                  <p>
                    After login e-mails were changed or people were cured elsewhere: finds out anew.
                    It takes nobody in by itself.
                  </p>
                </div>
                <ButtonForm action={`${path}/refresh`} label="Look again" />
              </div>
            </details>
          )}
          <h3>The review</h3>
          {isReviewed ? (
            <Notice tone="success" title={`Version ${version} has been reviewed`}>
              <p>by {rollout.reviewedBy}. A decision about a row asks for another review.</p>
            </Notice>
          ) : page.may.test ? (
            <Form action={`${path}/review`} hidden={{ version: `${version}` }}>
              <CheckboxField
                name="includedExistInIdP"
                label={`The ${people(summary.included)} who are in exist in our IdP, by their login e-mail or a mapped alias`}
                required={true}
                error={errorOf('includedExistInIdP')}
              />
              <SubmitRow primary={`Version ${version} is reviewed`} />
            </Form>
          ) : (
            <p>
              <None>Not yet: whoever may test does it.</None>
            </p>
          )}
        </>
      )}
    </Section>
  )
}

function FindingTable({ at, facts }: SectionProps) {
  const findings = facts.summary?.findings
  if (!findings) return null
  // Who has logged in is counted as it is now, above: here it would be as it was.
  const rows = FINDINGS.filter(
    (finding) => findings[finding].rows > 0 && finding !== 'proved' && finding !== 'never_proved',
  )
  return (
    <DataTable<Finding>
      caption="What stands out"
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
        { name: 'In', align: 'end', cell: (finding) => figure(findings[finding].included) },
        { name: 'What it means', cell: (finding) => <small>{FINDING_WORDS[finding].text}</small> },
      ]}
      rows={rows}
      empty={
        <p>
          <None>Nothing stands out on it.</None>
        </p>
      }
    />
  )
}
