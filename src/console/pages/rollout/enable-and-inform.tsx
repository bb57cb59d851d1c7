// Steps 3 and 4 of a rollout: SSO beside the password, and the words in which people hear of it.
import { renderNotice } from '../../../rollout/operations.ts'
import { None, Notice, Section } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink, Form, SubmitRow } from '../../kit/forms.tsx'
import { Gates, isOpen } from './gate-list.tsx'
import { UnderWay, type SectionProps } from './section.tsx'
import { figure, people } from './words.ts'

export function EnableSection({ at, facts, state }: SectionProps) {
  const { rollout, page, path } = at
  const { gates, counts } = facts.progress
  const { version, cursors } = rollout
  const isDone = rollout.enabledVersion === version && version > 0
  const hidden = { version: `${version}` }
  return (
    <Section
      id="enable"
      step={3}
      title="Enable"
      state={state}
      {...(state === 'current' && !page.may.operate ? { stateWords: 'Waiting for support' } : {})}
      lead="Those who are in may sign in by SSO; their password still works, so nobody is locked out."
    >
      <UnderWay
        what="Enabling"
        action={`${path}/enable`}
        hidden={hidden}
        cursor={cursors.enable}
        may={page.may.operate}
      />
      {!isDone && version > 0 && <Gates at={at} gates={gates.enable} />}
      {isDone && (
        <p>
          <b>{people(counts.enabled)}</b> of {figure(counts.included)} may sign in by SSO.{' '}
          {counts.enabled < counts.included && (
            <a href={`${path}/list?skipped=yes&included=yes`}>Who was left out, and why</a>
          )}
        </p>
      )}
      {page.may.operate && isOpen(gates.enable) && !cursors.enable && (
        <Form action={`${path}/enable`} hidden={hidden}>
          {isDone ? (
            <SubmitRow secondary={{ label: 'Enable again, for those who were left out' }} />
          ) : (
            <SubmitRow primary={`Enable SSO for ${people(counts.included)}`} />
          )}
        </Form>
      )}
      {!page.may.operate && !isDone && <None>Support does it after your review.</None>}
    </Section>
  )
}

export function InformSection({ at, facts, state }: SectionProps) {
  const { rollout, page, path } = at
  const { version, notice, cursors } = rollout
  const { counts } = facts.progress
  const isListed = version > 0 && rollout.frozen
  const isDone = rollout.informedVersion === version && version > 0
  const example = notice && renderNotice(notice, { email: 'ann@example.com', firstName: 'Ann' })
  const waiting = Math.max(0, counts.included - counts.informed)
  const send = (by: 'email' | 'hand') => ({ version: `${version}`, by })
  return (
    <Section
      id="inform"
      step={4}
      title="Inform"
      state={state}
      lead="People hear in time that they will sign in with their company account, from when, and where they can try it."
    >
      <UnderWay
        what="Informing"
        action={`${path}/inform`}
        hidden={send(facts.sends && notice ? 'email' : 'hand')}
        cursor={cursors.inform}
        may={page.may.operate}
      />
      {example ? (
        <details open={!isDone}>
          <summary>{`“${example.subject}”, as Ann gets it`}</summary>
          <div class="letter">
            <p class="letter-text">{example.text}</p>
          </div>
        </details>
      ) : (
        <p>
          <None>No notice has been written yet.</None>
        </p>
      )}
      <div class="submit">
        {page.may.test && (
          <ButtonLink
            href={`${path}/notice`}
            label={notice ? 'Change the notice, or preview it' : 'Write the notice'}
          />
        )}
        {isListed && (
          <ButtonLink href={`${path}/recipients.csv`} label="Recipients as CSV" download="" />
        )}
      </div>
      {isDone && (
        <Notice tone="success" title={`Everybody on version ${version} has been informed`} />
      )}
      {isListed && !isDone && (
        <p>
          {figure(counts.informed)} of {people(counts.included)} have been informed.
        </p>
      )}
      {page.may.operate && isListed && !isDone && waiting > 0 && (
        <>
          {facts.sends && notice && (
            <div class="danger-row">
              <div>
                <h3>Send it from here</h3>
                <p>One message to each who has not been told of this notice yet, 20 at a time.</p>
              </div>
              <ButtonForm
                action={`${path}/inform`}
                hidden={send('email')}
                label={`Send to ${people(waiting)}`}
                tone="primary"
              />
            </div>
          )}
          <div class="danger-row">
            <div>
              <h3>It was sent otherwise</h3>
              <p>
                {facts.sends
                  ? 'The company has told its people itself.'
                  : 'This deployment sends no e-mail: the company tells its people itself, with the recipients’ list.'}
              </p>
            </div>
            <ButtonForm
              action={`${path}/inform`}
              hidden={send('hand')}
              label={`Record ${people(waiting)} as informed`}
            />
          </div>
        </>
      )}
      {!page.may.operate && isListed && !isDone && (
        <p>
          <None>When your people have been told, support records it.</None>
        </p>
      )}
    </Section>
  )
}
