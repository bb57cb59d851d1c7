// What of an event leaves Gatepost: its data, with a schema and an example for each type.
import * as z from 'zod/mini'
import { definitionOf, type EventType } from './catalogue.ts'
import { DATA_FIELDS, type DataField, type DataKind } from './catalogue/data-fields.ts'
import type { EventRow } from './store.ts'

const SCHEMAS = {
  sid: z.string().check(z.regex(/^[A-Z]{2}[0-9a-f]{32}$/)),
  word: z.string().check(z.regex(/^[\w.:-]{1,80}$/)),
  text: z.string().check(z.maxLength(253)),
  number: z.number(),
  flag: z.boolean(),
  time: z.int(),
  words: z.array(z.string().check(z.maxLength(80))).check(z.maxLength(50)),
} as const satisfies Record<DataKind, z.ZodMiniType>

/** Names of fields that changed. Their values may be personal: they stay here. */
const CHANGED = z.array(z.string().check(z.maxLength(80))).check(z.maxLength(100))

export type EventData = Readonly<Record<string, unknown>>

/** Every field may be missing: the event did not have it, or its details were deleted. */
export function dataSchemaOf(type: EventType) {
  const { source, data } = definitionOf(type)
  const fields = data.map((name) => [name, z.optional(SCHEMAS[DATA_FIELDS[name].kind])] as const)
  return z.strictObject({
    ...(source === 'audit' && { changed: CHANGED }),
    ...Object.fromEntries(fields),
  })
}

export function exampleOf(type: EventType): EventData {
  const { source, data } = definitionOf(type)
  const fields = Object.fromEntries(data.map((name) => [name, DATA_FIELDS[name].example]))
  return { ...(source === 'audit' && { changed: [...data].toSorted() }), ...fields }
}

/** The values after the change, and of what only a removal names those before. */
export function dataOf({ type, before, after }: Pick<EventRow, 'type' | 'before' | 'after'>) {
  const names = Object.keys({ ...before, ...after }).filter((name) => name.length <= 80)
  return {
    changed: names.toSorted().slice(0, 100),
    ...pickData(type, { ...before, ...after }),
  }
}

/** The fields that the type names, where they have the form that it promises. */
function pickData(type: EventType, values: EventData): Partial<Record<DataField, unknown>> {
  const fields = definitionOf(type).data.flatMap((name) => {
    const read = SCHEMAS[DATA_FIELDS[name].kind].safeParse(values[name])
    return read.success ? [[name, read.data] as const] : []
  })
  return Object.fromEntries(fields)
}
