// The refusal of a file that the command read itself.
import { wordsFor } from '../error-words.ts'
import type { Problem } from '../problem.ts'
import { CommandError } from './command-error.ts'

export function refusedFile(file: string, problem: Problem): CommandError {
  return new CommandError(describeRefusal(file, problem))
}

export function describeRefusal(file: string, problem: Problem): string {
  const { code, expected, received } = problem
  const { title, remedy } = wordsFor(problem, 'operator', 'api')
  const words = code === 'input' ? '' : `${title} (${code}). ${remedy}\n`
  return `${file}: ${words}expected ${expected}; received ${received}`
}
