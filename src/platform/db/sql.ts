// Pieces of SQL that several stores write.
import { is, SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

/**
 * A list of values as a subquery with one parameter. D1 accepts a hundred parameters. SQL is a list
 * in JSON, as a parameter of a compiled statement.
 */
export function listed(values: readonly unknown[] | SQL<string>): SQL {
  return sql`(SELECT value FROM json_each(${inJSON(values)}))`
}

/** In an upsert: the value of the column in the row that was not inserted. */
export function excluded(column: SQLiteColumn): SQL {
  return sql`excluded.${sql.identifier(column.name)}`
}

/**
 * A selected or returned expression with its tables’ names. When a query reads one table, drizzle
 * leaves them out at the top of such an expression. A subquery would then take the columns for its
 * own.
 */
export function qualified<T>(expression: SQL<T>): SQL<T> {
  return sql<T>`${expression}`
}

/** Values as rows of a query: `from` for its FROM or JOIN, `value` and `position` of a row. */
export function rowsOf(values: readonly unknown[] | SQL<string>, name = 'named') {
  const row = sql.identifier(name)
  return {
    from: sql`json_each(${inJSON(values)}) AS ${row}`,
    value: sql<string>`${row}.value`,
    position: sql<number>`${row}.key`,
  }
}

function inJSON(values: readonly unknown[] | SQL<string>): string | SQL<string> {
  return is(values, SQL) ? values : JSON.stringify(values)
}
