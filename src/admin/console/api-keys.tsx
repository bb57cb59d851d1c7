// API keys, an operator's or a tenant's: made, shown once, revoked.
import type { Hono } from 'hono'
import type { Problem } from '../../outcome.ts'
import {
  CopyField,
  DataTable,
  EmptyState,
  Instant,
  LastTime,
  None,
  Notice,
  Section,
  Status,
} from '../../web/blocks.tsx'
import { ButtonForm, Form, SelectField, SubmitRow, TextField } from '../../web/forms.tsx'
import type { App, AppContext } from '../../web/http.ts'
import { seeOther, showAgain, showPage, take, takeOrShow, type Door } from '../door.tsx'
import { readForm } from '../form.ts'
import { getTenant } from '../../directory/operations.ts'
import { createApiKey, getApiKey, revokeApiKey, type ApiKey } from '../operations.ts'
import { messageOf } from '../words.ts'
import { openConsole } from './frame.tsx'

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: 'Half a year' },
  { value: '365', label: 'A year' },
]

type Place = { tenantSid: string | null; name: string; href: string; action: string }
type Values = { name: string; expiresInDays: string }

export function apiKeyRoutes(routes: Hono<App>): void {
  const operators: Place = {
    tenantSid: null,
    name: 'Keys',
    href: '/console/keys',
    action: '/console/keys/api-keys',
  }
  const placeOf = async (door: Door, tenantSid: string | null): Promise<Place> => {
    if (tenantSid === null) return operators
    const { sid, name } = take(await getTenant(door.request, tenantSid))
    const href = `/console/tenants/${sid}`
    return { tenantSid, name, href, action: `${href}/api-keys` }
  }

  const create = async (c: AppContext, tenantSid: string | null) => {
    const door = await openConsole(c)
    const place = await placeOf(door, tenantSid)
    const form = await readForm(c)
    const values = { name: form.text('name'), expiresInDays: form.text('expiresInDays') }
    const created = takeOrShow(
      await createApiKey(door.request, {
        name: values.name,
        tenantSid: place.tenantSid,
        expiresInDays: form.number('expiresInDays'),
      }),
    )
    // The secret is in this answer alone: there is no page to come back to.
    if (created.ok) return showPage(c, <SecretPage door={door} place={place} {...created.value} />)
    return showAgain(
      c,
      created.problem,
      <NewKeyPage door={door} place={place} values={values} problem={created.problem} />,
    )
  }

  routes.post('/keys/api-keys', (c) => create(c, null))
  routes.post('/tenants/:tenant/api-keys', (c) => create(c, c.req.param('tenant')))

  routes.post('/api-keys/:key/revoke', async (c) => {
    const door = await openConsole(c)
    const found = take(await getApiKey(door.request, c.req.param('key')))
    const place = await placeOf(door, found.tenantSid)
    take(await revokeApiKey(door.request, found.sid))
    return seeOther(c, `${place.href}#api-keys`, 'key_revoked')
  })
}

export function ApiKeySection(props: {
  action: string
  apiKeys: readonly ApiKey[]
  now: number
  lead: string
}) {
  const { action, apiKeys, now, lead } = props
  return (
    <Section id="api-keys" title="API keys" lead={lead}>
      <DataTable
        caption="API keys"
        captionHidden={true}
        columns={[
          {
            name: 'Name',
            cell: ({ name, sid }) => (
              <>
                {name}
                <br />
                <small>{sid}</small>
              </>
            ),
          },
          { name: 'State', cell: (apiKey) => <KeyStatus apiKey={apiKey} now={now} /> },
          { name: 'Made by', cell: ({ createdBy }) => createdBy },
          {
            name: 'Last used',
            cell: ({ lastUsedAt }) => <LastTime at={lastUsedAt} now={now} />,
          },
          {
            name: 'Actions',
            unnamed: true,
            cell: ({ sid, name, revokedAt, expiresAt }) =>
              revokedAt === null && expiresAt > now ? (
                <ButtonForm
                  action={`/console/api-keys/${sid}/revoke`}
                  label="Revoke"
                  about={name}
                  tone="danger"
                />
              ) : (
                <None>counts no more</None>
              ),
          },
        ]}
        rows={apiKeys}
        empty={<EmptyState title="No API key yet" />}
      />
      <h3>New API key</h3>
      <KeyForm action={action} values={{ name: '', expiresInDays: '90' }} />
    </Section>
  )
}

function KeyForm(props: { action: string; values: Values; problem?: Problem | undefined }) {
  const { action, values, problem } = props
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <Form action={action}>
      <TextField
        name="name"
        label="What is it for?"
        hint="Stands in the history beside everything that is done with it."
        value={values.name}
        required={true}
        error={errorOf('name')}
      />
      <SelectField
        name="expiresInDays"
        label="Valid for"
        options={LIVES}
        value={values.expiresInDays}
        error={errorOf('expiresInDays')}
      />
      <SubmitRow primary="Create API key" />
    </Form>
  )
}

function KeyStatus({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  const { revokedAt, expiresAt } = apiKey
  if (revokedAt !== null) return <Status tone="neutral">Revoked</Status>
  if (expiresAt <= now) return <Status tone="neutral">Expired</Status>
  return (
    <>
      <Status tone="good">Valid</Status> until <Instant at={expiresAt} now={now} show="date" />
    </>
  )
}

function NewKeyPage(props: { door: Door; place: Place; values: Values; problem: Problem }) {
  const { door, place, values, problem } = props
  return (
    <door.Frame title="New API key" breadcrumb={[place]} problem={problem} narrow={true}>
      <KeyForm action={place.action} values={values} problem={problem} />
    </door.Frame>
  )
}

function SecretPage(props: { door: Door; place: Place; apiKey: ApiKey; secret: string }) {
  const { door, place, apiKey, secret } = props
  return (
    <door.Frame title="Your new API key" breadcrumb={[place]} lead={apiKey.name} narrow={true}>
      <Notice tone="warning" title="Copy it now: it is not shown again">
        <CopyField
          id="secret"
          label="API key"
          value={secret}
          hint="Sent as “Authorization: Bearer …”. Keep it like a password."
        />
      </Notice>
      <p>
        Valid until <Instant at={apiKey.expiresAt} now={door.request.now} />.{' '}
        <a href={`${place.href}#api-keys`}>I have copied it</a>
      </p>
    </door.Frame>
  )
}
