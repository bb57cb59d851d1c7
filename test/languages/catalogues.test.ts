// Every catalogue has the same texts as English: no key too many, none unused, the same
// placeholders, and the plurals of its language.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/errors.ts'
import { PERSON_CODES } from '../../src/errors/person.ts'
import { LOGIN_ERRORS } from '../../src/errors/logins.ts'
import { REQUEST_ERRORS } from '../../src/errors/requests.ts'
import {
  piecesOf,
  TEST_KINDS,
  type Catalogue,
  type PluralForms,
} from '../../src/languages/catalogue.ts'
import { ENGLISH } from '../../src/languages/english.ts'
import { LANGUAGES, LANGUAGE_TAGS } from '../../src/languages/languages.ts'

type Texts = Readonly<Record<string, string | PluralForms>>

const KEYS = Object.keys(ENGLISH)
const sources = globSync('src/**/*.{ts,tsx}')
  .filter((path) => !path.startsWith('src/languages/'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

const namesIn = (text: string) =>
  piecesOf(text).flatMap((piece) => ('name' in piece ? [piece.name] : []))
const formsOf = (text: string | PluralForms) =>
  typeof text === 'string' ? { always: text } : { ...text }

const others = LANGUAGE_TAGS.filter((tag) => tag !== 'en')
const load = async (tag: (typeof others)[number]): Promise<Catalogue> =>
  (await (LANGUAGES[tag] as { load: () => Promise<{ default: Catalogue }> }).load()).default

it('has eleven languages', () => {
  expect(LANGUAGE_TAGS).toHaveLength(11)
  for (const tag of LANGUAGE_TAGS) expect(Intl.getCanonicalLocales(tag)).toEqual([tag])
})

describe.each(others)('%s', (tag) => {
  it('has each text of English and no other', async () => {
    const { texts, errors, tests } = await load(tag)
    expect(Object.keys(texts).toSorted()).toEqual(KEYS.toSorted())
    expect(Object.keys(errors).toSorted()).toEqual([...PERSON_CODES, 'refused'].toSorted())
    expect(Object.keys(tests).toSorted()).toEqual([...TEST_KINDS].toSorted())
  })

  it('has the placeholders of English, each once', async () => {
    const { texts } = await load(tag)
    const wrong = Object.entries(texts as Texts).flatMap(([key, text]) => {
      const english = (ENGLISH as Texts)[key]!
      const wanted = namesIn(Object.values(formsOf(english)).at(-1)!)
        .toSorted()
        .join()
      return Object.values(formsOf(text))
        .filter((form) => namesIn(form).toSorted().join() !== wanted)
        .map((form) => `${key}: ${form}`)
    })
    expect(wrong).toEqual([])
  })

  it('has the plurals of its language', async () => {
    const { texts } = await load(tag)
    const categories = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.toSorted()
    for (const [key, text] of Object.entries(texts as Texts))
      if (typeof text !== 'string')
        expect([key, Object.keys(text).toSorted()]).toEqual([key, categories])
  })

  it('has titles without a full stop, remedies with one, and nothing empty or untrimmed', async () => {
    const { texts, errors, tests } = await load(tag)
    for (const [code, { title, remedy }] of Object.entries({ ...errors, ...tests })) {
      expect([code, title]).toEqual([code, expect.stringMatching(/[^.。:：!]$/)])
      expect([code, remedy]).toEqual([code, expect.stringMatching(/[.。]$/)])
    }
    const all = [
      ...Object.values(texts as Texts).flatMap((text) => Object.values(formsOf(text))),
      ...Object.values({ ...errors, ...tests }).flatMap(({ title, remedy }) => [title, remedy]),
    ]
    expect(
      all.filter((text) => text.trim() !== text || text.length < 1 || / {2}/.test(text)),
    ).toEqual([])
  })

  // Short words may be the same in two languages: “Session”, “Codes”.
  it('is not English', async () => {
    const { texts } = await load(tag)
    const same = Object.entries(texts as Texts).filter(
      ([key, text]) => text === (ENGLISH as Texts)[key] && (text as string).length > 14,
    )
    expect(same).toEqual([])
  })
})

it('has no text that nothing shows', () => {
  const all = sources.map(({ text }) => text).join('\n')
  expect(KEYS.filter((key) => !all.includes(`'${key}'`) && !all.includes(`"${key}"`))).toEqual([])
})

describe('the codes that a person can meet', () => {
  const known: ReadonlySet<string> = new Set(PERSON_CODES)

  it('are those that a page names: of a request, of a login', () => {
    const open = Object.keys({ ...REQUEST_ERRORS, ...LOGIN_ERRORS }).filter((code) => {
      const { audience, person } = CATALOGUE[code as keyof typeof CATALOGUE]
      return audience === 'everyone' || person !== undefined
    })
    expect(open.length).toBeGreaterThan(30)
    expect(open.filter((code) => !known.has(code))).toEqual([])
  })

  it('are those that code of pages for end users refuses with', () => {
    // The rest answers programs, or administrators in English.
    const FOLDERS = /^src\/(?:app\.ts|login|oidc|platform\/http|rollout\/break-glass)/
    const named = sources
      .filter(({ path }) => FOLDERS.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/(?:new Refused|refused)\(\s*'(\w+)'/g)].map(([, code]) => ({
          path,
          code: code!,
        })),
      )
    expect(named.length).toBeGreaterThan(15)
    const isOpen = (code: string) =>
      CATALOGUE[code as keyof typeof CATALOGUE].audience === 'everyone'
    expect(named.filter(({ code }) => isOpen(code) && !known.has(code))).toEqual([])
  })

  it('include every fault that no code expects', () => {
    const unexpected = readFileSync('src/platform/http/unexpected.ts', 'utf8')
    const codes = [...unexpected.matchAll(/'((?:storage_\w+|not_configured|internal))'/g)].map(
      ([, code]) => code!,
    )
    expect(codes.length).toBeGreaterThan(4)
    expect(codes.filter((code) => !known.has(code))).toEqual([])
  })
})
