// Every regular expression of src/, driven with hostile repetitions: its work may grow with the
// length of the text, but no faster. Linters judge one match from the start of a text; here a
// search goes on to the end, as in match(), replaceAll() and split().
import { globSync, readFileSync } from 'node:fs'
import { parseAst } from 'vitest/node'
import { expect, it } from 'vitest'
import { readDomain } from '../src/directory/domains/domain-name.ts'
import { createCsvReader } from '../src/platform/csv/read-csv.ts'
import { renderCSV } from '../src/platform/csv/render-csv.ts'
import { readMetadataXml } from '../src/saml/metadata/idp-metadata.ts'
import { withoutAddresses } from '../src/saml/response/redact.ts'
import { normalizeEmail } from '../src/saml/response/principal.ts'
import { parseFilter, parsePath } from '../src/scim/filter.ts'
import { applyPatch } from '../src/scim/patch.ts'

type Literal = { place: string; pattern: string; flags: string }

const LITERALS = globSync('src/**/*.{ts,tsx}').flatMap(literalsOf)

/** Long enough that even cheap quadratic work counts as much. */
const LENGTH = 20_000
const MUCH_MS = 8

it.each([
  ['an open quote is looked for again', /"(?:[^"\\]|\\.)*"|[()[\]]|[^\s()[\]"]+|"/g],
  ['blanks before what is no end', /\s+$/],
  ['an optional prefix', /^a*a*b/],
  ['addresses from every character', /[^\s@]+@[^\s@]+/g],
])('sees %s', (_, { source, flags }) => {
  expect(superlinear({ place: '', pattern: source, flags })).toBeDefined()
})

it('finds the regular expressions of src/', () => {
  expect(LITERALS.length).toBeGreaterThan(100)
})

it('has no regular expression whose work grows faster than its text', () => {
  const found = LITERALS.flatMap((literal) => {
    const hostile = superlinear(literal)
    return hostile === undefined
      ? []
      : [`${literal.place} /${literal.pattern}/${literal.flags}: ${hostile}`]
  })
  expect(found).toEqual([])
}, 120_000)

const readCsv = (text: string) => createCsvReader().push(new TextEncoder().encode(text), true)

const fill = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length))

/** What reads text of strangers by loops of its own, with the text that it likes least. */
const PARSERS: readonly [name: string, read: (length: number) => unknown][] = [
  ['a SCIM filter', (length) => parseFilter(fill('"\\', length))],
  ['a SCIM path', (length) => parsePath(fill('"\\', length))],
  [
    'the names of a SCIM PATCH',
    (length) => {
      const fields = Array.from({ length: length / 8 }, (_, at) => [`a${at}`, 1])
      applyPatch({} as Parameters<typeof applyPatch>[0], {
        operations: [{ op: 'add', path: 'name', value: Object.fromEntries(fields) }],
      })
    },
  ],
  ['a CSV file with open quotes', (length) => readCsv(fill('"a\n', length))],
  ['a CSV file of separators', (length) => readCsv(fill(',;|\t', length))],
  ['a CSV file of titles', (length) => readCsv(fill('a\n\nsep=;\n', length))],
  ['a CSV cell of separators', (length) => renderCSV([[fill('\n;"', length)]])],
  ['a StatusMessage', (length) => withoutAddresses(fill('a@ ', length) + fill('a.', length))],
  ['an e-mail', (length) => normalizeEmail(fill('a@', length) + fill(' ', length))],
  ['a domain', (length) => readDomain(fill('a.', length))],
  ['metadata of open comments', (length) => readMetadataXml(`<a>${fill('<!--', length)}</a>`)],
  ['metadata of comments', (length) => readMetadataXml(`<a>${fill('<!---->', length)}</a>`)],
  ['metadata of CDATA', (length) => readMetadataXml(`<a>${fill('<![CDATA[', length)}</a>`)],
  ['metadata of references', (length) => readMetadataXml(`<a>${fill('&amp;', length)}</a>`)],
  ['metadata of blanks in tags', (length) => readMetadataXml(`<a${fill('\n', length)}/>`)],
]

