// Every code of the catalogue has a remedy, and a test that produces it. What a remedy names
// exists.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../src/api/routes.ts'
import { VERBS } from '../src/cli/commands.ts'
import { PRESETS } from '../src/connections/presets/presets.ts'
import { CATALOGUE, LOGIN_REFUSED } from '../src/errors.ts'

const read = (paths: string[]) => paths.map((path) => readFileSync(path, 'utf8')).join('\n')

const tests = read(globSync('test/**/*.test.ts').filter((path) => path !== 'test/errors.test.ts'))
const pages = read(globSync('src/console/**/*.tsx'))
const settings = readFileSync('src/env.ts', 'utf8')

it.each(Object.entries(CATALOGUE))('%s has a title, a remedy and a test', (code, entry) => {
  expect(entry.title).toMatch(/^[“A-Z].*[^.:]$/)
  expect(entry.remedy).toMatch(/^[“A-Z].*\.$/)
  // As an expected value, or as the name of a test that provokes it.
  const named = tests.includes(`'${code}'`) || tests.includes(`'${code}: `)
  expect(named, `a test that names ${code}`).toBe(true)
})

/** What a remedy names, and whether that exists. */
const REFERENCES: { what: string; pattern: RegExp; exists: (name: string) => boolean }[] = [
  {
    what: 'a setting',
    pattern: /\b([A-Z]+(?:_[A-Z]+)+)\b/g,
    exists: (name) => new RegExp(`^  ${name}\\??:`, 'm').test(settings),
  },
  {
    what: 'a command',
    pattern: /\bgatepost ([a-z-]+ [a-z-]+)/g,
    exists: (name) => Object.hasOwn(VERBS, name),
  },
  {
    what: 'a route',
    pattern: /\b((?:GET|POST|PUT|PATCH|DELETE) \/[^\s,.]*)/g,
    exists: (name) => ROUTES.some(({ method, path }) => `${method} ${path}` === name),
  },
  {
    what: 'a page',
    pattern: /\bpage “([^”]+)”/g,
    exists: (name) => pages.includes(`title="${name}"`),
  },
]

function missing(remedy: string): string[] {
  return REFERENCES.flatMap(({ what, pattern, exists }) =>
    [...remedy.matchAll(pattern)]
      .filter(([, name]) => !exists(name!))
      .map(([, name]) => `${what}: ${name}`),
  )
}

describe('what a remedy names exists', () => {
  it('in the catalogue', () => {
    const all = [...Object.values(CATALOGUE), LOGIN_REFUSED]
    expect(all.flatMap(({ remedy }) => missing(remedy))).toEqual([])
  })

  it('in the presets', () => {
    const texts = Object.values(PRESETS).flatMap(({ nameID, remedies }) => [
      nameID,
      ...Object.values(remedies),
    ])
    // In capitals there are names of the IdPs' own.
    const ours = texts.flatMap(missing).filter((name) => !name.startsWith('a setting'))
    expect(ours).toEqual([])
    // A NameID is released: one word for one thing.
    expect(texts.filter((text) => /re-?bind/i.test(text))).toEqual([])
  })

  it('of each kind, or it is found', () => {
    const invented =
      'Set NO_SETTING, run gatepost nothing here, use POST /nowhere, open the page “Nowhere”.'
    expect(missing(invented)).toEqual([
      'a setting: NO_SETTING',
      'a command: nothing here',
      'a route: POST /nowhere',
      'a page: Nowhere',
    ])
    const all = Object.values(CATALOGUE).map(({ remedy }) => remedy)
    // The patterns find what they are for.
    for (const { what, pattern } of REFERENCES.filter(({ what }) => what !== 'a route'))
      expect(
        all.some((remedy) => remedy.match(pattern)),
        what,
      ).toBe(true)
  })
})

describe('the catalogue', () => {
  it('has one command, in an entry that no customer reads', () => {
    const withCommand = Object.entries(CATALOGUE).filter(([, { remedy }]) =>
      /gatepost|npm /.test(remedy),
    )
    expect(withCommand.map(([code]) => code)).toEqual(['sign_in_link'])
  })

  it('does not promise to bind a user anew', () => {
    for (const { title, remedy } of Object.values(CATALOGUE))
      expect(`${title} ${remedy}`).not.toMatch(/re-?bind/i)
  })

  it('has at most 25 words in a sentence', () => {
    for (const { title, remedy } of Object.values(CATALOGUE))
      for (const sentence of [title, ...remedy.split(/(?<=\.) /)])
        expect(sentence.split(/\s+/).length, sentence).toBeLessThanOrEqual(25)
  })
})
