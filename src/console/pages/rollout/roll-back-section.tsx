// Step 7 of a rollout, if needed: gives everyone the password back. It has no conditions.
import { ActionRow, None, Section } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { hiddenOf, UnderWay, type SectionProps } from './section.tsx'
import { people } from './words.ts'

export function RollBackSection({ at, facts, state }: SectionProps) {
  const { rollout, page, path } = at
  const { cursors, version } = rollout
  const isMove = rollout.fromConnectionSid !== null
  const { enforced } = facts.progress.counts
  const action = `${path}/roll-back`
  return (
    <Section
      id="roll-back"
      step={7}
      title="Roll back"
      state={state}
      stateWords={cursors.roll_back ? 'In progress' : 'Available'}
      lead={
        <>
          Use this if something goes wrong. For everybody, it applies to each version of this
          rollout and cancels the go-ahead.
        </>
      }
    >
      <UnderWay
        what="Rolling back"
        action={action}
        hidden={{ who: 'all', ...hiddenOf(cursors.roll_back) }}
        cursor={cursors.roll_back}
        may={page.may.rollBack}
      />
      {page.may.rollBack && version > 0 ? (
        <ActionRow
          title={isMove ? 'Take people back' : 'Give passwords back'}
          text={
            <>
              To everybody, to people who have never signed in by SSO, or to one person
              {enforced > 0 && `: ${people(enforced)} may use SSO only`}. For several, select them
              in <a href={`${path}/list`}>the list</a>.
            </>
          }
          control={
            <ButtonLink
              href={action}
              label={isMove ? 'Take people back' : 'Give passwords back'}
              tone="danger"
            />
          }
        />
      ) : page.may.rollBack ? (
        <p>
          <None>Nothing to roll back yet.</None>
        </p>
      ) : (
        <p>If people cannot sign in, ask support to give passwords back.</p>
      )}
    </Section>
  )
}
