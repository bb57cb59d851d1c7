// The page of one webhook endpoint: what it gets, its test, deliveries, secret, and its end.
import { ALL_TYPES, type WebhookEndpoint } from '../../../events/webhooks/endpoint.ts'
import { wordsOfFailure } from '../../../events/webhooks/failure.ts'
import { wordsOfFormat } from '../../../events/webhooks/formats.ts'
import {
  MOST_AT_ONCE,
  type WebhookDelivery,
  type WebhookTest,
} from '../../../events/webhooks/delivery-operations.ts'
import type { Problem } from '../../../problem.ts'
import { Code, DangerZone, Instant, KeyValues, Notice, Section, Status } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink, Form, SelectField, SubmitRow } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { WebhookDeliveryTable } from './delivery-table.tsx'
import { crumbsOfWebhooks, pathOfWebhooks, type WebhookContext } from './webhook-context.ts'

export function pathOfEndpoint(at: WebhookContext, { sid }: WebhookEndpoint): string {
  return `${pathOfWebhooks(at)}/${sid}`
}

export function EndpointStatus({ endpoint }: { endpoint: WebhookEndpoint }) {
  if (endpoint.isActive) return <Status tone="good">On</Status>
  return <Status tone="warning">{endpoint.goneAt === null ? 'Off' : 'Off: answered 410'}</Status>
}

export type EndpointPageProps = {
  at: WebhookContext
  endpoint: WebhookEndpoint
  /** The newest. */
  deliveries: readonly WebhookDelivery[]
  /** How many were given up. */
  dead: number
  keepHours: string
  test?: WebhookTest
  problem?: Problem
}

export function EndpointPage(props: EndpointPageProps) {
  const { at, endpoint, test, problem } = props
  const path = pathOfEndpoint(at, endpoint)
  const { now } = at.context
  return (
    <at.Frame
      title={endpoint.name}
      badge={<EndpointStatus endpoint={endpoint} />}
      breadcrumb={crumbsOfWebhooks(at)}
      problem={problem}
      actions={
        at.may.configure && (
          <>
            <ButtonForm action={`${path}/test`} label="Send test message" />
            <ButtonLink href={`${path}/edit`} label="Edit" />
          </>
        )
      }
    >
      {endpoint.goneAt !== null && (
        <Notice tone="warning" title="The endpoint answered 410 Gone and was turned off">
          <p>
            At <Instant at={endpoint.goneAt} now={now} />. Events that happen while it is off are
            not kept for it.
          </p>
        </Notice>
      )}
      {test && <TestResult test={test} />}
      <KeyValues
        rows={[
          { name: 'URL', value: <Code>{endpoint.url}</Code> },
          { name: 'Format', value: wordsOfFormat(endpoint.format) },
          { name: 'Events', value: <Types endpoint={endpoint} /> },
          at.tenant === null && {
            name: 'Tenants',
            value:
              endpoint.tenants.length === 0
                ? 'All'
                : endpoint.tenants.map((sid) => (
                    <div>
                      <Code>{sid}</Code>
                    </div>
                  )),
          },
          { name: 'SID', value: <Code>{endpoint.sid}</Code> },
          { name: 'Created by', value: endpoint.createdBy },
          { name: 'Created', value: <Instant at={endpoint.createdAt} now={now} /> },
        ].filter((row) => row !== false)}
      />
      <DeliverySection {...props} />
      {at.may.configure && endpoint.format === 'standard' && <SecretSection {...props} />}
      {at.may.configure && <EndSection {...props} />}
    </at.Frame>
  )
}

function Types({ endpoint: { types } }: { endpoint: WebhookEndpoint }) {
  return (
    <>
      {types.map((type) => (
        <div>{type === ALL_TYPES ? 'All of the audit trail' : <Code>{type}</Code>}</div>
      ))}
    </>
  )
}

