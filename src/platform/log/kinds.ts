// KINDS: what a field of a log line may hold. Each has a shape that no e-mail, secret or XML fits;
// what does not fit is left out of the line. Pure.

/** A field: the type of its value, and whether a value fits. */
export type FieldKind<T, Optional extends boolean = false> = {
  readonly name: string
  readonly fits: (value: unknown) => boolean
  /** For types alone. */
  readonly value?: T
  readonly isOptional: Optional
}

const shaped = <T>(name: string, pattern: RegExp): FieldKind<T> => ({
  name,
  fits: (value) => typeof value === 'string' && pattern.test(value),
  isOptional: false,
})

/** The field may be missing. */
export function optional<T>(kind: FieldKind<T>): FieldKind<T, true> {
  return { ...kind, isOptional: true }
}

/** Shorter than any secret of ours, which have 43 characters. */
const WORD = /^[a-z][a-z0-9_]{0,39}$/

export type Word = Lowercase<string>

/** The type refuses a `string` that the program does not know: see `wordOf`. */
export const word = shaped<Word>('word', WORD)

/** Undefined: the text is no word. */
export function wordOf(text: string): Word | undefined {
  return WORD.test(text) ? (text as Word) : undefined
}

const SID = /^[A-Z]{2}[0-9a-f]{32}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const sid = shaped<string>('SID', SID)
/** What an error page or a problem shows: the SID of an attempt, or a UUID. */
export const reference = shaped<string>('reference', new RegExp(`${SID.source}|${UUID.source}`))
export const method = shaped<string>('method', /^[A-Z]{1,10}$/)
/** As it is declared: `/sso/:connection`, never the path that was asked for. */
export const route = shaped<string>(
  'route',
  /^(?!.*(?:eyJ|[\w-]{40}))[\w./:*{}[\]\\+^$|()-]{1,120}$/,
)
/** An airport: where Cloudflare received the request. */
export const colo = shaped<string>('colo', /^[A-Z]{3}$/)
/** A binding of wrangler.toml. */
export const binding = shaped<string>('binding', /^[A-Z][A-Z_]{0,29}$/)
export const cron = shaped<string>('cron', /^[0-9*/, -]{1,40}$/)
/** Fixed words of the program, for a developer. */
export const sentence = shaped<string>('sentence', /^(?!.*(?:eyJ|[\w-]{40}))[\w ,.:;=()’-]{1,160}$/)

const isWhole = (value: unknown) => Number.isSafeInteger(value)

export const whole: FieldKind<number> = { name: 'number', fits: isWhole, isOptional: false }
export const milliseconds: FieldKind<number> = { ...whole, name: 'milliseconds' }
export const flag: FieldKind<boolean> = {
  name: 'flag',
  fits: (value) => typeof value === 'boolean',
  isOptional: false,
}
export const words: FieldKind<readonly Word[]> = {
  name: 'words',
  fits: (value) => Array.isArray(value) && value.every((one) => WORD.test(String(one))),
  isOptional: false,
}
/** Names of tables, and how many rows of each. */
export const counts: FieldKind<Readonly<Record<string, number>>> = {
  name: 'counts',
  fits: (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([key, count]) => WORD.test(key) && isWhole(count)),
  isOptional: false,
}

const DETAIL_LENGTH = 2000
/** An e-mail, a JWT, or a tag of XML. The stack of an error has `<anonymous>`. */
const PERSONAL = /[^\s/@]@[\w-]+\.|eyJ|<(?!anonymous>)[\w/?!]/

/** The setting that is wrong, or the place in the code: judgeUnexpected makes it. */
export const detail: FieldKind<string> = {
  name: 'detail',
  fits: (value) =>
    typeof value === 'string' && value.length <= DETAIL_LENGTH && !PERSONAL.test(value),
  isOptional: false,
}
