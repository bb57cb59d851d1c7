// The logout notifications of an app, sent and failed.
import type { Hono } from 'hono'
import { getClient, type ClientView } from '../../clients/operations.ts'
import {
  DELIVERY_STATES,
  getLogoutDelivery,
  listLogoutDeliveries,
  retryLogoutDelivery,
  type Delivery,
  type DeliveryState,
} from '../../oidc/back-channel/operations.ts'
import { Code, DataTable, EmptyState, Instant, Pagination, Status } from '../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../kit/forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { seeOther, showPage, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { readListPage, type PageLinks } from '../kit/lists.ts'
import { APPS, pathOf } from './app-pages.tsx'
import { openConsole } from './frame.tsx'

export function deliveryRoutes(routes: Hono<App>): void {
  const openApp = async (c: AppContext) => {
    const admin = await openConsole(c)
    return {
      admin: admin,
      app: unwrap(await getClient(admin.context, c.req.param('client') ?? '')),
    }
  }

  routes.get('/apps/:client/deliveries', async (c) => {
    const opened = await openApp(c)
    const page = readListPage(c)
    const asked = c.req.query('state') as DeliveryState
    const state = DELIVERY_STATES.includes(asked) ? asked : undefined
    const filter = { clientSid: opened.app.sid, state }
    const { items, next } = unwrap(
      await listLogoutDeliveries(opened.admin.context, filter, page.request),
    )
    const links = page.links(next)
    return showPage(
      c,
      <DeliveriesPage {...opened} deliveries={items} state={state} links={links} />,
    )
  })

  routes.post('/apps/:client/deliveries/:delivery/retry', async (c) => {
    const { admin, app } = await openApp(c)
    const found = unwrap(await getLogoutDelivery(admin.context, c.req.param('delivery')))
    if (found.clientSid !== app.sid) throw new Refused('not_there')
    unwrap(await retryLogoutDelivery(admin.context, found.sid))
    return seeOther(c, `${pathOf(app)}/deliveries`, 'delivery_retried')
  })
}

const STATES = {
  due: { tone: 'progress', word: 'Pending' },
  dead: { tone: 'danger', word: 'Failed' },
  sent: { tone: 'good', word: 'Delivered' },
} as const

function DeliveriesPage(props: {
  admin: AdminContext
  app: ClientView
  deliveries: readonly Delivery[]
  state: DeliveryState | undefined
  links: PageLinks
}) {
  const { admin, app, deliveries, state, links } = props
  const { now } = admin.context
  const path = `${pathOf(app)}/deliveries`
  return (
    <admin.Frame
      title="Logout deliveries"
      breadcrumb={[APPS, { name: app.name, href: pathOf(app) }]}
      lead={
        <>
          Notifications to the app about ended sessions. Failed ones are retried for a day and a
          half.
        </>
      }
      actions={
        state === undefined ? (
          <ButtonLink href={`${path}?state=dead`} label="Show failed" />
        ) : (
          <ButtonLink href={path} label="Show all" />
        )
      }
    >
      <DataTable
        caption="Deliveries"
        captionHidden={true}
        columns={[
          { name: 'Session ended', cell: ({ createdAt }) => <Instant at={createdAt} now={now} /> },
          {
            name: 'State',
            cell: (one) => <Status tone={STATES[one.state].tone}>{STATES[one.state].word}</Status>,
          },
          {
            name: 'Session',
            cell: ({ sessionSid }) =>
              sessionSid === null ? 'All of the user' : <Code>{sessionSid}</Code>,
          },
          { name: 'Attempts', align: 'end', cell: ({ tries }) => tries },
          { name: 'Last failure', cell: ({ failure }) => failure },
          {
            name: 'Next attempt',
            cell: ({ dueAt }) => dueAt !== null && <Instant at={dueAt} now={now} />,
          },
          {
            name: 'Actions',
            unnamed: true,
            cell: (one) =>
              one.state !== 'sent' && (
                <ButtonForm action={`${path}/${one.sid}/retry`} label="Send now" />
              ),
          },
        ]}
        rows={deliveries}
        empty={
          <EmptyState title="No deliveries">
            {app.backchannelLogoutURI === null && 'This app has no back-channel logout URI.'}
          </EmptyState>
        }
      />
      <Pagination {...links} />
    </admin.Frame>
  )
}
