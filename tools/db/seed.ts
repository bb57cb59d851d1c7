// Rows for every table, made from the schema alone: a table that is added later has rows without a
// line here.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  quote,
  readColumns,
  readForeignKeys,
  readObjects,
  type Column,
  type ForeignKey,
} from './database.ts'

export type Insert = { table: string; sql: string; values: (string | number | null)[] }

/** Rows a table: one full, one with nothing but what must be there, one with awkward characters. */
export const ROWS_A_TABLE = 3

/** Where a CHECK allows nothing else, or a trigger would add rows of its own. */
const ALLOWED: Readonly<Record<string, string | number>> = {
  'connections.purpose': 'login',
  'events.mails': 0,
}

type Tables = Map<string, { columns: Column[]; keys: ForeignKey[] }>

/**
 * Inserts in the order of the foreign keys. Throws where tables refer to each other in a circle.
 */
export function seedInserts(db: DatabaseSync): Insert[] {
  const tables: Tables = new Map(
    readObjects(db)
      .filter(({ kind }) => kind === 'table')
      .map(({ name }) => [
        name,
        { columns: readColumns(db, name), keys: readForeignKeys(db, name) },
      ]),
  )
  return parentsFirst(tables).flatMap((table) =>
    Array.from({ length: ROWS_A_TABLE }, (_, row) => insertOf(tables, table, row)),
  )
}

/** Seeds a database in memory. */
export function seed(db: DatabaseSync): void {
  for (const { sql, values } of seedInserts(db)) db.prepare(sql).run(...(values as SQLInputValue[]))
}

function parentsFirst(tables: Tables): string[] {
  const ordered = new Set<string>()
  while (ordered.size < tables.size) {
    const ready = [...tables].filter(
      ([name, { keys }]) =>
        !ordered.has(name) && keys.every(({ parent }) => parent === name || ordered.has(parent)),
    )
    if (ready.length === 0) throw new Error('Foreign keys make a circle: no row can be first.')
    for (const [name] of ready) ordered.add(name)
  }
  return [...ordered]
}

function insertOf(tables: Tables, table: string, row: number): Insert {
  const isMinimal = row === 1
  const columns = tables
    .get(table)!
    .columns.filter(
      (column) =>
        !isMinimal || column.primaryKey > 0 || (column.notNull && column.default === null),
    )
    .map(({ name }) => name)
  return {
    table,
    sql: `INSERT INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    values: columns.map((column) => valueOf(tables, table, column, row)),
  }
}

/**
 * A column that refers to another one has the value of that one: each row has parents of the same
 * number.
 */
function valueOf(tables: Tables, table: string, name: string, row: number): string | number {
  const { columns, keys } = tables.get(table)!
  const key = keys.find(({ columns: own }) => own.includes(name))
  const parentColumn = key?.parentColumns[key.columns.indexOf(name)]
  if (key && parentColumn && !(key.parent === table && parentColumn === name))
    return valueOf(tables, key.parent, parentColumn, row)
  const allowed = ALLOWED[`${table}.${name}`]
  if (allowed !== undefined) return allowed
  const column = columns.find((one) => one.name === name)!
  if (column.type === 'integer') return row + 1
  return `${table}.${name} ${row + 1}${row === 2 ? ` 'ü" \n` : ''}`
}
