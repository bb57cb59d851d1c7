// Reads the value of an input from its flag or position.
import { userInfo } from 'node:os'
import { readFile, readMinutes, type Arguments } from '../arguments.ts'
import { readNames } from '../names.ts'
import { textOfCertificates } from '../../saml/signature/certificate-text.ts'
import { UsageError } from '../usage-error.ts'
import type { Input } from './derived-verb.ts'
import { MINUTE } from '../../durations.ts'

export function isGiven(given: Arguments, input: Input): boolean {
  return isOff(given, input) || hasValue(given, input)
}

function hasValue(given: Arguments, input: Input): boolean {
  const { name, position, kind } = input
  if (position) return textOf(given, input) !== undefined || isInFile(given, input)
  if (kind === 'switch') return given.isOn(name)
  return kind === 'many' ? given.list(name).length > 0 : given.text(name) !== undefined
}

function isOff(given: Arguments, { off }: Input): boolean {
  return off !== undefined && given.isOn(off)
}

function isInFile(given: Arguments, { kind, position }: Input): boolean {
  return kind === 'list' && position === true && given.text('file') !== undefined
}

function textOf(given: Arguments, { name, position }: Input): string | undefined {
  return position ? given.positional(name) : given.text(name)
}

/** Undefined: not given. */
export function readInput(given: Arguments, input: Input): unknown {
  const { name, off, kind, need } = input
  if (isOff(given, input) && hasValue(given, input))
    throw new UsageError(`--${name} and --${off} exclude each other`)
  if (kind === 'switch') return readSwitch(given, input)
  if (isOff(given, input)) return []
  if (kind === 'many') return readMany(given.list(name))
  if (isInFile(given, input)) return readNames(given, name)
  const text = input.from === 'stdin' ? '-' : (textOf(given, input) ?? fallbackOf(input))
  if (text === undefined) return undefined
  if (need && text === '' && kind !== 'list') return undefined
  return parse(text, input)
}

/** False without the switch, if the API requires the property. */
function readSwitch(given: Arguments, input: Input): boolean | undefined {
  if (given.isOn(input.name)) return true
  return isOff(given, input) || input.need ? false : undefined
}

function readMany(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts.filter(Boolean)
}

function fallbackOf({ otherwise }: Input): string | undefined {
  if (!otherwise) return undefined
  return 'text' in otherwise ? otherwise.text : userInfo().username
}

function parse(text: string, input: Input): unknown {
  const { nullable, kind, values, position } = input
  if (input.from) return readContent(text, input.from)
  if (nullable && text === '') return null
  const flag = position ? input.name : `--${input.name}`
  switch (kind) {
    case 'number':
      if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${flag} takes a number, not ${text}`)
      return Number(text)
    case 'list':
      return text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
    case 'minutes':
    case 'hours':
    case 'days':
      return readLength(text, flag, kind)
    case 'moment':
      return readMoment(text, flag)
    case 'json':
      return readJson(text, flag)
    default:
      if (values && !values.includes(text))
        throw new UsageError(`${flag} takes ${values.join(', ')}, not ${text}`)
      return text
  }
}

const UNIT_MINUTES = { minutes: 1, hours: 60, days: 24 * 60 } as const

function readLength(text: string, flag: string, unit: keyof typeof UNIT_MINUTES): number {
  const count = readMinutes(text, flag) / UNIT_MINUTES[unit]
  if (!Number.isInteger(count)) throw new UsageError(`${flag} takes whole ${unit}`)
  return count
}

/** A duration from now, or a date and time with its zone, which does not depend on the machine. */
function readMoment(text: string, flag: string): number {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return Date.parse(text)
  return Date.now() + readMinutes(text, flag) * MINUTE
}

function readJson(text: string, flag: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new UsageError(`${flag} takes JSON`)
  }
}

function readContent(file: string, from: NonNullable<Input['from']>): string {
  const bytes = readFile(file)
  if (from === 'certificate') return textOfCertificates(bytes)
  const text = bytes.toString('utf8')
  return from === 'stdin' ? text.trim() : text
}

/** The body in the file of `--json-body`. */
export function readJsonBody(given: Arguments): Record<string, unknown> {
  const file = given.text('json-body')
  if (file === undefined) return {}
  const body = readJson(readFile(file).toString('utf8'), '--json-body')
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>
  throw new UsageError('--json-body takes a JSON object')
}
