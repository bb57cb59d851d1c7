// A verb: its arguments, its calls, and how its answer is shown.
import type { Arguments, Flags } from './arguments.ts'
import type { ApiClient } from './client.ts'
import type { PrintedColumn } from './print.ts'

/** The answer of a verb that has printed everything itself. */
export const PRINTED = Symbol('printed')

export type VerbContext = { client: ApiClient; given: Arguments }

export type Verb = {
  /** One line for the help. */
  about: string
  /** Arguments by position; those in brackets are optional. */
  takes?: readonly string[]
  /** Their meaning, for the help of the verb. */
  arguments?: Readonly<Record<string, string>>
  flags?: Flags
  /** For an answer that is a list. */
  columns?: readonly PrintedColumn[]
  /** The answer for people, instead of fields or a table. */
  // oxlint-disable-next-line typescript/no-explicit-any
  text?: (answer: any) => string
  run: (context: VerbContext) => Promise<unknown>
}

/** By `noun verb`. */
export type Verbs = Readonly<Record<string, Verb>>

export const LIMIT: Flags = { limit: { value: 'N', about: 'at most N items' } }
