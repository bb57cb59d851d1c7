// Judges what a rollout is told to select, name by name. Pure.
import { emailKey } from '../../directory/email-key.ts'
import { isSid, type SidKind } from '../../ids.ts'

/** Names that one call takes. */
export const NAMES_AT_ONCE = 1000

export type SelectorProblem = {
  kind: 'domain' | 'account' | 'user'
  /** As it was given. */
  value: string
  /**
   * `foreign`: another tenant's. `unverified`: no tenant has proved the domain. `suspended` ones
   * are taken all the same. `ambiguous`: one user's external id and another's login e-mail.
   */
  code: 'malformed' | 'unknown' | 'foreign' | 'duplicate' | 'ambiguous' | 'unverified' | 'suspended'
}

type NamedAccount = {
  sid: string
  tenantSid: string
  externalID: string | null
  /** Of users alone, who may be named by it too. */
  emailKey?: string
}

/**
 * The things that names stand for, of this tenant alone, each once; and every name that stands for
 * none.
 */
export function judgeNames<Row extends NamedAccount>(
  kind: 'account' | 'user',
  sidKind: SidKind,
  tenantSid: string,
  names: readonly string[],
  found: readonly Row[],
): { chosen: Row[]; problems: SelectorProblem[] } {
  const bySid = new Map(found.map((row) => [row.sid, row]))
  const own = found.filter((row) => row.tenantSid === tenantSid)
  const byExternalID = new Map(own.map((row) => [row.externalID, row]))
  const byEmail = new Map(own.flatMap((row) => (row.emailKey ? [[row.emailKey, row]] : [])))
  const chosen = new Set<Row>()
  const problems: SelectorProblem[] = []
  for (const value of names) {
    const byName = byExternalID.get(value)
    const byAddress = byEmail.get(emailKey(value) ?? '')
    const row = isSid(value, sidKind) ? bySid.get(value) : (byName ?? byAddress)
    const code = isMalformed(value, sidKind)
      ? 'malformed'
      : row === undefined
        ? 'unknown'
        : row.tenantSid !== tenantSid
          ? 'foreign'
          : byName && byAddress && byName !== byAddress
            ? 'ambiguous'
            : chosen.has(row)
              ? 'duplicate'
              : undefined
    if (code) problems.push({ kind, value: value.slice(0, 200), code })
    else if (row) chosen.add(row)
  }
  return { chosen: [...chosen], problems }
}

/**
 * Neither a SID of the kind that is asked for nor another name: a SID of something else is a slip
 * of the paste.
 */
function isMalformed(value: string, sidKind: SidKind): boolean {
  if (value.length < 1 || value.length > 200 || /[\p{Cc}\p{Cf}]/u.test(value)) return true
  if (value.trim() !== value) return true
  return /^[A-Z]{2}[0-9a-f]{32}$/.test(value) && !isSid(value, sidKind)
}

/** The places of values that stood in the list before. */
export function duplicatesIn(values: readonly string[]): Set<number> {
  const seen = new Set<string>()
  const repeated = new Set<number>()
  for (const [index, value] of values.entries())
    if (seen.has(value)) repeated.add(index)
    else seen.add(value)
  return repeated
}
