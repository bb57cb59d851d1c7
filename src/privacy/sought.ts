// Finds a person in text: by address, by full name, and by the ids that others gave them. Pure, and
// linear in the text.

export type Sought = {
  /** In lower case. An address that somebody else has by now is not among them. */
  emails: string[]
  /** Full names. */
  names: string[]
  /** NameIDs, external ids and SCIM user names: found only as a whole value of JSON. */
  ids: string[]
  /** SHA-256 of each address, as the mail log has it. */
  receivers: string[]
  /** SIDs of the connections whose logins are looked through. */
  connections: string[]
}

/** In place of the words that named the person. */
const ERASED = '[erased]'

type WordKind = 'email' | 'name' | 'id'
export type SoughtWord = { kind: WordKind; text: string }

/** As SQLite's `lower`, which changes ASCII alone, so that lengths stay. */
function lowerASCII(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** The words to look for. In JSON, characters of a text may be escaped. */
export function wordsOf(sought: Sought, form: 'text' | 'json'): SoughtWord[] {
  const escape = (text: string) => (form === 'json' ? JSON.stringify(text).slice(1, -1) : text)
  const word = (kind: WordKind) => (text: string) => ({ kind, text: lowerASCII(escape(text)) })
  return [
    ...sought.emails.map(word('email')),
    ...sought.names.map(word('name')),
    ...(form === 'json'
      ? sought.ids.map((id) => ({ kind: 'id' as const, text: lowerASCII(JSON.stringify(id)) }))
      : []),
  ]
}

/** True where the text has one of the words, with nothing around it that makes it another one. */
export function mentions(text: string, words: readonly SoughtWord[]): boolean {
  const lower = lowerASCII(text)
  return words.some((word) => placesOf(lower, word).length > 0)
}

/** The text without the words. JSON stays JSON. */
export function withoutWords(text: string, words: readonly SoughtWord[]): string {
  let left = text
  for (const word of words) {
    let copied = 0
    let result = ''
    for (const place of placesOf(lowerASCII(left), word)) {
      if (place < copied) continue
      result += left.slice(copied, place) + (word.kind === 'id' ? `"${ERASED}"` : ERASED)
      copied = place + word.text.length
    }
    left = result + left.slice(copied)
  }
  return left
}

function placesOf(lower: string, { kind, text }: SoughtWord): number[] {
  const places: number[] = []
  if (text === '') return places
  for (let at = lower.indexOf(text); at >= 0; at = lower.indexOf(text, at + text.length)) {
    const end = at + text.length
    if (isApart(kind, lower.charAt(at - 1), lower.slice(end, end + 2))) places.push(at)
  }
  return places
}

/** `ann@acme.example` is not in `joann@acme.example`, nor `Ann Lee` in `Joann Leeds`. */
function isApart(kind: WordKind, before: string, after: string): boolean {
  if (kind === 'id') return true
  if (kind === 'name') return !isLetter(before) && !isLetter(after.charAt(0))
  return !/[a-z0-9._%+-]/.test(before) && !/^(?:[a-z0-9-]|\.[a-z0-9])/.test(after)
}

function isLetter(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character)
}
