// Labels and values of fields: on forms, in previews, in the history. Fields that people edit have
// their words in the tables of fields; the rest are of events alone.
import { CLIENT_FIELDS } from '../../clients/fields.ts'
import { CONNECTION_FIELDS } from '../../connections/fields.ts'
import { TENANT_FIELDS } from '../../directory/tenants/fields.ts'
import { optionsOf, type FieldTable } from '../../platform/fields/field.ts'
import { TURN_STEPS } from '../../rollout/turns/turn.ts'
import { instantInWords } from './dates.ts'
import { humanized } from './humanized.ts'
import { CAPABILITY_WORDS, SIGN_IN_METHODS } from './words.ts'

const FIELDS: FieldTable = { ...CLIENT_FIELDS, ...TENANT_FIELDS, ...CONNECTION_FIELDS }

type EventField = {
  label: string
  isCode?: true
  /** Words of its values. */
  options?: Readonly<Record<string, string>>
}

const CONNECTION_STATES = {
  draft: 'Draft',
  testing: 'Testing',
  validated: 'Validated',
  live: 'Live',
  suspended: 'Suspended',
}

const TASK_WORDS = Object.fromEntries(
  Object.entries(TURN_STEPS).map(([step, { task }]) => [step, task]),
)

/** Fields that events alone have. */
const EVENT_FIELDS: Readonly<Record<string, EventField>> = {
  suspendedAt: { label: 'Suspended since' },
  state: { label: 'State', options: CONNECTION_STATES },
  addedCertificates: { label: 'Certificates added', isCode: true },
  removedCertificates: { label: 'Certificates removed', isCode: true },
  signInMethod: { label: 'Sign-in method', options: SIGN_IN_METHODS },
  connectionSid: { label: 'Connection', isCode: true },
  capabilities: {
    label: 'Permissions',
    options: Object.fromEntries(
      Object.entries(CAPABILITY_WORDS).map(([name, { label }]) => [name, label]),
    ),
  },
  expiresAt: { label: 'Valid until' },
  side: { label: 'Side', options: { customer: 'Customer', operator: 'Operators' } },
  step: { label: 'Step', options: TASK_WORDS },
  result: {
    label: 'Result',
    options: {
      reachable: 'Answers',
      unreachable: 'Does not answer',
      private: 'Not a public address',
    },
  },
  setupLink: { label: 'Setup link', isCode: true },
  scimToken: { label: 'SCIM token' },
  userName: { label: 'Name at the IdP (userName)' },
  email: { label: 'E-mail' },
  url: { label: 'URL', isCode: true },
  signingCertificate: { label: 'Metadata signing certificate' },
  fingerprint: { label: 'Fingerprint (SHA-256)', isCode: true },
  stage: { label: 'Stage' },
  days: { label: 'Days left' },
  tenantSid: { label: 'Tenant' },
  previousSecretUntil: { label: 'Previous secret valid until' },
  disabledAt: { label: 'Disabled since' },
  nameID: { label: 'NameID', isCode: true },
  kind: { label: 'Kind of NameID' },
  format: { label: 'Format', isCode: true },
  users: { label: 'Users' },
}

/** Own properties alone: names come from the database. */
function of<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

export function nameOfField(field: string): string {
  return of(FIELDS, field)?.label ?? of(EVENT_FIELDS, field)?.label ?? humanized(field)
}

const CODE_CONTROLS: ReadonlySet<string> = new Set(['identifier', 'url', 'lines'])

/** Whether its values are compared letter by letter. */
export function isCodeField(field: string): boolean {
  const control = of(FIELDS, field)?.control
  return control ? CODE_CONTROLS.has(control) : of(EVENT_FIELDS, field)?.isCode === true
}

/** A field's value in one line; '' for none. */
export function textOfField(field: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number')
    return field.endsWith('At') && value > 1e11 ? instantInWords(value) : String(value)
  if (typeof value === 'string') return wordOf(field, value)
  if (Array.isArray(value)) return value.map((one) => textOfField(field, one)).join(', ')
  return Object.entries(value as Record<string, unknown>)
    .map(([name, one]) => `${nameOfField(name)}: ${textOfField(name, one)}`)
    .join('; ')
}

function wordOf(field: string, value: string): string {
  if (field === 'field') return nameOfField(value)
  const known = of(FIELDS, field)
  const option = known && of(optionsOf(known) ?? {}, value)
  return (
    option?.short ?? option?.label ?? of(of(EVENT_FIELDS, field)?.options ?? {}, value) ?? value
  )
}
