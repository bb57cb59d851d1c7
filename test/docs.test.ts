// The documents are true: their code was run, their links lead somewhere, their pictures are used.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { linksOf, readDocuments, shownPictures, whyDead } from './support/documents.ts'

/** How much of it is a matter of layout. */
const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

const blocks = ['README.md', 'docs/apps.md'].flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(/<!-- (\S+) -->\n+```js\n(.*?)```/gs)].map(
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
