// A user's page: what decides how they sign in, accounts, sessions, details, suspension.
import type { ExceptionRow } from '../../../directory/exceptions/operations.ts'
import type { Account } from '../../../directory/store/accounts.ts'
import type { User } from '../../../directory/store/users.ts'
import type { NameIDRow } from '../../../login/name-ids/operations.ts'
import type { PersonSignIn } from '../../../login/sign-in-state/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { Session } from '../../../sessions/operations.ts'
import {
  Code,
  DangerZone,
  DataTable,
  EmptyState,
  Instant,
  KeyValues,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink, Form, SubmitRow, TextArea } from '../../kit/forms.tsx'
import { SessionTable } from '../../kit/session-table.tsx'
import { SIGN_IN_METHODS } from '../../kit/words.ts'
import { formatInWords, NameIDValue } from '../shared/name-id-values.tsx'
import { errorsOf, type DirectoryContext } from './directory-context.ts'
import { ExceptionSection, type EnteredException } from './exception-section.tsx'
import { decisionInWords, LastLogins, SignInNotice } from './sign-in-section.tsx'
import { AccountTable, nameOf, pathOf } from './tables.tsx'
import { UserFields, type UserValues as EnteredUser } from './user-fields.tsx'

export type UserFacts = {
  accounts: readonly Account[]
  connection: { sid: string; name: string } | undefined
  signIn: PersonSignIn
  /** The newest ones. */
  sessions: readonly Session[]
  nameIDs: readonly NameIDRow[]
  exception: ExceptionRow | undefined
}

type UserPageProps = {
  at: DirectoryContext
  user: User
  facts: UserFacts
  /** The entered values, if they were refused. */
  values?: EnteredUser
  accountNames?: string
  exception?: EnteredException
  problem?: Problem
}

export function UserPage(props: UserPageProps) {
  const { at, user, facts, problem } = props
  const { sessions } = facts
  const { now } = at.context
  const path = pathOf(user)
  const isSuspended = user.suspendedAt !== null
  return (
    <at.Frame
      title={user.email}
      badge={isSuspended && <Status tone="warning">Suspended</Status>}
      breadcrumb={[...at.above, { name: 'Users', href: `${at.base}/users` }]}
      problem={problem}
      lead={nameOf(user)}
    >
      <SignInNotice
        tenantSid={user.tenantSid}
        userSid={user.sid}
        connectionSid={user.connectionSid}
        state={facts.signIn}
      />
      <UserValues {...props} />
      <LastLogins {...facts.signIn} now={now} />
      <ExceptionSection
        path={path}
        user={user}
        exception={facts.exception}
        values={props.exception}
        problem={problem}
        now={now}
      />
      <AccountsSection {...props} />
      <NameIDsSection {...props} />
      <Section
        id="sessions"
        title="Sessions"
        lead="The last ten sessions. When a session ends, its apps are notified to end their own."
        actions={
          sessions.length > 0 && (
            <ButtonForm action={`${path}/sessions/revoke`} label="End all sessions" tone="danger" />
          )
        }
      >
        <SessionTable sessions={sessions} now={now} ofOne={true} action={`${path}/sessions`} />
      </Section>
      <Section id="edit" title="Details">
        <Form action={path}>
          <UserFields values={props.values ?? user} problem={problem} />
          <SubmitRow primary="Save user" />
        </Form>
      </Section>
      <Suspension user={user} path={path} />
    </at.Frame>
  )
}

function UserValues({ at, user, facts }: UserPageProps) {
  const { connection } = facts
  const { answer } = facts.signIn
  const { now } = at.context
  const connectionPath = `/console/connections/${connection?.sid}`
  return (
    <KeyValues
      rows={[
        { name: 'SID', value: <Code>{user.sid}</Code> },
        {
          name: 'Sign-in method',
          value: (
            <>
              {SIGN_IN_METHODS[user.signInMethod]}
              {connection && (
                <>
                  , <a href={connectionPath}>{connection.name}</a>
                </>
              )}
            </>
          ),
        },
        ...(answer.secondConnectionSid === null
          ? []
          : [
              {
                name: 'Moving to',
                value: (
                  <a href={`/console/connections/${answer.secondConnectionSid}`}>
                    another connection
                  </a>
                ),
              },
            ]),
        {
          name: 'Can sign in now',
          value: decisionInWords(answer),
        },
        {
          name: 'Password in the app',
          value: user.hasPassword ? (
            'Yes'
          ) : (
            <div class="inline">
              Not known{' '}
              <ButtonForm
                action={`${pathOf(user)}/password`}
                label="User has a password"
                about={user.email}
              />
            </div>
          ),
        },
        ...(user.suspendedAt === null
          ? []
          : [{ name: 'Suspended since', value: <Instant at={user.suspendedAt} now={now} /> }]),
        {
          name: 'Logins',
          value: connection && (
            <a href={`${connectionPath}/attempts?user=${user.sid}`}>Recent logins</a>
          ),
        },
        { name: 'Created', value: <Instant at={user.createdAt} now={now} /> },
      ]}
    />
  )
}

