// Step 6 of a rollout: ends password sign-in, now or on a date. Lockouts need a confirmation.
import { Instant, Notice, Section } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink, Form, RadioGroup, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { Gates, isOpen } from './gate-list.tsx'
import { hiddenOf, UnderWay, type SectionProps } from './section.tsx'
import { figure, people } from './words.ts'

export function EnforceSection(
  props: SectionProps & { entered?: Readonly<Record<string, string>> | undefined },
) {
  const { at, facts, state } = props
  const { rollout, page, path } = at
  const { version, cursors, enforceAt } = rollout
  const { gates, counts } = facts.progress
  const cursor = cursors.enforce
  const isMove = rollout.fromConnectionSid !== null
  const reached = isMove ? counts.there : counts.enforced
  return (
    <Section
      id="enforce"
      step={6}
      title={isMove ? 'Move' : 'Enforce'}
      state={state}
      {...(state === 'current' && !page.may.operate ? { stateWords: 'Waiting for support' } : {})}
      lead={
        isMove ? (
          <>
            People sign in through this connection from then on, and no longer through the one
            before. Each keeps their sign-in method.
          </>
        ) : (
          <>
            Passwords stop working and people sign in at the IdP. Break-glass owners keep their
            password.
          </>
        )
      }
    >
      <UnderWay
        what={isMove ? 'Moving' : 'Enforcing'}
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
              <b>{figure(reached)}</b> of {people(counts.included)}{' '}
              {isMove ? 'have been moved' : 'use SSO only'}.{' '}
              {reached < counts.included && (
                <a href={`${path}/list?skipped=yes&included=yes`}>See who was skipped</a>
              )}
            </p>
          )}
          <NeverSignedIn {...props} />
          <LockOut counts={counts} path={path} isMove={isMove} />
          {enforceAt !== null && <Scheduled {...props} enforceAt={enforceAt} />}
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

/** People who have to sign in by SSO, though nothing shows that they can. */
function NeverSignedIn({ at, facts }: SectionProps) {
  const { rollout, page, path } = at
  const { enforcedUnproved } = facts.progress.counts
  const cursor = rollout.cursors.give_back
  const action = `${path}/roll-back`
  return (
    <>
      <UnderWay
        what="Giving passwords back"
        action={action}
        hidden={{ who: 'unproved', ...hiddenOf(cursor) }}
        cursor={cursor}
        may={page.may.rollBack}
      />
      {enforcedUnproved > 0 && (
        <Notice
          tone="warning"
          title={`Enforced, never signed in: ${people(enforcedUnproved)}`}
          action={
            page.may.rollBack &&
            !cursor && (
              <ButtonLink
                href={`${action}/confirm?who=unproved`}
                label={`Give ${people(enforcedUnproved)} the password back`}
              />
            )
          }
        >
          <p>
            They may use SSO only and have not logged in through this IdP yet. If SSO does not work
            for them, they are locked out.{' '}
            <a href={`${path}/list?unproved=yes`}>See who they are</a>
          </p>
          {page.may.rollBack ? (
            <p>
              With the password back, they can sign in by both and stay on the list. Enforce again
              after they log in.
            </p>
          ) : (
            <p>Ask them to log in, or ask support to give their passwords back.</p>
          )}
        </Notice>
      )}
    </>
  )
}

/** The date, and what is counted again when it comes. */
function Scheduled({ at, facts, enforceAt }: SectionProps & { enforceAt: number }) {
  const { rollout, page, path } = at
  const { scope, lockedOut } = rollout
  const { unproved } = facts.progress.counts
  const isTooMany = scope === 'all' && unproved > lockedOut
  return (
    <Notice
      tone={isTooMany ? 'warning' : 'info'}
      title={scope === 'all' ? 'Enforcement scheduled for everyone' : 'Enforcement scheduled'}
      action={
        page.may.operate && <ButtonForm action={`${path}/schedule/remove`} label="Remove date" />
      }
    >
      <p>
        <Instant at={enforceAt} now={page.context.now} />. If a condition is no longer met by then,
        nothing is enforced and the history gives the reason.
      </p>
      <p>
        {scope === 'all'
          ? `Everyone is enforced if at most ${people(lockedOut)} would be locked out. They are ` +
            `counted again on that date; now it is ${people(unproved)}.`
          : 'People are counted again on that date. Those who have not logged in through this ' +
            `IdP by then are skipped; now it is ${people(unproved)}.`}
      </p>
    </Notice>
  )
}

function LockOut(props: {
  counts: SectionProps['facts']['progress']['counts']
  path: string
  isMove: boolean
}) {
  const { counts, path, isMove } = props
  const { unproved, included, exempt, enforcedUnproved } = counts
  // The notice above tells of those who are enforced already.
  if (included === 0 || (unproved === 0 && enforcedUnproved > 0)) return null
  const some = `${figure(unproved)} of ${people(included)}`
  if (unproved === 0)
    return (
      <p>
        Everyone included has logged in through this IdP
        {exempt > 0 && ' or is a break-glass owner'}
        {isMove && ', or has a password'}. {isMove ? 'Moving' : 'Enforcing'} locks no one out.
      </p>
    )
  return (
    <Notice
      tone="warning"
      title={`${some} ${unproved === 1 ? 'has' : 'have'} not logged in through this IdP yet`}
    >
      <p>
        They would be locked out, so {isMove ? 'moving' : 'enforcement'} skips them by default.{' '}
        <a href={`${path}/list?lockedOut=yes`}>See who they are</a>
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
  const { unproved, included, exempt, enforceable, enforcedUnproved } = facts.progress.counts
  const isMove = rollout.fromConnectionSid !== null
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.page.reader) : undefined
  return (
    <Form action={`${path}/enforce`} hidden={{ version: `${rollout.version}` }}>
      <RadioGroup
        name="scope"
        label="People"
        value={entered?.scope ?? 'proved'}
        error={errorOf('scope')}
        options={[
          {
            value: 'proved',
            label: `People who have logged in through this IdP (${people(enforceable)})`,
            hint:
              unproved > 0 ? `Skips ${people(unproved)}. Repeat it after they log in.` : undefined,
          },
          {
            value: 'all',
            label: `Everyone included (${people(isMove ? included : included - exempt)})`,
            hint:
              unproved > 0
                ? `${people(unproved)} would be locked out.`
                : enforcedUnproved > 0
                  ? 'No one else would be locked out.'
                  : 'No one would be locked out.',
          },
        ]}
      />
      {unproved > 0 && (
        <TextField
          name="lockedOut"
          label={`Type ${unproved} to confirm that ${people(unproved)} would be locked out`}
          hint="Only for “Everyone included”."
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
          { value: 'date', label: 'On a date' },
        ]}
      />
      <TextField
        name="at"
        label="Date and time, in UTC"
        hint="Within one year. Only for “On a date”."
        kind="instant"
        value={entered?.at ?? ''}
        error={errorOf('at')}
      />
      <SubmitRow primary={isMove ? 'Move people' : 'Enforce SSO'} />
    </Form>
  )
}
