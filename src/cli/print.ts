// How commands speak: a table of fields for people, JSON for machines, a problem in one line.
import { CATALOGUE } from '../errors.ts'
import type { Outcome } from '../outcome.ts'
import { UsageError } from './usage-error.ts'

/** The value of an outcome. A problem ends the command with exit status 1. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  const { code, field, expected, received } = outcome.problem
  const { title, remedy } = CATALOGUE[code]
  throw new CommandError(
    `${title} (${code}${field ? `, ${field}` : ''}): expected ${expected}; received ${received}. ${remedy}`,
  )
}

/** Understood, and not possible: exit status 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

export function print(value: unknown, json: boolean): void {
  if (json) return console.log(JSON.stringify(value, null, 2))
  const rows = Array.isArray(value) ? value : [value]
  if (rows.length === 0) return console.log('nothing')
  console.log(rows.map((row) => describe(row as Record<string, unknown>)).join('\n\n'))
}

function describe(row: Record<string, unknown>, indent = ''): string {
  const width = Math.max(...Object.keys(row).map((key) => key.length))
  return Object.entries(row)
    .map(([key, value]) => `${indent}${key.padEnd(width)}  ${show(value, indent)}`)
    .join('\n')
}

function show(value: unknown, indent: string): string {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.map(String).join(', ') || '–'
  const row = value as Record<string, unknown>
  return Object.keys(row).length === 0 ? '–' : `\n${describe(row, `${indent}    `)}`
}

/** A flag that has to be there. */
export function need(value: string | undefined, what: string): string {
  if (!value) throw new UsageError(`${what} is missing`)
  return value
}
