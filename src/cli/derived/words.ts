// Turns names and sentences of the API into flags, placeholders and lines of help.
import type { Input } from './derived-verb.ts'

/** `entityID` is `--entity-id`, `connectionSid` is `--connection`, `isDefault` is `--default`. */
export function toFlag(property: string): string {
  return property
    .replace(/(?<=[a-z])Sid$/, '')
    .replace(/^is(?=[A-Z])/, '')
    .replaceAll('IdP', 'Idp')
    .replaceAll(/[A-Z]{2,}s?(?![a-z])/g, (word) => word[0] + word.slice(1).toLowerCase())
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase()
}

export function toSingular(flag: string): string {
  return flag.replace(/s$/, '')
}

/** A summary or description as a line of help: no capital, no full stop. */
export function toAbout(sentence: string): string {
  return sentence
    .replaceAll('`', '')
    .replace(/^[A-Z](?=[a-z’]*(?:[ .,:;]|$))/, (letter) => letter.toLowerCase())
    .replace(/^get (?=\w)/, 'show ')
    .replace(/\.$/, '')
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  user: 'EMAIL',
  alias: 'ADDRESS',
  kid: 'KEY',
  externalID: 'ID',
  entityID: 'ID',
}
const BY_NAME = ['account', 'domain', 'email', 'emails', 'fingerprint', 'name'] as const
const BY_KIND: Readonly<Partial<Record<Input['kind'], string>>> = {
  number: 'N',
  list: 'LIST',
  minutes: '30m',
  hours: '24h',
  days: '90d',
  moment: 'WHEN',
  json: 'JSON',
}

/** The help of a flag lists longer choices. */
const LONGEST_CHOICE = 22

export function toPlaceholder(
  property: string,
  kind: Input['kind'],
  { pattern, values }: { pattern?: string; values: readonly string[] },
): string {
  const named = PLACEHOLDERS[property]
  if (named !== undefined) return named
  const [, sid] = /^\^([A-Z]{2})\[/.exec(pattern ?? '') ?? []
  if (sid !== undefined) return `${sid}…`
  if (BY_NAME.some((name) => name === property)) return property.toUpperCase()
  const choice = values.join('|')
  if (choice !== '' && kind === 'text')
    return choice.length <= LONGEST_CHOICE
      ? choice
      : toFlag(property).split('-').at(-1)!.toUpperCase()
  if (/(?:URL|URI|url|Origin)s?$/.test(property)) return 'URL'
  return BY_KIND[kind] ?? 'TEXT'
}
