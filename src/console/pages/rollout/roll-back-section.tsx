// Step 7 of a rollout, if needed: gives everyone the password back. It has no conditions.
import { ActionRow, None, Section } from '../../kit/blocks.tsx'
import { ButtonForm } from '../../kit/forms.tsx'
import { UnderWay, type SectionProps } from './section.tsx'
import { people } from './words.ts'

export function RollBackSection({ at, facts, state }: SectionProps) {
  const { rollout, page, path } = at
  const { cursors, version } = rollout
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
          Use this if something goes wrong. It cancels the go-ahead and applies to everyone in any
          version of this rollout.
        </>
      }
    >
      <UnderWay
        what="Rolling back"
        action={action}
        hidden={{ to: cursors.roll_back?.part ?? 'sso_enabled' }}
        cursor={cursors.roll_back}
        may={page.may.operate}
      />
      {page.may.operate && version > 0 ? (
        <>
          <ActionRow
            title="Return to SSO or password"
            text={
              <>
                Passwords work again{enforced > 0 && ` for ${people(enforced)}`}. SSO keeps working.
              </>
            }
            control={
              <ButtonForm
                action={action}
                hidden={{ to: 'sso_enabled' }}
                label="Restore passwords"
                tone="danger"
              />
            }
          />
          <ActionRow
            title="Return to password only"
            text="Turns SSO off for everyone in this rollout, as before it started."
            control={
              <ButtonForm
                action={action}
                hidden={{ to: 'password' }}
                label="Turn SSO off"
                tone="danger"
              />
            }
          />
          <p>
            To roll back only some people, select them in <a href={`${path}/list`}>the list</a>.
          </p>
        </>
      ) : page.may.operate ? (
        <p>
          <None>Nothing to roll back yet.</None>
        </p>
      ) : (
        <p>If people cannot sign in, ask support to roll back. It takes one click.</p>
      )}
    </Section>
  )
}
