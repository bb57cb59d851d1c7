// Derives verbs from routes: name and columns from the row's `cli`, arguments from its path, flags
// from its query and body.
import * as z from 'zod/mini'
import { PARAMETERS } from '../../api/engine/parameters.ts'
import { verbsOf, type FlagWords, type RouteVerb } from '../../api/engine/route-verb.ts'
import type { Route } from '../../api/engine/route.ts'
import type { DerivedCall, DerivedVerb, Input } from './derived-verb.ts'
import { toAbout, toFlag, toPlaceholder, toSingular } from './words.ts'

/** The part of JSON Schema that flags are made of. */
type Schema = {
  type?: string | readonly string[]
  const?: unknown
  enum?: readonly (string | null)[]
  pattern?: string
  description?: string
  minItems?: number
  anyOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
}

export function deriveVerbs(routes: readonly Route[]): DerivedVerb[] {
  const verbs = new Map<string, DerivedVerb>()
  for (const route of routes)
    for (const row of verbsOf(route.cli)) {
      const call = deriveCall(route, row)
      const before = verbs.get(row.verb)
      verbs.set(row.verb, {
        ...before,
        verb: row.verb,
        about: row.about ?? before?.about ?? toAbout(route.summary),
        ...(row.columns && { columns: row.columns }),
        ...(row.needsSecret && { needsSecret: true }),
        ...(row.set && { set: true }),
        calls: [...(before?.calls ?? []), call],
      })
    }
  return [...verbs.values()]
}

function deriveCall(route: Route, row: RouteVerb): DerivedCall {
  const inputs = [
    ...pathInputs(route.path, row),
    ...propertiesOf(route.query, 'query', route, row),
    ...propertiesOf(route.body, 'body', route, row),
  ]
  const known = new Set(inputs.map(({ key }) => key))
  const unknown = [...(row.takes ?? []), ...Object.keys(row.flags ?? {})].find(
    (key) => !known.has(key),
  )
  if (unknown !== undefined) throw new TypeError(`${row.verb} names ${unknown}: no such property`)
  const takes = row.takes ?? []
  const order = (key: string) => (takes.includes(key) ? takes.indexOf(key) : takes.length)
  return {
    method: route.method,
    path: route.path,
    answer: answerOf(route),
    ...(route.body && { body: true as const }),
    ...(row.always && { always: row.always }),
    ...(row.when && { when: row.when }),
    inputs: inputs.toSorted((left, right) => order(left.key) - order(right.key)),
  }
}

function answerOf({ type, answer, query }: Route): DerivedCall['answer'] {
  if (type) return 'text'
  if (query && 'after' in query.def.shape) return 'pages'
  const shape = (answer as Partial<z.ZodMiniObject> | null)?.def?.shape
  return shape && 'items' in shape ? 'list' : 'one'
}

function pathInputs(path: string, row: RouteVerb): Input[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    const schema = toSchema(PARAMETERS[name as keyof typeof PARAMETERS], 'output')
    return { ...inputOf(name!, 'path', schema, row, 'GET'), need: true }
  })
}

/** The CLI reads all pages itself; `--limit` is a flag of its own. */
const PAGING = new Set(['limit', 'after'])

function propertiesOf(
  schema: Route['query'] | Route['body'],
  place: 'query' | 'body',
  { method }: Route,
  row: RouteVerb,
): Input[] {
  if (!schema) return []
  const whole = branchOf(toSchema(schema, place === 'query' ? 'output' : 'input'), row)
  const needed = new Set(whole.required)
  return Object.entries(whole.properties ?? {})
    .filter(([key]) => place === 'body' || !PAGING.has(key))
    .filter(([key]) => !row.always || (!(key in row.always) && needed.has(key)))
    .map(([key, property]) => {
      const input = inputOf(key, place, property, row, method)
      const need = needed.has(key) && !input.otherwise
      return { ...input, ...(need && { need }) }
    })
}

/** Of a union: the form with the properties that the verb sets. */
function branchOf(schema: Schema, { always = {} }: RouteVerb): Schema {
  if (!schema.anyOf) return schema
  const fits = schema.anyOf.find(({ properties = {} }) =>
    Object.entries(always).every(([key, value]) => properties[key]?.const === value),
  )
  return fits ?? schema.anyOf[0]!
}

