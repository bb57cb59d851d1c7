// The form of a webhook endpoint: created and edited by the same fields.
import { ALL_TYPES, typesFor, type WebhookEndpoint } from '../../../events/webhooks/endpoint.ts'
import {
  WEBHOOK_FORMATS,
  wordsOfFormat,
  type WebhookFormat,
} from '../../../events/webhooks/formats.ts'
import { CATALOGUE as EVENTS, isEventType } from '../../../events/catalogue.ts'
import type { Problem } from '../../../problem.ts'
import { Code } from '../../kit/blocks.tsx'
import type { Form as Sent } from '../../kit/form.ts'
import {
  CheckboxField,
  FieldGroup,
  Form,
  SelectField,
  SubmitRow,
  TextArea,
  TextField,
} from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import type { WebhookContext } from './webhook-context.ts'

export type EndpointValues = {
  name: string
  url: string
  isAll: boolean
  types: readonly string[]
  tenants: string
  format: string
}

export const NEW_ENDPOINT: EndpointValues = {
  name: '',
  url: '',
  isAll: false,
  types: [],
  tenants: '',
  format: 'standard',
}

export function valuesOfEndpoint(endpoint: WebhookEndpoint): EndpointValues {
  const { name, url, types, tenants, format } = endpoint
  const isAll = types.includes(ALL_TYPES)
  const named = types.filter((type) => type !== ALL_TYPES)
  return { name, url, isAll, types: named, tenants: tenants.join('\n'), format }
}

export function readEndpoint(form: Sent): EndpointValues {
  return {
    name: form.text('name'),
    url: form.text('url'),
    isAll: form.flag('all'),
    types: form.texts('types'),
    tenants: form.text('tenants'),
    format: form.text('format'),
  }
}

export function fieldsOfEndpoint({ name, url, isAll, types, tenants }: EndpointValues) {
  const only = tenants.split(/[\s,]+/).filter(Boolean)
  return { name, url, types: isAll ? [ALL_TYPES, ...types] : [...types], tenants: only }
}

export function EndpointForm(props: {
  at: WebhookContext
  action: string
  values: EndpointValues
  /** Null: the vendor's. */
  tenantSid: string | null
  /** The endpoint as it is. Unset: it is new. */
  endpoint?: WebhookEndpoint | undefined
  problem?: Problem | undefined
  cancelHref: string
}) {
  const { at, action, values, tenantSid, endpoint, problem } = props
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.reader) : undefined
  return (
    <Form action={action} hidden={endpoint && { version: String(endpoint.updatedAt) }}>
      <TextField
        name="name"
        label="Name"
        hint="For administrators, such as “Audit log of the shop”."
        value={values.name}
        required={true}
        error={errorOf('name')}
      />
      <TextField
        name="url"
        label="URL"
        hint="Public, https. Each event is sent there by POST."
        kind="url"
        value={values.url}
        required={true}
        error={errorOf('url')}
      />
      <FormatFields values={values} endpoint={endpoint} errorOf={errorOf} />
      <CheckboxField
        name="all"
        id="types"
        label="All events of the audit trail"
        hint="Also those of later versions. Choose logins and ended sessions below."
        checked={values.isAll}
        error={errorOf('types')}
      />
      <TypeChoices values={values} tenantSid={tenantSid} />
      {tenantSid === null && (
        <TextArea
          name="tenants"
          label="Only these tenants"
          hint="SIDs, one per line. Leave empty for the events of all tenants and of Gatepost."
          value={values.tenants}
          kind="code"
          rows={3}
          error={errorOf('tenants')}
        />
      )}
      <SubmitRow
        primary={endpoint ? 'Save endpoint' : 'Create endpoint'}
        cancel={{ href: props.cancelHref }}
      />
    </Form>
  )
}

/** Unset: of a form that was sent without one, or with another. */
export function formatOf({ format }: EndpointValues): WebhookFormat | undefined {
  return WEBHOOK_FORMATS.find((one) => one === format)
}

const CHOICES = WEBHOOK_FORMATS.map((value) => ({ value, label: wordsOfFormat(value) }))

/** The format is chosen once. A token is never shown, also not in a form that comes again. */
function FormatFields(props: {
  values: EndpointValues
  endpoint: WebhookEndpoint | undefined
  errorOf: (field: string) => string | undefined
}) {
  const { values, endpoint, errorOf } = props
  if (endpoint?.format === 'standard') return null
  return (
    <>
      {!endpoint && (
        <SelectField
          name="format"
          label="Format"
          hint="Of the system that receives the events. It cannot be changed later."
          options={CHOICES}
          value={values.format}
          error={errorOf('format')}
        />
      )}
      <TextField
        name="token"
        label={endpoint ? 'New token' : 'Token'}
        hint={
          endpoint
            ? 'Leave empty to keep the current one.'
            : 'Of Splunk, Datadog or your collector. Leave empty for Standard Webhooks.'
        }
        kind="secret"
        value=""
        error={errorOf('token')}
      />
    </>
  )
}

/** Where each noun of a type belongs. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Tenants: ['tenant', 'account', 'domain', 'contact'],
  Connections: ['connection', 'certificate', 'metadata_source', 'pending_change', 'tester'],
  Rollouts: ['rollout', 'break_glass', 'recovery_code', 'recovery_codes'],
  People: ['user', 'address_claim', 'import'],
  'Logins and sessions': ['login', 'session'],
  Access: ['setup_link', 'sign_in_link', 'operator', 'api_key', 'scim_token'],
  'Apps and keys': ['client', 'logout_delivery', 'key', 'signing_key'],
  Webhooks: ['webhook_endpoint'],
}

function groupOf(type: string): string {
  const [noun = ''] = type.split('.')
  return Object.keys(GROUPS).find((name) => GROUPS[name]!.includes(noun)) ?? 'Other'
}

/** In groups, each closed unless something in it is chosen. */
function TypeChoices(props: { values: EndpointValues; tenantSid: string | null }) {
  const chosen = new Set(props.values.types)
  const groups = Map.groupBy(typesFor(props.tenantSid), groupOf)
  const inOrder = [...Object.keys(GROUPS), 'Other'].flatMap((name) => {
    const types = groups.get(name)
    return types ? [{ name, types }] : []
  })
  return (
    <FieldGroup legend="Selected events">
      {inOrder.map(({ name, types }) => (
        <details open={types.some((type) => chosen.has(type))}>
          <summary>
            {name} ({types.length})
          </summary>
          {types.map((type) => (
            <CheckboxField
              name="types"
              id={`type-${type}`}
              value={type}
              label={isEventType(type) ? EVENTS[type].words : type}
              hint={<Code>{type}</Code>}
              checked={chosen.has(type)}
            />
          ))}
        </details>
      ))}
    </FieldGroup>
  )
}
