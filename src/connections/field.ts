// The rules in a row of CONNECTION_FIELDS, and the columns that no edit sets. Types, and one list.
import { isEndpoint } from '../endpoint.ts'
import type { AnyField, Field, UrlRule } from '../platform/fields/field.ts'
import type { connections } from './tables.ts'
import type { Preset, PresetID } from './presets/preset.ts'

export const ENDPOINT: UrlRule = {
  expected: 'an https URL without white space, user name and password',
  accepts: isEndpoint,
}

type ConnectionColumns = typeof connections.$inferSelect

/** Columns that no edit sets: identity, state, and what we have observed. */
export const OWN_COLUMNS = [
  'purpose',
  'sid',
  'tenantSid',
  'state',
  'revision',
  'suspendedFrom',
  'suspendedRevision',
  'reachability',
  'reachabilityCheckedAt',
  'lastLoginAt',
  'triedRevision',
  'metadataFetchedAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof ConnectionColumns)[]

/** The editable columns, with their types. */
export type ConnectionFields = Omit<ConnectionColumns, (typeof OWN_COLUMNS)[number] | 'preset'> & {
  preset: PresetID | null
}

/** Forms by page, and the group of controls in which a page shows a field. */
export type ConnectionForms = {
  create?: 'name'
  preset?: 'preset'
  idp?: 'identifier' | 'ssoURL' | 'logout'
  settings?:
    'name' | 'request' | 'response' | 'logout' | 'revocation' | 'sessions' | 'newcomers' | 'legacy'
  'what-if'?: 'idp' | 'operators'
}

type ConnectionFieldRules = {
  /** Who may change it: checked by the operation, for the API and for forms alike. */
  mayEdit: 'customers' | 'operators'
  /** It says whom requests of the IdP are trusted from, so a customer’s change waits. */
  waits?: true
  /** Forms show it to operators alone, although a customer's API key may set it. */
  offeredTo?: 'operators'
  /**
   * The effect of a change on a login's trust. Each but null raises the revision. `breaks`: the IdP
   * is another one or is reached in another way, so that a tested connection goes back to testing.
   */
  trust: 'breaks' | 'keeps' | null
  forms: ConnectionForms
  /** The checks of a response whose result depends on the field. */
  checks?: RegExp
  /** The screen of the IdP that shows the value. */
  foundAt?: keyof Preset['theirs']
  /** Options that need the value of another field, such as the URL of a binding. */
  needs?: Readonly<Record<string, { field: keyof ConnectionColumns; otherwise: string }>>
}

/** A row of the table, for a column of the type `Value`. */
export type ConnectionField<Value> = Field<Value> & ConnectionFieldRules

/** Any row, for code that works on all of them. */
export type AnyConnectionField = AnyField & ConnectionFieldRules
