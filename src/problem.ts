// Why an operation refuses: a code of the catalogue, the expected and the received value.
import type { ErrorCode } from './errors.ts'

export type Problem = {
  code: ErrorCode
  /** The input field with the problem, if there is one. */
  field?: string
  expected: string
  received: string
  /** In place of the catalogue’s, where it depends on the thing. */
  remedy?: string
  /** The first thousand choices, if one of several must be chosen. */
  choices?: readonly string[]
}

export function problem(
  code: ErrorCode,
  expected: string,
  received: string,
  field?: string,
): { ok: false; error: Problem } {
  return { ok: false, error: { code, expected, received, ...(field && { field }) } }
}
