// One tenant: its settings, its connections, its API keys.
import { carriesSSO } from '../../connections/standing.ts'
import type { Hono } from 'hono'
import { may } from '../../events/actor.ts'
import { createConnection, listConnections } from '../../connections/operations.ts'
import type { ConnectionListing } from '../../connections/operations.ts'
import { editTenant, getTenant } from '../../directory/operations.ts'
import type { Tenant } from '../../directory/tenants/store.ts'
import type { Problem } from '../../problem.ts'
import {
  Code,
  DangerZone,
  EmptyState,
  KeyValues,
  Instant,
  Notice,
  Section,
} from '../kit/blocks.tsx'
import { ButtonLink, CheckboxField, Form, SubmitRow } from '../kit/forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import type { DirectoryContext } from '../pages/directory/directory-context.ts'
import {
  seeOther,
  showAgain,
  showPage,
  unwrap,
  unwrapOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { listApiKeys, type ApiKey } from '../../access/operations.ts'
import { messageOf } from '../kit/words.ts'
import { ApiKeySection } from './api-keys.tsx'
import { ConnectionTable } from './connections.tsx'
import { openConsole } from './frame.tsx'
import {
  readTenantValues,
  TenantFieldControls,
  tenantFields,
  tenantValues,
} from './tenant-fields.tsx'
import { fieldsOfForm } from '../../connections/fields.ts'
import { FieldControl } from '../kit/field-controls.tsx'
import { readFields, toFields, type FieldValues } from '../kit/field-values.ts'
import { TenantStatus } from './tenants.tsx'

/** The effect of a suspension. */
const SUSPENDED =
  'Its users cannot use single sign-on, and its API keys and setup links do not work.'

const TENANTS = { name: 'Tenants', href: '/console/tenants' }
const pathOf = ({ sid }: Tenant) => `/console/tenants/${sid}`

async function openTenant(c: AppContext) {
  const admin = await openConsole(c)
  const tenant = unwrap(await getTenant(admin.context, c.req.param('tenant') ?? ''))
  return { admin, tenant }
}

/** The directory of a tenant, to an operator. */
export async function openDirectory(c: AppContext): Promise<DirectoryContext> {
  const { admin, tenant } = await openTenant(c)
  const base = pathOf(tenant)
  const above = [TENANTS, { name: tenant.name, href: base }]
  const resource = { tenantSid: tenant.sid, connectionSid: null }
  const allowed = {
    configure: may(admin.context.actor, 'configure', resource),
    operate: may(admin.context.actor, 'operate', resource),
  }
  return { ...admin, tenant, base, above, may: allowed }
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
        connections={unwrap(connections).items}
        apiKeys={unwrap(apiKeys).items}
      />,
    )
  })

  routes.get('/tenants/:tenant/edit', async (c) => {
    const { admin, tenant } = await openTenant(c)
    return showPage(c, <EditPage admin={admin} tenant={tenant} />)
  })

  routes.post('/tenants/:tenant', async (c) => {
    const { admin, tenant } = await openTenant(c)
    const form = await readForm(c)
    const [values, suspended] = [readTenantValues(form), form.flag('suspended')]
    const edit = { ...tenantFields(values), suspended }
    const edited = unwrapOrShow(await editTenant(admin.context, tenant.sid, edit))
    if (edited.ok) return seeOther(c, pathOf(tenant), 'tenant_saved')
    const page = (
      <EditPage
        admin={admin}
        tenant={tenant}
        values={values}
        suspended={suspended}
        problem={edited.error}
      />
    )
    return showAgain(c, edited.error, page)
  })

  routes.get('/tenants/:tenant/connections/new', async (c) => {
    const { admin, tenant } = await openTenant(c)
    return showPage(c, <NewConnectionPage admin={admin} tenant={tenant} values={{}} />)
  })

  routes.post('/tenants/:tenant/connections', async (c) => {
    const { admin, tenant } = await openTenant(c)
    const fields = fieldsOfForm('create', { operator: true })
    const values = readFields(fields, await readForm(c))
    const input = toFields(fields, values) as { name: string }
    const created = unwrapOrShow(await createConnection(admin.context, tenant.sid, input))
    if (created.ok)
      return seeOther(c, `/console/connections/${created.value.sid}`, 'connection_created')
    const page = (
      <NewConnectionPage admin={admin} tenant={tenant} values={values} problem={created.error} />
    )
    return showAgain(c, created.error, page)
  })
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
          <ButtonLink href={`${path}/webhooks`} label="Webhooks" />
          <ButtonLink href={`/console/audit?tenant=${tenant.sid}`} label="Events" />
        </>
      }
    >
      {tenant.suspendedAt !== null && (
        <Notice tone="warning" title="The tenant is suspended">
          <p>{SUSPENDED}</p>
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
        lead="Each connects one identity provider (IdP)."
        actions={
          <ButtonLink href={`${path}/connections/new`} label="New connection" tone="primary" />
        }
      >
        <ConnectionTable
          connections={connections}
          now={now}
          ofTenant={true}
          empty={
            <EmptyState title="No connections yet">
              A connection connects one identity provider. Most tenants need one.
            </EmptyState>
          }
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
            <ButtonLink href={`${path}/contacts`} label="Contacts" />
            <ButtonLink href={`${path}/imports`} label="Import" />
          </>
        }
      />
      <ApiKeySection
        admin={admin}
        tenantSid={tenant.sid}
        action={`${path}/api-keys`}
        apiKeys={apiKeys}
        now={now}
        lead="For scripts of the customer. They reach only this tenant."
      />
      <OffBoarding sid={tenant.sid} />
    </admin.Frame>
  )
}

