// Which statements of a migration D1 would refuse, or would carry out by losing rows, keys or
// triggers.
import { createdBy, normalize, wordsOf } from './statements.ts'

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [
    /^pragma foreign_keys\b/,
    'D1 ignores PRAGMA foreign_keys: the migration would meet the foreign keys of real rows.',
  ],
  [
    /\bon (?:delete|update) (?:cascade|set null|set default|restrict)\b/,
    'ON DELETE and ON UPDATE must be NO ACTION: a rebuild of the parent would delete or empty the rows that refer to it, or fail.',
  ],
  [/\bautoincrement\b/, 'A rebuild loses the counter of AUTOINCREMENT. Use a SID.'],
  [
    /^alter table __new_\w+ rename to\b/,
    'This is the rebuild of drizzle-kit: on D1 it fails or loses triggers. Run npm run db:generate.',
  ],
  [
    /^pragma (?:writable_schema|legacy_alter_table)\b/,
    'A migration must not change how SQLite reads or alters the schema.',
  ],
]

/** One sentence a fault. */
export function findUnsafe(statements: readonly string[]): string[] {
  const texts = statements.map((statement) => normalize(statement))
  const forbidden = texts.flatMap((text) =>
    FORBIDDEN.filter(([pattern]) => pattern.test(withoutStrings(text))).map(
      ([, why]) => `${why} (${text.slice(0, 80)})`,
    ),
  )
  const isDeferred = texts[0]?.replaceAll(' ', '') === 'pragmadefer_foreign_keys=on'
  const created = new Set(
    statements.flatMap((statement) => {
      const object = createdBy(statement)
      return object?.kind === 'table' ? [object.name] : []
    }),
  )
  const rebuilt = statements.map(droppedTable).filter((name) => name && created.has(name))
  const undeferred =
    rebuilt.some((name) => !name!.startsWith('__aside_')) && !isDeferred
      ? [`A migration that rebuilds ${rebuilt[0]} must begin with PRAGMA defer_foreign_keys=on.`]
      : []
  return [...forbidden, ...undeferred]
}

export function droppedTable(statement: string): string | undefined {
  const words = wordsOf(statement)
  return words[0] === 'drop' && words[1] === 'table' ? words.at(-1) : undefined
}

function withoutStrings(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'/g, "''")
}
