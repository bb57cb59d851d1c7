// The users of a tenant: search, list, and the form to add one.
import type { User } from '../../../directory/store/users.ts'
import type { Problem } from '../../../problem.ts'
import type { UserPage } from '../../../directory/words/operations.ts'
import { EmptyState, Pagination, Section } from '../../kit/blocks.tsx'
import { ButtonLink, Form, SubmitRow } from '../../kit/forms.tsx'
import { EmptyList, ListFilters } from '../../kit/list-filters.tsx'
import type { ListPage, PageLinks } from '../../kit/lists.ts'
import type { DirectoryContext } from './directory-context.ts'
import { pathOf, UserTable } from './tables.tsx'
import { UserFields, type UserValues } from './user-fields.tsx'

export function UsersPage(props: {
  at: DirectoryContext
  list: ListPage
  found: Pick<UserPage, 'items'> & Partial<UserPage>
  /** The user with that e-mail or SID in another tenant. */
  elsewhere: User | undefined
  /** How many address claims wait. */
  claims: number
  links: PageLinks
  /** The entered values, if they were refused. */
  values?: UserValues
  problem?: Problem
}) {
  const { at, list, found, elsewhere, claims, links, problem } = props
  const path = `${at.base}/users`
  return (
    <at.Frame
      title="Users"
      breadcrumb={at.above}
      problem={problem ?? list.problem}
      actions={
        <>
          <ButtonLink href={`${at.base}/imports`} label="Import users" />
          <ButtonLink
            href={`${at.base}/address-claims`}
            label={claims === 0 ? 'Address claims' : `Address claims (${claims})`}
          />
          <ButtonLink href="#new" label="Add user" />
        </>
      }
    >
      <ListFilters list={list} reader={at.reader} total={found.total} rows={['user', 'users']} />
      {elsewhere && (
        <p>
          In another tenant: <a href={pathOf(elsewhere)}>{elsewhere.email}</a>
        </p>
      )}
      <UserTable
        users={found.items}
        empty={
          <EmptyList list={list}>
            <EmptyState title="No users yet" />
          </EmptyList>
        }
      />
      {found.hasMore && <p>These are the first matches. Enter more to find others.</p>}
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
