// Holds the migrations, schema.sql and the drizzle tables against each other. A fault is one
// sentence.
import type { DatabaseSync } from 'node:sqlite'
import {
  migrate,
  openDatabase,
  quote,
  readColumns,
  readForeignKeys,
  readObjects,
  type Column,
  type Migration,
} from './database.ts'
import type { Declared, DeclaredTable } from './declared.ts'
import { seed } from './seed.ts'
import { normalize, splitStatements, type SchemaObject } from './statements.ts'
import { findUnsafe } from './unsafe.ts'

export type Schema = { migrations: Migration[]; record: SchemaObject[]; declared: Declared }

export type Report = { objects: number; faults: string[] }

export function checkSchema({ migrations, record, declared }: Schema): Report {
  const unsafe = migrations.flatMap(({ name, sql }) =>
    findUnsafe(splitStatements(sql)).map((fault) => `${name}: ${fault}`),
  )
  const db = openDatabase()
  try {
    migrate(db, migrations)
  } catch (error) {
    return { objects: 0, faults: [...unsafe, (error as Error).message] }
  }
  const objects = readObjects(db)
  const faults = [
    ...unsafe,
    ...compareWithRecord(objects, record),
    ...compareWithDeclared(db, objects, declared),
    ...objects.flatMap((object) => compileFaults(db, object)),
    ...seededFaults(migrations),
  ]
  db.close()
  return { objects: objects.length, faults }
}

/**
 * Every object of the database stands in schema.sql with the same text, and the other way round.
 */
export function compareWithRecord(objects: SchemaObject[], record: SchemaObject[]): string[] {
  const key = ({ kind, name }: SchemaObject) => `${kind} ${name.toLowerCase()}`
  const recorded = new Map(record.map((object) => [key(object), object]))
  const migrated = new Map(objects.map((object) => [key(object), object]))
  const missing = [...migrated].filter(([name]) => !recorded.has(name))
  const extra = [...recorded].filter(([name]) => !migrated.has(name))
  const different = [...recorded].filter(([name, { sql }]) => {
    const other = migrated.get(name)
    return other !== undefined && normalize(other.sql) !== normalize(sql)
  })
  return [
    ...missing.map(([name]) => `The migrations create ${name}; schema.sql does not have it.`),
    ...extra.map(([name]) => `schema.sql has ${name}; the migrations do not create it.`),
    ...different.map(([name]) => `${name} differs between the migrations and schema.sql.`),
  ]
}

/**
 * Every table and index is declared in drizzle with the same columns and constraints, every
 * declared view exists.
 */
export function compareWithDeclared(
  db: DatabaseSync,
  objects: SchemaObject[],
  { tables, views }: Declared,
): string[] {
  const declared = new Set(tables.map(({ name }) => name))
  const indexes = new Set(tables.flatMap((table) => table.indexes.map(({ name }) => name)))
  const undeclared = objects.filter(
    ({ kind, name }) =>
      (kind === 'table' && !declared.has(name)) || (kind === 'index' && !indexes.has(name)),
  )
  const missingViews = views.flatMap(({ name, columns }) => {
    const actual = new Set(readColumns(db, name).map((column) => column.name))
    const lost = columns.filter((column) => !actual.has(column))
    if (actual.size === 0) return [`View ${name} is declared in drizzle and does not exist.`]
    return lost.map((column) => `View ${name} has no column ${column}, which drizzle declares.`)
  })
  return [
    ...undeclared.map(({ kind, name }) => `No tables.ts declares ${kind} ${name}.`),
    ...tables.flatMap((table) => compareTable(db, objects, table)),
    ...missingViews,
  ]
}

