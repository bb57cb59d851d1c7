// Words that the project has left behind are in no document and on no page.
// docs/architecture.md has the words that took their place, CONTRIBUTING.md says how to write.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { proseOf, readDocuments } from './support/documents.ts'

/** Each with what to write instead. */
const LEFT_BEHIND: readonly (readonly [RegExp, string])[] = [
  [/\bwhoever\b/i, '“a person who …”, “people who …”'],
  [/\bwhomever\b/i, '“the person whom …”'],
  [/\bof whom\b/i, 'a sentence of its own'],
  [/\bcounts? no more\b|\bno more from now on\b/i, '“no longer works”'],
  [/\bit has been said\b|\bsays? otherwise\b|\bhave said pass\b/i, '“result recorded”'],
  [/\bwhere nothing is said\b|\bwhere that is said\b/i, '“by default”'],
  [/\bin whatever way\b/i, '“in any way”'],
  [/\bhas had its time\b/i, '“has expired”'],
  [/\bit was all there before\b/i, '“no changes”'],
  [/\bsaid aloud\b/i, '“stated”'],
  [/\bupkeep\b/i, '“maintenance”'],
  [/\bstand-ins?\b/i, '“stub”'],
  [/\battest(?:s|ed|ation|ations)?\b/i, '“sign off”, “sign-off”'],
  [/\bbrands?\b/i, '“IdP preset”, “product”'],
  [/\bhand-offs?\b/i, '“login code”'],
  [/\bre-bind(?:s|ing)?\b/i, 'an operation that exists'],
  [/^What each side says\b/m, '“Sign-off”'],
  [/\bUse its words\b/, '“Show steps for this IdP”'],
  [/(?:^|[.!?:] |[>'"`“])(?:Whoever|Nobody but|Of whom|Whom|Of what)\b/m, 'subject, verb, object'],
]

function find(path: string, text: string): string[] {
  return LEFT_BEHIND.flatMap(([pattern, instead]) => {
    const found = pattern.exec(text)
    if (!found) return []
    const from = text.lastIndexOf('\n', found.index) + 1
    const line = text.slice(from, text.indexOf('\n', found.index))
    return [`${path}: “${found[0]}”, write ${instead}: ${line.trim().slice(0, 100)}`]
  })
}

describe('the words that were left behind', () => {
  // The changelog says what a word was before.
  const documents = readDocuments().filter(({ path }) => path !== 'CHANGELOG.md')

  it.each(documents)('are not in $path', ({ path, text }) => {
    expect(find(path, proseOf(text))).toEqual([])
  })

  const paths = globSync(['src/**/*.{ts,tsx,json,sql}', 'wrangler.toml'])
  const sources = paths.map((path) => ({
    path,
    text: readFileSync(path, 'utf8'),
  }))

  it('are in no page, error, comment or command', () => {
    expect(sources.length).toBeGreaterThan(300)
    expect(sources.flatMap(({ path, text }) => find(path, text))).toEqual([])
  })

  it('are found', () => {
    expect(find('x.md', 'A key.\nWhoever has it, signs.\n')).toEqual([
      'x.md: “Whoever”, write “a person who …”, “people who …”: Whoever has it, signs.',
      'x.md: “Whoever”, write subject, verb, object: Whoever has it, signs.',
    ])
  })
})
