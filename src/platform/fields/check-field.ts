// Checks a value against its field. Pure: whether a name leads to a private address is checked
// elsewhere.
import { type Problem, problem } from '../../problem.ts'
import { cut } from '../../cut.ts'
import { isColor } from '../accent.ts'
import { visible } from '../../visible.ts'
import type { AnyField, FieldShape } from './field.ts'

/**
 * Undefined where the value is valid. Refuses `input`, `identifier` and `endpoint_url`, with the
 * field’s name.
 */
export function checkField(
  name: string,
  field: AnyField,
  value: unknown,
  allowLocal: boolean,
): Problem | undefined {
  const { shape } = field
  if (value === null && shape.nullable) return undefined
  if (shape.kind === 'urls') return checkURLs(name, shape, value, allowLocal)
  if (fits(shape, value, allowLocal)) return undefined
  const code = field.code ?? (shape.kind === 'url' ? 'endpoint_url' : 'input')
  return problem(code, expectedBy(field), shown(value), name).error
}

function fits(shape: FieldShape, value: unknown, allowLocal: boolean): boolean {
  switch (shape.kind) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isInteger(value) && Number(value) >= shape.least && Number(value) <= shape.most
    case 'text':
      return (
        isText(value, shape.most) &&
        !(shape.isUnbroken && isBroken(String(value))) &&
        !(shape.isColor && !isColor(String(value)))
      )
    case 'url':
      return typeof value === 'string' && shape.rule.accepts(value, allowLocal)
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(shape.options, value)
    case 'texts':
      return isList(value, shape.most) && value.every((one) => isText(one, shape.length))
    case 'choices':
      return (
        isList(value, Infinity) &&
        value.every((one) => typeof one === 'string' && Object.hasOwn(shape.options, one))
      )
    case 'parts':
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(
          ([part, one]) =>
            Object.hasOwn(shape.parts, part) && (one === undefined || isText(one, shape.length)),
        )
      )
    case 'urls':
      return false
  }
}

function checkURLs(
  name: string,
  { rule, least, most }: Extract<FieldShape, { kind: 'urls' }>,
  value: unknown,
  allowLocal: boolean,
): Problem | undefined {
  const count = Array.isArray(value) ? value.length : 0
  if (!isList(value, most) || count < least)
    return problem('input', `${least} to ${most} of them`, `${count}`, name).error
  const wrong = value.find((one) => typeof one !== 'string' || !rule.accepts(one, allowLocal))
  if (wrong !== undefined) return problem('endpoint_url', rule.expected, shown(wrong), name).error
  const repeated = value.find((one, index) => value.indexOf(one) !== index)
  if (repeated === undefined) return undefined
  return problem('input', 'each of them once', shown(repeated), name).error
}

/** The expected value in words, for the refusal. */
function expectedBy({ shape, expected }: AnyField): string {
  if (expected !== undefined) return expected
  switch (shape.kind) {
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `${shape.least} to ${shape.most}`
    case 'text':
      return `1 to ${shape.most} characters${shape.nullable ? ', or none' : ''}`
    case 'url':
    case 'urls':
      return shape.rule.expected
    case 'choice':
      return `${Object.keys(shape.options).join(', ')}${shape.nullable ? ', or null' : ''}`
    case 'texts':
      return `up to ${shape.most} values`
    case 'choices':
      return `a list of ${Object.keys(shape.options).join(', ')}`
    case 'parts':
      return `texts for ${Object.keys(shape.parts).join(', ')}`
  }
}

/** White space but a plain space, control characters, and characters that cannot be seen. */
const BREAKS = /[^\S ]|\p{C}|  /u
/** A URI has no space at all. Of a name in plain words, single ones are part. */
const isURI = (text: string) => /^[a-z][a-z0-9+.-]{0,30}:/i.test(text)

function isBroken(text: string): boolean {
  return BREAKS.test(text) || (isURI(text) && text.includes(' '))
}

function isText(value: unknown, most: number): boolean {
  return (
    typeof value === 'string' && value.trim() === value && value.length >= 1 && value.length <= most
  )
}

function isList(value: unknown, most: number): value is unknown[] {
  return Array.isArray(value) && value.length <= most
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? visible(cut(value, 200))
    : cut(JSON.stringify(value) ?? 'nothing', 200)
}
