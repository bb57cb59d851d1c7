// Step 7 of a rollout, if it is needed: everybody gets the password back. Nothing has to hold for it.
import { None, Section } from '../../kit/blocks.tsx'
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
      stateWords={cursors.roll_back ? 'Under way' : 'Always possible'}
      lead="One action, whenever something goes wrong. It takes the go-ahead back, and counts for everybody whom any version of this rollout has reached."
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
          <div class="danger-row">
            <div>
              <h3>Back to SSO or password</h3>
              <p>
                The password counts again for everybody
                {enforced > 0 && `, ${people(enforced)} now`}; SSO goes on working beside it.
              </p>
            </div>
            <ButtonForm
              action={action}
              hidden={{ to: 'sso_enabled' }}
              label="Give passwords back"
              tone="danger"
            />
          </div>
          <div class="danger-row">
            <div>
              <h3>Back to the password alone</h3>
              <p>SSO is off for everybody of this rollout, as it was before it began.</p>
            </div>
            <ButtonForm
              action={action}
              hidden={{ to: 'password' }}
              label="Turn SSO off"
              tone="danger"
            />
          </div>
          <p>
            Only some people: tick them in <a href={`${path}/list`}>the list</a>.
          </p>
        </>
      ) : page.may.operate ? (
        <p>
          <None>Nobody has been reached yet.</None>
        </p>
      ) : (
        <p>
          Ask support when people cannot sign in: it takes one click, and nothing has to be right
          for it.
        </p>
      )}
    </Section>
  )
}
