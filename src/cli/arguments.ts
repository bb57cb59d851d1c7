// Reads a command line: arguments by position and flags by name. What the verb does not have is
// refused.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

/** With `value`, the flag takes one, which help calls so. Without, it is a switch. */
export type Flag = { value?: string; many?: true; need?: true; about: string }
export type Flags = Readonly<Record<string, Flag>>

export type Arguments = ReturnType<typeof readArguments>

/** `takes` names the arguments by position; those in brackets are optional. */
export function readArguments(args: readonly string[], takes: readonly string[], flags: Flags) {
  const { values, positionals } = parse(args, flags)
  if (positionals.length > takes.length)
    throw new UsageError(`too many arguments: ${positionals.slice(takes.length).join(' ')}`)
  const positional = (name: string): string | undefined =>
    positionals[takes.findIndex((one) => one === name || one === `[${name}]`)]
  return {
    positional,
    argument: (name: string) => need(positional(name), name),
    text: (name: string) => values[name] as string | undefined,
    needText: (name: string) => need(values[name] as string | undefined, `--${name}`),
    isOn: (name: string) => values[name] === true,
    list: (name: string) => (values[name] as string[] | undefined) ?? [],
  }
}

function parse(args: readonly string[], flags: Flags) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, many }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: many ?? false,
      },
    ]),
  )
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: options as NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object,
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function need(value: string | undefined, what: string): string {
  if (!value) throw new UsageError(`${what} is missing`)
  return value
}

/** `-` reads standard input. */
export function readFile(path: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(path === '-' ? 0 : path) as Buffer<ArrayBuffer>
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`)
  }
}

const UNITS: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 }

/** `30m`, `12h`, `7d` as minutes. */
export function readMinutes(text: string, flag: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count === undefined || unit === undefined)
    throw new UsageError(`${flag} takes 30m, 12h or 7d, not ${text}`)
  return Number(count) * UNITS[unit]!
}

/** A whole number, at least 1. */
export function readCount(text: string, flag: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`${flag} takes a whole number from 1, not ${text}`)
  return Number(text)
}