function OffBoarding({ sid }: { sid: string }) {
  return (
    <DangerZone
      actions={[
        {
          title: 'Off-board the customer',
          text: 'Erases the tenant with all that belongs to it. The next page shows what goes.',
          control: (
            <ButtonLink href={`/console/erase/tenant/${sid}`} label="Erase tenant" tone="danger" />
          ),
        },
      ]}
    />
  )
}

function EditPage(props: {
  admin: AdminContext
  tenant: Tenant
  values?: FieldValues
  suspended?: boolean
  problem?: Problem | undefined
}) {
  const { admin, tenant, problem } = props
  const { values = tenantValues(tenant), suspended = tenant.suspendedAt !== null } = props
  return (
    <admin.Frame
      title="Edit tenant"
      breadcrumb={[TENANTS, { name: tenant.name, href: pathOf(tenant) }]}
      problem={problem}
      narrow={true}
    >
      <Form action={pathOf(tenant)}>
        <TenantFieldControls values={values} problem={problem} />
        <Notice tone="warning" title="Effect of leaving the Enterprise plan">
          <p>
            Single sign-on stops at once for every user of the tenant. Users for whom it was
            enforced may use their password again, so that they are not locked out. They keep their
            password when the plan comes back.
          </p>
        </Notice>
        <CheckboxField
          name="suspended"
          label="Suspended"
          hint={`${SUSPENDED} Clear the checkbox to end the suspension.`}
          checked={suspended}
        />
        <SubmitRow primary="Save tenant" cancel={{ href: pathOf(tenant) }} />
      </Form>
    </admin.Frame>
  )
}

function NewConnectionPage(props: {
  admin: AdminContext
  tenant: Tenant
  values: FieldValues
  problem?: Problem | undefined
}) {
  const { admin, tenant, values, problem } = props
  return (
    <admin.Frame
      title="New connection"
      breadcrumb={[TENANTS, { name: tenant.name, href: pathOf(tenant) }]}
      problem={problem}
      narrow={true}
    >
      {!carriesSSO(tenant.plan) && (
        <Notice tone="warning" title="The tenant’s plan does not include single sign-on">
          <p>Change the plan to Enterprise first.</p>
        </Notice>
      )}
      <Form action={`${pathOf(tenant)}/connections`}>
        {fieldsOfForm('create', { operator: true }).map(([field, row]) => (
          <FieldControl
            name={field}
            field={row}
            values={values}
            error={problem?.field === field ? messageOf(problem, 'operator') : undefined}
          />
        ))}
        <SubmitRow primary="Create connection" cancel={{ href: pathOf(tenant) }} />
      </Form>
    </admin.Frame>
  )
}
