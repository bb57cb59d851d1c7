// Every code of the catalogue has a remedy, and a test that produces it. What a remedy names
// exists.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../src/api/routes.ts'
import { COMMON_FLAGS, VERBS } from '../src/cli/commands.ts'
import { CONNECTION_FIELD_LIST } from '../src/connections/fields.ts'
import { TENANT_FIELD_LIST } from '../src/directory/tenants/fields.ts'
import { CATALOGUE } from '../src/errors.ts'
import { remedyOf } from '../src/error-words.ts'
import { COMMAND_LINE, REMEDIES, type Remedy } from './support/remedies.ts'

const read = (paths: string[]) => paths.map((path) => readFileSync(path, 'utf8')).join('\n')

const READERS = ['person', 'customer', 'operator'] as const

const tests = read(globSync('test/**/*.test.ts').filter((path) => path !== 'test/errors.test.ts'))
const settings = readFileSync('src/env.ts', 'utf8')

it.each(Object.entries(CATALOGUE))('%s has a title, a remedy and a test', (code, entry) => {
  expect(entry.title).toMatch(/^[“A-Z].*[^.:]$/)
  for (const reader of READERS) expect(remedyOf(entry.remedy, reader)).toMatch(/^[“A-Z].*\.$/)
  // As an expected value, or as the name of a test that provokes it.
  const named = tests.includes(`'${code}'`) || tests.includes(`'${code}: `)
  expect(named, `a test that names ${code}`).toBe(true)
})

const scripts = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }
const labels = [...CONNECTION_FIELD_LIST, ...TENANT_FIELD_LIST].map(([, { label }]) => label)

/** Words of a program that is not ours: Excel's name of a format. */
const OTHER_PROGRAMS = new Set(['CSV UTF-8'])

/** A verb of the command line, with flags that it has. */
function isCommand(command: string): boolean {
  const [noun, verb, ...rest] = command.split(' ')
  const found = VERBS[`${noun} ${verb}`]
  const flags = rest.filter((word) => word.startsWith('--')).map((flag) => flag.slice(2))
  return !!found && flags.every((flag) => Object.hasOwn({ ...found.flags, ...COMMON_FLAGS }, flag))
}

/**
 * What a remedy names, and whether that exists. test/console/remedies.test.ts opens the pages.
 * `isOurs`: texts of presets are full of such words of the IdP's own.
 */
const REFERENCES: {
  what: string
  pattern: RegExp
  exists: (name: string) => boolean
  isOurs?: true
}[] = [
  {
    what: 'a setting',
    pattern: /\b([A-Z]+(?:_[A-Z]+)+)\b/g,
    exists: (name) => new RegExp(`^  ${name}\\??:`, 'm').test(settings),
    isOurs: true,
  },
  {
    what: 'a command',
    pattern: /\bgatepost ((?:[a-z]+|--)[a-z-]*(?: (?:[a-z]+|--)[a-z-]*)*)/g,
    exists: isCommand,
  },
  {
    what: 'a script',
    pattern: /\bnpm run (?:-s )?([a-z:]+)/g,
    exists: (name) => Object.hasOwn(scripts.scripts, name),
  },
  {
    what: 'a route',
    pattern: /\b((?:GET|POST|PUT|PATCH|DELETE) \/[^\s,.]*)/g,
    exists: (name) => ROUTES.some(({ method, path }) => `${method} ${path}` === name),
  },
  {
    what: 'a document',
    pattern: /\b(docs\/[\w/.-]+\.md)/g,
    exists: existsSync,
  },
  {
    what: 'words on a page',
    pattern: /(?<!\bpage )“([^”]+)”/g,
    // A label may go on with a comma, or with the standard's word.
    exists: (name) => OTHER_PROGRAMS.has(name) || labels.some((label) => label.startsWith(name)),
    isOurs: true,
  },
]

type Text = Pick<Remedy, 'text' | 'isOfPreset'>

