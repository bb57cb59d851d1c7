// Cursors that hold more than the last row: values that are opaque to callers. What we did not make
// is refused.
import type * as z from 'zod/mini'
import { decodeBase64url, encodeBase64url } from '../../base64.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'

const MOST_CHARACTERS = 1000

export function renderOpaque(values: unknown): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(values)))
}

/** Refuses `input`. */
export function parseOpaque<S extends z.ZodMiniType>(
  text: string,
  schema: S,
  field: string,
): Result<z.output<S>, Problem> {
  const bytes = text.length <= MOST_CHARACTERS ? decodeBase64url(text) : undefined
  if (bytes) {
    try {
      const read = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
      if (read.success) return ok(read.data)
    } catch {
      // No JSON: not ours.
    }
  }
  return problem('input', 'the `next` of an earlier answer', text.slice(0, 200), field)
}
