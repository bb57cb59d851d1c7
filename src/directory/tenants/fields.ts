// The one table of the fields of a tenant that operators edit. The API's schemas, the forms, checks
// and the history derive from it: a new field is a column and a row.
import { checkField } from '../../platform/fields/check-field.ts'
import type { AnyField, Field } from '../../platform/fields/field.ts'
import type { Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import type { tenants } from './tables.ts'

type TenantRow = typeof tenants.$inferSelect

/** Columns that no edit sets. A suspension is asked for by name, and dated by us. */
export const OWN_COLUMNS = [
  'sid',
  'suspendedAt',
  'createdAt',
] as const satisfies readonly (keyof TenantRow)[]

export type TenantFields = Omit<TenantRow, (typeof OWN_COLUMNS)[number]>

type TenantFieldRules<Value> = {
  /** The value of a new tenant where none is given. */
  initial?: Value
}

export const TENANT_FIELDS = {
  name: {
    label: 'Name',
    hint: 'The name by which the customer’s administrators know their organization.',
    description: 'Name of the customer’s organization.',
    shape: { kind: 'text', most: 200 },
    control: 'text',
    required: true,
  },
  plan: {
    label: 'Plan',
    description: '`enterprise` includes single sign-on.',
    shape: {
      kind: 'choice',
      options: {
        enterprise: { label: 'Enterprise', hint: 'Includes single sign-on.' },
        standard: {
          label: 'Standard',
          hint: 'No single sign-on: all users sign in with their password.',
        },
      },
    },
    control: 'radios',
    initial: 'enterprise',
  },
  supportContact: {
    label: 'Support contact',
    hint: 'Optional. Shown to users of this tenant on error pages.',
    description: 'Shown on error pages: where users of this tenant ask for help.',
    example: 'help@example.com',
    shape: { kind: 'text', most: 200, nullable: true },
    control: 'text',
    initial: null,
  },
  customerChanges: {
    label: 'Changes by the customer',
    hint: 'Keys, identifier and URLs that setup links and the customer’s API keys bring.',
    description:
      'Whether keys, identifier and URLs from the customer wait for an operator while a ' +
      'connection is in use.',
    shape: {
      kind: 'choice',
      options: {
        wait: {
          label: 'Wait for an operator while a connection is in use',
          short: 'Wait for an operator',
          hint: 'A stolen setup link cannot bring a key of its own.',
        },
        apply: {
          label: 'Take effect at once',
          hint: 'Every setup link of the customer can then decide whom logins trust.',
        },
      },
    },
    control: 'radios',
    initial: 'wait',
  },
} as const satisfies {
  [Name in keyof TenantFields]: Field<TenantFields[Name]> & TenantFieldRules<TenantFields[Name]>
}

/** The same, for code that works on all fields alike. */
export const TENANT_FIELD_LIST = Object.entries(TENANT_FIELDS) as [
  keyof TenantFields,
  AnyField & TenantFieldRules<unknown>,
][]

/** The fields of a new tenant: as given, or else as the table says. */
export function withInitial(given: Readonly<Record<string, unknown>>): TenantFields {
  const fields = TENANT_FIELD_LIST.map(([name, { initial }]) => [name, given[name] ?? initial])
  return Object.fromEntries(fields) as TenantFields
}

/** The fields alone of a row. Refuses `input`, naming the field. */
export function checkTenant(row: TenantFields): Result<TenantFields, Problem> {
  for (const [name, field] of TENANT_FIELD_LIST) {
    const wrong = checkField(name, field, row[name], false)
    if (wrong) return { ok: false, error: wrong }
  }
  const fields = TENANT_FIELD_LIST.map(([name]) => [name, row[name]])
  return ok(Object.fromEntries(fields) as TenantFields)
}
