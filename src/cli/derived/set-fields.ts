// `--set FIELD=VALUE`: sets a property of the body by its name in the API.
import { editDistance } from '../../edit-distance.ts'
import { UsageError } from '../usage-error.ts'
import type { Input } from './derived-verb.ts'

export const SET = {
  set: {
    value: 'FIELD=VALUE',
    many: true,
    about: 'a field of the API; the value is JSON or text; empty: null; an error lists the fields',
  },
} as const

/** What of an input says which values it takes. */
type SetField = Pick<Input, 'key' | 'kind' | 'values' | 'nullable'>

/** A value that is no JSON is text; an empty value is null. Each error lists what there is. */
export function readFields(
  pairs: readonly string[],
  fields: readonly SetField[],
): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = pair.split(/=(.*)/s) as [string, string | undefined]
      const field = fields.find(({ key }) => key === name)
      if (!field) throw new UsageError(unknownField(name, fields), fields.map(describeField))
      if (value === undefined)
        throw new UsageError(`--set takes FIELD=VALUE: ${name} takes ${formOf(field)}`)
      return [name, readValue(value, field)]
    }),
  )
}

function readValue(value: string, field: SetField): unknown {
  const read = value === '' ? null : parse(value, field)
  if (!fits(read, field))
    throw new UsageError(`--set ${field.key} takes ${formOf(field)}, not ${value || 'nothing'}`)
  return read
}

/** Text stays text, also where it looks like a number. */
function parse(value: string, { kind }: SetField): unknown {
  try {
    const json = JSON.parse(value) as unknown
    return kind === 'text' && typeof json !== 'string' ? value : json
  } catch {
    return value
  }
}

function fits(value: unknown, { kind, values, nullable }: SetField): boolean {
  if (value === null) return nullable === true
  switch (kind) {
    case 'text':
      return typeof value === 'string' && (!values || values.includes(value))
    case 'switch':
      return typeof value === 'boolean'
    case 'many':
    case 'list':
      return Array.isArray(value)
    case 'json':
      return typeof value === 'object'
    default:
      return Number.isInteger(value)
  }
}

/** The name as it is, or as a flag. */
function unknownField(name: string, fields: readonly SetField[]): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '')
  const near = fields
    .map(({ key }) => ({ key, far: editDistance(plain(key), plain(name), NEAR) ?? Infinity }))
    .toSorted((left, right) => left.far - right.far)[0]
  const meant = near && near.far <= NEAR ? ` Did you mean ${near.key}?` : ''
  return `--set: there is no field ${name || '“”'}.${meant} The fields and their values:`
}

const NEAR = 3

function describeField(field: SetField): string {
  return `${field.key}: ${formOf(field)}`
}

function formOf({ kind, values, nullable }: SetField): string {
  const choice = values?.join(', ')
  const form = {
    text: choice ? `one of ${choice}` : 'text',
    switch: 'true or false',
    many: 'a JSON list of texts, as ["a","b"]',
    list: `a JSON list of ${choice ?? 'texts'}, as ["${values?.[0] ?? 'a'}"]`,
    json: 'a JSON object or list',
  }
  const words = Object.hasOwn(form, kind) ? form[kind as keyof typeof form] : 'a whole number'
  return nullable ? `${words}; empty: none` : words
}
