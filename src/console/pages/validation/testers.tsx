// The testers of a connection: the list, the form to nominate them, and refused nominations.
import type { Problem } from '../../../problem.ts'
import type { RefusedNominee, Tester } from '../../../rollout/validation/tester-operations.ts'
import { DataTable, EmptyState, None, Notice, Section, Status } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SubmitRow, TextArea } from '../../kit/forms.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { messageOf } from '../../kit/words.ts'
import { LastAttempt } from './attempt-values.tsx'

const REFUSED: Readonly<Record<RefusedNominee['code'], string>> = {
  unknown: 'No user has that login e-mail. Correct it, or ask support to add the user.',
  alias:
    'The IdP’s user list does not have this address. Map the address that the IdP knows, or ' +
    'correct the list.',
  other_tenant:
    'This user also belongs to another customer’s accounts. Support can remove the user from ' +
    'them.',
  other_connection: 'This user signs in through another connection.',
  suspended: 'This user is suspended.',
  excepted: 'This user stays on the password for now. Support can end the exception.',
  duplicate: 'Entered twice, or already a tester.',
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
        { name: 'Result', cell: (tester) => <Proved of={tester} /> },
        ...(may.test
          ? [
              {
                name: 'Actions',
                unnamed: true,
                cell: ({ user }: Tester) => (
                  <ButtonForm
                    action={`${base}/testers/${user.sid}/withdraw`}
                    label="Withdraw tester"
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
            ? 'Nominate two or three people with an account at the IdP. No one else is affected.'
            : 'Someone with the “Test” permission nominates them.'}
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

/** Whether a tester has signed in through the current IdP. */
export function Proved({ of: { user, isEnabled, provedAt } }: { of: Tester }) {
  if (user.suspendedAt !== null) return <Status tone="warning">Suspended</Status>
  if (!isEnabled) return <Status tone="warning">SSO off</Status>
  if (provedAt === null) return <None>Not yet</None>
  return <Status tone="good">Signed in</Status>
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
        label="Login e-mails of testers"
        hint={
          <>
            Login e-mails, one per line, at most 50. SSO is enabled for testers only. Their
            passwords still work.
          </>
        }
        rows={3}
        placeholder={'ann@customer.example\nben@customer.example'}
        value={emails}
        required={true}
        error={error}
      />
      <SubmitRow
        primary="Nominate testers"
        {...(cancelHref ? { cancel: { href: cancelHref } } : {})}
      />
    </Form>
  )
}

/** The list with its form. A nomination that was refused in part leads here. */
export function TestersPage(props: {
  at: ConnectionContext
  testers: readonly Tester[]
  /** The result of a nomination. */
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
      lead={
        <>
          Testers sign in through the connection before everyone else. After withdrawal, they sign
          in as before.
        </>
      }
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
        <Section id="nominate" title="Nominate testers">
          <NominateForm
            at={at}
            emails={emails ?? correctable(refused)}
            error={problem && messageOf(problem, at.reader)}
            cancelHref={`${at.base}#test`}
          />
        </Section>
      )}
      <Section
        id="testers"
        title="Current testers"
        actions={
          at.may.test &&
          testers.some(({ provedAt }) => provedAt === null) && (
            <ButtonForm action={`${at.base}/testers/invite`} label="Send invitations" />
          )
        }
      >
        <TesterTable at={at} testers={testers} />
      </Section>
    </at.Frame>
  )
}

function countInWords(added: number, refused: number): string {
  const addresses = (count: number) => (count === 1 ? '1 address' : `${count} addresses`)
  return added === 0
    ? `No testers nominated. ${addresses(refused)} refused.`
    : `${added === 1 ? '1 tester' : `${added} testers`} nominated, ${addresses(refused)} refused`
}

/** Addresses to correct in the form; duplicates need no correction. */
function correctable(refused: readonly RefusedNominee[]): string {
  return refused.flatMap(({ email, code }) => (code === 'duplicate' ? [] : [email])).join('\n')
}
