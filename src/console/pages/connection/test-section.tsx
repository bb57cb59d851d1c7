// Section 3 of a connection's page: missing settings, the test sign-in, and its results.
import { isOpenState } from '../../../connections/standing.ts'
import type { LifecycleEvent } from '../../../connections/lifecycle.ts'
import { eventsFrom } from '../../../connections/lifecycle.ts'
import type { AttemptRow } from '../../../login/operations.ts'
import { testPath } from '../../../login/test-path.ts'
import type { Tester } from '../../../rollout/validation/tester-operations.ts'
import { Checks, CopyField, Notice, Section, type StepState } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../../kit/forms.tsx'
import { NominateForm, TesterTable } from '../validation/testers.tsx'
import { EVENT_WORDS } from '../../kit/words.ts'
import { AttemptTable } from './attempts.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'

export function TestSection(props: {
  at: ConnectionContext
  testers: readonly Tester[]
  attempts: readonly AttemptRow[] | null
  people: ReadonlyMap<string, string>
  state: StepState
}) {
  const { at, testers, attempts, people, state } = props
  const { connection, base, may, origin } = at
  return (
    <Section
      id="test"
      step={3}
      title="Test"
      state={state}
      lead={
        'Testers sign in through the connection while both sides watch. Other users are not ' +
        'affected.'
      }
      actions={
        attempts?.length !== 0 && (
          <>
            <a href={`${base}/attempts`}>All logins</a>
            <a href={`${base}/sessions`}>Sessions</a>
          </>
        )
      }
    >
      {connection.state === 'draft' && <MissingForTest at={at} />}
      {connection.state !== 'draft' && (
        <Notice
          tone="info"
          title="Validation room"
          action={<ButtonLink href={`${base}/room`} label="Open validation room" tone="primary" />}
        >
          <p>
            Both sides see each attempt with its checks as it arrives, and sign off there. The
            sign-off of both sides validates the connection.
          </p>
        </Notice>
      )}
      {isOpenState(connection.state) && (
        <CopyField
          id="test-url"
          label="Test sign-in link"
          value={origin + testPath(connection.sid)}
          hint={
            'Runs every check and creates no session. Open it in a private window, so that other ' +
            'sign-ins do not interfere.'
          }
        />
      )}
      {connection.state !== 'draft' && (
        <>
          <h3>Testers</h3>
          <TesterTable at={at} testers={testers} />
          {may.test && connection.state !== 'suspended' && <NominateForm at={at} />}
        </>
      )}
      {connection.state === 'suspended' && (
        <Notice
          tone="warning"
          title="The connection is suspended: users cannot sign in through it"
        />
      )}
      {(connection.state !== 'draft' || attempts?.length !== 0) && (
        <>
          <h3>Latest logins</h3>
          <AttemptTable at={at} attempts={attempts} people={people} />
        </>
      )}
    </Section>
  )
}

function MissingForTest({ at }: { at: ConnectionContext }) {
  const { may } = at
  const missing = missingForTest(at)
  const isComplete = missing.every(({ there }) => there)
  return (
    <>
      <Checks
        items={missing.map(({ title, there, wrong }) => ({
          outcome: there ? 'passed' : wrong ? 'failed' : 'waiting',
          title,
        }))}
      />
      {isComplete && may.test && <StateButton at={at} event="begin_testing" />}
      {isComplete && !may.test && (
        <p>All settings are complete. A person with the permission Test can begin testing.</p>
      )}
    </>
  )
}

/** The guards of `begin_testing`, in words for the people who enter the settings. */
export function missingForTest({
  connection,
}: ConnectionContext): { title: string; there: boolean; wrong?: boolean }[] {
  const hasURL = Boolean(connection.ssoRedirectURL || connection.ssoPostURL)
  const needsURL = connection.idpInitiated !== 'accept'
  return [
    { title: 'Identifier of the IdP', there: connection.entityID !== '' },
    {
      title: 'Signing certificate',
      there: connection.certificates.length > 0,
    },
    {
      title: needsURL ? 'SSO URL' : 'No SSO URL needed: IdP-initiated logins are accepted',
      there: hasURL || !needsURL,
    },
    {
      title: 'SSO URLs that answer from the Internet',
      there: (hasURL || !needsURL) && !isUnreached(connection),
      wrong: isUnreached(connection),
    },
  ]
}

function isUnreached(connection: ConnectionContext['connection']): boolean {
  return (connection.reachability ?? []).some(
    ({ field, url, result }) =>
      field !== 'logoutRedirectURL' && connection[field] === url && result !== 'reachable',
  )
}

export function StateButton(props: {
  at: ConnectionContext
  event: Exclude<LifecycleEvent, 'break_trust'>
  tone?: 'primary' | 'secondary' | 'danger'
}) {
  const { at, event, tone = 'primary' } = props
  return (
    <ButtonForm
      action={`${at.base}/state`}
      hidden={{ event }}
      label={EVENT_WORDS[event].button}
      tone={tone}
    />
  )
}

/** The steps that the state has and the actor may take. */
export function stepsFor({
  connection,
  may,
}: ConnectionContext): Exclude<LifecycleEvent, 'break_trust'>[] {
  return eventsFrom(connection.state).filter(
    (event): event is Exclude<LifecycleEvent, 'break_trust'> =>
      event !== 'break_trust' &&
      // Validated is what both sides' passes make of it, in the room.
      event !== 'validate' &&
      (may.operate || (may.test && event === 'begin_testing')),
  )
}
