// What a verb is: what it takes, what it calls, how its answer is shown.
import type { Arguments, Flags } from './arguments.ts'
import type { Client } from './client.ts'
import type { Column } from './print.ts'

export type Context = { client: Client; given: Arguments }

export type Verb = {
  /** One line for the help. */
  about: string
  /** Positionals; those in brackets may be missing. */
  takes?: readonly string[]
  flags?: Flags
  /** Of an answer that is a list. */
  columns?: readonly Column[]
  /** For people, where fields and tables do not say it best. */
  // oxlint-disable-next-line typescript/no-explicit-any
  text?: (answer: any) => string
  run: (context: Context) => Promise<unknown>
}

/** `noun verb` to what it does. */
export type Verbs = Readonly<Record<string, Verb>>

export const LIMIT: Flags = { limit: { value: 'N', about: 'the newest N alone' } }
