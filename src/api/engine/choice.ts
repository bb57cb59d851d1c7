// A choice of forms (a union of schemas): which form a value is meant to have, and the forms in
// words. Pure.
import type * as z from 'zod/mini'

type FormSchema = z.core.$ZodType
type Shape = Readonly<Record<string, FormSchema>>

/** The union at a path of the schema. Undefined: there is none. */
export function unionAt(
  schema: FormSchema,
  path: readonly PropertyKey[],
): FormSchema[] | undefined {
  let at: FormSchema | undefined = inner(schema)
  for (const key of path) {
    const def = defOf(at!)
    at = def.shape ? def.shape[String(key)] : (def.element ?? def.valueType)
    if (!at) return undefined
    at = inner(at)
  }
  return defOf(at).options?.map(inner)
}

type Def = {
  type: string
  shape?: Shape
  element?: FormSchema
  valueType?: FormSchema
  options?: FormSchema[]
  innerType?: FormSchema
  out?: FormSchema
  values?: readonly unknown[]
  entries?: Readonly<Record<string, unknown>>
  format?: string
}

/** The schemas of zod/mini have it; the type of a part does not say so. */
const defOf = (schema: FormSchema): Def => (schema as unknown as { def: Def }).def

/** Without optional, nullable and the like. */
function inner(schema: FormSchema): FormSchema {
  const { innerType, out } = defOf(schema)
  return innerType ? inner(innerType) : out ? inner(out) : schema
}

export type ChosenForm = {
  /** The form that the value is meant to have: its index. Undefined: none, or more than one. */
  meant: number | undefined
  /** Below the union: the property that decides. Undefined: the value as a whole. */
  field: string | undefined
  /** The forms, in words. */
  expected: string
  received: unknown
}

/** What `value` was meant to be. */
export function choose(options: readonly FormSchema[], value: unknown): ChosenForm {
  const shapes = options.map((option) => defOf(option).shape)
  if (!shapes.every((shape) => shape !== undefined))
    return {
      meant: undefined,
      field: undefined,
      expected: orOf(options.map(describeForm)),
      received: value,
    }
  const marks = shapes.map((shape) => marksOf(shape!, shapes as Shape[]))
  const object = typeof value === 'object' && value !== null ? value : {}
  const has = (key: string) => Object.hasOwn(object, key)
  const of = (key: string) => (object as Record<string, unknown>)[key]
  const meant = marks.flatMap((mark, index) =>
    mark.some(({ key, values }) => has(key) && (!values || values.includes(of(key))))
      ? [index]
      : [],
  )
  // A property with a value of its own in each form decides alone.
  const [first] = marks[0]!
  const decides = marks.every((mark) => mark[0]?.key === first?.key && mark[0]?.values)
  const chosen = decides
    ? marks.flatMap((mark, at) => (mark[0]!.values!.includes(of(mark[0]!.key)) ? [at] : []))
    : meant
  const expected = orOf(marks.map((mark) => describeMarks(mark, decides ? first!.key : undefined)))
  const isBoth = chosen.length > 1
  return {
    meant: chosen.length === 1 ? chosen[0] : undefined,
    field: isBoth ? marks[chosen[1]!]![0]?.key : first?.key,
    expected: decides ? expected : `either ${expected}`,
    received: decides ? of(first!.key) : isBoth ? BOTH : undefined,
  }
}

const BOTH = 'more than one of them'

type Mark = { key: string; values: readonly unknown[] | undefined }

/** The needed properties by which a form differs from the others. */
function marksOf(shape: Shape, all: readonly Shape[]): Mark[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    if (defOf(schema).type === 'optional') return []
    const values = defOf(inner(schema)).values
    const isEverywhere = all.every((other) => Object.hasOwn(other, key))
    return isEverywhere && !values ? [] : [{ key, values }]
  })
}

function describeMarks(marks: readonly Mark[], decidingKey: string | undefined): string {
  return marks
    .map(({ key, values }) => {
      if (!values) return key
      return key === decidingKey ? values.map(String).join(', ') : `${key} “${values.join(', ')}”`
    })
    .join(' with ')
}

function describeForm(schema: FormSchema): string {
  const { type, values, entries, format } = defOf(schema)
  if (values) return values.map(String).join(', ')
  if (entries) return Object.keys(entries).join(', ')
  return format?.includes('int') ? WORDS.int : (WORDS[type as keyof typeof WORDS] ?? type)
}

export const WORDS = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
} as const

/** `a`, `a or b`, `a, b or c`. */
function orOf(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(words)
}
