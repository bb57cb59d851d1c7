// What the drizzle tables declare, in the words of SQLite.
import { is, SQL } from 'drizzle-orm'
import {
  getTableConfig,
  getViewConfig,
  SQLiteSyncDialect,
  SQLiteTable,
  SQLiteView,
  type SQLiteColumn,
} from 'drizzle-orm/sqlite-core'
import type { Column, ForeignKey } from './database.ts'
import { normalize } from './statements.ts'

export type DeclaredIndex = { name: string; sql: string }

export type DeclaredTable = {
  name: string
  columns: Column[]
  foreignKeys: ForeignKey[]
  /** CREATE INDEX statements in normal form. */
  indexes: DeclaredIndex[]
  /** Constraints in normal form. */
  checks: string[]
}

export type DeclaredView = { name: string; columns: string[] }

export type Declared = { tables: DeclaredTable[]; views: DeclaredView[] }

const dialect = new SQLiteSyncDialect()

/** Of all that a module exports, its tables and views. */
export function readDeclared(module: Record<string, unknown>): Declared {
  const exported = Object.values(module)
  return {
    tables: exported.filter((value) => is(value, SQLiteTable)).map(declaredTable),
    views: exported
      .filter((value) => is(value, SQLiteView))
      .map((view) => {
        const { name, selectedFields } = getViewConfig(view as SQLiteView)
        const columns = Object.values(selectedFields) as { name?: string; fieldAlias?: string }[]
        return { name, columns: columns.map((column) => column.fieldAlias ?? column.name ?? '') }
      }),
  }
}

function declaredTable(table: SQLiteTable): DeclaredTable {
  const config = getTableConfig(table)
  const composite = config.primaryKeys[0]?.columns.map(({ name }) => name) ?? []
  return {
    name: config.name,
    columns: config.columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toLowerCase(),
      notNull: column.notNull,
      default: defaultOf(column),
      primaryKey: column.primary ? 1 : composite.indexOf(column.name) + 1,
    })),
    foreignKeys: config.foreignKeys.map((key) => {
      const { columns, foreignTable, foreignColumns } = key.reference()
      return {
        columns: columns.map(({ name }) => name),
        parent: getTableConfig(foreignTable).name,
        parentColumns: foreignColumns.map(({ name }) => name),
        onDelete: (key.onDelete ?? 'no action').toUpperCase(),
        onUpdate: (key.onUpdate ?? 'no action').toUpperCase(),
      }
    }),
    indexes: config.indexes.map(({ config: index }) => {
      const columns = index.columns.map((column) =>
        is(column, SQL) ? textOf(column) : (column as SQLiteColumn).name,
      )
      const where = index.where ? ` WHERE ${textOf(index.where)}` : ''
      const unique = index.unique ? 'UNIQUE ' : ''
      const sql = `CREATE ${unique}INDEX ${index.name} ON ${config.name} (${columns.join(',')})${where}`
      return { name: index.name, sql: normalize(sql) }
    }),
    checks: config.checks.map(({ name, value }) =>
      normalize(`CONSTRAINT ${name} CHECK(${textOf(value)})`),
    ),
  }
}

function textOf(value: SQL): string {
  return dialect.sqlToQuery(value.inlineParams()).sql
}

/** The SQL of a default, as it stands in CREATE TABLE. */
function defaultOf(column: SQLiteColumn): string | null {
  const value: unknown = column.default
  if (!column.hasDefault || value === undefined) return null
  if (is(value, SQL)) return textOf(value)
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
