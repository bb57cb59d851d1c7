// Who tries a connection before anybody else: the list, the form that nominates, and who could not be nominated.
import type { Problem } from '../../../problem.ts'
import type { RefusedNominee, Tester } from '../../../rollout/validation/tester-operations.ts'
import { DataTable, EmptyState, None, Notice, Section, Status } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SubmitRow, TextArea } from '../../kit/forms.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { messageOf } from '../../kit/words.ts'
import { LastAttempt } from './show.tsx'

const REFUSED: Readonly<Record<RefusedNominee['code'], string>> = {
  unknown: 'No user of this tenant signs in with that address. Add the user first, or correct it.',
  suspended: 'The user is suspended.',
  other_connection: 'The user signs in through another connection.',
  duplicate: 'Named twice, or a tester already.',
}

export function TesterTable({
  at,
  testers,
}: {
  at: ConnectionContext
  testers: readonly Tester[]
}) {
  const { base, may } = at
  return (
    <DataTable
      caption="Testers"
      captionHidden={true}
      columns={[
        {
          name: 'Login e-mail',
          cell: ({ user }) => (
            <>
              {user.email}
              <FullName of={user} />
            </>
          ),
        },
        { name: 'Last attempt', cell: (tester) => <LastAttempt of={tester} base={base} /> },
        { name: 'Proved', cell: (tester) => <Proved of={tester} /> },
        ...(may.test
          ? [
              {
                name: 'Actions',
                unnamed: true,
                cell: ({ user }: Tester) => (
                  <ButtonForm
                    action={`${base}/testers/${user.sid}/withdraw`}
                    label="Withdraw"
                    about={user.email}
                  />
                ),
              },
            ]
          : []),
      ]}
      rows={testers}
      empty={
        <EmptyState title="No testers yet">
          {may.test
            ? 'Nominate two or three people who have an account at the IdP. Nobody else is touched.'
            : 'Whoever may test nominates them by their login e-mail.'}
        </EmptyState>
      }
    />
  )
}

function FullName({ of: { firstName, lastName } }: { of: Tester['user'] }) {
  const name = [firstName, lastName].filter(Boolean).join(' ')
  return name ? (
    <>
      <br />
      <small>{name}</small>
    </>
  ) : null
}

/** `proved`: has got in through the IdP that is configured now. */
export function Proved({ of: { user, isEnabled, provedAt } }: { of: Tester }) {
  if (user.suspendedAt !== null) return <Status tone="warning">Suspended</Status>
  if (!isEnabled) return <Status tone="warning">SSO is off for them</Status>
  if (provedAt === null) return <None>not yet</None>
  return <Status tone="good">Got in</Status>
}

export function NominateForm(props: {
  at: ConnectionContext
  emails?: string
  error?: string | undefined
  cancelHref?: string
}) {
  const { at, emails, error, cancelHref } = props
  return (
    <Form action={`${at.base}/testers`}>
      <TextArea
        name="emails"
        label="Nominate testers"
        hint="Login e-mails, one a line, at most 50. Single sign-on is enabled for them alone, and their passwords keep working."
        rows={3}
        placeholder={'ann@customer.example\nben@customer.example'}
        value={emails}
        required={true}
        error={error}
      />
      <SubmitRow primary="Nominate" {...(cancelHref ? { cancel: { href: cancelHref } } : {})} />
    </Form>
  )
}

/** The list with its form: where a nomination leads that was not wholly taken. */
export function TestersPage(props: {
  at: ConnectionContext
  testers: readonly Tester[]
  /** What came of a nomination. */
  nomination?: { added: number; refused: readonly RefusedNominee[] }
  emails?: string
  problem?: Problem | undefined
}) {
  const { at, testers, nomination, emails, problem } = props
  const refused = nomination?.refused ?? []
  return (
    <at.Frame
      title="Testers"
      breadcrumb={crumbs(at)}
      problem={problem}
      problemField={problem?.field === 'emails' ? 'emails' : undefined}
      lead="They sign in through the connection before anybody else does. Withdrawn, they sign in as before."
    >
      {nomination && refused.length > 0 && (
        <Notice tone="warning" title={countInWords(nomination.added, refused.length)}>
          <ul class="plain">
            {refused.map(({ email, code }) => (
              <li>
                <b>{email}</b> {REFUSED[code]}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {at.may.test && at.connection.state !== 'draft' && (
        <Section id="nominate" title="Nominate">
          <NominateForm
            at={at}
            emails={emails ?? correctable(refused)}
            error={problem && messageOf(problem)}
            cancelHref={`${at.base}#test`}
          />
        </Section>
      )}
      <Section id="testers" title="Who tests">
        <TesterTable at={at} testers={testers} />
      </Section>
    </at.Frame>
  )
}

function countInWords(added: number, refused: number): string {
  const people = (count: number) => (count === 1 ? '1 address' : `${count} addresses`)
  return added === 0
    ? `Nobody was nominated: ${people(refused)} could not be`
    : `${added === 1 ? '1 tester was' : `${added} testers were`} nominated, ${people(refused)} could not be`
}

/** To be corrected in the form; who is there already needs no correction. */
function correctable(refused: readonly RefusedNominee[]): string {
  return refused.flatMap(({ email, code }) => (code === 'duplicate' ? [] : [email])).join('\n')
}
