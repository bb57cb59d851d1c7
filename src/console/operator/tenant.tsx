// One tenant: its settings, its connections, its API keys.
import type { Hono } from 'hono'
import { createConnection, listConnections } from '../../connections/operations.ts'
import type { ConnectionListing } from '../../connections/operations.ts'
import { editTenant, getTenant } from '../../directory/operations.ts'
import type { Tenant } from '../../directory/store.ts'
import type { Problem } from '../../problem.ts'
import { Code, KeyValues, Instant, Notice, Section } from '../kit/blocks.tsx'
import { ButtonLink, CheckboxField, Form, SubmitRow, TextField } from '../kit/forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import type { DirectoryContext } from '../pages/directory/directory-context.ts'
import {
  seeOther,
  showAgain,
  showPage,
  take,
  takeOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { listApiKeys, type ApiKey } from '../../access/operations.ts'
import { messageOf } from '../kit/words.ts'
import { ApiKeySection } from './api-keys.tsx'
import { ConnectionTable } from './connections.tsx'
import { openConsole } from './frame.tsx'
import { PlanField, SupportContactField, tenantInput, type TenantValues } from './tenant-fields.tsx'
import { TenantStatus } from './tenants.tsx'

const TENANTS = { name: 'Tenants', href: '/console/tenants' }
const pathOf = ({ sid }: Tenant) => `/console/tenants/${sid}`

async function openTenant(c: AppContext) {
  const admin = await openConsole(c)
  const tenant = take(await getTenant(admin.context, c.req.param('tenant') ?? ''))
  return { admin, tenant }
}

/** The directory of a tenant, to an operator. */
export async function openDirectory(c: AppContext): Promise<DirectoryContext> {
  const { admin, tenant } = await openTenant(c)
  const base = pathOf(tenant)
  const above = [TENANTS, { name: tenant.name, href: base }]
  return { ...admin, tenant, base, above, may: { configure: true, operate: true } }
}

export function tenantRoutes(routes: Hono<App>): void {
  routes.get('/tenants/:tenant', async (c) => {
    const { admin, tenant } = await openTenant(c)
    const [connections, apiKeys] = await Promise.all([
      listConnections(admin.context, tenant.sid, { limit: 50, after: null }),
      listApiKeys(admin.context, tenant.sid, { limit: 50, after: null }),
    ])
    return showPage(
      c,
      <TenantPage
        admin={admin}
        tenant={tenant}
        connections={take(connections).items}
        apiKeys={take(apiKeys).items}
      />,
    )
  })

  routes.get('/tenants/:tenant/edit', async (c) => {
    const { admin, tenant } = await openTenant(c)
    return showPage(c, <EditPage admin={admin} tenant={tenant} values={valuesOf(tenant)} />)
  })

  routes.post('/tenants/:tenant', async (c) => {
    const { admin, tenant } = await openTenant(c)
    const values = tenantInput(await readForm(c))
    const edited = takeOrShow(
      await editTenant(admin.context, tenant.sid, {
        name: values.name,
        plan: values.plan as Tenant['plan'],
        supportContact: values.supportContact || null,
        suspended: values.suspended,
      }),
    )
    if (edited.ok) return seeOther(c, pathOf(tenant), 'tenant_saved')
    const page = <EditPage admin={admin} tenant={tenant} values={values} problem={edited.error} />
    return showAgain(c, edited.error, page)
  })

  routes.get('/tenants/:tenant/connections/new', async (c) => {
    const { admin, tenant } = await openTenant(c)
    return showPage(c, <NewConnectionPage admin={admin} tenant={tenant} name="" />)
  })

  routes.post('/tenants/:tenant/connections', async (c) => {
    const { admin, tenant } = await openTenant(c)
    const name = (await readForm(c)).text('name')
    const created = takeOrShow(await createConnection(admin.context, tenant.sid, { name }))
    if (created.ok)
      return seeOther(c, `/console/connections/${created.value.sid}`, 'connection_created')
    const page = (
      <NewConnectionPage admin={admin} tenant={tenant} name={name} problem={created.error} />
    )
    return showAgain(c, created.error, page)
  })
}

function valuesOf(tenant: Tenant): TenantValues {
  return {
    name: tenant.name,
    plan: tenant.plan,
    supportContact: tenant.supportContact ?? '',
    suspended: tenant.suspendedAt !== null,
  }
}

function TenantPage(props: {
  admin: AdminContext
  tenant: Tenant
  connections: readonly ConnectionListing[]
  apiKeys: readonly ApiKey[]
}) {
  const { admin, tenant, connections, apiKeys } = props
  const path = pathOf(tenant)
  const { now } = admin.context
  return (
    <admin.Frame
      title={tenant.name}
      badge={<TenantStatus tenant={tenant} />}
      breadcrumb={[TENANTS]}
      actions={
        <>
          <ButtonLink href={`${path}/edit`} label="Edit" />
          <ButtonLink href={`${path}/break-glass`} label="Break-glass owners" />
          <ButtonLink href={`/console/audit?tenant=${tenant.sid}`} label="Audit" />
        </>
      }
    >
      {tenant.suspendedAt !== null && (
        <Notice tone="warning" title="The tenant is suspended">
          <p>
            Nobody of it signs in by single sign-on, and its API keys and setup links do not count.
          </p>
        </Notice>
      )}
      <KeyValues
        rows={[
          { name: 'SID', value: <Code>{tenant.sid}</Code> },
          { name: 'Support contact', value: tenant.supportContact },
          { name: 'Created', value: <Instant at={tenant.createdAt} now={now} /> },
        ]}
      />
      <Section
        id="connections"
        title="Connections"
        lead="Each is the trust in one identity provider (IdP)."
        actions={
          <ButtonLink href={`${path}/connections/new`} label="New connection" tone="primary" />
        }
      >
        <ConnectionTable
          connections={connections}
          now={now}
          ofTenant={true}
          empty="A connection is the trust in one identity provider. Most tenants need one."
        />
      </Section>
      <Section
        id="directory"
        title="Directory"
        actions={
          <>
            <ButtonLink href={`${path}/users`} label="Users" />
            <ButtonLink href={`${path}/accounts`} label="Accounts" />
            <ButtonLink href={`${path}/domains`} label="Domains" />
            <ButtonLink href={`${path}/imports`} label="Import" />
          </>
        }
      />
      <ApiKeySection
        action={`${path}/api-keys`}
        apiKeys={apiKeys}
        now={now}
        lead="For scripts of the customer: they reach this tenant alone."
      />
    </admin.Frame>
  )
}

function EditPage(props: {
  admin: AdminContext
  tenant: Tenant
  values: TenantValues
  problem?: Problem | undefined
}) {
  const { admin, tenant, values, problem } = props
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <admin.Frame
      title="Edit tenant"
      breadcrumb={[TENANTS, { name: tenant.name, href: pathOf(tenant) }]}
      problem={problem}
      narrow={true}
    >
      <Form action={pathOf(tenant)}>
        <TextField
          name="name"
          label="Name"
          value={values.name}
          required={true}
          error={errorOf('name')}
        />
        <PlanField value={values.plan} error={errorOf('plan')} />
        <Notice tone="warning" title="What losing the Enterprise plan does">
          <p>
            At once nobody of the tenant signs in by single sign-on any more. Whoever had to is free
            to use the password again, so that nobody is locked out; that stays so when the plan
            comes back.
          </p>
        </Notice>
        <SupportContactField value={values.supportContact} error={errorOf('supportContact')} />
        <CheckboxField
          name="suspended"
          label="Suspended"
          hint="Nobody of the tenant signs in by single sign-on, and its API keys and setup links do not count, until this is taken off."
          checked={values.suspended}
        />
        <SubmitRow primary="Save" cancel={{ href: pathOf(tenant) }} />
      </Form>
    </admin.Frame>
  )
}

function NewConnectionPage(props: {
  admin: AdminContext
  tenant: Tenant
  name: string
  problem?: Problem | undefined
}) {
  const { admin, tenant, name, problem } = props
  return (
    <admin.Frame
      title="New connection"
      breadcrumb={[TENANTS, { name: tenant.name, href: pathOf(tenant) }]}
      problem={problem}
      narrow={true}
    >
      {tenant.plan !== 'enterprise' && (
        <Notice tone="warning" title="The tenant’s plan does not carry single sign-on">
          <p>Give it the Enterprise plan first.</p>
        </Notice>
      )}
      <Form action={`${pathOf(tenant)}/connections`}>
        <TextField
          name="name"
          label="Name"
          hint="For people, such as “Okta” or “Entra ID, subsidiary in Spain”."
          value={name}
          required={true}
          error={problem?.field === 'name' ? messageOf(problem) : undefined}
        />
        <SubmitRow primary="Create connection" cancel={{ href: pathOf(tenant) }} />
      </Form>
    </admin.Frame>
  )
}
