// The search of events: what operators, customer admins and Gatepost itself did, and logins.
import type { Hono } from 'hono'
import { CATALOGUE, EVENT_TYPES } from '../../events/catalogue.ts'
import { exportEvents, type ExportFormat } from '../../events/feed/export.ts'
import type { FeedFilter } from '../../events/feed/feed.ts'
import { NEWEST, searchEvents, type SearchPosition } from '../../events/feed/search.ts'
import { FEED_TYPES, LOGIN_TYPES, readTypes, typesWithOutcome } from '../../events/feed/types.ts'
import { loginSearch } from '../../login/history/feed.ts'
import type { Cursor } from '../../platform/db/page.ts'
import { downloadCSV } from '../../platform/http/download-csv.ts'
import type { App } from '../../platform/http/http.ts'
import { streamLines } from '../../platform/http/stream-lines.ts'
import { showPage, unwrap } from '../kit/admin-context.tsx'
import { Pagination } from '../kit/blocks.tsx'
import { readFilters, type FilterValues } from '../kit/filters.ts'
import { HistoryNotice } from '../kit/history-notice.tsx'
import { EmptyList, ListFilters } from '../kit/list-filters.tsx'
import { readListPage, type ListPage } from '../kit/lists.ts'
import { EventList } from '../pages/shared/event-list.tsx'
import { EventLink } from './event-link.tsx'
import { openConsole } from './frame.tsx'

/** Everything but logins, which are many. */
const ACTIONS = 'actions'

const FILTERS = {
  type: { kind: 'choice', label: 'Type', any: 'All types', options: typeOptions() },
  outcome: {
    kind: 'choice',
    label: 'Outcome',
    any: 'All outcomes',
    options: { succeeded: 'Succeeded', refused: 'Refused logins' },
  },
  tenant: { kind: 'sid', of: 'TN', label: 'Tenant SID', hint: 'Shown on the tenant’s page.' },
  subject: {
    kind: 'search',
    label: 'Subject SID',
    hint: 'A user, connection, rollout, app or key.',
  },
  actor: { kind: 'search', label: 'Actor', hint: 'An operator’s name, or a SID.' },
  since: { kind: 'day', label: 'From', hint: 'A day in UTC, such as 2026-10-01.' },
  until: { kind: 'day', isLast: true, label: 'Until', hint: 'The last day, included.' },
} as const

type EventFilters = FilterValues<typeof FILTERS>

export function auditRoutes(routes: Hono<App>): void {
  routes.get('/audit', async (c) => {
    const admin = await openConsole(c)
    const { context } = admin
    const list = readListPage(c, FILTERS)
    const { limit, after } = list.request
    const page = { from: after ? positionOf(after) : NEWEST, limit }
    const found = list.problem
      ? { items: [], next: null, logins: 'left_out' }
      : unwrap(await searchEvents(context, filterOf(list.values), page, loginSearch(context)))
    return showPage(
      c,
      <admin.Frame title="Events" lead="Actions and logins, newest first." narrow={true}>
        <ListFilters list={list} reader="operator" rows={['event', 'events']} />
        {!list.problem && <Downloads list={list} />}
        {found.logins === 'unavailable' && <HistoryNotice />}
        {found.items.length > 0 ? (
          <EventList
            events={found.items}
            now={context.now}
            about={(event) => <EventLink event={event} />}
          />
        ) : found.next ? (
          <p>No matches on this page. Older events may have some.</p>
        ) : (
          <EmptyList list={list}>
            <p>Nothing has happened yet.</p>
          </EmptyList>
        )}
        <Pagination {...list.links(found.next && cursorOf(found.next))} />
      </admin.Frame>,
    )
  })

  for (const format of ['ndjson', 'csv'] as const)
    routes.get(`/audit/export.${format}`, async (c) => {
      const { context } = await openConsole(c)
      const { values, problem } = readFilters(new URL(c.req.url).searchParams, FILTERS)
      if (problem) return c.redirect('/console/audit')
      const source = loginSearch(context)
      return download(unwrap(exportEvents(context, filterOf(values), source, format)), format)
    })
}

function download(lines: AsyncIterable<string>, format: ExportFormat): Response {
  if (format === 'csv') return downloadCSV('events.csv', lines)
  const disposition = 'attachment; filename="events.ndjson"'
  return streamLines('application/x-ndjson', lines, { 'content-disposition': disposition })
}

function Downloads({ list }: { list: Pick<ListPage, 'entered'> }) {
  const query = new URLSearchParams(list.entered)
  const link = (format: ExportFormat, name: string) => (
    <a href={`/console/audit/export.${format}?${query}`} download={`events.${format}`}>
      {name}
    </a>
  )
  return (
    <p>
      {query.size > 0 ? 'Download these events' : 'Download all events'}: {link('csv', 'CSV')},{' '}
      {link('ndjson', 'NDJSON')}
    </p>
  )
}

/** The links of a list have a number and a SID: here the places in the trail and in the logins. */
const cursorOf = ({ seq, login }: SearchPosition) => ({
  createdAt: seq,
  sid: login.padEnd(34, '0'),
})
const positionOf = ({ createdAt: seq, sid: login }: Cursor): SearchPosition => ({ seq, login })

function typeOptions(): Record<string, string> {
  const kept = EVENT_TYPES.filter((type) => CATALOGUE[type].source === 'audit')
  const groups = [...new Set(kept.map((type) => `${type.split('.')[0]}.*`))].toSorted()
  return {
    [ACTIONS]: 'All but logins',
    'login.*': 'Logins',
    ...Object.fromEntries(groups.map((group) => [group, group])),
    ...Object.fromEntries(kept.map((type) => [type, CATALOGUE[type].words])),
  }
}

function filterOf({ type, outcome, tenant, subject, actor, since, until }: EventFilters) {
  const types = typesWithOutcome(type === undefined ? undefined : typesOf(type), outcome)
  const filter: FeedFilter = {
    ...(types && { types }),
    ...(tenant !== undefined && { tenantSid: tenant }),
    ...(subject !== undefined && { subjectSid: subject }),
    ...(actor !== undefined && { actorId: actor }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
  return filter
}

/** A choice of the list. */
function typesOf(choice: string): FeedFilter['types'] {
  const logins: readonly string[] = LOGIN_TYPES
  if (choice === ACTIONS) return new Set(FEED_TYPES.filter((type) => !logins.includes(type)))
  const found = readTypes([choice])
  return 'unknown' in found ? new Set() : found
}
