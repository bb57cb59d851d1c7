// openLanguage(): the texts of one language, filled in, with its plurals, numbers and dates.
import { LOGIN_REFUSED, type ErrorCode } from '../errors.ts'
import { isPersonCode } from '../errors/person.ts'
import { wordsForPerson } from '../error-words.ts'
import {
  piecesOf,
  type Catalogue,
  type ErrorText,
  type TestKind,
  type TextKey,
  type TextValues,
} from './catalogue.ts'
import { LANGUAGES, type LanguageRow, type LanguageTag } from './languages.ts'

type Filled<Key extends TextKey> = keyof TextValues<Key> extends never ? [] : [TextValues<Key>]

export type Translator = {
  tag: LanguageTag
  dir: 'ltr' | 'rtl'
  text: <Key extends TextKey>(key: Key, ...values: Filled<Key>) => string
  /** The text with its placeholders, for a caller that puts more than words in their place. */
  template: (key: TextKey) => string
  /** What a person reads about a code. */
  error: (code: ErrorCode) => ErrorText
  /** About a test sign-in. Undefined in English: its words stand with what they are about. */
  test: (kind: TestKind) => ErrorText | undefined
  refused: () => ErrorText
  date: (at: number, zone?: string) => string
  /** Date and time, with the name of the zone. */
  time: (at: number, zone?: string) => string
}

/** A catalogue that was loaded once stays, like any module. */
export async function openLanguage(tag: LanguageTag): Promise<Translator> {
  const row: LanguageRow = LANGUAGES[tag]
  if (row.load) return translatorOf(tag, (await row.load()).default)
  const { ENGLISH } = await import('./english.ts')
  return translatorOf('en', { texts: ENGLISH })
}

/** Without `errors` it is English, whose words of errors stand in src/errors. */
export function translatorOf(
  tag: LanguageTag,
  catalogue: Pick<Catalogue, 'texts'> & Partial<Catalogue>,
): Translator {
  const { texts, errors, tests } = catalogue
  const formOf = (key: TextKey, values: Readonly<Record<string, string | number>>) => {
    const text = texts[key]
    if (typeof text === 'string') return text
    const category = new Intl.PluralRules(tag).select(Number(values['count']))
    return text[category] ?? text.other
  }
  const show = (value: string | number | undefined) =>
    typeof value === 'number' ? new Intl.NumberFormat(tag).format(value) : (value ?? '')
  return {
    tag,
    dir: LANGUAGES[tag].dir,
    text: (key, ...[values = {}]) =>
      piecesOf(formOf(key, values))
        .map((piece) => ('text' in piece ? piece.text : show(values[piece.name as never])))
        .join(''),
    template: (key) => formOf(key, {}),
    error: (code) => {
      if (!errors) return wordsForPerson(code)
      return errors[isPersonCode(code) ? code : 'refused']
    },
    test: (kind) => tests?.[kind],
    refused: () => errors?.refused ?? LOGIN_REFUSED,
    date: (at, zone) => showTime(tag, at, zone, { dateStyle: 'long' }),
    time: (at, zone) =>
      showTime(tag, at, zone, {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZoneName: 'short',
      }),
  }
}

function showTime(tag: string, at: number, zone = 'UTC', options: Intl.DateTimeFormatOptions) {
  // In English as in all other places of the product: day, month, year.
  const locale = tag === 'en' ? 'en-GB' : tag
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }).format(at)
}
