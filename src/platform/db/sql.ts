// Pieces of SQL that several stores write.
import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Rows that one call deletes from a table, so that it always ends in time. */
const PORTION_ROWS = 5000

/** Of a DELETE: the rows of the table that are dead, a portion of them. */
export function portionOf(table: SQLiteTable, dead: SQL | undefined): SQL {
  return sql`rowid IN (SELECT rowid FROM ${table} WHERE ${dead} LIMIT ${PORTION_ROWS})`
}

/** A list of values as a subquery: one parameter, however many they are. D1 takes a hundred. */
export function listed(values: readonly unknown[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`
}

/** In an upsert: the value of a column that the row in the way has kept out. */
export function excluded(column: SQLiteColumn): SQL {
  return sql`excluded.${sql.identifier(column.name)}`
}

/**
 * A selected or returned expression with its tables' names: at the top of such an expression
 * drizzle writes columns without them where one table is read, and a subquery would take them for
 * its own.
 */
export function qualified<T>(expression: SQL<T>): SQL<T> {
  return sql<T>`${expression}`
}

/** Values as rows of a query: `from` for its FROM or JOIN, `value` and `position` of a row. */
export function rowsOf(values: readonly unknown[], name = 'named') {
  const row = sql.identifier(name)
  return {
    from: sql`json_each(${JSON.stringify(values)}) AS ${row}`,
    value: sql<string>`${row}.value`,
    position: sql<number>`${row}.key`,
  }
}
