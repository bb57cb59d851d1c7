// Step 3 of a rollout: enable SSO beside the password.
import { None, Section } from '../../kit/blocks.tsx'
import { Form, SubmitRow } from '../../kit/forms.tsx'
import { Gates, isOpen } from './gate-list.tsx'
import { UnderWay, type SectionProps } from './section.tsx'
import { figure, people } from './words.ts'

export function EnableSection({ at, facts, state }: SectionProps) {
  const { rollout, page, path } = at
  const { gates, counts } = facts.progress
  const { version, cursors } = rollout
  const isDone = rollout.enabledVersion === version && version > 0
  const isMove = rollout.fromConnectionSid !== null
  const what = isMove ? 'Open the second way' : 'Enable SSO'
  const hidden = { version: `${version}` }
  return (
    <Section
      id="enable"
      step={3}
      title={what}
      state={state}
      {...(state === 'current' && !page.may.operate ? { stateWords: 'Waiting for support' } : {})}
      lead={
        isMove ? (
          <>
            Included people can use the new sign-in. They still sign in through the connection
            before, so no one is locked out.
          </>
        ) : (
          <>
            Included people can sign in with SSO. Their passwords still work, so no one is locked
            out.
          </>
        )
      }
    >
      <UnderWay
        what={isMove ? 'Opening the second way' : 'Enabling'}
        action={`${path}/enable`}
        hidden={hidden}
        cursor={cursors.enable}
        may={page.may.operate}
      />
      {!isDone && version > 0 && <Gates at={at} gates={gates.enable} />}
      {isDone && (
        <p>
          <b>{figure(counts.enabled)}</b> of {people(counts.included)}{' '}
          {isMove ? 'can use the new sign-in' : 'can sign in with SSO'}.{' '}
          {counts.enabled < counts.included && (
            <a href={`${path}/list?skipped=yes&included=yes`}>See who was skipped</a>
          )}
        </p>
      )}
      {page.may.operate && isOpen(gates.enable) && !cursors.enable && (
        <Form action={`${path}/enable`} hidden={hidden}>
          {isDone ? (
            <SubmitRow secondary={{ label: `${what} for skipped people` }} />
          ) : (
            <SubmitRow primary={`${what} for ${people(counts.included)}`} />
          )}
        </Form>
      )}
      {!page.may.operate && !isDone && (
        <p>
          <None>
            {isMove
              ? 'Support opens it after your review.'
              : 'Support enables SSO after your review.'}
          </None>
        </p>
      )}
    </Section>
  )
}
