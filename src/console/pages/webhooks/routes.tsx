// Routes of webhook endpoints, in console and portal. The operations check permissions.
import type { Hono } from 'hono'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  editWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
} from '../../../events/webhooks/operations.ts'
import {
  countDeadDeliveries,
  listWebhookDeliveries,
  retryDeadDeliveries,
  retryWebhookDelivery,
  testWebhookEndpoint,
  WEBHOOK_STATES,
  type WebhookState,
} from '../../../events/webhooks/delivery-operations.ts'
import type { WebhookEndpoint } from '../../../events/webhooks/endpoint.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import {
  fieldsOfEndpoint,
  formatOf,
  NEW_ENDPOINT,
  readEndpoint,
  valuesOfEndpoint,
} from './endpoint-form.tsx'
import { EndpointPage, pathOfEndpoint, type EndpointPageProps } from './endpoint-page.tsx'
import {
  DeliveriesOfEndpointPage,
  EditEndpointPage,
  EndpointSecretPage,
  EndpointsPage,
  NewEndpointPage,
} from './list-pages.tsx'
import { pathOfWebhooks, type OpenWebhooks, type WebhookContext } from './webhook-context.ts'

/** Deliveries on the endpoint's own page. */
const NEWEST = { limit: 10, after: null }

export function webhookRoutes(routes: Hono<App>, open: OpenWebhooks): void {
  routes.get('/webhooks', async (c) => {
    const at = await open(c)
    const page = readListPage(c)
    const listed = await listWebhookEndpoints(at.context, at.tenant?.sid ?? null, page.request)
    const { items, next } = unwrap(listed)
    return showPage(c, <EndpointsPage at={at} endpoints={items} links={page.links(next)} />)
  })

  routes.get('/webhooks/new', async (c) => {
    const at = await open(c)
    requireConfigure(at)
    return showPage(c, <NewEndpointPage at={at} values={NEW_ENDPOINT} />)
  })

  routes.post('/webhooks', async (c) => {
    const at = await open(c)
    const form = await readForm(c)
    const values = readEndpoint(form)
    const tenantSid = at.tenant?.sid ?? null
    const token = form.text('token')
    const input = { ...fieldsOfEndpoint(values), tenantSid, format: formatOf(values), token }
    const made = unwrapOrShow(
      await createWebhookEndpoint(at.context, c.var.config.keySecrets, input),
    )
    // The secret is in this answer alone: there is no page to come back to.
    if (made.ok) {
      const { endpoint, secret } = made.value
      if (secret === null) return seeOther(c, pathOfEndpoint(at, endpoint), 'saved')
      return showPage(c, <EndpointSecretPage at={at} endpoint={endpoint} secret={secret} />)
    }
    const { error: problem } = made
    return showAgain(c, problem, <NewEndpointPage at={at} values={values} problem={problem} />)
  })

  endpointRoutes(routes, open)
  deliveryRoutes(routes, open)
}

function endpointRoutes(routes: Hono<App>, open: OpenWebhooks): void {
  routes.get('/webhooks/:endpoint', async (c) => showEndpoint(c, await openEndpoint(c, open)))

  routes.get('/webhooks/:endpoint/edit', async (c) => {
    const opened = await openEndpoint(c, open)
    requireConfigure(opened.at)
    return showPage(c, <EditEndpointPage {...opened} values={valuesOfEndpoint(opened.endpoint)} />)
  })

  routes.post('/webhooks/:endpoint', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    const form = await readForm(c)
    const values = readEndpoint(form)
    const edit = fieldsOfEndpoint(values)
    const version = form.number('version')
    const replaced = { secrets: c.var.config.keySecrets, token: form.text('token') }
    const edited = unwrapOrShow(
      await editWebhookEndpoint(at.context, endpoint.sid, edit, version, replaced),
    )
    if (edited.ok) return seeOther(c, pathOfEndpoint(at, endpoint), 'saved')
    const { error: problem } = edited
    return showAgain(
      c,
      problem,
      <EditEndpointPage at={at} endpoint={endpoint} values={values} problem={problem} />,
    )
  })

  routes.post('/webhooks/:endpoint/secret', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    const form = await readForm(c)
    const keepHours = form.text('keepPreviousHours')
    const made = unwrapOrShow(
      await rotateWebhookSecret(at.context, c.var.config.keySecrets, endpoint.sid, {
        keepPreviousHours: form.number('keepPreviousHours'),
      }),
    )
    if (made.ok) return showPage(c, <EndpointSecretPage at={at} {...made.value} />)
    const { error: problem } = made
    const page = await pageOf(at, endpoint, { keepHours, problem })
    return showAgain(c, problem, page)
  })

  routes.post('/webhooks/:endpoint/test', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    const { config } = c.var
    const tested = unwrapOrShow(await testWebhookEndpoint(at.context, config, endpoint.sid))
    if (tested.ok) return showEndpoint(c, { at, endpoint }, { test: tested.value })
    return showAgain(c, tested.error, await pageOf(at, endpoint, { problem: tested.error }))
  })

  for (const [path, isActive] of [
    ['on', true],
    ['off', false],
  ] as const)
    routes.post(`/webhooks/:endpoint/${path}`, async (c) => {
      const { at, endpoint } = await openEndpoint(c, open)
      unwrap(await editWebhookEndpoint(at.context, endpoint.sid, { isActive }))
      return seeOther(c, pathOfEndpoint(at, endpoint), isActive ? 'webhook_on' : 'webhook_off')
    })

  routes.post('/webhooks/:endpoint/delete', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    unwrap(await deleteWebhookEndpoint(at.context, endpoint.sid))
    return seeOther(c, pathOfWebhooks(at), 'webhook_deleted')
  })
}