function inputOf(
  key: string,
  place: Input['in'],
  whole: Schema,
  { takes = [], flags = {} }: RouteVerb,
  method: string,
): Input {
  const words = flags[key] ?? {}
  const { schema, nullable } = withoutNull(whole)
  const kind = kindOf(key, schema, words)
  const position = takes.includes(key)
  const name = words.name ?? (kind === 'many' ? toSingular(toFlag(key)) : toFlag(key))
  const values = valuesOf(schema) ?? []
  const value = words.value ?? toPlaceholder(key, kind, { ...schema, values })
  const text = whole.description ?? schema.description ?? name.replaceAll('-', ' ')
  // A placeholder may already list the values.
  const isListed = value !== values.join('|') && kind !== 'switch'
  const off = words.off ?? offOf(name, kind, schema, place === 'body' && method === 'PATCH')
  return {
    key,
    in: place,
    kind,
    name: position ? value : name,
    ...(position && { position }),
    ...(nullable && { nullable: true as const }),
    ...(kind !== 'switch' && !position && { value }),
    about: describe(text, words, { kind, nullable, values: isListed ? values : [] }),
    ...(off !== undefined && { off }),
    ...(words.otherwise && { otherwise: words.otherwise }),
    ...(words.from && { from: words.from }),
    ...(values.length > 0 && { values }),
  }
}

/** The schema without null, and whether null is allowed. */
function withoutNull(whole: Schema): { schema: Schema; nullable: boolean } {
  const { type, anyOf } = whole
  if (anyOf) {
    const others = anyOf.filter((one) => one.type !== 'null')
    return { schema: others[0] ?? whole, nullable: others.length < anyOf.length }
  }
  if (typeof type === 'string' || type === undefined) return { schema: whole, nullable: false }
  const first = type.find((one) => one !== 'null')
  return { schema: { ...whole, ...(first && { type: first }) }, nullable: type.includes('null') }
}

function kindOf(
  key: string,
  { type, enum: values, items }: Schema,
  words: FlagWords,
): Input['kind'] {
  if (words.commas || (type === 'array' && items?.enum)) return 'list'
  if (type === 'array' && items?.type === 'object') return 'json'
  if (type === 'array') return 'many'
  if (type === 'boolean') return 'switch'
  if (type === 'object') return 'json'
  if (type === 'integer' && /(?:At|^at)$/.test(key)) return 'moment'
  const unit = type === 'integer' && !values && /(Minutes|Hours|Days)$/.exec(key)?.[1]
  if (unit) return unit.toLowerCase() as Input['kind']
  return type === 'integer' || type === 'number' ? 'number' : 'text'
}

function valuesOf({ enum: own, items }: Schema): readonly string[] | undefined {
  return (own ?? items?.enum)?.filter((value) => value !== null)
}

/** Only an edit needs a flag for false or for an empty list. */
function offOf(name: string, kind: Input['kind'], { minItems = 0 }: Schema, isEdit: boolean) {
  if (!isEdit) return undefined
  if (kind === 'switch') return `no-${name}`
  return kind === 'many' && minItems === 0 ? `no-${name}s` : undefined
}

/** Meaning, values and default of an input. */
function describe(
  description: string,
  { about: own = toAbout(description), otherwise }: FlagWords,
  { kind, nullable, values }: { kind: Input['kind']; nullable: boolean; values: readonly string[] },
): string {
  // On the command line, the empty text means null.
  const about = own.replace(/\bnull(?=: )/i, 'empty')
  const fallback = otherwise && ('text' in otherwise ? otherwise.text : 'your user name')
  return [
    about,
    values.length > 0 && `one of ${values.join(', ')}`,
    nullable && kind !== 'switch' && about === own && 'empty: none',
    fallback && `default: ${fallback}`,
  ]
    .filter(Boolean)
    .join('; ')
}

function toSchema(schema: z.ZodMiniType, io: 'input' | 'output'): Schema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema
}

/** The file: one verb per line, for diffs that can be read. */
export function renderVerbs(verbs: readonly DerivedVerb[]): string {
  return `[\n${verbs.map((verb) => JSON.stringify(verb)).join(',\n')}\n]\n`
}
