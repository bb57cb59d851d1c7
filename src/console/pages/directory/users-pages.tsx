// The users of a tenant: found, added, and one of them with what decides about their sign-in.
import type { SignInAnswer } from '../../../directory/sign-in/operations.ts'
import type { Account, User } from '../../../directory/store.ts'
import type { Problem } from '../../../problem.ts'
import type { Session } from '../../../sessions/operations.ts'
import {
  Code,
  DangerZone,
  Instant,
  KeyValues,
  Pagination,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import {
  Button,
  ButtonForm,
  ButtonLink,
  Form,
  SubmitRow,
  TextArea,
  TextField,
} from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { SessionTable } from '../../kit/session-table.tsx'
import { SIGN_IN_METHODS } from '../../kit/words.ts'
import { errorsOf, type DirectoryContext } from './directory-context.ts'
import { AccountTable, nameOf, pathOf, UserTable } from './tables.tsx'

export type UserValues = {
  [Field in 'email' | 'firstName' | 'lastName' | 'externalID']: string | null
}

export function UsersPage(props: {
  at: DirectoryContext
  users: readonly User[]
  search: string
  /** Whoever has that e-mail or SID in another tenant. */
  elsewhere: User | undefined
  links: PageLinks
  /** As entered, where they were refused. */
  values?: UserValues
  problem?: Problem
}) {
  const { at, users, search, elsewhere, links, problem } = props
  const path = `${at.base}/users`
  return (
    <at.Frame
      title="Users"
      breadcrumb={at.above}
      problem={problem}
      actions={
        <>
          <ButtonLink href={`${at.base}/imports`} label="Import" />
          <ButtonLink href="#new" label="Add user" />
        </>
      }
    >
      <Form method="get" action={path} inline={true}>
        <TextField name="search" label="E-mail, SID or external id" kind="search" value={search} />
        <Button label="Search" />
        {search && <ButtonLink href={path} label="Show all" />}
      </Form>
      {elsewhere && (
        <p>
          Of another tenant: <a href={pathOf(elsewhere)}>{elsewhere.email}</a>
        </p>
      )}
      <UserTable
        users={users}
        empty={
          search
            ? { title: 'Nobody of this tenant has that', text: 'Enter it as a whole.' }
            : { title: 'No user yet' }
        }
      />
      <Pagination {...links} />
      <Section id="new" title="Add a user">
        <Form action={path}>
          <UserFields values={props.values ?? {}} problem={problem} />
          <SubmitRow primary="Add user" />
        </Form>
      </Section>
    </at.Frame>
  )
}

function UserFields(props: { values: Partial<UserValues>; problem: Problem | undefined }) {
  const { values, problem } = props
  const errorOf = errorsOf(problem)
  const field = (name: keyof UserValues, label: string, more = {}) => (
    <TextField
      name={name}
      label={label}
      value={values[name] ?? ''}
      error={errorOf(name)}
      {...more}
    />
  )
  return (
    <>
      {field('email', 'Login e-mail', {
        hint: 'What the IdP has to send. Nobody else may have it, in any tenant.',
        kind: 'email',
        required: true,
      })}
      {field('firstName', 'First name')}
      {field('lastName', 'Last name')}
      {field('externalID', 'External id', { hint: 'The id in your own system.' })}
    </>
  )
}

const DECISIONS = {
  password: 'with the password',
  choice: 'with the password or by SSO',
  sso: 'by SSO alone',
  refused: 'not at all',
} as const

export type UserFacts = {
  accounts: readonly Account[]
  connection: { sid: string; name: string } | undefined
  answer: SignInAnswer
  /** The newest ones. */
  sessions: readonly Session[]
}

export function UserPage(props: {
  at: DirectoryContext
  user: User
  facts: UserFacts
  /** As entered, where they were refused. */
  values?: UserValues
  accountNames?: string
  problem?: Problem
}) {
  const { at, user, facts, problem } = props
  const { accounts, connection, answer, sessions } = facts
  const { now } = at.context
  const path = pathOf(user)
  const isSuspended = user.suspendedAt !== null
  const act = isSuspended ? 'Reactivate' : 'Suspend'
  const connectionPath = `/console/connections/${connection?.sid}`
  return (
    <at.Frame
      title={user.email}
      badge={isSuspended && <Status tone="warning">Suspended</Status>}
      breadcrumb={[...at.above, { name: 'Users', href: `${at.base}/users` }]}
      problem={problem}
      lead={nameOf(user)}
    >
      <KeyValues
        rows={[
          { name: 'SID', value: <Code>{user.sid}</Code> },
          {
            name: 'Signs in by',
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
          {
            name: 'May sign in now',
            value: `${DECISIONS[answer.decision]} (${answer.reason.replace('sso', 'SSO').replaceAll('_', ' ')})`,
          },
          ...(isSuspended
            ? [{ name: 'Suspended', value: <Instant at={user.suspendedAt!} now={now} /> }]
            : []),
          {
            name: 'Logins',
            value: connection && (
              <a href={`${connectionPath}/attempts?user=${user.sid}`}>The last ones</a>
            ),
          },
          { name: 'Created', value: <Instant at={user.createdAt} now={now} /> },
        ]}
      />
      <Section id="belongs" title="Accounts">
        <AccountTable accounts={accounts} now={now} empty="Of no account" />
        <details open={props.accountNames !== undefined}>
          <summary>Change</summary>
          <Form action={`${path}/accounts`}>
            <TextArea
              name="accounts"
              label="All accounts of the user"
              hint="One a line: external ids or SIDs; of other tenants, SIDs."
              kind="code"
              rows={3}
              value={props.accountNames ?? namesOf(accounts, user).join('\n')}
              error={errorsOf(problem)('accounts')}
            />
            <SubmitRow primary="Save accounts" />
          </Form>
        </details>
      </Section>
      <Section
        id="sessions"
        title="Sessions"
        lead="The last ten. Where one ends, its apps are told, and drop their own."
        actions={
          sessions.length > 0 && (
            <ButtonForm action={`${path}/sessions/revoke`} label="End all" tone="danger" />
          )
        }
      >
        <SessionTable sessions={sessions} now={now} ofOne={true} action={`${path}/sessions`} />
      </Section>
      <Section id="edit" title="Edit">
        <Form action={path}>
          <UserFields values={props.values ?? user} problem={problem} />
          <SubmitRow primary="Save" />
        </Form>
      </Section>
      <DangerZone
        title={act}
        actions={[
          {
            title: isSuspended ? 'Let the user in again' : 'Shut the user out',
            text: isSuspended
              ? 'Signs in as before.'
              : 'Signs in nowhere, and sessions end at once.',
            control: (
              <ButtonForm
                action={`${path}/suspension`}
                hidden={{ suspended: isSuspended ? '' : 'true' }}
                label={act}
                about={user.email}
                tone={isSuspended ? 'secondary' : 'danger'}
              />
            ),
          },
        ]}
      />
    </at.Frame>
  )
}

/** As they are entered. */
function namesOf(accounts: readonly Account[], { tenantSid }: User): string[] {
  return accounts.map((account) =>
    account.tenantSid === tenantSid ? (account.externalID ?? account.sid) : account.sid,
  )
}
