// Lists of names as commands take them: with commas between, or a file with one a line.
import { readFile, type Arguments } from './arguments.ts'
import { UsageError } from './usage-error.ts'

export const FILE_FLAG = { value: 'FILE', about: 'the same, one a line; - reads standard input' }

/** Those of the argument, and those of --file; undefined where there is neither. */
export function readNames(given: Arguments, argument: string): string[] | undefined {
  const text = given.positional(argument)
  const file = given.text('file')
  if (text === undefined && file === undefined) return undefined
  const names = [
    ...(text?.split(',') ?? []),
    ...(file === undefined ? [] : readFile(file).toString('utf8').split(/\r?\n/)),
  ]
  const found = names.map((name) => name.trim()).filter(Boolean)
  if (found.length === 0) throw new UsageError(`${argument} names nobody`)
  return found
}

export function inParts<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}