// Again where the machine was busy: work that grows faster fails each time.
it.each(PARSERS)('reads %s in time that grows as its length', { retry: 3 }, (_, read) => {
  const work = (length: number) =>
    Math.min(
      ...Array.from({ length: 7 }, () =>
        milliseconds(() => {
          try {
            read(length)
          } catch {
            // A refusal takes time, too.
          }
        }),
      ),
    )
  const [short, long] = [work(LENGTH), work(4 * LENGTH)]
  expect(long > 2 * MUCH_MS && long > 10 * short, `${short} → ${long} ms`).toBe(false)
})

function literalsOf(path: string): Literal[] {
  const text = readFileSync(path, 'utf8')
  const found: Literal[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('regex' in node && 'start' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string }
      const line = text.slice(0, node.start as number).split('\n').length
      found.push({ place: `${path}:${line}`, pattern, flags })
    } else for (const child of Object.values(node)) walk(child)
  }
  walk(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }, path))
  return found
}

/** What makes the work of the expression grow faster than its text. */
function superlinear({ pattern, flags }: Literal): string | undefined {
  const searches = /[gy]/.test(flags) ? flags : `${flags}g`
  const work = (text: string) => milliseconds(() => text.replace(new RegExp(pattern, searches), ''))
  for (const hostile of hostileTexts(pattern)) {
    // Exponential work would never end at the full length.
    if (work(hostile.of(24)) > 1000) return `exponential: ${hostile.name}`
    if (work(hostile.of(LENGTH)) < MUCH_MS) continue
    // Another look, at the least of several: the machine may have been busy.
    const least = (length: number) =>
      Math.min(...Array.from({ length: 7 }, () => work(hostile.of(length))))
    const [short, long] = [least(LENGTH / 4), least(LENGTH)]
    if (long > MUCH_MS && long > 10 * short) return `${hostile.name}: ${short} → ${long} ms`
  }
  return undefined
}

function milliseconds(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

type Hostile = { name: string; of: (length: number) => string }

/** Repetitions of what the expression names, after what it begins with and before what ends it. */
function hostileTexts(pattern: string): Hostile[] {
  const pieces = piecesOf(pattern)
  const units = [
    ...pieces,
    ...pieces.flatMap((first) => pieces.map((second) => first + second)),
    pieces.join(''),
  ]
  const beginnings = ['', 'x', pieces.slice(0, 1).join(''), pieces.slice(0, 2).join('')]
  return [...new Set(units)].flatMap((unit) =>
    [...new Set(beginnings)].flatMap((beginning) =>
      ['', '\u0001'].map((end) => ({
        name: `${JSON.stringify(beginning)} + ${JSON.stringify(unit)}… + ${JSON.stringify(end)}`,
        of: (length: number) => beginning + unit.repeat(Math.ceil(length / unit.length)) + end,
      })),
    ),
  )
}

const ESCAPES: Readonly<Record<string, string>> = {
  s: ' ',
  S: 'a',
  d: '0',
  D: 'a',
  w: 'a',
  W: '-',
  t: '\t',
  n: '\n',
  r: '\r',
}

/** Literal words, and one character of each class; a few that delimit in most grammars. */
function piecesOf(pattern: string): string[] {
  const pieces: string[] = []
  const parts = pattern.matchAll(
    /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u\w{4}|x\w\w|.)|\[\^?(?:\\.|[^\]\\])*\]|[^\\[\](){}|*+?.^$]+/gsu,
  )
  for (const [part] of parts)
    if (part.startsWith('[')) pieces.push(...charactersOf(part))
    else if (part.startsWith('\\')) pieces.push(ESCAPES[part[1]!] ?? part.slice(1, 2))
    else pieces.push(part)
  return [...new Set([...pieces, 'a', ' ', '"', '\\'])].slice(0, 10)
}

function charactersOf(characterClass: string): string[] {
  const matching = new RegExp(characterClass, 'u')
  return ['a', 'A', '0', ' ', '-', '.', '/', '=', '"', '<', '@', '\n']
    .filter((one) => matching.test(one))
    .slice(0, 2)
}
