// A database in memory that takes migrations as D1 does: foreign keys are on, and each file is one
// transaction.
import { DatabaseSync } from 'node:sqlite'
import { splitStatements, type ObjectKind, type SchemaObject } from './statements.ts'

export type Migration = { name: string; sql: string }

export type Column = {
  name: string
  type: string
  notNull: boolean
  /** The SQL of the default. */
  default: string | null
  /** Position in the primary key from 1; 0: not part of it. */
  primaryKey: number
}

export type ForeignKey = {
  columns: string[]
  parent: string
  parentColumns: string[]
  onDelete: string
  onUpdate: string
}

export function openDatabase(): DatabaseSync {
  return new DatabaseSync(':memory:', { enableForeignKeyConstraints: true })
}

/** Throws an Error that quotes the statement. Then nothing of the migration has happened. */
export function applyMigration(db: DatabaseSync, statements: readonly string[]): void {
  db.exec('BEGIN')
  let current = 'COMMIT'
  try {
    for (current of statements) db.exec(current)
    current = 'COMMIT'
    db.exec(current)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw new Error(`${(error as Error).message} in: ${current}`)
  }
}

export function migrate(db: DatabaseSync, migrations: readonly Migration[]): void {
  for (const { name, sql } of migrations) {
    try {
      applyMigration(db, splitStatements(sql))
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`)
    }
  }
}

/** Everything that a migration has created; what SQLite and D1 keep for themselves is left out. */
export function readObjects(db: DatabaseSync): SchemaObject[] {
  const rows = db
    .prepare(
      `SELECT type, name, sql FROM sqlite_master
       WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE '~_cf~_%' ESCAPE '~'
         AND name <> 'd1_migrations'
       ORDER BY name`,
    )
    .all() as { type: ObjectKind; name: string; sql: string }[]
  return rows.map(({ type, name, sql }) => ({ kind: type, name, sql }))
}

/** The columns of a table or view. */
export function readColumns(db: DatabaseSync, table: string): Column[] {
  type Row = {
    name: string
    type: string
    notnull: number
    dflt_value: string | null
    pk: number
  }
  const rows = db.prepare('SELECT * FROM pragma_table_xinfo(?)').all(table) as Row[]
  return rows.map(({ name, type, notnull, dflt_value, pk }) => ({
    name,
    type: type.toLowerCase(),
    notNull: notnull === 1,
    default: dflt_value,
    primaryKey: pk,
  }))
}

export function readForeignKeys(db: DatabaseSync, table: string): ForeignKey[] {
  type Row = {
    id: number
    table: string
    from: string
    to: string
    on_update: string
    on_delete: string
  }
  const rows = db
    .prepare('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq')
    .all(table) as Row[]
  return Object.values(Object.groupBy(rows, ({ id }) => id)).map((parts) => ({
    columns: parts!.map(({ from }) => from),
    parent: parts![0]!.table,
    parentColumns: parts!.map(({ to }) => to),
    onDelete: parts![0]!.on_delete,
    onUpdate: parts![0]!.on_update,
  }))
}

export const quote = (name: string) => `\`${name}\``
