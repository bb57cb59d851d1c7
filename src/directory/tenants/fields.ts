// The one table of the fields of a tenant that operators edit. The API's schemas, the forms, checks
// and the history derive from it: a new field is a column and a row.
import { LANGUAGES, type LanguageTag } from '../../languages/languages.ts'
import { HTTPS } from '../../clients/uri-rules.ts'
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
  'erasedAt',
  'createdAt',
] as const satisfies readonly (keyof TenantRow)[]

export type TenantFields = Omit<TenantRow, (typeof OWN_COLUMNS)[number]>

type TenantFieldRules<Value> = {
  /** The value of a new tenant where none is given. */
  initial?: Value
}

/** Each language by its own name. */
const LANGUAGE_OPTIONS = Object.fromEntries(
  Object.entries(LANGUAGES).map(([tag, { name }]) => [tag, { label: name }]),
) as Record<LanguageTag, { label: string }>

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
  afterSignOut: {
    label: 'After sign-out',
    hint: 'Where the browser goes when a user of this tenant signs out in an app.',
    description:
      'Where the browser goes after a sign-out: `customer_page` (the default) to the logout URL ' +
      'of the connection where one is set, else back to the app; `app` always back to the app, ' +
      'by its `post_logout_redirect_uri`.',
    shape: {
      kind: 'choice',
      options: {
        customer_page: {
          label: 'The customer’s page, if the connection has a logout URL',
          short: 'The customer’s page',
          hint: 'Without a logout URL: back to the app.',
        },
        app: {
          label: 'Back to the app',
          hint: 'If the app names a page. Otherwise as above.',
        },
      },
    },
    control: 'radios',
    initial: 'customer_page',
  },
  productName: {
    label: 'Product name',
    hint: 'Optional. The name that users of this tenant know, on pages and in mails.',
    description: 'Name of the product on pages and in mails; null: that of the deployment.',
    example: 'Vendor Cloud',
    shape: { kind: 'text', most: 60, nullable: true },
    control: 'text',
    initial: null,
  },
  accentColor: {
    label: 'Colour',
    hint:
      'Optional. Of buttons and links, like #1f5fbf. A colour that is hard to read on white or ' +
      'on dark paper is made darker or lighter.',
    description:
      'Colour of buttons and links, `#rrggbb`; null: that of the deployment. Where its contrast ' +
      'is below 4.5, pages make it darker or lighter.',
    example: '#1f5fbf',
    shape: { kind: 'text', most: 7, nullable: true, isColor: true },
    control: 'text',
    expected: 'a colour like #1f5fbf, in small letters, or none',
    initial: null,
  },
  helpURL: {
    label: 'Help page',
    hint: 'Optional. Linked from the pages for users of this tenant: https.',
    description: 'Page with help, linked from pages for end users; null: that of the deployment.',
    example: 'https://help.example.com/sign-in',
    shape: { kind: 'url', rule: HTTPS, nullable: true },
    control: 'url',
    initial: null,
  },
  language: {
    label: 'Language of mails',
    hint: 'Of invitations to test, and of the first text of a notice. Pages follow the browser.',
    description:
      'Language of mails to users of this tenant, and of the first text of a notice. Pages ' +
      'follow `ui_locales` and the browser.',
    shape: { kind: 'choice', options: LANGUAGE_OPTIONS },
    control: 'select',
    initial: 'en',
  },
  massDeactivation: {
    label: 'Mass deactivation',
    hint:
      'If provisioning deactivates more users than these in an hour, break-glass owners keep ' +
      'their password until an operator ends it.',
    description:
      'If the IdP of one connection deactivates more users than these in an hour, these are no ' +
      'leavers: break-glass owners keep the way in until an operator or its date ends it.',
    shape: { kind: 'integer', least: 1, most: 100_000 },
    control: 'number',
    initial: 10,
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
