// Step 5 of a rollout: the customer's go-ahead for exactly one version of the list.
import { None, Notice, Section } from '../../kit/blocks.tsx'
import { Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { Gates, isOpen } from './gate-list.tsx'
import type { SectionProps } from './section.tsx'
import { figure, people } from './words.ts'

export function GoAheadSection(
  props: SectionProps & { entered?: Readonly<Record<string, string>> | undefined },
) {
  const { at, facts, state, problem, entered } = props
  const { rollout, page, path } = at
  const { version } = rollout
  const { gates, counts } = facts.progress
  const isDone = rollout.approvedVersion === version && version > 0
  const isUninformed = gates.approve.some(
    ({ code, open }) => code === 'rollout_uninformed' && !open,
  )
  const mayGive = page.may.test && isOpen(gates.approve, 'rollout_uninformed')
  const older = rollout.approvedVersion
  return (
    <Section
      id="go-ahead"
      step={5}
      title="Go-ahead"
      state={state}
      {...(state === 'current' && !page.may.test ? { stateWords: 'Waiting for the customer' } : {})}
      lead="The customer says that SSO may be enforced for exactly one version of the list. A decision about a row takes it back."
    >
      {version === 0 ? (
        <p>
          <None>There is no list yet.</None>
        </p>
      ) : isDone ? (
        <Notice tone="success" title={`The go-ahead has been given for version ${version}`}>
          <p>
            by {rollout.approvedBy}.
            {rollout.uninformedReason !== null &&
              ` Not everybody had been informed: “${rollout.uninformedReason}”.`}
          </p>
        </Notice>
      ) : (
        <>
          {older !== null && older !== version && (
            <Notice
              tone="warning"
              title={`The go-ahead was for version ${older}: it does not count for version ${version}`}
            />
          )}
          <Gates at={at} gates={gates.approve} />
          {mayGive && (
            <Form action={`${path}/go-ahead`} hidden={{ version: `${version}` }}>
              {isUninformed && (
                <TextField
                  name="uninformedReason"
                  label="Why it is given though not everybody has been informed"
                  hint={`${figure(counts.included - counts.informed)} of ${people(counts.included)} have not been told. It stands in the history.`}
                  value={entered?.uninformedReason ?? ''}
                  required={true}
                  error={problem && messageOf(problem)}
                />
              )}
              <SubmitRow
                primary={`Give the go-ahead for version ${version}: ${people(counts.included)}`}
              />
            </Form>
          )}
        </>
      )}
    </Section>
  )
}
