// Tables of users and accounts, with links to their pages in the console.
import type { Child } from 'hono/jsx'
import type { Account } from '../../../directory/store/accounts.ts'
import type { User } from '../../../directory/store/users.ts'
import { DataTable, EmptyState, Instant, Status } from '../../kit/blocks.tsx'
import { SIGN_IN_METHODS } from '../../kit/words.ts'

export const pathOf = ({ tenantSid, sid }: User) => `/console/tenants/${tenantSid}/users/${sid}`

export function UserTable(props: { users: readonly User[]; empty: Child }) {
  return (
    <DataTable<User>
      caption="Users"
      captionHidden={true}
      columns={[
        { name: 'Login e-mail', cell: (user) => <a href={pathOf(user)}>{user.email}</a> },
        { name: 'Name', cell: nameOf },
        { name: 'External ID', cell: ({ externalID }) => externalID },
        {
          name: 'Sign-in method',
          cell: ({ signInMethod, suspendedAt }) =>
            suspendedAt === null ? (
              SIGN_IN_METHODS[signInMethod]
            ) : (
              <Status tone="warning">Suspended</Status>
            ),
        },
      ]}
      rows={props.users}
      empty={props.empty}
    />
  )
}

export function nameOf({ firstName, lastName }: User): string {
  return [firstName, lastName].filter(Boolean).join(' ')
}

export function AccountTable(props: { accounts: readonly Account[]; now: number; empty: string }) {
  const { accounts, now, empty } = props
  return (
    <DataTable<Account>
      caption="Accounts"
      captionHidden={true}
      columns={[
        {
          name: 'Name',
          cell: ({ tenantSid, sid, name }) => (
            <a href={`/console/tenants/${tenantSid}/accounts/${sid}`}>{name}</a>
          ),
        },
        { name: 'External ID', cell: ({ externalID }) => externalID },
        {
          name: 'Created',
          cell: ({ createdAt }) => <Instant at={createdAt} now={now} show="relative" />,
        },
      ]}
      rows={accounts}
      empty={<EmptyState title={empty} />}
    />
  )
}
