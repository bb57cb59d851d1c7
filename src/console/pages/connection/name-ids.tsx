// The users of a connection who are bound to a NameID, and their release.
import type { Hono } from 'hono'
import { isSid } from '../../../ids.ts'
import {
  listNameIDs,
  listUserNameIDs,
  releaseNameID,
  releaseNameIDs,
  type NameIDRow,
} from '../../../login/name-ids/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { type Problem, problem } from '../../../problem.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { Code, DataTable, EmptyState, Instant, Pagination, Section } from '../../kit/blocks.tsx'
import { readForm } from '../../kit/form.ts'
import { Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import { readListPage, type PageLinks } from '../../kit/lists.ts'
import { messageOf } from '../../kit/words.ts'
import {
  crumbs,
  requireMay,
  type ConnectionContext,
  type OpenConnectionContext,
} from '../shared/connection-context.ts'
import { formatInWords, NameIDValue } from '../shared/name-id-values.tsx'

type Entered = { user: string; users: string; reason: string }
const NOTHING: Entered = { user: '', users: '', reason: '' }

export function nameIDRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/name-ids', async (c) => {
    const at = await open(c)
    const values = { ...NOTHING, user: await emailOf(at, c.req.query('user') ?? '') }
    return showPage(c, await nameIDsPage(c, at, values))
  })

  routes.post('/name-ids/release', async (c) => {
    const at = await open(c)
    requireMay(at, 'release')
    const form = await readForm(c)
    const values = { ...NOTHING, user: form.text('user'), reason: form.text('reason') }
    const { context, connection, base } = at
    const input = { connectionSid: connection.sid, reason: values.reason }
    const released = await releaseNameID(context, values.user, input)
    if (released.ok) return seeOther(c, `${base}/name-ids`, 'name_id_released')
    // A user who is not bound here is an error of the field, not of the page's URL.
    const shown =
      released.error.code === 'not_there'
        ? problem('input', 'the login e-mail of a user who is bound', values.user, 'user').error
        : released.error
    return showAgain(c, shown, await nameIDsPage(c, at, values, shown))
  })

  routes.post('/name-ids/release-all', async (c) => {
    const at = await open(c)
    requireMay(at, 'release')
    const form = await readForm(c)
    const { context, connection, base } = at
    const values = { ...NOTHING, users: form.text('users'), reason: form.text('reason') }
    const input = { users: form.number('users'), reason: values.reason }
    const released = unwrapOrShow(await releaseNameIDs(context, connection.sid, input))
    if (released.ok) return seeOther(c, `${base}/name-ids`, 'name_ids_released')
    const { error } = released
    // Both forms ask for a reason.
    const shown = error.field === 'reason' ? { ...error, field: 'reasonForAll' } : error
    return showAgain(c, error, await nameIDsPage(c, at, values, shown))
  })
}

/** Of a user who is bound here, named by SID; otherwise empty. */
async function emailOf({ context, connection }: ConnectionContext, sid: string): Promise<string> {
  const found = isSid(sid, 'US') ? await listUserNameIDs(context, sid) : undefined
  const rows = found?.ok ? found.value : []
  return rows.find(({ connectionSid }) => connectionSid === connection.sid)?.email ?? ''
}

async function nameIDsPage(
  c: AppContext,
  at: ConnectionContext,
  values: Entered,
  problem?: Problem,
) {
  const page = readListPage(c)
  const found = unwrap(await listNameIDs(at.context, at.connection.sid, page.request))
  const { items, next, count } = found
  return (
    <NameIDsPage
      at={at}
      rows={items}
      count={count}
      links={page.links(next)}
      values={values}
      problem={problem}
    />
  )
}

type NameIDsProps = {
  at: ConnectionContext
  rows: readonly NameIDRow[]
  count: number
  links: PageLinks
  values: Entered
  problem: Problem | undefined
}

function NameIDsPage(props: NameIDsProps) {
  const { at, rows, count, links, problem } = props
  const { now } = at.context
  return (
    <at.Frame
      title="NameIDs"
      breadcrumb={crumbs(at)}
      problem={problem}
      lead={
        'A user’s first login binds the NameID that the IdP sends. Later logins need the same ' +
        'NameID in the same format. Another one is refused until the user is released.'
      }
    >
      <Section id="bound" title="Bound users" lead={countInWords(count)}>
        <DataTable
          caption="Bound users"
          captionHidden={true}
          columns={[
            { name: 'Login e-mail', cell: ({ email }) => email },
            { name: 'NameID', cell: (row) => <NameIDValue of={row} /> },
            { name: 'Format', cell: ({ format }) => <Code>{formatInWords(format)}</Code> },
            {
              name: 'First seen',
              cell: ({ firstSeenAt }) => <Instant at={firstSeenAt} now={now} />,
            },
            { name: 'Last seen', cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} now={now} /> },
            {
              name: 'Another one refused',
              cell: ({ refusedAt }) => refusedAt && <Instant at={refusedAt} now={now} />,
            },
          ]}
          rows={rows}
          empty={<EmptyState title="No user is bound yet" />}
        />
        <Pagination {...links} />
      </Section>
      {at.may.release && count > 0 && <ReleaseForms {...props} />}
    </at.Frame>
  )
}

function ReleaseForms({ at, count, values, problem }: NameIDsProps) {
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.reader) : undefined
  return (
    <>
      <Section
        id="release"
        title="Release a user"
        lead="The user’s next login binds the NameID that comes then."
      >
        <Form action={`${at.base}/name-ids/release`}>
          <TextField
            name="user"
            label="Login e-mail"
            hint="Or the user’s SID."
            value={values.user}
            required={true}
            error={errorOf('user')}
          />
          <TextField
            name="reason"
            label="Reason"
            hint="The history keeps it."
            value={values.reason}
            required={true}
            error={errorOf('reason')}
          />
          <SubmitRow primary="Release user" />
        </Form>
      </Section>
      <Section
        id="release-all"
        title="Release all users"
        lead={
          'For an IdP that now sends another NameID or format for everybody. Until their next ' +
          'login, users are recognised by the e-mail alone.'
        }
      >
        <Form action={`${at.base}/name-ids/release-all`}>
          <TextField
            name="users"
            label="Number of users"
            hint={`Enter ${count} to confirm.`}
            value={values.users}
            required={true}
            error={errorOf('users')}
          />
          <TextField
            name="reason"
            id="reasonForAll"
            label="Reason"
            hint="The history keeps it."
            value={values.reason}
            required={true}
            error={errorOf('reasonForAll')}
          />
          <SubmitRow danger={{ label: 'Release all users' }} />
        </Form>
      </Section>
    </>
  )
}

function countInWords(count: number): string {
  return count === 1 ? '1 user is bound.' : `${count} users are bound.`
}
