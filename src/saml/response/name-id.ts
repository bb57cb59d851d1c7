// The rows about the NameID: what may qualify it, and the format that was asked for. Pure.
import { NAME_ID_FORMAT } from '../names.ts'
import type { Assertion } from './assertion.ts'
import { ABSENT, equal, type CheckResult } from './compare.ts'
import type { Expectations } from './expectations.ts'

/** The format of a NameID: an absent one means `unspecified` (SAML Core §2.2.2). */
export function formatOf(format: string | null | undefined): string {
  return format || NAME_ID_FORMAT.unspecified
}

export function nameIDIsUsable({ subject }: Assertion): CheckResult {
  const value = subject?.nameID?.value ?? ''
  return {
    ok: value !== '' && value.length <= 1024,
    expected: 'one NameID, not encrypted, of 1 to 1024 characters',
    received: value === '' ? ABSENT : `${value.length} characters`,
  }
}

export function idpQualifies(
  { subject }: Assertion,
  { idpEntityID }: Pick<Expectations, 'idpEntityID'>,
): CheckResult {
  return isQualifiedBy(subject?.nameID?.nameQualifier, idpEntityID)
}

export function spQualifies(
  { subject }: Assertion,
  { spEntityID }: Pick<Expectations, 'spEntityID'>,
): CheckResult {
  return isQualifiedBy(subject?.nameID?.spNameQualifier, spEntityID)
}

/** A qualifier may be absent; another one is a NameID of another namespace. */
function isQualifiedBy(qualifier: string | undefined, entityID: string): CheckResult {
  return qualifier === undefined
    ? { ok: true, expected: entityID, received: ABSENT }
    : equal(entityID, qualifier)
}

/** Never fails: many IdPs ignore NameIDPolicy, and the binding of the user decides. */
export function formatIsAsked(
  { subject }: Assertion,
  { nameIDFormat: asked }: Pick<Expectations, 'nameIDFormat'>,
): CheckResult {
  const received = formatOf(subject?.nameID?.format)
  // “unspecified” leaves the choice to the IdP (SAML Core §3.4.1.1).
  if (asked === null || asked === NAME_ID_FORMAT.unspecified)
    return { ok: true, expected: 'any format: the request asked for none', received }
  return {
    ok: true,
    ...(received !== asked && { isWarning: true as const }),
    expected: asked,
    received,
  }
}
