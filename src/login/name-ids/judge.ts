// Who a NameID stands for: whether the one that came fits the user of the assertion, and what to
// tell people where it does not. Pure. The statement that makes the login code repeats the verdict
// (`fits` in store/outcome.ts), and a test compares the two over all cases.
import { emailKey } from '../../directory/email-key.ts'
import { NAME_ID_FORMAT } from '../../saml/names.ts'
import { formatOf } from '../../saml/response/name-id.ts'
import { maskAddress } from '../../saml/response/principal.ts'
import type { CheckRow } from '../../saml/response/checks.ts'
import type { Principal } from '../../saml/response/verify-response.ts'

/** The codes of a NameID that does not fit. */
export const NAME_ID_CODES = [
  'name_id_of_other',
  'name_id_transient',
  'name_id_format_changed',
  'name_id_each_time',
  'name_id_changed',
] as const

export type NameIDCode = (typeof NAME_ID_CODES)[number]

/** The NameID of an assertion, as far as it decides. */
export type ReceivedNameID = {
  value: string
  /** `unspecified` where there is none. */
  format: string
  /** Equal to the e-mail of the same assertion, as e-mails are compared. */
  isEmail: boolean
  /** The key of another address than that e-mail; null: it is none. */
  addressKey: string | null
}

/** What a user is bound to at a connection and IdP. */
export type BoundNameID = {
  kind: 'email' | 'value'
  format: string
  /** Null: of the kind `email`. */
  nameID: string | null
  /** Keyed hash of the last NameID that came instead. */
  refusedHash: string | null
}

/** What the database has about the user and the NameID. */
export type NameIDFacts = {
  bound: BoundNameID | null
  /**
   * The NameID is bound to another user, or is another user's login e-mail or alias. Not asked for
   * the e-mail of the assertion itself: that has found the user.
   */
  isOfOther: boolean
}

export function readNameID({
  nameID: value,
  nameIDFormat,
  email,
}: Pick<Principal, 'nameID' | 'nameIDFormat' | 'email'>): ReceivedNameID {
  const key = emailKey(value)
  const isEmail = key !== undefined && key === emailKey(email)
  return {
    value,
    format: formatOf(nameIDFormat),
    isEmail,
    addressKey: isEmail ? null : (key ?? null),
  }
}

/** Null: the NameID fits. `hashes`: of the one that came, as `hashNameID` makes them. */
export function judgeNameID(
  received: ReceivedNameID,
  { bound, isOfOther }: NameIDFacts,
  hashes: readonly string[],
): NameIDCode | null {
  // A colleague must not come with her own NameID and somebody else's e-mail.
  if (isOfOther) return 'name_id_of_other'
  if (!bound) return null
  // It says nothing about who comes: a user who is bound is not reached by it.
  if (received.format === NAME_ID_FORMAT.transient) return 'name_id_transient'
  if (received.format !== bound.format) return 'name_id_format_changed'
  if (bound.kind === 'email' ? received.isEmail : received.value === bound.nameID) return null
  // The third NameID of a user: the bound one, one that was refused, and this one.
  return bound.refusedHash !== null && !hashes.includes(bound.refusedHash)
    ? 'name_id_each_time'
    : 'name_id_changed'
}

/** What a login binds a user to who is not bound yet. Null: a transient NameID binds nothing. */
export function bindingOf(
  received: ReceivedNameID,
): Pick<BoundNameID, 'kind' | 'format' | 'nameID'> | null {
  const { format, isEmail, value } = received
  if (format === NAME_ID_FORMAT.transient) return null
  return isEmail
    ? { kind: 'email', format, nameID: null }
    : { kind: 'value', format, nameID: value }
}

/** The row of a refusal: what is bound, and what came without its middle. */
export function rowOfRefusal(
  code: NameIDCode,
  received: ReceivedNameID,
  { bound }: NameIDFacts,
  hash: string,
): CheckRow {
  const came = received.isEmail ? 'the e-mail of the assertion' : maskNameID(received.value)
  return {
    code,
    ok: false,
    clause: 'SAML Core §2.2.2, §8.3',
    expected:
      code === 'name_id_of_other'
        ? 'a NameID that is of no other user'
        : `${describeBound(bound!)}, format ${shortFormat(bound!.format)}`,
    received: `${came}, format ${shortFormat(received.format)}, fingerprint ${hash.slice(0, 10)}`,
  }
}

/** What a user is bound to, in words. */
export function describeBound({ kind, nameID }: Pick<BoundNameID, 'kind' | 'nameID'>): string {
  return kind === 'email' ? 'the e-mail of the assertion' : nameID!
}

/** `persistent`, for a format of the standard; others as they are. */
export function shortFormat(format: string): string {
  return /^urn:oasis:names:tc:SAML:[12]\.[01]:nameid-format:(\w+)$/.exec(format)?.[1] ?? format
}

/** Enough to recognise it, too little to know it. The domain of an address stays. */
export function maskNameID(value: string): string {
  return (
    maskAddress(value) ??
    (value.length < 12 ? `${value.slice(0, 1)}…` : `${value.slice(0, 2)}…${value.slice(-2)}`)
  )
}
