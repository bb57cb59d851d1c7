// The users of a tenant: found, added, and one of them with what decides about their sign-in.
import type { SignInAnswer } from '../../directory/sign-in/operations.ts'
import type { Account, User } from '../../directory/store.ts'
import type { Problem } from '../../outcome.ts'
import {
  Code,
  DangerZone,
  Instant,
  KeyValues,
  Pagination,
  Section,
  Status,
} from '../../web/blocks.tsx'
import {
  Button,
  ButtonForm,
  ButtonLink,
  Form,
  SubmitRow,
  TextArea,
  TextField,
} from '../../web/forms.tsx'
import type { PageLinks } from '../lists.ts'
import { SIGN_IN_METHODS } from '../words.ts'
import { errorsOf, type DirectoryVisit } from './directory-visit.ts'
import { AccountTable, nameOf, pathOf, UserTable } from './tables.tsx'

export type UserValues = { email: string; firstName: string; lastName: string; externalID: string }

export function UsersPage(props: {
  visit: DirectoryVisit
  users: readonly User[]
  search: string
  /** Whoever has that e-mail or SID in another tenant. */
  elsewhere: User | undefined
  links: PageLinks
}) {
  const { visit, users, search, elsewhere, links } = props
  const path = `${visit.base}/users`
  return (
    <visit.Frame
      title="Users"
      breadcrumb={visit.above}
      actions={
        <>
          <ButtonLink href={`${visit.base}/imports`} label="Import" />
          <ButtonLink href={`${path}/new`} label="Add user" tone="primary" />
        </>
      }
    >
      <Form method="get" action={path} inline={true}>
        <TextField
          name="search"
          label="Login e-mail, SID or external id, as a whole"
          kind="search"
          value={search}
        />
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
            ? { title: 'Nobody of this tenant has that' }
            : { title: 'No user yet', text: 'Import a file, or add one.' }
        }
      />
      <Pagination {...links} />
    </visit.Frame>
  )
}

function UserFields({ values, problem }: { values: UserValues; problem: Problem | undefined }) {
  const errorOf = errorsOf(problem)
  const field = (name: keyof UserValues, label: string, hint?: string) => (
    <TextField name={name} label={label} hint={hint} value={values[name]} error={errorOf(name)} />
  )
  return (
    <>
      <TextField
        name="email"
        label="Login e-mail"
        hint="What the IdP has to send. Nobody else may have it, in any tenant."
        kind="email"
        value={values.email}
        required={true}
        error={errorOf('email')}
      />
      {field('firstName', 'First name')}
      {field('lastName', 'Last name')}
      {field('externalID', 'External id', 'The id in your own system.')}
    </>
  )
}

export function NewUserPage(props: {
  visit: DirectoryVisit
  values: UserValues
  problem?: Problem
}) {
  const path = `${props.visit.base}/users`
  return (
    <props.visit.Frame
      title="Add user"
      breadcrumb={[...props.visit.above, { name: 'Users', href: path }]}
      problem={props.problem}
      narrow={true}
      lead="Signs in with the password, until a rollout says otherwise."
    >
      <Form action={path}>
        <UserFields values={props.values} problem={props.problem} />
        <SubmitRow primary="Add user" cancel={{ href: path }} />
      </Form>
    </props.visit.Frame>
  )
}

const DECISIONS = {
  password: 'with the password',
  choice: 'with the password or by SSO',
  sso: 'by SSO alone',
  refused: 'not at all',
} as const

/** Where the method does not say it. */
const REASONS: Readonly<Partial<Record<SignInAnswer['reason'], string>>> = {
  tenant_suspended: 'the tenant is suspended',
  user_suspended: 'suspended',
  plan_required: 'the plan has no SSO',
  connection_suspended: 'the connection is suspended',
  connection_not_ready: 'the connection is a draft',
  break_glass: 'break-glass owner',
}

export type UserFacts = {
  accounts: readonly Account[]
  connection: { sid: string; name: string } | undefined
  answer: SignInAnswer
}

export function UserPage(props: {
  visit: DirectoryVisit
  user: User
  facts: UserFacts
  /** As entered, where they were refused. */
  values?: UserValues
  accountNames?: string
  problem?: Problem
}) {
  const { visit, user, facts, problem } = props
  const { accounts, connection, answer } = facts
  const { now } = visit.request
  const path = pathOf(user)
  const isSuspended = user.suspendedAt !== null
  const reason = REASONS[answer.reason]
  const connectionPath = `/console/connections/${connection?.sid}`
  return (
    <visit.Frame
      title={user.email}
      badge={isSuspended && <Status tone="warning">Suspended</Status>}
      breadcrumb={[...visit.above, { name: 'Users', href: `${visit.base}/users` }]}
      problem={problem}
      lead={nameOf(user)}
      actions={
        <ButtonLink href={`/console/audit?tenant=${user.tenantSid}`} label="Audit of the tenant" />
      }
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
            value: `${DECISIONS[answer.decision]}${reason ? `: ${reason}` : ''}`,
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
          { name: 'Changed', value: <Instant at={user.updatedAt} now={now} /> },
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
      <Section id="edit" title="Edit">
        <Form action={path}>
          <UserFields values={props.values ?? valuesOf(user)} problem={problem} />
          <SubmitRow primary="Save" />
        </Form>
      </Section>
      <DangerZone
        title={isSuspended ? 'Reactivate' : 'Suspend'}
        actions={[
          {
            title: isSuspended ? 'Let the user in again' : 'Shut the user out',
            text: isSuspended
              ? 'Signs in as before the suspension.'
              : 'Signs in nowhere, neither by password nor by SSO, and open sessions stop counting.',
            control: (
              <ButtonForm
                action={`${path}/suspension`}
                hidden={{ suspended: isSuspended ? '' : 'true' }}
                label={isSuspended ? 'Reactivate' : 'Suspend'}
                about={user.email}
                tone={isSuspended ? 'secondary' : 'danger'}
              />
            ),
          },
        ]}
      />
    </visit.Frame>
  )
}

/** As they are entered. */
function namesOf(accounts: readonly Account[], { tenantSid }: User): string[] {
  return accounts.map((account) =>
    account.tenantSid === tenantSid ? (account.externalID ?? account.sid) : account.sid,
  )
}

function valuesOf({ email, firstName, lastName, externalID }: User): UserValues {
  return {
    email,
    firstName: firstName ?? '',
    lastName: lastName ?? '',
    externalID: externalID ?? '',
  }
}
