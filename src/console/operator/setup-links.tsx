// Setup links of a connection: create, show once, revoke.
import type { Hono } from 'hono'
import { CAPABILITIES, type Capability } from '../../events/actor.ts'
import type { Problem } from '../../problem.ts'
import { DataTable, EmptyState, LastTime, None, Pagination, Section } from '../kit/blocks.tsx'
import {
  ButtonForm,
  ButtonLink,
  CheckboxGroup,
  Form,
  SelectField,
  SubmitRow,
  TextField,
} from '../kit/forms.tsx'
import type { App } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import {
  crumbs,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../pages/shared/connection-context.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readListPage, type PageLinks } from '../kit/lists.ts'
import {
  createSetupLink,
  getSetupLink,
  listSetupLinks,
  revokeSetupLink,
  type SetupLink,
} from '../../access/operations.ts'
import { openMailToCopy } from '../../mail/open-mail.ts'
import { sendSetupLink, sendSetupLinkAgain } from '../../mail/send-personal.ts'
import { isOver, LifeStatus } from '../kit/secrets.tsx'
import { LinkPage, SendAgainPage } from './setup-link-page.tsx'
import { CAPABILITY_WORDS, messageOf } from '../kit/words.ts'

const LIVES = [
  { value: '60', label: '1 hour' },
  { value: '1440', label: '1 day' },
  { value: '4320', label: '3 days' },
  { value: '10080', label: '7 days' },
  { value: '20160', label: '14 days' },
  { value: '43200', label: '30 days' },
]

type SetupLinkValues = {
  name: string
  email: string
  capabilities: readonly string[]
  expiresInMinutes: string
}

/** Below a connection of the console. */
export function setupLinkRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/setup-links', async (c) => {
    const at = await open(c)
    const page = readListPage(c)
    const { context, connection } = at
    const { items, next } = unwrap(await listSetupLinks(context, connection.sid, page.request))
    return showPage(c, <SetupLinksPage at={at} setupLinks={items} links={page.links(next)} />)
  })

  routes.post('/setup-links', async (c) => {
    const at = await open(c)
    const form = await readForm(c)
    const values = {
      name: form.text('name'),
      email: form.text('email'),
      capabilities: form.texts('capabilities'),
      expiresInMinutes: form.text('expiresInMinutes'),
    }
    const { context, connection } = at
    const input = {
      name: values.name,
      capabilities: values.capabilities as Capability[],
      expiresInMinutes: form.number('expiresInMinutes'),
    }
    const created = unwrapOrShow(
      values.email
        ? await sendSetupLink(context, openMailToCopy(c.env, c.var.config), connection.sid, {
            ...input,
            email: values.email,
          })
        : await createSetupLink(context, connection.sid, input),
    )
    if (created.ok) return showPage(c, <LinkPage at={at} made={created.value} />)
    const { items, next } = unwrap(
      await listSetupLinks(context, connection.sid, { limit: 50, after: null }),
    )
    return showAgain(
      c,
      created.error,
      <SetupLinksPage
        at={at}
        setupLinks={items}
        links={readListPage(c).links(next)}
        values={values}
        problem={created.error}
      />,
    )
  })

  routes.post('/setup-links/:link/send', async (c) => {
    const at = await open(c)
    const setupLink = unwrap(await getSetupLink(at.context, c.req.param('link')))
    if (setupLink.connectionSid !== at.connection.sid) throw new Refused('not_there')
    const email = (await readForm(c)).text('email')
    const office = openMailToCopy(c.env, c.var.config)
    const sent = unwrapOrShow(await sendSetupLinkAgain(at.context, office, setupLink.sid, email))
    if (sent.ok) return showPage(c, <LinkPage at={at} made={sent.value} />)
    const page = <SendAgainPage at={at} setupLink={setupLink} email={email} problem={sent.error} />
    return showAgain(c, sent.error, page)
  })

  routes.get('/setup-links/:link/send', async (c) => {
    const at = await open(c)
    const setupLink = unwrap(await getSetupLink(at.context, c.req.param('link')))
    if (setupLink.connectionSid !== at.connection.sid) throw new Refused('not_there')
    return showPage(c, <SendAgainPage at={at} setupLink={setupLink} email="" />)
  })

  routes.post('/setup-links/:link/revoke', async (c) => {
    const { context, connection, base } = await open(c)
    const setupLink = unwrap(await getSetupLink(context, c.req.param('link')))
    if (setupLink.connectionSid !== connection.sid) throw new Refused('not_there')
    unwrap(await revokeSetupLink(context, setupLink.sid))
    return seeOther(c, `${base}/setup-links`, 'link_revoked')
  })
}

