// The accounts of a tenant, and one of them with its members.
import type { Account, User } from '../../../directory/store.ts'
import type { Problem } from '../../../result.ts'
import { Code, KeyValues, Pagination, Section } from '../../kit/blocks.tsx'
import { Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { errorsOf, type DirectoryVisit } from './directory-visit.ts'
import { AccountTable, UserTable } from './tables.tsx'

function NameField({ value, problem }: { value: string; problem: Problem | undefined }) {
  return (
    <TextField
      name="name"
      label="Name"
      hint="As your product shows it."
      value={value}
      required={true}
      error={errorsOf(problem)('name')}
    />
  )
}

export function AccountsPage(props: {
  visit: DirectoryVisit
  accounts: readonly Account[]
  links: PageLinks
  values?: { name: string; externalID: string }
  problem?: Problem
}) {
  const { visit, accounts, links, values, problem } = props
  return (
    <visit.Frame title="Accounts" breadcrumb={visit.above} problem={problem}>
      <AccountTable accounts={accounts} now={visit.request.now} empty="No account yet" />
      <Pagination {...links} />
      <Section id="new" title="Add an account">
        <Form action={`${visit.base}/accounts`}>
          <NameField value={values?.name ?? ''} problem={problem} />
          <TextField
            name="externalID"
            label="External id"
            hint="The id in your own system."
            value={values?.externalID ?? ''}
            error={errorsOf(problem)('externalID')}
          />
          <SubmitRow primary="Add account" />
        </Form>
      </Section>
    </visit.Frame>
  )
}

export function AccountPage(props: {
  visit: DirectoryVisit
  account: Account
  members: readonly User[]
  links: PageLinks
  name?: string
  problem?: Problem
}) {
  const { visit, account, members, links, problem } = props
  const { newerHref, olderHref } = links
  return (
    <visit.Frame
      title={account.name}
      breadcrumb={[...visit.above, { name: 'Accounts', href: `${visit.base}/accounts` }]}
      problem={problem}
    >
      <KeyValues
        rows={[
          { name: 'SID', value: <Code>{account.sid}</Code> },
          { name: 'External id', value: account.externalID },
        ]}
      />
      <Section id="members" title="Members" lead="Edited on each user’s page.">
        <UserTable users={members} empty={{ title: 'Nobody yet' }} />
        <Pagination
          newerHref={newerHref}
          olderHref={olderHref}
          newerLabel="← Back"
          olderLabel="More →"
        />
      </Section>
      <Section id="edit" title="Rename">
        <Form action={`${visit.base}/accounts/${account.sid}`}>
          <NameField value={props.name ?? account.name} problem={problem} />
          <SubmitRow primary="Save" />
        </Form>
      </Section>
    </visit.Frame>
  )
}
