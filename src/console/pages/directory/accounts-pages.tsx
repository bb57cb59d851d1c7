// The accounts of a tenant, and an account's page with its members.
import type { Account } from '../../../directory/store/accounts.ts'
import type { User } from '../../../directory/store/users.ts'
import type { Problem } from '../../../problem.ts'
import { EmptyState, Code, KeyValues, Pagination, Section } from '../../kit/blocks.tsx'
import { Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { DeleteZone } from '../shared/delete-zone.tsx'
import { errorsOf, type DirectoryContext } from './directory-context.ts'
import { AccountTable, UserTable } from './tables.tsx'

function NameField({ value, problem }: { value: string; problem: Problem | undefined }) {
  return (
    <TextField
      name="name"
      label="Name"
      hint="As shown in your product."
      value={value}
      required={true}
      error={errorsOf(problem)('name')}
    />
  )
}

export function AccountsPage(props: {
  at: DirectoryContext
  accounts: readonly Account[]
  links: PageLinks
  values?: { name: string; externalID: string }
  problem?: Problem
}) {
  const { at, accounts, links, values, problem } = props
  return (
    <at.Frame title="Accounts" breadcrumb={at.above} problem={problem}>
      <AccountTable accounts={accounts} now={at.context.now} empty="No accounts yet" />
      <Pagination {...links} />
      <Section id="new" title="Add account">
        <Form action={`${at.base}/accounts`}>
          <NameField value={values?.name ?? ''} problem={problem} />
          <TextField
            name="externalID"
            label="External ID"
            hint="The account’s ID in your own system."
            value={values?.externalID ?? ''}
            error={errorsOf(problem)('externalID')}
          />
          <SubmitRow primary="Add account" />
        </Form>
      </Section>
    </at.Frame>
  )
}

export function AccountPage(props: {
  at: DirectoryContext
  account: Account
  members: readonly User[]
  links: PageLinks
  name?: string
  problem?: Problem
}) {
  const { at, account, members, links, problem } = props
  const { newerHref, olderHref } = links
  return (
    <at.Frame
      title={account.name}
      breadcrumb={[...at.above, { name: 'Accounts', href: `${at.base}/accounts` }]}
      problem={problem}
    >
      <KeyValues
        rows={[
          { name: 'SID', value: <Code>{account.sid}</Code> },
          { name: 'External ID', value: account.externalID },
        ]}
      />
      <Section id="members" title="Members" lead="To change memberships, open a user’s page.">
        <UserTable users={members} empty={<EmptyState title="No members yet" />} />
        <Pagination
          newerHref={newerHref}
          olderHref={olderHref}
          newerLabel="← Previous"
          olderLabel="Next →"
        />
      </Section>
      <Section id="edit" title="Name">
        <Form action={`${at.base}/accounts/${account.sid}`}>
          <NameField value={props.name ?? account.name} problem={problem} />
          <SubmitRow primary="Save name" />
        </Form>
      </Section>
      <DeleteZone
        noun="account"
        path={`account/${account.sid}?tenant=${account.tenantSid}`}
        text="With its memberships, for good. Its members keep their users."
      />
    </at.Frame>
  )
}
