// A verb that is derived from the routes that name it. It is data: verbs.json holds them all.

export type DerivedVerb = {
  verb: string
  /** One line of help. */
  about: string
  columns?: Readonly<Record<string, string>>
  /** Not with `--remote`. */
  needsSecret?: true
  /** Takes `--set FIELD=VALUE`. */
  set?: true
  /** The verb makes one of them: the one that fits the arguments. */
  calls: readonly DerivedCall[]
}

export type DerivedCall = {
  method: string
  /** With parameters in braces. */
  path: string
  /** A list with pages, a list without, one thing (or nothing), or text. */
  answer: 'pages' | 'list' | 'one' | 'text'
  /** True where `--json-body` may be sent. */
  body?: true
  always?: Readonly<Record<string, unknown>>
  when?: { name: string; about: string }
  inputs: readonly Input[]
}

export const INPUT_KINDS = [
  'text',
  'number',
  'switch',
  /** Texts separated by commas. By position, --file may name a file with one per line instead. */
  'list',
  /** A flag that can be repeated. */
  'many',
  /** A duration, which the API counts in this unit. */
  'minutes',
  'hours',
  'days',
  /** A time: a duration from now, or a date and time with a zone. */
  'moment',
  'json',
] as const

/** An argument or a flag, from a path parameter or a property. */
export type Input = {
  /** Its name in the API. */
  key: string
  in: 'path' | 'query' | 'body'
  kind: (typeof INPUT_KINDS)[number]
  /** The name of the flag, or the placeholder of an argument by position. */
  name: string
  /** Given by position. */
  position?: true
  need?: true
  /** The empty text means null. */
  nullable?: true
  /** The placeholder of the flag's value. */
  value?: string
  about: string
  /** The flag for false or for an empty list. */
  off?: string
  otherwise?: { text: string } | { user: true }
  /** Other values are refused before a request is sent. */
  values?: readonly string[]
  from?: 'file' | 'certificate' | 'stdin'
}
