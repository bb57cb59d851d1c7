// Step 4 of a rollout: the notice, its recipients, and the record of who has been informed.
import { renderNotice } from '../../../rollout/operations.ts'
import { ActionRow, None, Notice, Section } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../../kit/forms.tsx'
import { UnderWay, type SectionProps } from './section.tsx'
import { figure, people } from './words.ts'

const informedBy = (version: number, by: 'email' | 'hand') => ({ version: `${version}`, by })

export function InformSection(props: SectionProps) {
  const { at, facts, state } = props
  const { rollout, page, path } = at
  const { version, notice, cursors } = rollout
  const { counts } = facts.progress
  const isListed = version > 0 && rollout.frozen
  const isDone = rollout.informedVersion === version && version > 0
  return (
    <Section
      id="inform"
      step={4}
      title="Inform people"
      state={state}
      lead={
        <>
          Tell people that they will sign in with their company account, when it starts and where to
          try it.
        </>
      }
    >
      <UnderWay
        what="Informing people"
        action={`${path}/inform`}
        hidden={informedBy(version, facts.sends && notice ? 'email' : 'hand')}
        cursor={cursors.inform}
        may={page.may.operate}
      />
      <NoticePreview {...props} isOpen={!isDone} />
      <div class="submit">
        {page.may.test && (
          <ButtonLink href={`${path}/notice`} label={notice ? 'Edit notice' : 'Write notice'} />
        )}
        {isListed && (
          <ButtonLink
            href={`${path}/recipients.csv`}
            label="Download recipients (CSV)"
            download=""
          />
        )}
      </div>
      {isDone && (
        <Notice tone="success" title={`Everyone included in version ${version} is informed`} />
      )}
      {isListed && !isDone && (
        <p>
          Informed: {figure(counts.informed)} of {people(counts.included)}.
        </p>
      )}
      {isListed && !isDone && page.may.operate && <InformActions {...props} />}
      {isListed && !isDone && !page.may.operate && (
        <p>
          <None>After you inform your people, support records it.</None>
        </p>
      )}
    </Section>
  )
}

function NoticePreview({ at, isOpen }: SectionProps & { isOpen: boolean }) {
  const { notice } = at.rollout
  if (!notice)
    return (
      <p>
        <None>No notice yet.</None>
      </p>
    )
  const { subject, text } = renderNotice(notice, { email: 'ann@example.com', firstName: 'Ann' })
  return (
    <details open={isOpen}>
      <summary>{`Preview for Ann: “${subject}”`}</summary>
      <div class="letter">
        <p class="letter-text">{text}</p>
      </div>
    </details>
  )
}

function InformActions({ at, facts }: SectionProps) {
  const { rollout, path } = at
  const { version, notice } = rollout
  const { included, informed } = facts.progress.counts
  const waiting = Math.max(0, included - informed)
  // Without a notice nobody knows what people were told.
  if (waiting === 0 || !notice) return null
  return (
    <>
      {facts.sends && (
        <ActionRow
          title="Send the notice by e-mail"
          text="Sends one message to each person who has not received this notice, 20 at a time."
          control={
            <ButtonForm
              action={`${path}/inform`}
              hidden={informedBy(version, 'email')}
              label={`Send to ${people(waiting)}`}
              tone="primary"
            />
          }
        />
      )}
      <ActionRow
        title="Record people as informed"
        text={
          facts.sends
            ? 'Use this if the company informed its people itself.'
            : 'E-mail is not set up here. The company sends the notice to the recipients itself.'
        }
        control={
          <ButtonForm
            action={`${path}/inform`}
            hidden={informedBy(version, 'hand')}
            label={`Record ${people(waiting)} as informed`}
          />
        }
      />
    </>
  )
}
