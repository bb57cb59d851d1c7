// Step 6 of a rollout: the password stops counting, now or at a date, for whom it is safe; for everybody only on purpose.
import { Instant, Notice, Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, RadioGroup, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { Gates, isOpen } from './gate-list.tsx'
import { UnderWay, type SectionProps } from './section.tsx'
import { figure, people } from './words.ts'

export function EnforceSection(
  props: SectionProps & { entered?: Readonly<Record<string, string>> | undefined },
) {
  const { at, facts, state } = props
  const { rollout, page, path } = at
  const { version, cursors, enforceAt, scope } = rollout
  const { gates, counts } = facts.progress
  const cursor = cursors.enforce
  return (
    <Section
      id="enforce"
      step={6}
      title="Enforce"
      state={state}
      {...(state === 'current' && !page.may.operate ? { stateWords: 'Waiting for support' } : {})}
      lead="The password stops counting: people are sent to the IdP. Break-glass owners keep theirs."
    >
      <UnderWay
        what="Enforcing"
        action={`${path}/enforce`}
        hidden={{
          version: `${version}`,
          scope: cursor?.part ?? 'proved',
          lockedOut: `${counts.unproved}`,
        }}
        cursor={cursor}
        may={page.may.operate}
      />
      {version > 0 && (
        <>
          {rollout.enforcedVersion === version && (
            <p>
              <b>{people(counts.enforced)}</b> of {figure(counts.included)} sign in by SSO alone.{' '}
              {counts.enforced < counts.included && (
                <a href={`${path}/list?skipped=yes&included=yes`}>Who was left out, and why</a>
              )}
            </p>
          )}
          <LockOut counts={counts} path={path} />
          {enforceAt !== null && (
            <Notice
              tone="info"
              title={scope === 'all' ? 'Everybody is enforced at a date' : 'Enforced at a date'}
              action={
                page.may.operate && (
                  <ButtonForm action={`${path}/schedule/remove`} label="Take the date away" />
                )
              }
            >
              <p>
                <Instant at={enforceAt} now={page.context.now} />. Where something no longer holds
                then, nobody is enforced, and the history says why.
              </p>
            </Notice>
          )}
          {isOpen(gates.enforce) ? (
            page.may.operate && !cursor && <EnforceForm {...props} />
          ) : (
            <Gates at={at} gates={gates.enforce} />
          )}
        </>
      )}
    </Section>
  )
}

function LockOut(props: { counts: SectionProps['facts']['progress']['counts']; path: string }) {
  const { counts, path } = props
  const { unproved, included, exempt } = counts
  if (included === 0) return null
  if (unproved === 0)
    return (
      <p>
        Everybody who is in has logged in through this IdP
        {exempt > 0 && ', or is a break-glass owner'}: nobody would be locked out.
      </p>
    )
  const [have, they] = unproved === 1 ? ['has', 'that person'] : ['have', 'they']
  return (
    <Notice
      tone="warning"
      title={`${figure(unproved)} of ${figure(included)} ${have} not logged in through this IdP yet: ${they} would be locked out`}
    >
      <p>
        Unless enforcement leaves them out, which it does where nothing else is chosen.{' '}
        <a href={`${path}/list?finding=never_proved&included=yes`}>Who they are</a>
      </p>
    </Notice>
  )
}

function EnforceForm({
  at,
  facts,
  problem,
  entered,
}: SectionProps & { entered?: Readonly<Record<string, string>> | undefined }) {
  const { rollout, path } = at
  const { unproved, included, exempt } = facts.progress.counts
  const safe = Math.max(0, included - exempt - unproved)
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <Form action={`${path}/enforce`} hidden={{ version: `${rollout.version}` }}>
      <RadioGroup
        name="scope"
        label="Whom"
        value={entered?.scope ?? 'proved'}
        error={errorOf('scope')}
        options={[
          {
            value: 'proved',
            label: `Those who have logged in through this IdP: ${people(safe)}`,
            hint:
              unproved > 0
                ? `${people(unproved)} keep the password. Enforce again when they have logged in.`
                : undefined,
          },
          {
            value: 'all',
            label: `Everybody who is in: ${people(included - exempt)}`,
            hint:
              unproved > 0
                ? `Of them ${people(unproved)} would be locked out.`
                : 'Nobody would be locked out.',
          },
        ]}
      />
      {unproved > 0 && (
        <TextField
          name="lockedOut"
          label={`For everybody: type ${unproved} to accept that ${people(unproved)} would be locked out`}
          hint="Only needed with “everybody”."
          kind="number"
          value={entered?.lockedOut ?? ''}
          error={errorOf('lockedOut')}
        />
      )}
      <RadioGroup
        name="when"
        label="When"
        value={entered?.when ?? 'now'}
        options={[
          { value: 'now', label: 'Now' },
          { value: 'date', label: 'At this date' },
        ]}
      />
      <TextField
        name="at"
        label="Date and time, in UTC"
        hint="Within a year. Only needed with “at this date”."
        kind="instant"
        value={entered?.at ?? ''}
        error={errorOf('at')}
      />
      <SubmitRow primary="Enforce" />
    </Form>
  )
}
