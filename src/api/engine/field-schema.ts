// The schemas of the API that derive from tables of fields: shapes and words. Whether a value fits
// its field is for the operations to say, in words of their own.
import * as z from 'zod/mini'
import type { AnyField, Field, FieldShape } from '../../platform/fields/field.ts'
import { about } from './schema.ts'

type Schemas<Values> = { [Name in keyof Values]: z.ZodMiniType<Values[Name], Values[Name]> }

/** One schema for each row of a table. `Values`: the types that the rows were checked against. */
export function schemasOf<Values>(table: {
  readonly [Name in keyof Values]: Field<Values[Name]>
}): Schemas<Values> {
  return Object.fromEntries(
    Object.entries<AnyField>(table as Record<string, AnyField>).map(([name, field]) => [
      name,
      schemaOf(field),
    ]),
  ) as Schemas<Values>
}

function schemaOf({ shape, description, example }: AnyField): z.ZodMiniType {
  const isList = shape.kind === 'texts' || shape.kind === 'urls'
  const examples = example === undefined ? {} : { examples: [isList ? [example] : example] }
  const { schema, limits } = present(shape)
  if (!shape.nullable) return about(schema, description, { ...limits, ...examples })
  return about(z.nullable(schema.check(z.meta(limits))), description, examples)
}

function present(shape: FieldShape): { schema: z.ZodMiniType; limits: Record<string, number> } {
  switch (shape.kind) {
    case 'boolean':
      return { schema: z.boolean(), limits: {} }
    case 'integer':
      return { schema: z.int(), limits: { minimum: shape.least, maximum: shape.most } }
    case 'text':
      return { schema: z.string(), limits: { minLength: 1, maxLength: shape.most } }
    case 'url':
      return { schema: z.string(), limits: {} }
    case 'choice':
      return { schema: z.enum(Object.keys(shape.options)), limits: {} }
    case 'texts':
      return { schema: z.array(z.string()), limits: { maxItems: shape.most } }
    case 'urls':
      return {
        schema: z.array(z.string()),
        limits: { minItems: shape.least, maxItems: shape.most },
      }
    case 'choices':
      return { schema: z.array(z.enum(Object.keys(shape.options))), limits: {} }
    case 'parts':
      return {
        schema: z.strictObject(
          optional(Object.fromEntries(Object.keys(shape.parts).map((part) => [part, z.string()]))),
        ),
        limits: {},
      }
  }
}

/** The same schemas, each of which may be left out. */
export function optional<Schema extends Record<string, z.ZodMiniType>>(schemas: Schema) {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, z.exactOptional(schema)]),
  ) as { [Name in keyof Schema]: z.ZodMiniExactOptional<Schema[Name]> }
}
