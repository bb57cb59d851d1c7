// Pieces of SQL that several stores write.
import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Rows that one call deletes from a table, so that it always ends in time. */
const PORTION_ROWS = 5000

/** Of a DELETE: the rows of the table that are dead, a portion of them. */
export function portionOf(table: SQLiteTable, dead: SQL | undefined): SQL {
  return sql`rowid IN (SELECT rowid FROM ${table} WHERE ${dead} LIMIT ${PORTION_ROWS})`
}

/** A bound value as a column of a SELECT. */
export function value<T extends string | number | null>(bound: T) {
  return sql<T>`${bound}`
}