const FIRST: SetupLinkValues = {
  name: '',
  email: '',
  capabilities: ['configure', 'test'],
  expiresInMinutes: '10080',
}

function SetupLinksPage(props: {
  at: ConnectionContext
  setupLinks: readonly SetupLink[]
  links: PageLinks
  values?: SetupLinkValues
  problem?: Problem | undefined
}) {
  const { at, setupLinks, links, values = FIRST, problem } = props
  return (
    <at.Frame
      title="Setup links"
      breadcrumb={crumbs(at)}
      problem={problem}
      lead={
        <>
          A setup link gives the customer’s administrator access to this connection only. It needs
          no account.
        </>
      }
    >
      <LinkForm at={at} values={values} problem={problem} />
      <LinkTable at={at} setupLinks={setupLinks} />
      <Pagination {...links} />
    </at.Frame>
  )
}

function LinkForm(props: {
  at: ConnectionContext
  values: SetupLinkValues
  problem: Problem | undefined
}) {
  const { at, values, problem } = props
  const { base } = at
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, 'operator') : undefined
  return (
    <Section id="new" title="New setup link">
      <Form action={`${base}/setup-links`}>
        <TextField
          name="name"
          label="Recipient"
          hint="A name or an e-mail address. The history shows it with every action."
          value={values.name}
          required={true}
          error={errorOf('name')}
        />
        <TextField
          name="email"
          label="E-mail"
          kind="email"
          hint="Optional: the link is sent there by mail. Without a sender, you copy the text."
          value={values.email}
          error={errorOf('email')}
        />
        <CheckboxGroup
          name="capabilities"
          legend="Permissions"
          hint="Every link allows viewing and copying our settings."
          options={CAPABILITIES.map((value) => ({ value, ...CAPABILITY_WORDS[value] }))}
          chosen={values.capabilities}
        />
        <SelectField
          name="expiresInMinutes"
          label="Valid for"
          options={LIVES}
          value={values.expiresInMinutes}
          error={errorOf('expiresInMinutes')}
        />
        <SubmitRow primary="Create setup link" cancel={{ href: base }} />
      </Form>
    </Section>
  )
}

function LinkTable({
  at,
  setupLinks,
}: {
  at: ConnectionContext
  setupLinks: readonly SetupLink[]
}) {
  const { base, context } = at
  const { now } = context
  return (
    <DataTable
      caption="Setup links"
      columns={[
        { name: 'Recipient', cell: ({ name }) => name },
        {
          name: 'State',
          cell: (setupLink) => <LifeStatus of={setupLink} now={now} revoked="Revoked" />,
        },
        {
          name: 'Permissions',
          cell: ({ capabilities }) =>
            capabilities.map((one) => CAPABILITY_WORDS[one].label).join(', ') || (
              <None>View only</None>
            ),
        },
        { name: 'Created by', cell: ({ createdBy }) => createdBy },
        {
          name: 'Last opened',
          cell: ({ lastUsedAt }) => <LastTime at={lastUsedAt} now={now} />,
        },
        {
          name: 'Actions',
          unnamed: true,
          cell: (link) =>
            isOver(link, now) ? (
              <None />
            ) : (
              <>
                <ButtonLink href={`${base}/setup-links/${link.sid}/send`} label="Send new link" />
                <ButtonForm
                  action={`${base}/setup-links/${link.sid}/revoke`}
                  label="Revoke link"
                  about={`for ${link.name}`}
                  tone="danger"
                />
              </>
            ),
        },
      ]}
      rows={setupLinks}
      empty={<EmptyState title="No setup links yet" />}
    />
  )
}
