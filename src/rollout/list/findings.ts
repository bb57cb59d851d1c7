// What a reviewer should know of a row. src/directory/switch-on.ts says which of it keeps the row
// out. Pure.

export const FINDINGS = [
  'alias',
  'plus_address',
  'other_domain',
  'other_accounts',
  'other_tenant',
  'other_connection',
  'suspended',
  'excepted',
  'break_glass',
  'proved',
  'never_proved',
] as const

export type Finding = (typeof FINDINGS)[number]

export function isFinding(text: string): text is Finding {
  return (FINDINGS as readonly string[]).includes(text)
}
