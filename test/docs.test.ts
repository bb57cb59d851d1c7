// The documents are true: their code was run, their links lead somewhere, their pictures are used.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LIBRARIES } from './clients/libraries.ts'
import { COMMON_FLAGS, VERBS } from '../src/cli/commands.ts'
import { LIMITS } from '../src/limits.ts'
import { linksOf, readDocuments, shownPictures, whyDead } from './support/documents.ts'

/** How much of it is a matter of layout. */
const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

const blocks = ['README.md', 'docs/apps.md', 'docs/webhooks.md'].flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(/<!-- (\S+) -->\n+```\w+\n(.*?)```/gs)].map(
    ([, file, code]) => ({ document, file: file!, code: code! }),
  ),
)

it('shows every app with a library', () => {
  expect(new Set(blocks.map(({ document, file }) => `${document}: ${file}`))).toEqual(
    new Set([
      'README.md: test/e2e/apps/auth-js.mjs',
      'README.md: test/e2e/apps/passport.mjs',
      'docs/apps.md: test/e2e/apps/auth-js.mjs',
      'docs/apps.md: test/e2e/apps/passport.mjs',
      'docs/apps.md: test/e2e/apps/passport-openidconnect.mjs',
      'docs/apps.md: test/e2e/apps/ended-sessions.mjs',
      'docs/webhooks.md: examples/webhook-consumer/consumer.ts',
      ...LIBRARIES.map(({ file }) => `docs/apps.md: test/clients/libraries/${file}`),
    ]),
  )
})

it.each(blocks)('$document shows of $file what was run', ({ file, code }) => {
  expect(words(code).length).toBeGreaterThan(100)
  expect(words(readFileSync(file, 'utf8'))).toContain(words(code))
})

/** A row a test that the threat model counts on: “words” are of a title in the file before them. */
const promised = [...readFileSync('docs/threat-model.md', 'utf8').matchAll(/^\|.*\|$/gm)].flatMap(
  ([row]) =>
    row.split('`').flatMap((part, at, parts) =>
      part.endsWith('.test.ts')
        ? [
            {
              file: part,
              titles: [...parts[at + 1]!.matchAll(/“(.*?)”/g)].map(([, title]) => title!),
            },
          ]
        : [],
    ),
)

it('has a threat model whose every row names tests', () => {
  const rows = [
    ...readFileSync('docs/threat-model.md', 'utf8').matchAll(/^\| (?!-|attack ).*\|$/gm),
  ]
  expect(rows.length).toBeGreaterThan(20)
  for (const [row] of rows) expect(row).toContain('.test.ts`')
})

it.each(promised)('has $file, with $titles', ({ file, titles }) => {
  const text = readFileSync(`test/${file}`, 'utf8')
  for (const title of titles) expect(text).toContain(title)
})

const documents = readDocuments()

it('has no dead link, to files and to headings', () => {
  const dead = documents.flatMap((document) =>
    linksOf(document).flatMap((link) => whyDead(document, link) ?? []),
  )
  expect(dead).toEqual([])
})

it('keeps no picture that no document shows', () => {
  const kept = readdirSync('docs/screens').toSorted()
  expect(kept).toEqual([...shownPictures()].map((name) => `${name}.webp`).toSorted())
})

it('says of each picture what it shows', () => {
  const nameless = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/!\[(.*?)\]\(/g)].flatMap(([, words]) =>
      words!.length < 15 ? [`${path}: “${words}”`] : [],
    ),
  )
  expect(nameless).toEqual([])
})

