// Why an operation refuses: a code of the catalogue, what was expected and what came.
import type { ErrorCode } from './errors.ts'

export type Problem = {
  code: ErrorCode
  /** The input field it is about, where it is about one. */
  field?: string
  expected: string
  received: string
  /** The first thousand to choose from, where one of several has to be chosen. */
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
