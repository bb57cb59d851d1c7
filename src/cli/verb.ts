// What a verb is: what it takes, what it calls, how its answer is shown.
import type { Arguments, Flags } from './arguments.ts'
import type { ApiClient } from './client.ts'
import type { PrintedColumn } from './print.ts'

export type VerbContext = { client: ApiClient; given: Arguments }

export type Verb = {
  /** One line for the help. */
  about: string
  /** Positionals; those in brackets may be missing. */
  takes?: readonly string[]
  /** What they are, for the help of the verb. */
  arguments?: Readonly<Record<string, string>>
  flags?: Flags
  /** Of an answer that is a list. */
  columns?: readonly PrintedColumn[]
  /** For people, where fields and tables do not say it best. */
  // oxlint-disable-next-line typescript/no-explicit-any
  text?: (answer: any) => string
  run: (context: VerbContext) => Promise<unknown>
}

/** `noun verb` to what it does. */
export type Verbs = Readonly<Record<string, Verb>>

export const LIMIT: Flags = { limit: { value: 'N', about: 'at most N items' } }