function AccountsSection(props: UserPageProps) {
  const { at, user, facts, problem } = props
  const { accounts } = facts
  const path = pathOf(user)
  return (
    <Section id="belongs" title="Accounts">
      <AccountTable accounts={accounts} now={at.context.now} empty="No accounts" />
      <details open={props.accountNames !== undefined}>
        <summary>Change accounts</summary>
        <Form action={`${path}/accounts`}>
          <TextArea
            name="accounts"
            label="Accounts"
            hint="External IDs or SIDs, one per line. For accounts of other tenants, use SIDs."
            kind="code"
            rows={3}
            value={props.accountNames ?? namesOf(accounts, user).join('\n')}
            error={errorsOf(problem)('accounts')}
          />
          <SubmitRow primary="Save accounts" />
        </Form>
      </details>
    </Section>
  )
}

function NameIDsSection({ at, user, facts }: UserPageProps) {
  const { now } = at.context
  return (
    <Section
      id="name-ids"
      title="NameIDs"
      lead="What the IdP must send for this user. The first login binds it."
    >
      <DataTable
        caption="NameIDs"
        captionHidden={true}
        columns={[
          {
            name: 'Connection',
            cell: ({ connection, connectionSid, entityID, isCurrent }) => (
              <>
                <a href={`/console/connections/${connectionSid}/name-ids`}>{connection}</a>
                <br />
                <small>
                  {!isCurrent && 'Earlier IdP: '}
                  {entityID}
                </small>
              </>
            ),
          },
          { name: 'NameID', cell: (row) => <NameIDValue of={row} /> },
          { name: 'Format', cell: ({ format }) => <Code>{formatInWords(format)}</Code> },
          {
            name: 'First seen',
            cell: ({ firstSeenAt }) => <Instant at={firstSeenAt} now={now} show="relative" />,
          },
          {
            name: 'Last seen',
            cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} now={now} show="relative" />,
          },
          {
            name: 'Another one refused',
            cell: ({ refusedAt }) =>
              refusedAt && <Instant at={refusedAt} now={now} show="relative" />,
          },
        ]}
        rows={facts.nameIDs}
        empty={<EmptyState title="None: no login has bound this user" />}
      />
      {facts.nameIDs.map(
        ({ connectionSid, connection, isCurrent }) =>
          isCurrent && (
            <p>
              <a href={`/console/connections/${connectionSid}/name-ids?user=${user.sid}#release`}>
                Release the user at {connection}
              </a>
            </p>
          ),
      )}
    </Section>
  )
}

function Suspension({ user, path }: { user: User; path: string }) {
  const isSuspended = user.suspendedAt !== null
  const label = isSuspended ? 'Reactivate user' : 'Suspend user'
  return (
    <DangerZone
      title="Suspend or erase"
      actions={[
        {
          title: isSuspended ? 'Allow sign-in again' : 'Block all sign-ins',
          text: isSuspended
            ? 'The user can sign in as before.'
            : 'The user can no longer sign in, and all sessions end now.',
          control: (
            <ButtonForm
              action={`${path}/suspension`}
              hidden={{ suspended: isSuspended ? '' : 'true' }}
              label={label}
              about={user.email}
              tone={isSuspended ? 'secondary' : 'danger'}
            />
          ),
        },
        {
          title: 'Erase the person',
          text: 'Removes all personal data for good. The next page shows what goes.',
          control: (
            <ButtonLink href={`/console/erase/user/${user.sid}`} label="Erase user" tone="danger" />
          ),
        },
      ]}
    />
  )
}

/** Accounts as the form takes them. */
function namesOf(accounts: readonly Account[], { tenantSid }: User): string[] {
  return accounts.map((account) =>
    account.tenantSid === tenantSid ? (account.externalID ?? account.sid) : account.sid,
  )
}
