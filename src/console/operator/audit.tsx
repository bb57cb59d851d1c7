// The audit trail: every action of operators, customer admins and Gatepost itself.
import type { Hono } from 'hono'
import { listEvents } from '../../events/operations.ts'
import type { EventRow } from '../../events/store.ts'
import { isSid } from '../../ids.ts'
import { Code, Pagination } from '../kit/blocks.tsx'
import { Button, ButtonLink, Form, TextField } from '../kit/forms.tsx'
import type { App } from '../../platform/http/http.ts'
import { EventList } from '../pages/shared/event-list.tsx'
import { showPage, unwrap } from '../kit/admin-context.tsx'
import { readListPage } from '../kit/lists.ts'
import { openConsole } from './frame.tsx'

export function auditRoutes(routes: Hono<App>): void {
  routes.get('/audit', async (c) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const tenant = (c.req.query('tenant') ?? '').trim().slice(0, 100)
    const isKnown = isSid(tenant, 'TN')
    const events = await listEvents(
      admin.context,
      tenant === '' ? {} : { tenantSid: tenant },
      page.request,
    )
    const { items, next } = unwrap(events)
    return showPage(
      c,
      <admin.Frame
        title="Audit trail"
        lead="Every action, newest first. Entries are never removed."
        narrow={true}
      >
        <Form method="get" action="/console/audit" inline={true}>
          <TextField
            name="tenant"
            label="Tenant SID"
            kind="identifier"
            hint="Shown on the tenant’s page."
            value={tenant}
            error={tenant === '' || isKnown ? undefined : 'Enter a SID that starts with TN.'}
          />
          <Button label="Filter" />
          {tenant !== '' && <ButtonLink href="/console/audit" label="Show all" />}
        </Form>
        <EventList events={items} now={admin.context.now} about={About} />
        <Pagination {...page.links(next)} />
      </admin.Frame>,
    )
  })
}

/** The subject, as a link if it has a page. */
function About({ subjectSid, tenantSid }: EventRow) {
  const href = isSid(subjectSid, 'CN')
    ? `/console/connections/${subjectSid}`
    : isSid(subjectSid, 'CL')
      ? `/console/apps/${subjectSid}`
      : isSid(subjectSid, 'TN')
        ? `/console/tenants/${subjectSid}`
        : tenantSid && `/console/tenants/${tenantSid}`
  return (
    <p>
      {href ? (
        <a href={href}>
          <Code>{subjectSid}</Code>
        </a>
      ) : (
        <Code>{subjectSid}</Code>
      )}
    </p>
  )
}