function TestResult({ test: { failure, status, milliseconds, answer } }: { test: WebhookTest }) {
  return (
    <Notice
      tone={failure === null ? 'success' : 'danger'}
      title={failure === null ? 'Test message delivered' : 'Test message not delivered'}
    >
      <p>
        {failure === null ? `The endpoint answered ${status}` : wordsOfFailure(failure)}
        {failure === null ? ` after ${milliseconds} ms.` : ` Time: ${milliseconds} ms.`}
      </p>
      {answer !== '' && (
        <p>
          Its answer begins: <Code>{answer}</Code>
        </p>
      )}
    </Notice>
  )
}

function DeliverySection({ at, endpoint, deliveries, dead }: EndpointPageProps) {
  const path = pathOfEndpoint(at, endpoint)
  const mayRetry = at.may.configure && endpoint.isActive
  return (
    <Section
      id="deliveries"
      title="Deliveries"
      lead="The newest. What fails is sent again for three days, then given up."
      actions={<ButtonLink href={`${path}/deliveries`} label="All deliveries" />}
    >
      {dead > 0 && <DeadNotice path={path} dead={dead} mayRetry={mayRetry} />}
      <WebhookDeliveryTable
        deliveries={deliveries}
        now={at.context.now}
        retryAt={mayRetry ? (sid) => `${path}/deliveries/${sid}/retry` : undefined}
      />
    </Section>
  )
}

export function DeadNotice(props: { path: string; dead: number; mayRetry: boolean }) {
  const { path, dead, mayRetry } = props
  return (
    <Notice
      tone="warning"
      title={givenUpInWords(dead)}
      action={mayRetry && <ButtonForm action={`${path}/deliveries/retry`} label="Send all again" />}
    >
      <p>
        <a href={`${path}/deliveries?state=dead`}>Show them</a>
        {!mayRetry && '. Turn the endpoint on to send them again.'}
      </p>
    </Notice>
  )
}

function givenUpInWords(dead: number): string {
  if (dead === 1) return '1 delivery was given up'
  return `${dead}${dead < MOST_AT_ONCE ? '' : ' or more'} deliveries were given up`
}

function SecretSection({ at, endpoint, keepHours, problem }: EndpointPageProps) {
  const { previousSecretUntil } = endpoint
  const { now } = at.context
  return (
    <Section
      id="secret"
      title="Signing secret"
      lead="It was shown once. While the previous one is valid, messages have both signatures."
    >
      {previousSecretUntil !== null && previousSecretUntil > now && (
        <p>
          Previous secret valid until <Instant at={previousSecretUntil} now={now} />.
        </p>
      )}
      <Form action={`${pathOfEndpoint(at, endpoint)}/secret`}>
        <SelectField
          name="keepPreviousHours"
          label="What happens to the current secret"
          options={KEPT}
          value={keepHours}
          error={problem?.field === 'keepPreviousHours' ? messageOf(problem, at.reader) : undefined}
        />
        <SubmitRow primary="Create new secret" />
      </Form>
    </Section>
  )
}

const KEPT = [
  { value: '24', label: 'Stays valid for one more day' },
  { value: '168', label: 'Stays valid for one more week' },
  { value: '1', label: 'Stays valid for one more hour' },
  { value: '0', label: 'Becomes invalid at once, because it has leaked' },
]

function EndSection({ at, endpoint }: EndpointPageProps) {
  const path = pathOfEndpoint(at, endpoint)
  return (
    <DangerZone
      actions={[
        endpoint.isActive
          ? {
              title: 'Turn the endpoint off',
              text: 'Events that happen while it is off are not kept for it.',
              control: <ButtonForm action={`${path}/off`} label="Turn off" tone="danger" />,
            }
          : {
              title: 'Turn the endpoint on',
              text: 'It gets events again from now on.',
              control: <ButtonForm action={`${path}/on`} label="Turn on" />,
            },
        {
          title: 'Delete the endpoint',
          text: 'Deliveries that wait are given up. Its secret no longer signs anything.',
          control: <ButtonForm action={`${path}/delete`} label="Delete endpoint" tone="danger" />,
        },
      ]}
    />
  )
}
