// Why an operation refuses: a code of the catalogue, the expected and the received value.
import type { ErrorCode } from './errors.ts'
import type { Context } from './error-words.ts'
import type { GivenThing } from './given-instead.ts'

export type Problem<Code extends ErrorCode = ErrorCode> = {
  code: Code
  /** The input field with the problem, if there is one. */
  field?: string
  expected: string
  received: string
  /** In place of the catalogue’s, where it depends on the thing. */
  remedy?: string
  /** The first thousand choices, if one of several must be chosen. */
  choices?: readonly string[]
  /** Of what was read: it decides the words. */
  context?: Context
  /** What was given in place of it, if it is known by its look. */
  given?: GivenThing
}

export function problem<const Code extends ErrorCode>(
  code: Code,
  expected: string,
  received: string,
  field?: string,
  more: Pick<Problem, 'context' | 'given'> = {},
): { ok: false; error: Problem<Code> } {
  return { ok: false, error: { code, expected, received, ...(field && { field }), ...more } }
}
