// What a reviewer should know of a row, and which of it keeps the row out. Pure.

export const FINDINGS = [
  'alias',
  'plus_address',
  'other_domain',
  'other_accounts',
  'other_tenant',
  'other_connection',
  'suspended',
  'break_glass',
  'proved',
  'never_proved',
] as const

export type Finding = (typeof FINDINGS)[number]

/**
 * Findings that keep a row out until they are cured. `alias`: the IdP's list does not have the
 * login e-mail. `other_tenant`: also a member of another tenant's accounts, whose way in is not
 * this tenant's to decide.
 */
export const BLOCKERS = ['alias', 'other_tenant', 'other_connection', 'suspended'] as const

export type Blocker = (typeof BLOCKERS)[number]

export function isFinding(text: string): text is Finding {
  return (FINDINGS as readonly string[]).includes(text)
}

/** The first finding that keeps the row out. */
export function blockerOf(findings: readonly string[]): Blocker | undefined {
  return BLOCKERS.find((blocker) => findings.includes(blocker))
}
