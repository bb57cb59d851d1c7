// The effect of an edit on the trust in a connection: whether its revision rises, and whether a
// tested connection goes back to testing. Derived from CONNECTION_FIELDS. Pure.
import type { FieldShape } from '../platform/fields/field.ts'
import type { ConnectionFields } from './field.ts'
import type { ConnectionState } from './lifecycle.ts'
import { isOpenState } from './standing.ts'
import { CONNECTION_FIELD_LIST, CONNECTION_FIELDS } from './fields.ts'

type TrustFieldName = {
  [Name in keyof ConnectionFields]: (typeof CONNECTION_FIELDS)[Name]['trust'] extends null
    ? never
    : Name
}[keyof ConnectionFields]

/** The fields that a login trusts or that shape the request to the IdP. */
export type TrustFields = Pick<ConnectionFields, TrustFieldName> & {
  /** The set of pinned certificates, by fingerprint or by content: compared, not read. */
  certificates: readonly string[]
}

export type TrustField = keyof TrustFields

/**
 * The effect of a change of each field. Each raises the revision: logins on their way and sign-offs
 * of the old configuration are not valid for the new one.
 */
export const TRUST_FIELDS = {
  ...Object.fromEntries(
    CONNECTION_FIELD_LIST.flatMap(([name, { trust }]) => (trust === null ? [] : [[name, trust]])),
  ),
  // A roll-over adds the next certificate and later removes the old one: a live connection stays
  // live.
  certificates: 'keeps',
} as Readonly<Record<TrustField, 'breaks' | 'keeps'>>

export type EditEffect = {
  /** The trust-relevant fields that differ. */
  changed: TrustField[]
  raisesRevision: boolean
  /** A validated or live connection goes back to testing: `break_trust`. */
  breaksTrust: boolean
}

/** The effect of an edit. Other fields may be in both arguments and are ignored. */
export function effectOfEdit(before: TrustFields, after: TrustFields): EditEffect {
  const changed = (Object.keys(TRUST_FIELDS) as TrustField[]).filter(
    (field) => comparable(before, field) !== comparable(after, field),
  )
  return {
    changed,
    raisesRevision: changed.length > 0,
    breaksTrust: changed.some((field) => TRUST_FIELDS[field] === 'breaks'),
  }
}

/** Sets are compared without their order. No object and an empty one are the same. */
function comparable(fields: TrustFields, field: TrustField): string {
  const value = fields[field]
  const kind: FieldShape['kind'] =
    field === 'certificates' ? 'choices' : CONNECTION_FIELDS[field].shape.kind
  if (kind === 'choices' && Array.isArray(value))
    return JSON.stringify([...new Set(value)].toSorted())
  if (kind === 'parts')
    return JSON.stringify(
      Object.entries(value ?? {}).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    )
  return JSON.stringify(value ?? null)
}

/** Whether changed fields say what logins trust, or where people are sent. */
export function saysTrust(changed: Readonly<Record<string, unknown>>): boolean {
  return CONNECTION_FIELD_LIST.some(
    ([name, { trust, shape, waits }]) =>
      (trust !== null || shape.kind === 'url' || waits === true) && name in changed,
  )
}

/** The state of a connection after an edit. One that logins cannot use is a draft. */
export function stateAfter(
  state: ConnectionState,
  breaksTrust: boolean,
  isUsable: boolean,
): ConnectionState {
  if (!isOpenState(state)) return state
  if (!isUsable) return 'draft'
  return breaksTrust ? 'testing' : state
}
