// The list of connections with their states and open tasks.
import type { Hono } from 'hono'
import { listConnections, type ConnectionListing } from '../../connections/operations.ts'
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
import { showPage, unwrap } from '../kit/admin-context.tsx'
import { readListPage } from '../kit/lists.ts'
import { openConsole } from './frame.tsx'
import { DAY } from '../../durations.ts'

export function connectionsRoutes(routes: Hono<App>): void {
  routes.get('/connections', async (c) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listConnections(admin.context, undefined, page.request))
    return showPage(
      c,
      <admin.Frame
        title="Connections"
        lead="Connections of all tenants, newest first. Create new ones on a tenant’s page."
      >
        <ConnectionTable
          connections={items}
          now={admin.context.now}
          empty="Create a tenant first, then a connection on its page."
        />
        <Pagination {...page.links(next)} />
      </admin.Frame>,
    )
  })
}

export function ConnectionTable(props: {
  connections: readonly ConnectionListing[]
  now: number
  /** Without the tenant column. */
  ofTenant?: boolean
  empty: string
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
      empty={<EmptyState title="No connections yet">{empty}</EmptyState>}
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
