// The CLI verb of a route: what the route's path, schemas and summary do not say of it. Data alone,
// because the CLI reads a table made of it (src/cli/derived/) and not the routes themselves.

export type RouteVerb = {
  /** Noun and verb. Routes may share one: the arguments that are given choose among them. */
  verb: `${string} ${string}`
  /** One line of help where the summary does not fit. */
  about?: string
  /** Path parameters and properties that are given by position. The others are flags. */
  takes?: readonly string[]
  /** By property: how its flag differs from what the schema says. */
  flags?: Readonly<Record<string, FlagWords>>
  /** Properties that the verb itself says. With it, only required properties are flags. */
  always?: Readonly<Record<string, unknown>>
  /** A switch that chooses this route among those of its verb. */
  when?: { name: string; about: string }
  /** Adds `--set FIELD=VALUE` for the properties of the body. */
  set?: true
  /** The call needs a secret that only the Worker has: `--remote` cannot make it. */
  needsSecret?: true
  /**
   * Columns of a list, title to field: `a b` joins fields, `a|b` takes the first one with a value,
   * `=text` is the text itself.
   */
  columns?: Readonly<Record<string, string>>
}

export type FlagWords = {
  name?: string
  /** The placeholder of its value. */
  value?: string
  about?: string
  /** Of a switch that may be false: the flag that says so. */
  off?: string
  /** Sent where nothing is given, written as on the command line. `user`: who is logged in. */
  otherwise?: { text: string } | { user: true }
  /** Its value is a file's content: text, a certificate, or one word from standard input. */
  from?: 'file' | 'certificate' | 'stdin'
  /** A list with commas in one value, instead of a flag that is repeated. */
  commas?: true
}

/** `cli` of a route, as a list. */
export function verbsOf(cli: RouteVerb | readonly RouteVerb[] | undefined): readonly RouteVerb[] {
  if (cli === undefined) return []
  return Array.isArray(cli) ? (cli as readonly RouteVerb[]) : [cli as RouteVerb]
}
