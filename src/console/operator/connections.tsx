// The list of connections with their states and open tasks.
import type { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import type { ConnectionListing } from '../../connections/operations.ts'
import {
  DataTable,
  EmptyState,
  LastTime,
  None,
  Pagination,
  StateBadge,
  Status,
} from '../kit/blocks.tsx'
import type { App } from '../../platform/http/http.ts'
import { searchConnections } from '../../search/list-connections.ts'
import { showList, unwrap } from '../kit/admin-context.tsx'
import { EmptyList, ListFilters } from '../kit/list-filters.tsx'
import { readListPage, rowsOf } from '../kit/lists.ts'
import { openConsole } from './frame.tsx'
import { DAY } from '../../durations.ts'

const STATES = {
  draft: 'Draft',
  testing: 'Testing',
  validated: 'Validated',
  live: 'Live',
  suspended: 'Suspended',
} as const

const FILTERS = {
  search: { kind: 'search', label: 'Name', hint: 'How a word begins' },
  state: { kind: 'choice', label: 'State', any: 'Any', options: STATES },
  certificate: {
    kind: 'choice',
    label: 'Certificate',
    any: 'Any',
    options: { soon: 'Expires within 30 days', expired: 'Expired' },
  },
  logins: {
    kind: 'choice',
    label: 'Logins',
    any: 'Any',
    options: { failing: 'Refused today or yesterday' },
  },
} as const

export function connectionsRoutes(routes: Hono<App>): void {
  routes.get('/connections', async (c) => {
    const admin = await openConsole(c)
    const { context } = admin
    const list = readListPage(c, FILTERS)
    const { search, state, certificate, logins } = list.values
    const soon = context.now + (certificate === 'soon' ? 30 * DAY : 0)
    const expiringBefore = certificate && soon
    const query = { search, state, expiringBefore, isFailing: logins !== undefined }
    const found = await rowsOf(list, async () =>
      unwrap(await searchConnections(context, list.request, query)),
    )
    return showList(
      c,
      list,
      <admin.Frame
        title="Connections"
        lead="Connections of all tenants, newest first. Create new ones on a tenant’s page."
        problem={list.problem}
      >
        <ListFilters
          list={list}
          reader="operator"
          total={found.total}
          rows={['connection', 'connections']}
        />
        <ConnectionTable
          connections={found.items}
          now={context.now}
          empty={
            <EmptyList list={list}>
              <EmptyState title="No connections yet">
                Create a tenant first, then a connection on its page.
              </EmptyState>
            </EmptyList>
          }
        />
        <Pagination {...list.links(found.next)} />
      </admin.Frame>,
    )
  })
}

export function ConnectionTable(props: {
  connections: readonly ConnectionListing[]
  now: number
  /** Without the tenant column. */
  ofTenant?: boolean
  empty: Child
}) {
  const { connections, now, ofTenant = false, empty } = props
  return (
    <DataTable
      caption="Connections"
      captionHidden={true}
      columns={[
        {
          name: 'Name',
          cell: ({ sid, name }) => <a href={`/console/connections/${sid}`}>{name}</a>,
        },
        ...(ofTenant
          ? []
          : [
              {
                name: 'Tenant',
                cell: ({ tenantSid, tenantName }: ConnectionListing) => (
                  <a href={`/console/tenants/${tenantSid}`}>{tenantName}</a>
                ),
              },
            ]),
        { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
        {
          name: 'Last login',
          cell: ({ lastLoginAt }) => <LastTime at={lastLoginAt} now={now} />,
        },
        {
          name: 'Certificate',
          cell: ({ certificatesExpireAt }) => (
            <DaysLeft expiresAt={certificatesExpireAt} now={now} />
          ),
        },
        {
          name: 'To review',
          cell: ({ quarantined }) =>
            quarantined > 0 ? (
              <Status tone="warning">
                {quarantined === 1 ? '1 new certificate' : `${quarantined} new certificates`}
              </Status>
            ) : (
              <None />
            ),
        },
      ]}
      rows={connections}
      empty={empty}
    />
  )
}

/** For the certificate that is valid longest. */
function DaysLeft({ expiresAt, now }: { expiresAt: number | null; now: number }) {
  if (expiresAt === null) return <None />
  const days = Math.floor((expiresAt - now) / DAY)
  if (days < 0) return <Status tone="danger">Expired</Status>
  const words = days === 1 ? '1 day left' : `${days} days left`
  return days <= 60 ? <Status tone={days <= 7 ? 'danger' : 'warning'}>{words}</Status> : words
}
