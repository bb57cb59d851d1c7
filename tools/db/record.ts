// schema.sql, the schema of record. Its first part is written by `npm run db:generate`, its second
// by hand.
import { normalize, splitStatements, createdBy, type SchemaObject } from './statements.ts'

const HAND = '-- Views and triggers, written by hand. `npm run db:generate` makes the migration.'

const HEADER = `-- The schema of record: what a database has when all migrations are applied. docs/schema.md says how to change it.
-- Tables and indexes, written by \`npm run db:generate\` from the tables.ts of each folder.
`

export function readRecord(text: string): SchemaObject[] {
  return splitStatements(text).map((statement) => {
    const object = createdBy(statement)
    if (!object)
      throw new Error(`schema.sql has CREATE statements alone, not: ${normalize(statement)}`)
    return object
  })
}

/** The first part anew, the second as it was. */
export function writeRecord(before: string, objects: readonly SchemaObject[]): string {
  const at = before.indexOf(HAND)
  const hand = at < 0 ? `${HAND}\n` : before.slice(at)
  const tables = objects
    .filter(({ kind }) => kind === 'table')
    .map(({ name, sql }) => {
      const indexes = objects.filter(
        (object) => object.kind === 'index' && tableOfIndex(object.sql) === name.toLowerCase(),
      )
      return [sql, ...indexes.map((index) => index.sql)].map((one) => `${one};\n`).join('')
    })
  return `${HEADER}\n${tables.join('\n')}\n${hand}`
}

/** Of a CREATE INDEX. */
export function tableOfIndex(createIndex: string): string | undefined {
  return / on (\S+) \(/.exec(normalize(createIndex))?.[1]
}
