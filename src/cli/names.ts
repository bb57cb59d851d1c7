// Lists of names: separated by commas, or in a file with one per line.
import { readFile, type Arguments } from './arguments.ts'
import { UsageError } from './usage-error.ts'

export const FILE_FLAG = { value: 'FILE', about: 'the same, one per line; - reads standard input' }

/** The names of the argument and of --file; undefined without both. */
export function readNames(given: Arguments, argument: string): string[] | undefined {
  const text = given.positional(argument)
  const file = given.text('file')
  if (text === undefined && file === undefined) return undefined
  const names = [
    ...(text?.split(',') ?? []),
    ...(file === undefined ? [] : readFile(file).toString('utf8').split(/\r?\n/)),
  ]
  const found = names.map((name) => name.trim()).filter(Boolean)
  if (found.length === 0) throw new UsageError(`${argument} is empty`)
  return found
}

export function inParts<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}
