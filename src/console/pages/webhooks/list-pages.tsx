// Pages of webhooks beside that of an endpoint: the list, the forms, the secret, all deliveries.
import { ALL_TYPES, type WebhookEndpoint } from '../../../events/webhooks/endpoint.ts'
import type { WebhookDelivery, WebhookState } from '../../../events/webhooks/delivery-operations.ts'
import type { Problem } from '../../../problem.ts'
import {
  Code,
  CopyField,
  DataTable,
  EmptyState,
  Instant,
  Notice,
  Pagination,
} from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { WebhookDeliveryTable } from './delivery-table.tsx'
import { EndpointForm, type EndpointValues } from './endpoint-form.tsx'
import { DeadNotice, EndpointStatus, pathOfEndpoint } from './endpoint-page.tsx'
import { crumbsOfWebhooks, pathOfWebhooks, type WebhookContext } from './webhook-context.ts'

export function EndpointsPage(props: {
  at: WebhookContext
  endpoints: readonly WebhookEndpoint[]
  links: PageLinks
}) {
  const { at, endpoints, links } = props
  const create = at.may.configure && (
    <ButtonLink href={`${pathOfWebhooks(at)}/new`} label="New endpoint" tone="primary" />
  )
  return (
    <at.Frame
      title="Webhooks"
      breadcrumb={[...at.above]}
      lead={
        at.tenant === null
          ? 'Your own servers that are told of events by signed messages.'
          : `Servers that are told of events of ${at.tenant.name} by signed messages.`
      }
      actions={create}
    >
      <DataTable
        caption="Endpoints"
        captionHidden={true}
        columns={[
          { name: 'Name', cell: (one) => <a href={pathOfEndpoint(at, one)}>{one.name}</a> },
          { name: 'State', cell: (one) => <EndpointStatus endpoint={one} /> },
          { name: 'Host', cell: ({ url }) => <Code>{new URL(url).host}</Code> },
          { name: 'Events', cell: eventsInWords },
          {
            name: 'Created',
            cell: ({ createdAt }) => (
              <Instant at={createdAt} now={at.context.now} show="relative" />
            ),
          },
        ]}
        rows={endpoints}
        empty={
          <EmptyState title="No endpoint yet" action={create}>
            An endpoint gets events by POST as they happen.
          </EmptyState>
        }
      />
      <Pagination {...links} />
    </at.Frame>
  )
}

function eventsInWords({ types }: WebhookEndpoint): string {
  if (types.includes(ALL_TYPES)) return types.length === 1 ? 'All' : `All, and ${types.length - 1}`
  return types.length === 1 ? '1 type' : `${types.length} types`
}

export function NewEndpointPage(props: {
  at: WebhookContext
  values: EndpointValues
  problem?: Problem
}) {
  const { at, values, problem } = props
  const href = pathOfWebhooks(at)
  return (
    <at.Frame
      title="New endpoint"
      breadcrumb={crumbsOfWebhooks(at)}
      problem={problem}
      narrow={true}
    >
      <EndpointForm
        at={at}
        action={href}
        values={values}
        tenantSid={at.tenant?.sid ?? null}
        problem={problem}
        cancelHref={href}
      />
    </at.Frame>
  )
}

export function EditEndpointPage(props: {
  at: WebhookContext
  endpoint: WebhookEndpoint
  values: EndpointValues
  problem?: Problem
}) {
  const { at, endpoint, values, problem } = props
  const href = pathOfEndpoint(at, endpoint)
  return (
    <at.Frame
      title="Edit endpoint"
      breadcrumb={crumbsOfWebhooks(at, [{ name: endpoint.name, href }])}
      problem={problem}
      narrow={true}
    >
      <EndpointForm
        at={at}
        action={href}
        values={values}
        tenantSid={endpoint.tenantSid}
        endpoint={endpoint}
        problem={problem}
        cancelHref={href}
      />
    </at.Frame>
  )
}

/** The secret that was created just now. */
export function EndpointSecretPage(props: {
  at: WebhookContext
  endpoint: WebhookEndpoint
  secret: string
}) {
  const { at, endpoint, secret } = props
  return (
    <at.Frame
      title={`${endpoint.name}: signing secret`}
      breadcrumb={crumbsOfWebhooks(at)}
      narrow={true}
    >
      <Notice tone="warning" title="Copy the secret now. It is not shown again.">
        <CopyField
          id="webhook-secret"
          label="Signing secret"
          value={secret}
          hint="The receiving server verifies each message with it."
        />
      </Notice>
      <p>
        <a href={pathOfEndpoint(at, endpoint)}>Continue to the endpoint</a>
      </p>
    </at.Frame>
  )
}

export function DeliveriesOfEndpointPage(props: {
  at: WebhookContext
  endpoint: WebhookEndpoint
  deliveries: readonly WebhookDelivery[]
  dead: number
  state: WebhookState | undefined
  links: PageLinks
}) {
  const { at, endpoint, deliveries, dead, state, links } = props
  const path = pathOfEndpoint(at, endpoint)
  const mayRetry = at.may.configure && endpoint.isActive
  return (
    <at.Frame
      title="Deliveries"
      breadcrumb={crumbsOfWebhooks(at, [{ name: endpoint.name, href: path }])}
      lead="Delivered ones are listed for seven days, those given up for thirty."
      actions={
        state === undefined ? (
          <ButtonLink href={`${path}/deliveries?state=dead`} label="Show given up" />
        ) : (
          <ButtonLink href={`${path}/deliveries`} label="Show all" />
        )
      }
    >
      {dead > 0 && <DeadNotice path={path} dead={dead} mayRetry={mayRetry} />}
      <WebhookDeliveryTable
        deliveries={deliveries}
        now={at.context.now}
        retryAt={mayRetry ? (sid) => `${path}/deliveries/${sid}/retry` : undefined}
      />
      <Pagination {...links} />
    </at.Frame>
  )
}
