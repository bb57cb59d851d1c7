// The users of a tenant: search, list, and the form to add one.
import type { User } from '../../../directory/store/users.ts'
import type { Problem } from '../../../problem.ts'
import { Pagination, Section } from '../../kit/blocks.tsx'
import { Button, ButtonLink, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import type { DirectoryContext } from './directory-context.ts'
import { pathOf, UserTable } from './tables.tsx'
import { UserFields, type UserValues } from './user-fields.tsx'

export function UsersPage(props: {
  at: DirectoryContext
  users: readonly User[]
  search: string
  /** The user with that e-mail or SID in another tenant. */
  elsewhere: User | undefined
  links: PageLinks
  /** The entered values, if they were refused. */
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
          <ButtonLink href={`${at.base}/imports`} label="Import users" />
          <ButtonLink href={`${at.base}/address-claims`} label="Address claims" />
          <ButtonLink href="#new" label="Add user" />
        </>
      }
    >
      <Form method="get" action={path} inline={true}>
        <TextField name="search" label="E-mail, SID or external ID" kind="search" value={search} />
        <Button label="Search" />
        {search && <ButtonLink href={path} label="Show all" />}
      </Form>
      {elsewhere && (
        <p>
          In another tenant: <a href={pathOf(elsewhere)}>{elsewhere.email}</a>
        </p>
      )}
      <UserTable
        users={users}
        empty={
          search
            ? { title: 'No matches', text: 'Enter the complete e-mail, SID or external ID.' }
            : { title: 'No users yet' }
        }
      />
      <Pagination {...links} />
      <Section id="new" title="Add user">
        <Form action={path}>
          <UserFields values={props.values ?? {}} problem={problem} />
          <SubmitRow primary="Add user" />
        </Form>
      </Section>
    </at.Frame>
  )
}
