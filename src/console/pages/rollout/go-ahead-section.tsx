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
  const uninformed = `${figure(counts.included - counts.informed)} of ${people(counts.included)}`
  return (
    <Section
      id="go-ahead"
      step={5}
      title="Go-ahead"
      state={state}
      {...(state === 'current' && !page.may.test ? { stateWords: 'Waiting for customer' } : {})}
      lead={
        <>
          The customer allows enforcement for exactly one version of the list. Changing a row
          cancels the go-ahead.
        </>
      }
    >
      {version === 0 ? (
        <p>
          <None>No list yet.</None>
        </p>
      ) : isDone ? (
        <Notice tone="success" title={`Go-ahead given for version ${version}`}>
          <p>
            Given by {rollout.approvedBy}.
            {rollout.uninformedReason !== null &&
              ` Not everyone was informed: “${rollout.uninformedReason}”.`}
          </p>
        </Notice>
      ) : (
        <>
          {older !== null && older !== version && (
            <Notice
              tone="warning"
              title={`The go-ahead was for version ${older}. Version ${version} needs a new one.`}
            />
          )}
          <Gates at={at} gates={gates.approve} />
          {mayGive && (
            <Form action={`${path}/go-ahead`} hidden={{ version: `${version}` }}>
              {isUninformed && (
                <TextField
                  name="uninformedReason"
                  label="Reason for going ahead before everyone is informed"
                  hint={`Not informed: ${uninformed}. Shown in the history.`}
                  value={entered?.uninformedReason ?? ''}
                  required={true}
                  error={problem && messageOf(problem, at.page.reader)}
                />
              )}
              <SubmitRow
                primary={`Give go-ahead for version ${version} (${people(counts.included)})`}
              />
            </Form>
          )}
        </>
      )}
    </Section>
  )
}