function deliveryRoutes(routes: Hono<App>, open: OpenWebhooks): void {
  routes.get('/webhooks/:endpoint/deliveries', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    const page = readListPage(c)
    const asked = c.req.query('state') as WebhookState
    const state = WEBHOOK_STATES.includes(asked) ? asked : undefined
    const [listed, dead] = await Promise.all([
      listWebhookDeliveries(at.context, endpoint.sid, state, page.request),
      countDeadDeliveries(at.context, endpoint.sid),
    ])
    const { items, next } = unwrap(listed)
    return showPage(
      c,
      <DeliveriesOfEndpointPage
        at={at}
        endpoint={endpoint}
        deliveries={items}
        dead={unwrap(dead)}
        state={state}
        links={page.links(next)}
      />,
    )
  })

  routes.post('/webhooks/:endpoint/deliveries/retry', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    unwrap(await retryDeadDeliveries(at.context, endpoint.sid))
    return seeOther(c, pathOfEndpoint(at, endpoint), 'webhook_retried')
  })

  routes.post('/webhooks/:endpoint/deliveries/:delivery/retry', async (c) => {
    const { at, endpoint } = await openEndpoint(c, open)
    unwrap(await retryWebhookDelivery(at.context, endpoint.sid, c.req.param('delivery')))
    return seeOther(c, pathOfEndpoint(at, endpoint), 'webhook_retried')
  })
}

type EndpointVisit = { at: WebhookContext; endpoint: WebhookEndpoint }

/** An endpoint of somebody else is not below this path, also for those who may see it. */
async function openEndpoint(c: AppContext, open: OpenWebhooks): Promise<EndpointVisit> {
  const at = await open(c)
  const endpoint = unwrap(await getWebhookEndpoint(at.context, c.req.param('endpoint') ?? ''))
  if (endpoint.tenantSid !== (at.tenant?.sid ?? null)) throw new Refused('not_there')
  return { at, endpoint }
}

function requireConfigure({ may }: WebhookContext): void {
  if (!may.configure) throw new Refused('forbidden')
}

type EndpointExtras = Partial<Pick<EndpointPageProps, 'keepHours' | 'test' | 'problem'>>

async function showEndpoint(
  c: AppContext,
  { at, endpoint }: EndpointVisit,
  shown: EndpointExtras = {},
) {
  return showPage(c, await pageOf(at, endpoint, shown))
}

async function pageOf(at: WebhookContext, endpoint: WebhookEndpoint, shown: EndpointExtras) {
  const [deliveries, dead] = await Promise.all([
    listWebhookDeliveries(at.context, endpoint.sid, undefined, NEWEST),
    countDeadDeliveries(at.context, endpoint.sid),
  ])
  return (
    <EndpointPage
      at={at}
      endpoint={endpoint}
      deliveries={unwrap(deliveries).items}
      dead={unwrap(dead)}
      keepHours="24"
      {...shown}
    />
  )
}
