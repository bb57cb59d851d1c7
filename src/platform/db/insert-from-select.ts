// INSERT … SELECT with each value under the name of its column. The type check fails where a column
// is renamed. It also fails where a NOT NULL column without default is left out.
import { Column, getTableColumns, is, SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteSelectBuilder, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from './client.ts'

type Value<T> = SQL<unknown> | SQLiteColumn | T

/** For each column an expression over the query’s tables, or a value of the column’s type. */
export type InsertColumns<Table extends SQLiteTable> = {
  [Name in keyof Table['$inferInsert']]: Value<Table['$inferInsert'][Name]>
}

type Selection = Record<string, SQL.Aliased>
type Select = SQLiteSelectBuilder<Selection, 'async', D1Result>

/**
 * Inserts a row for each row of a query. `from` gets the SELECT of the columns and adds FROM. SQL
 * that it returns follows the SELECT. A column without a value gets its default. With `onConflict…`
 * the query must have a WHERE: otherwise SQLite reads ON as that of a join.
 */
export function insertFromSelect<Table extends SQLiteTable>(
  db: Database,
  table: Table,
  columns: InsertColumns<Table>,
  from: (select: Select) => { getSQL(): SQL },
) {
  const selection = selectionOf(table, columns)
  return db.insert(table).select(from(db.select(selection)).getSQL())
}

/** All columns in the order of the table: drizzle names them all in its INSERT. */
function selectionOf<Table extends SQLiteTable>(
  table: Table,
  columns: InsertColumns<Table>,
): Selection {
  const values: Readonly<Record<string, unknown>> = columns
  return Object.fromEntries(
    Object.entries<SQLiteColumn>(getTableColumns(table)).map(([name, column]) => {
      const value = values[name] === undefined ? column.default : values[name]
      return [name, expressionOf(value ?? null, column).as(column.name)]
    }),
  )
}

/**
 * Nested, since drizzle takes the tables' names from columns at the top of a selected expression.
 */
function expressionOf(value: unknown, column: SQLiteColumn): SQL {
  return is(value, SQL) || is(value, Column)
    ? sql`${sql`${value}`}`
    : sql`${sql.param(value, column)}`
}
