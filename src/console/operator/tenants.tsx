// The pages of all tenants: search, list, new tenant.
import { carriesSSO } from '../../connections/standing.ts'
import type { Hono } from 'hono'
import { createTenant, listTenants } from '../../directory/operations.ts'
import type { Tenant } from '../../directory/tenants/store.ts'
import type { Problem } from '../../problem.ts'
import { DataTable, EmptyState, Instant, Pagination, Status } from '../kit/blocks.tsx'
import { Button, ButtonLink, Form, SubmitRow, TextField } from '../kit/forms.tsx'
import type { App } from '../../platform/http/http.ts'
import {
  seeOther,
  showAgain,
  showPage,
  unwrap,
  unwrapOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readListPage, type PageLinks } from '../kit/lists.ts'
import { openConsole } from './frame.tsx'
import type { FieldValues } from '../kit/field-values.ts'
import {
  NEW_TENANT,
  readTenantValues,
  TenantFieldControls,
  tenantFields,
} from './tenant-fields.tsx'

const TENANTS = '/console/tenants'

export function tenantsRoutes(routes: Hono<App>): void {
  routes.get('/tenants', async (c) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const search = (c.req.query('search') ?? '').trim().slice(0, 200)
    const { items, next } = unwrap(
      await listTenants(admin.context, page.request, search || undefined),
    )
    return showPage(
      c,
      <TenantsPage admin={admin} tenants={items} search={search} links={page.links(next)} />,
    )
  })

  routes.get('/tenants/new', async (c) => {
    const admin = await openConsole(c)
    return showPage(c, <NewTenantPage admin={admin} values={NEW_TENANT} />)
  })

  routes.post('/tenants', async (c) => {
    const admin = await openConsole(c)
    const values = readTenantValues(await readForm(c))
    const created = unwrapOrShow(await createTenant(admin.context, tenantFields(values)))
    if (created.ok) return seeOther(c, `${TENANTS}/${created.value.sid}`, 'tenant_created')
    const page = <NewTenantPage admin={admin} values={values} problem={created.error} />
    return showAgain(c, created.error, page)
  })
}

function TenantsPage(props: {
  admin: AdminContext
  tenants: readonly Tenant[]
  search: string
  links: PageLinks
}) {
  const { admin, tenants, search, links } = props
  const create = <ButtonLink href={`${TENANTS}/new`} label="New tenant" tone="primary" />
  return (
    <admin.Frame
      title="Tenants"
      lead="Customer organizations. Each has connections, users and API keys."
      actions={create}
    >
      <Form method="get" action={TENANTS} inline={true}>
        <TextField name="search" label="Name contains" kind="search" value={search} />
        <Button label="Search" />
      </Form>
      <DataTable
        caption="Tenants"
        captionHidden={true}
        columns={[
          {
            name: 'Name',
            cell: ({ sid, name }) => <a href={`${TENANTS}/${sid}`}>{name}</a>,
          },
          { name: 'State', cell: (tenant) => <TenantStatus tenant={tenant} /> },
          { name: 'Support contact', cell: ({ supportContact }) => supportContact },
          {
            name: 'Created',
            cell: ({ createdAt }) => (
              <Instant at={createdAt} now={admin.context.now} show="relative" />
            ),
          },
        ]}
        rows={tenants}
        empty={
          search ? (
            <EmptyState
              title="No tenant’s name contains this text"
              action={<ButtonLink href={TENANTS} label="Show all" />}
            />
          ) : (
            <EmptyState title="No tenant yet" action={create}>
              A tenant is a customer organization.
            </EmptyState>
          )
        }
      />
      <Pagination {...links} />
    </admin.Frame>
  )
}

export function TenantStatus({ tenant }: { tenant: Pick<Tenant, 'plan' | 'suspendedAt'> }) {
  if (tenant.suspendedAt !== null) return <Status tone="warning">Suspended</Status>
  return carriesSSO(tenant.plan) ? (
    <Status tone="good">Enterprise</Status>
  ) : (
    <Status tone="neutral">Standard: no SSO</Status>
  )
}

function NewTenantPage(props: {
  admin: AdminContext
  values: FieldValues
  problem?: Problem | undefined
}) {
  const { admin, values, problem } = props
  return (
    <admin.Frame
      title="New tenant"
      breadcrumb={[{ name: 'Tenants', href: TENANTS }]}
      problem={problem}
      narrow={true}
    >
      <Form action={TENANTS}>
        <TenantFieldControls values={values} problem={problem} />
        <SubmitRow primary="Create tenant" cancel={{ href: TENANTS }} />
      </Form>
    </admin.Frame>
  )
}