function compareTable(
  db: DatabaseSync,
  objects: SchemaObject[],
  { name, columns, foreignKeys, indexes, checks }: DeclaredTable,
): string[] {
  const actual = readColumns(db, name)
  if (actual.length === 0) return [`Table ${name} is declared in drizzle and does not exist.`]
  const table = objects.find((object) => object.kind === 'table' && object.name === name)!
  const differences = (what: string, wanted: string[], found: string[]) => [
    ...wanted
      .filter((one) => !found.includes(one))
      .map((one) => `Table ${name}: drizzle declares ${what} ${one}, the database has none such.`),
    ...found
      .filter((one) => !wanted.includes(one))
      .map((one) => `Table ${name}: the database has ${what} ${one}, drizzle declares none such.`),
  ]
  const indexed = objects.filter(
    (object) => object.kind === 'index' && normalize(object.sql).includes(` on ${name} (`),
  )
  const keys = readForeignKeys(db, name)
  const constraints = [...normalize(table.sql).matchAll(/constraint \S+ check \(/g)].length
  return [
    ...differences('column', columns.map(columnText), actual.map(columnText)),
    ...differences('foreign key', foreignKeys.map(textOf), keys.map(textOf)),
    ...differences(
      'index',
      indexes.map(({ sql }) => withoutTable(sql, name)),
      indexed.map(({ sql }) => withoutTable(normalize(sql), name)),
    ),
    ...checks
      .filter((check) => !normalize(table.sql).includes(check))
      .map((check) => `Table ${name}: the database does not have ${check}.`),
    ...(constraints === checks.length
      ? []
      : [`Table ${name}: the database has ${constraints} checks, drizzle ${checks.length}.`]),
  ]
}

const textOf = (value: object) => JSON.stringify(value)

const columnText = (column: Column) =>
  textOf({ ...column, default: column.default === null ? null : normalize(column.default) })

/** drizzle writes the table before a column of a condition in some versions: it says nothing. */
const withoutTable = (sql: string, table: string) => sql.replaceAll(`${table} . `, '')

/** SQLite compiles a trigger or view when it is used, not when it is created: so use each. */
function compileFaults(db: DatabaseSync, { kind, name, sql }: SchemaObject): string[] {
  if (kind !== 'trigger' && kind !== 'view') return []
  try {
    const use = kind === 'view' ? `SELECT * FROM ${quote(name)}` : firing(db, sql)
    db.prepare(`EXPLAIN ${use}`)
    return []
  } catch (error) {
    return [`${kind} ${name} does not compile: ${(error as Error).message}.`]
  }
}

/** A statement that may fire the trigger. */
function firing(db: DatabaseSync, createTrigger: string): string {
  const [, event, name] = / (insert|update|delete)(?: of [^;]*?)? on (\S+) /.exec(
    normalize(createTrigger),
  )!
  const table = quote(name!)
  const columns = readColumns(db, name!).map((column) => quote(column.name))
  if (event === 'delete') return `DELETE FROM ${table}`
  if (event === 'update')
    return `UPDATE ${table} SET ${columns.map((column) => `${column} = ${column}`).join(', ')}`
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => 'NULL').join(', ')})`
}

/**
 * Takes each migration over a database with rows in all tables, and counts them before and after.
 */
function seededFaults(migrations: Migration[]): string[] {
  return migrations.slice(1).flatMap((migration, at) => {
    const db = openDatabase()
    migrate(db, migrations.slice(0, at + 1))
    seed(db)
    const before = countRows(db)
    try {
      migrate(db, [migration])
    } catch (error) {
      return [`With rows in all tables, ${(error as Error).message}`]
    }
    return lostRows(before, db, splitStatements(migration.sql)).map(
      (fault) => `${migration.name}: ${fault}`,
    )
  })
}

export function countRows(db: DatabaseSync): Map<string, number> {
  const tables = readObjects(db).filter(({ kind }) => kind === 'table')
  return new Map(
    tables.map(({ name }) => {
      const row = db.prepare(`SELECT count(*) AS rows FROM ${quote(name)}`).get()
      return [name, row!.rows as number]
    }),
  )
}

/** Rows that are gone from tables that are still there, though no DELETE names the table. */
export function lostRows(
  before: Map<string, number>,
  db: DatabaseSync,
  statements: readonly string[],
): string[] {
  const after = countRows(db)
  const texts = statements.map(normalize)
  return [...before].flatMap(([table, rows]) => {
    const left = after.get(table)
    const meant = texts.some((text) => text.startsWith(`delete from ${table.toLowerCase()}`))
    return left === undefined || left >= rows || meant
      ? []
      : [`of ${rows} rows in ${table}, ${left} are left, and no DELETE names the table.`]
  })
}
