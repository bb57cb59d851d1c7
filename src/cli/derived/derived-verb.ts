// A verb as it is derived from the routes that share its name. Data alone: verbs.json holds them.

export type DerivedVerb = {
  verb: string
  /** One line of help. */
  about: string
  columns?: Readonly<Record<string, string>>
  /** Not with `--remote`. */
  needsSecret?: true
  /** Takes `--set FIELD=VALUE`. */
  set?: true
  /** One of them is made: the one that fits what is given. */
  calls: readonly DerivedCall[]
}

export type DerivedCall = {
  method: string
  /** With parameters in braces. */
  path: string
  /** What the answer is: pages that are followed, a list, one thing (or nothing), lines of text. */
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
  /** Texts with commas between; by position also in a file, one a line. */
  'list',
  /** A flag that is repeated. */
  'many',
  /** A length of time: the API counts it in this unit. */
  'minutes',
  'hours',
  'days',
  /** A moment: a length of time from now, or a date with its zone. */
  'moment',
  'json',
] as const

/** A path parameter or a property, as an argument. */
export type Input = {
  /** As the API calls it. */
  key: string
  in: 'path' | 'query' | 'body'
  kind: (typeof INPUT_KINDS)[number]
  /** Of the flag; of an argument by position, its placeholder. */
  name: string
  /** Given by position. */
  position?: true
  need?: true
  /** The empty text, or `none` of a moment, is null. */
  nullable?: true
  /** Placeholder of the flag's value. */
  value?: string
  about: string
  /** The flag that says false, or the empty list. */
  off?: string
  otherwise?: { text: string } | { user: true }
  /** Another one is refused before anything is asked. */
  values?: readonly string[]
  from?: 'file' | 'certificate' | 'stdin'
}
