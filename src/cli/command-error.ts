// A command that was understood but is not possible: exit status 1.
import type { ProblemDocument } from '../api/engine/schema.ts'

export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly problem: ProblemDocument | undefined

  constructor(message: string | undefined, problem?: ProblemDocument) {
    super(message ?? (problem ? describe(problem) : ''))
    this.problem = problem
  }
}

function describe({ title, code, field, expected, received, detail }: ProblemDocument): string {
  const place = field === undefined ? code : `${code}, ${field}`
  const difference =
    expected === undefined && received === undefined
      ? ''
      : `: expected ${expected}; received ${received}`
  return `${title} (${place})${difference}. ${detail}`
}
