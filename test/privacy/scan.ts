// Looks for words in every column of every row of every table.
import { getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as historySchema from '../../src/platform/db/history-schema.ts'
import * as schema from '../../src/platform/db/schema.ts'
import { db, history } from '../support/world.ts'

const tablesOf = (all: object) => Object.values(all).filter((one) => is(one, SQLiteTable))

export const TABLES = [...tablesOf(schema), ...tablesOf(historySchema)]

/** `table.column` of each that has one of the words, in any case of letters, with the words. */
export async function scan(words: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  const wanted = words.map((word) => ({ word, pattern: patternOf(word) }))
  for (const [database, tables] of [
    [db, tablesOf(schema)],
    [history, tablesOf(historySchema)],
  ] as const)
    for (const table of tables) {
      const rows = await database.all<Record<string, unknown>>(sql`SELECT * FROM ${table}`)
      for (const { name } of Object.values(getTableColumns(table)))
        for (const { word, pattern } of wanted)
          if (rows.some((row) => pattern.test(String(row[name] ?? ''))))
            (found[`${getTableName(table)}.${name}`] ??= []).push(word)
    }
  return found
}

/** As a word: `ann` is not in `joann`. */
function patternOf(word: string): RegExp {
  const text = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![a-z0-9])${text}(?![a-z0-9])`, 'i')
}