function missing({ text, isOfPreset }: Text): string[] {
  return REFERENCES.filter(({ isOurs }) => !(isOurs && isOfPreset)).flatMap(
    ({ what, pattern, exists }) =>
      [...text.matchAll(pattern)]
        .filter(([, name]) => !exists(name!))
        .map(([, name]) => `${what}: ${name}`),
  )
}

describe('what a remedy names exists', () => {
  it('in the catalogue, the limits, the checks of health and the presets', () => {
    expect(REMEDIES.length).toBeGreaterThan(Object.keys(CATALOGUE).length + 50)
    expect(REMEDIES.flatMap((one) => missing(one).map((name) => [one.of, name]))).toEqual([])
  })

  it('in the presets, where a NameID is released: one word for one thing', () => {
    const texts = REMEDIES.filter(({ isOfPreset }) => isOfPreset)
    expect(texts.filter(({ text }) => /re-?bind/i.test(text))).toEqual([])
  })

  it('of each kind, or it is found', () => {
    const text =
      'Set NO_SETTING, run gatepost nothing here, or gatepost connection edit --nothing, or ' +
      'npm run nothing, use POST /nowhere, read docs/nowhere.md, switch “Nothing” off.'
    expect(missing({ text })).toEqual([
      'a setting: NO_SETTING',
      'a command: nothing here',
      'a command: connection edit --nothing',
      'a script: nothing',
      'a route: POST /nowhere',
      'a document: docs/nowhere.md',
      'words on a page: Nothing',
    ])
    // The patterns find what they are for. No remedy names a route now.
    for (const { what, pattern } of REFERENCES.filter(({ what }) => what !== 'a route'))
      expect(
        REMEDIES.some((remedy) => !remedy.isOfPreset && remedy.text.match(pattern)),
        what,
      ).toBe(true)
  })

  it('and is no command line, in words that a customer or a person reads', () => {
    const read = REMEDIES.filter(({ isForCustomers }) => isForCustomers)
    expect(read.filter(({ text }) => COMMAND_LINE.test(text))).toEqual([])
    // Operators alone read these.
    const withCommand = REMEDIES.filter(({ text }) => COMMAND_LINE.test(text)).map(({ of }) => of)
    expect(new Set(withCommand)).toEqual(new Set(['sign_in_link', 'excepted', 'migrations']))
  })
})

describe('the catalogue', () => {
  it('does not promise to bind a user anew', () => {
    for (const { text } of REMEDIES.filter(({ isOfPreset }) => !isOfPreset))
      expect(text).not.toMatch(/re-?bind/i)
  })

  it('has at most 25 words in a sentence', () => {
    const titles = Object.values(CATALOGUE).map(({ title }) => title)
    const remedies = REMEDIES.filter(({ isOfPreset }) => !isOfPreset).map(({ text }) => text)
    for (const text of [...titles, ...remedies])
      for (const sentence of text.split(/(?<=\.) /))
        expect(sentence.split(/\s+/).length, sentence).toBeLessThanOrEqual(25)
  })
})

describe('words of a code', () => {
  it('come from src/error-words.ts, which knows context and reader, never from the catalogue', () => {
    const uses = globSync('src/**/*.{ts,tsx}')
      .filter((path) => !/^src\/error(?:s\/|s\.ts|-words\.ts)/.test(path))
      .map((path) => readFileSync(path, 'utf8'))
      .filter((text) => /\bCATALOGUE\b.* from '[./]*\/errors\.ts'/.test(text))
      .flatMap((text) => [...text.matchAll(/^.*\bCATALOGUE\b.*$/gm)].map(([use]) => use))
    expect(uses.length).toBeGreaterThan(5)
    const allowed =
      /^import |\bCATALOGUE[.[\]\w!]+\.(?:status|audience)\b|const \{ [a-z, ]+ \} = CATALOGUE/
    expect(uses.filter((use) => !allowed.test(use) || /title|remedy/.test(use))).toEqual([])
  })
})
