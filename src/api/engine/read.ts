// Reads a request before its handler runs: a body within the limit and of an accepted type, a query
// and fields of the declared shape. Each refusal names the field.
import * as z from 'zod/mini'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { binaryKind, textKind } from '../../given-instead.ts'
import { readRequestBody, type BodyCode } from '../../platform/http/request-body.ts'
import { choose, unionAt, WORDS } from './choice.ts'
import type { Route } from './route.ts'

const JSON_LIMIT = 64 * 1024
const HEAD = 4096
const JSON_TYPES = new Set(['application/json', 'application/merge-patch+json'])

export type Body = {
  /** As received: an Idempotency-Key is compared by them. */
  bytes: Uint8Array<ArrayBuffer>
  value: unknown
}

const EVIDENCE: Record<BodyCode, (limit: number) => [expected: string, received: string]> = {
  body_too_large: (limit) => [`at most ${limit} bytes`, 'more'],
  body_incomplete: () => ['the whole body', 'a part'],
  uploads_at_once: () => ['a few large bodies at once', 'one more'],
}

/**
 * Refuses `content_type`, `body_too_large`, `body_incomplete`, `uploads_at_once` and `input`.
 */
export async function readBody(request: Request, route: Route): Promise<Result<Body, Problem>> {
  if (!route.body) return ok({ bytes: new Uint8Array(), value: undefined })
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  const isRaw = route.raw?.types.includes(type) ?? false
  if (!isRaw && !JSON_TYPES.has(type)) {
    const taken = ['application/json', ...(route.raw?.types ?? [])]
    return problem('content_type', taken.join(', '), cut(type, 100) || 'none')
  }
  const limit = isRaw ? route.raw!.limit : (route.jsonLimit ?? JSON_LIMIT)
  const whole = await readRequestBody(request, limit)
  if (!whole.ok) return problem(whole.error, ...EVIDENCE[whole.error](limit))
  const bytes = whole.value
  if (isRaw) return ok({ bytes, value: route.raw!.read(bytes) })
  const json = parseJSON(bytes)
  if (!json.ok) return json
  const checked = check(route.body, json.value)
  return checked.ok ? ok({ bytes, value: checked.value }) : checked
}

/** Refuses `input`. */
export function readQuery(url: URL, route: Route): Result<unknown, Problem> {
  const query = route.query ?? z.strictObject({})
  // Object.fromEntries makes `__proto__` an own property, which no schema has.
  return check(query, Object.fromEntries(url.searchParams))
}

function parseJSON(bytes: Uint8Array): Result<unknown, Problem> {
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    const kind = binaryKind(bytes) ?? textKind(new TextDecoder().decode(bytes.subarray(0, HEAD)))
    // What begins as JSON, and is none.
    const received = kind === undefined || kind === 'JSON' ? 'something else' : kind
    return problem('input', 'JSON in UTF-8', received)
  }
}

/** The first issue, as a problem. */
function check(schema: z.ZodMiniType, value: unknown): Result<unknown, Problem> {
  const result = schema.safeParse(value)
  if (result.success) return ok(result.data)
  const [issue] = result.error.issues
  return toProblem(issue!, schema, value)
}

type Issue = z.core.$ZodIssue

/**
 * Of a choice of forms: the issue of the form that is meant, or else the forms. `depth`: how many
 * steps of the path lead to `schema`.
 */
function toProblem(
  issue: Issue,
  schema: z.core.$ZodType,
  value: unknown,
  depth = 0,
): Result<never, Problem> {
  const found = valueAt(value, issue.path)
  const options =
    issue.code === 'invalid_union' ? unionAt(schema, issue.path.slice(depth)) : undefined
  if (issue.code === 'invalid_union' && options) {
    const choice = choose(options, found)
    const { meant, field, expected, received } = choice
    if (meant === undefined)
      return refused(expected, received, [...issue.path, ...(field === undefined ? [] : [field])])
    const first = issue.errors[meant]![0]!
    const within = { ...first, path: [...issue.path, ...first.path] }
    return toProblem(within, options[meant]!, value, issue.path.length)
  }
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0]! : undefined
  return unknown === undefined
    ? refused(expectedBy(issue), found, issue.path)
    : refused('only documented fields', unknown, [...issue.path, unknown])
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  )
}

function refused(expected: string, received: unknown, path: readonly PropertyKey[]) {
  const field = path.map(String).join('.') || undefined
  return problem('input', expected, cut(describe(received), 200), field)
}

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return WORDS[issue.expected as keyof typeof WORDS] ?? issue.expected
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    case 'too_small':
      return `at least ${issue.minimum}`
    case 'too_big':
      return `at most ${issue.maximum}`
    default:
      return 'one of the documented forms'
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value) ?? 'nothing'
}
