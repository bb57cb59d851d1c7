// LANGUAGES: the languages of the pages and mails for end users, and the choice among them. Pure.
// docs/languages.md says how to add one.
import type { Catalogue } from './catalogue.ts'

export type LanguageRow = {
  /** In the language itself. */
  name: string
  dir: 'ltr' | 'rtl'
  /** English is in the code. The others are parsed when a page or mail first needs them. */
  load?: () => Promise<{ default: Catalogue }>
}

/** By BCP 47 tag, as `lang` and Content-Language have it. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  de: { name: 'Deutsch', dir: 'ltr', load: () => import('./de.json', { with: { type: 'json' } }) },
  fr: { name: 'Français', dir: 'ltr', load: () => import('./fr.json', { with: { type: 'json' } }) },
  es: { name: 'Español', dir: 'ltr', load: () => import('./es.json', { with: { type: 'json' } }) },
  it: { name: 'Italiano', dir: 'ltr', load: () => import('./it.json', { with: { type: 'json' } }) },
  'pt-BR': {
    name: 'Português (Brasil)',
    dir: 'ltr',
    load: () => import('./pt-br.json', { with: { type: 'json' } }),
  },
  nl: {
    name: 'Nederlands',
    dir: 'ltr',
    load: () => import('./nl.json', { with: { type: 'json' } }),
  },
  pl: { name: 'Polski', dir: 'ltr', load: () => import('./pl.json', { with: { type: 'json' } }) },
  ja: { name: '日本語', dir: 'ltr', load: () => import('./ja.json', { with: { type: 'json' } }) },
  'zh-Hans': {
    name: '简体中文',
    dir: 'ltr',
    load: () => import('./zh-hans.json', { with: { type: 'json' } }),
  },
  ko: { name: '한국어', dir: 'ltr', load: () => import('./ko.json', { with: { type: 'json' } }) },
} as const satisfies Record<string, LanguageRow>

export type LanguageTag = keyof typeof LANGUAGES
export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as LanguageTag[]

const BY_LOWER = new Map<string, LanguageTag>(LANGUAGE_TAGS.map((tag) => [tag.toLowerCase(), tag]))

/** Tags that a catalogue serves under another tag. */
const ALSO = new Map<string, LanguageTag>([
  ['pt', 'pt-BR'],
  ['zh', 'zh-Hans'],
])

/** Readers of traditional characters get the next language of theirs. */
const TRADITIONAL = /^zh-(?:hant|tw|hk|mo)\b/

/** What is read of a list that comes from outside. */
const MOST_RANGES = 20
const LONGEST_RANGE = 35

/**
 * The first language of the list that there is a catalogue for, by lookup (RFC 4647 §3.4): a range
 * loses its last parts until one fits. Undefined: there is none.
 */
export function matchLanguage(ranges: readonly string[]): LanguageTag | undefined {
  for (const range of ranges.slice(0, MOST_RANGES)) {
    const found = range.length <= LONGEST_RANGE ? lookUp(range.toLowerCase()) : undefined
    if (found) return found
  }
  return undefined
}

function lookUp(range: string): LanguageTag | undefined {
  if (TRADITIONAL.test(range)) return undefined
  for (let tag = range; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    const found = BY_LOWER.get(tag) ?? ALSO.get(tag)
    if (found) return found
  }
  return undefined
}

export function isLanguageTag(text: string): text is LanguageTag {
  return Object.hasOwn(LANGUAGES, text)
}
