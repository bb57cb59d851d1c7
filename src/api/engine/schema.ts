// What schemas of the API share: names in the document, times, SIDs, pages. Schemas check shapes;
// operations check values, with messages of their own.
import * as z from 'zod/mini'
import type { SidKind } from '../../ids.ts'

/** Schemas that have a name in the document. */
export const components = z.registry<{ id: string }>()

export function named<S extends z.ZodMiniType>(id: string, schema: S): S {
  components.add(schema, { id })
  return schema
}

/** Describes a schema for the document and the CLI's help; `more` is any JSON Schema. */
export function about<S extends z.ZodMiniType>(
  schema: S,
  description: string,
  more: Record<string, unknown> = {},
): S {
  return schema.check(z.meta({ description, ...more })) as S
}

export const instant = named(
  'Instant',
  about(z.int().check(z.minimum(0)), 'Milliseconds since 1970 (UTC).', {
    examples: [1795513574000],
  }),
)

export function sid(kind: SidKind, of: string) {
  return about(z.string(), `SID of ${of}.`, {
    pattern: `^${kind}[0-9a-f]{32}$`,
    examples: [`${kind}0123456789abcdef0123456789abcdef`],
  })
}

/** A list without pages. */
export function list<S extends z.ZodMiniType>(id: string, item: S) {
  return named(id, z.object({ items: z.array(item) }))
}

/** A list with pages. */
export function page<S extends z.ZodMiniType>(id: string, item: S) {
  const next = about(
    z.nullable(z.string()),
    'The `after` of the next page; null: this is the last page.',
  )
  return named(id, z.object({ items: z.array(item), next }))
}

/** For routes that answer text, line by line. */
export const lines = z.custom<AsyncIterable<string>>()

/** `true` or `false` in a query. */
export function flag(description: string) {
  const read = (text: unknown) => (text === 'true' ? true : text === 'false' ? false : text)
  return z.exactOptional(about(z.pipe(z.transform(read), z.boolean()), description))
}

/** A whole number in a query. */
export function number(description: string) {
  const read = (text: unknown) => (/^\d{1,9}$/.test(String(text)) ? Number(text) : text)
  return about(z.pipe(z.transform(read), z.int().check(z.minimum(0))), description)
}

/** The query of every list with pages. */
export const PAGE_QUERY = {
  limit: z.exactOptional(
    about(
      z.pipe(
        z.transform((text) => (/^\d+$/.test(String(text)) ? Number(text) : text)),
        z.int().check(z.minimum(1), z.maximum(100)),
      ),
      'Items on a page; 50 by default.',
    ),
  ),
  after: z.exactOptional(about(z.string(), 'The `next` of the previous page.')),
}

export const pageQuery = z.strictObject(PAGE_QUERY)
export type PageQuery = z.output<typeof pageQuery>

/** RFC 9457. */
export const problemSchema = named(
  'Problem',
  z.object({
    type: about(z.string(), 'A URN that ends in the code.', {
      examples: ['urn:gatepost:problem:input'],
    }),
    title: z.string(),
    status: z.int(),
    detail: about(z.string(), 'How to fix it.'),
    code: about(z.string(), 'Stable: for programs.'),
    field: z.exactOptional(about(z.string(), 'The field or parameter with the problem.')),
    expected: z.exactOptional(z.string()),
    received: z.exactOptional(z.string()),
    choices: z.exactOptional(
      about(z.array(z.string()), 'What you can choose from, at most a thousand.'),
    ),
    reference: about(z.string(), 'Identifies this response in the Worker’s log.'),
  }),
)
export type ProblemDocument = z.output<typeof problemSchema>