describe('src', () => {
  const folders = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}`)
  const readmes = globSync('src/**/README.md')

  it('has a README in each folder', () => {
    expect(folders.filter((folder) => !readmes.includes(`${folder}/README.md`))).toEqual([])
  })

  it.each(readmes)('has a short %s', (path) => {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(15)
    expect(lines[0]).toMatch(/^# /)
  })

  it.each(readmes)('has the files that %s names', (path) => {
    const names = [...readFileSync(path, 'utf8').matchAll(/`([\w./-]+(?:\.tsx?|\/))`/g)]
    // From the folder itself, from one above it, or from the root.
    const places = [dirname(path), join(dirname(path), '..'), join(dirname(path), '../..'), '.']
    const gone = names.flatMap(([, name]) =>
      places.some((place) => existsSync(join(place, name!))) ? [] : [name],
    )
    expect(gone).toEqual([])
  })
})

/** Paths from the root of the repository, as documents write them: whole, or with a `*`. */
const PATH = /`((?:src|test|docs|bench|examples|migrations)\/[\w./*@-]+)`/g

it('names files that exist', () => {
  // The changelog tells of files that are gone; a running demo writes .wrangler.
  const present = documents.filter(({ path }) => path !== 'CHANGELOG.md')
  const gone = present.flatMap(({ path, text }) =>
    [...text.matchAll(PATH)].flatMap(([, name]) =>
      name!.includes('.wrangler') || globSync(name!).length > 0 ? [] : [`${path}: ${name}`],
    ),
  )
  expect(gone).toEqual([])
})

it('names source and test files of standards and attacks by paths that exist', () => {
  const files = globSync('{src,test}/**/*.{ts,tsx}')
  const gone = ['docs/conformance.md', 'docs/threat-model.md'].flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/`([\w./*-]+\.tsx?)`/g)].flatMap(([, name]) => {
      const pattern = new RegExp(`(?:^|/)${name!.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`)
      return files.some((file) => pattern.test(file)) ? [] : [`${path}: ${name}`]
    }),
  )
  expect(gone).toEqual([])
})

it('keeps prose within 100 columns', () => {
  // `npm run bench` writes its results.
  const written = documents.filter(({ path }) => !/results/.test(path))
  const long = written.flatMap(({ path, text }) =>
    text
      // Code is as long as what is typed; a table is a row a line.
      .replaceAll(/^( *)(```|~~~).*?^ *\2/gms, '')
      .split('\n')
      .filter((line) => line.length > 100 && !/^ *\||^ *`.*`\.?$|https?:|\]\(/.test(line))
      .map((line) => `${path}: ${line}`),
  )
  expect(long).toEqual([])
})

it('quotes the words of the pages that customers see', () => {
  const flat = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll('’', "'")
  const pages = globSync('src/{console,connections}/**/*.{ts,tsx}').map((path) =>
    readFileSync(path, 'utf8'),
  )
  const words = flat(pages.join('\n'))
  // Entra ID's own screen says this.
  const theirs = new Set(['Provision Microsoft Entra ID Groups'])
  const guide = flat(readFileSync('docs/onboarding.md', 'utf8'))
  const quoted = [...guide.matchAll(/\*\*(.+?)\*\*/g)].map(([, phrase]) =>
    phrase!.replace(/\.$/, ''),
  )
  expect(quoted.length).toBeGreaterThan(30)
  expect(quoted.filter((phrase) => !words.includes(phrase) && !theirs.has(phrase))).toEqual([])
})

/** `gatepost explain` works on no database, and `NOUN VERB` stands for any. */
const OWN_COMMANDS = /^explain /

describe('commands in documents', () => {
  const written = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/gatepost -- ([a-z-]+ [a-z-]+)((?:\\\n|[^\n#>`])*)/g)].map(
      ([, verb, rest]) => ({
        path,
        verb: verb!,
        flags: [...rest!.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag!),
      }),
    ),
  )

  it('name verbs and flags that exist', () => {
    expect(written.length).toBeGreaterThan(50)
    const wrong = written.flatMap(({ path, verb, flags }) => {
      const found = VERBS[verb]
      if (!found) return OWN_COMMANDS.test(verb) ? [] : [`${path}: ${verb}`]
      const known = { ...COMMON_FLAGS, ...found.flags }
      const unknown = flags.filter((flag) => !Object.hasOwn(known, flag))
      return unknown.map((flag) => `${path}: ${verb} --${flag}`)
    })
    expect(wrong).toEqual([])
  })
})

it('the table of limits has each limit with its number, and no other', () => {
  const [, table] = /## What a customer can have\n([^]*?)\n## /.exec(
    readFileSync('docs/storage.md', 'utf8'),
  )!
  const rows = table!.split('\n').filter((line) => /^\| *[\d,]+ *\|/.test(line))
  const cells = rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .filter(Boolean),
  )
  expect(cells).toEqual(
    Object.values(LIMITS).map(({ most, things, remedy }) => [
      most.toLocaleString('en'),
      things,
      remedy,
    ]),
  )
})
