// The audit trail: every action of operators, customer admins and Gatepost itself, with a search.
import type { Hono } from 'hono'
import { CATALOGUE, EVENT_TYPES, isEventType, type EventType } from '../../events/catalogue.ts'
import { exportAudit } from '../../events/feed/export.ts'
import type { EventSearch } from '../../events/feed/feed.ts'
import { listEvents } from '../../events/operations.ts'
import { DAY } from '../../durations.ts'
import { isSid } from '../../ids.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { streamLines } from '../../platform/http/stream-lines.ts'
import { showPage, unwrap } from '../kit/admin-context.tsx'
import { Pagination } from '../kit/blocks.tsx'
import { SelectField } from '../kit/fields.tsx'
import { Button, ButtonLink, Form, TextField } from '../kit/forms.tsx'
import { readListPage } from '../kit/lists.ts'
import { EventList } from '../pages/shared/event-list.tsx'
import { EventLink } from './event-link.tsx'
import { openConsole } from './frame.tsx'

const FIELDS = ['type', 'tenant', 'subject', 'actor', 'since', 'until'] as const
type SearchValues = Record<(typeof FIELDS)[number], string>

export function auditRoutes(routes: Hono<App>): void {
  routes.get('/audit', async (c) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const values = readValues(c)
    const { search, errors } = readSearch(values)
    const isWrong = Object.keys(errors).length > 0
    const found = isWrong
      ? { items: [], next: null }
      : unwrap(await listEvents(admin.context, search, page.request))
    const isFiltered = FIELDS.some((name) => values[name] !== '')
    const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''))
    return showPage(
      c,
      <admin.Frame title="Audit trail" lead="Every action, newest first." narrow={true}>
        <SearchForm values={values} errors={errors} isFiltered={isFiltered} />
        <p>
          <a href={`/console/audit/export.ndjson?${query}`} download="audit.ndjson">
            {isFiltered ? 'Download these events' : 'Download all events'} (NDJSON)
          </a>
        </p>
        <EventList
          events={found.items}
          now={admin.context.now}
          about={(event) => <EventLink event={event} />}
        />
        <Pagination {...page.links(found.next)} />
      </admin.Frame>,
    )
  })

  routes.get('/audit/export.ndjson', async (c) => {
    const admin = await openConsole(c)
    const { search, errors } = readSearch(readValues(c))
    if (Object.keys(errors).length > 0) return c.redirect('/console/audit')
    const lines = unwrap(exportAudit(admin.context, search))
    const disposition = 'attachment; filename="audit.ndjson"'
    return streamLines('application/x-ndjson', lines, { 'content-disposition': disposition })
  })
}

function SearchForm(props: {
  values: SearchValues
  errors: Partial<SearchValues>
  isFiltered: boolean
}) {
  const { values, errors, isFiltered } = props
  const field = (name: keyof SearchValues, label: string, hint?: string) => (
    <TextField
      name={name}
      label={label}
      kind="identifier"
      hint={hint}
      value={values[name]}
      error={errors[name]}
    />
  )
  return (
    <Form method="get" action="/console/audit" inline={true}>
      <SelectField
        name="type"
        label="Type"
        value={values.type}
        options={typeOptions()}
        error={errors.type}
      />
      {field('tenant', 'Tenant SID', 'Shown on the tenant’s page.')}
      {field('subject', 'Subject SID', 'A user, connection, rollout, app or key.')}
      {field('actor', 'Actor', 'An operator’s name, or a SID.')}
      {field('since', 'From', 'A day in UTC, such as 2026-10-01.')}
      {field('until', 'Until', 'The last day, included.')}
      <Button label="Search" />
      {isFiltered && <ButtonLink href="/console/audit" label="Show all" />}
    </Form>
  )
}

function typeOptions() {
  const kept = EVENT_TYPES.filter((type) => CATALOGUE[type].source === 'audit')
  const groups = [...new Set(kept.map((type) => `${type.split('.')[0]}.*`))].toSorted()
  return [
    { value: '', label: 'All types' },
    ...groups.map((value) => ({ value, label: value })),
    ...kept.map((value) => ({ value, label: CATALOGUE[value].words })),
  ]
}

function readValues(c: AppContext): SearchValues {
  const read = (name: string) => (c.req.query(name) ?? '').trim().slice(0, 100)
  return Object.fromEntries(FIELDS.map((name) => [name, read(name)])) as SearchValues
}

/** A wrong value finds nothing, and says so at its field. */
function readSearch(values: SearchValues): { search: EventSearch; errors: Partial<SearchValues> } {
  const { type, tenant, subject, actor } = values
  const errors: Partial<SearchValues> = {}
  const types = type === '' ? undefined : typesOf(type)
  if (types?.size === 0) errors.type = 'Choose a type of the list.'
  if (tenant !== '' && !isSid(tenant, 'TN')) errors.tenant = 'Enter a SID that starts with TN.'
  const dayOf = (name: 'since' | 'until') => {
    const value = values[name]
    const at = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN
    if (value !== '' && Number.isNaN(at)) errors[name] = 'Enter a day such as 2026-10-01.'
    return value === '' || Number.isNaN(at) ? undefined : at
  }
  const [since, until] = [dayOf('since'), dayOf('until')]
  const search = {
    ...(types && { types }),
    ...(tenant !== '' && { tenantSid: tenant }),
    ...(subject !== '' && { subjectSid: subject }),
    ...(actor !== '' && { actorId: actor }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until: until + DAY }),
  }
  return { search, errors }
}

function typesOf(text: string): Set<EventType> {
  if (text.endsWith('.*'))
    return new Set(EVENT_TYPES.filter((type) => type.startsWith(text.slice(0, -1))))
  return new Set(isEventType(text) ? [text] : [])
}
