// API keys of operators and of tenants: create, show once, revoke.
import type { Hono } from 'hono'
import { roleOf } from '../../events/actor.ts'
import { mayGive, ROLES, type Role } from '../../events/roles.ts'
import type { Problem } from '../../problem.ts'
import { Section } from '../kit/blocks.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import {
  seeOther,
  showAgain,
  showPage,
  unwrap,
  unwrapOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { getTenant } from '../../directory/operations.ts'
import { createApiKey, getApiKey, revokeApiKey, type ApiKey } from '../../access/operations.ts'
import { SecretForm, SecretTable, ShownOnce, type SecretValues } from '../kit/secrets.tsx'
import { openConsole } from './frame.tsx'

const PRIMARY = 'Create API key'

type ApiKeysPlace = { tenantSid: string | null; name: string; href: string; action: string }

export function apiKeyRoutes(routes: Hono<App>): void {
  const operators: ApiKeysPlace = {
    tenantSid: null,
    name: 'Keys',
    href: '/console/keys',
    action: '/console/keys/api-keys',
  }
  const placeOf = async (admin: AdminContext, tenantSid: string | null): Promise<ApiKeysPlace> => {
    if (tenantSid === null) return operators
    const { sid, name } = unwrap(await getTenant(admin.context, tenantSid))
    const href = `/console/tenants/${sid}`
    return { tenantSid, name, href, action: `${href}/api-keys` }
  }

  const create = async (c: AppContext, tenantSid: string | null) => {
    const admin = await openConsole(c)
    const place = await placeOf(admin, tenantSid)
    const form = await readForm(c)
    const values = {
      name: form.text('name'),
      role: form.text('role'),
      expiresInDays: form.text('expiresInDays'),
    }
    const created = unwrapOrShow(
      await createApiKey(admin.context, {
        name: values.name,
        tenantSid: place.tenantSid,
        role: values.role as Role,
        expiresInDays: form.number('expiresInDays'),
      }),
    )
    // Only this response contains the secret, so there is no redirect.
    if (created.ok)
      return showPage(c, <SecretPage admin={admin} place={place} {...created.value} />)
    return showAgain(
      c,
      created.error,
      <NewKeyPage admin={admin} place={place} values={values} problem={created.error} />,
    )
  }

  routes.post('/keys/api-keys', (c) => create(c, null))
  routes.post('/tenants/:tenant/api-keys', (c) => create(c, c.req.param('tenant')))

  routes.post('/api-keys/:key/revoke', async (c) => {
    const admin = await openConsole(c)
    const found = unwrap(await getApiKey(admin.context, c.req.param('key')))
    const place = await placeOf(admin, found.tenantSid)
    unwrap(await revokeApiKey(admin.context, found.sid))
    return seeOther(c, `${place.href}#api-keys`, 'key_revoked')
  })
}

/** Nobody gives more than they have. */
function rolesFor({ context }: AdminContext, tenantSid: string | null): readonly Role[] {
  const own = roleOf(context.actor)
  return ROLES.filter((one) => own && mayGive(own, one) && (tenantSid === null || one !== 'owner'))
}

export function ApiKeySection(props: {
  admin: AdminContext
  tenantSid: string | null
  action: string
  apiKeys: readonly ApiKey[]
  now: number
  lead: string
}) {
  const { action, apiKeys, now, lead } = props
  return (
    <Section id="api-keys" title="API keys" lead={lead}>
      <SecretTable
        caption="API keys"
        rows={apiKeys}
        now={now}
        empty="No API keys yet"
        revokeAt={(sid) => `/console/api-keys/${sid}/revoke`}
      />
      <h3>New API key</h3>
      <SecretForm
        action={action}
        values={{ name: '', role: 'read-only', expiresInDays: '90' }}
        primary={PRIMARY}
        roles={rolesFor(props.admin, props.tenantSid)}
      />
    </Section>
  )
}

function NewKeyPage(props: {
  admin: AdminContext
  place: ApiKeysPlace
  values: SecretValues
  problem: Problem
}) {
  const { admin, place, values, problem } = props
  return (
    <admin.Frame title="New API key" breadcrumb={[place]} problem={problem} narrow={true}>
      <SecretForm
        action={place.action}
        values={values}
        primary={PRIMARY}
        problem={problem}
        roles={rolesFor(admin, place.tenantSid)}
      />
    </admin.Frame>
  )
}

function SecretPage(props: {
  admin: AdminContext
  place: ApiKeysPlace
  apiKey: ApiKey
  secret: string
}) {
  const { admin, place, apiKey, secret } = props
  return (
    <admin.Frame title="New API key" breadcrumb={[place]} lead={apiKey.name} narrow={true}>
      <ShownOnce
        label="API key"
        value={secret}
        hint="Send it as “Authorization: Bearer …”. Store it like a password."
        of={apiKey}
        now={admin.context.now}
        href={`${place.href}#api-keys`}
      />
    </admin.Frame>
  )
}
