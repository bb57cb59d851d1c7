// Where a project keeps its schemas: for each database its migrations, schema.sql and the tables of
// drizzle.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Schema } from './check-schema.ts'
import type { Migration } from './database.ts'
import { readDeclared } from './declared.ts'
import { readRecord } from './record.ts'

/** The files of one database. */
export type Place = {
  binding: string
  migrations: string
  /** The schema of record. */
  record: string
  /** The module that gathers the tables. */
  tables: string
  /** The configuration of drizzle-kit. */
  config: string
}

const DB: Place = {
  binding: 'DB',
  migrations: 'migrations',
  record: 'src/platform/db/schema.sql',
  tables: 'src/platform/db/schema.ts',
  config: 'drizzle.config.ts',
}

const HISTORY: Place = {
  binding: 'HISTORY',
  migrations: 'migrations/history',
  record: 'src/platform/db/history-schema.sql',
  tables: 'src/platform/db/history-schema.ts',
  config: 'drizzle.history.config.ts',
}

/** As in wrangler.toml. */
export const DATABASES: readonly Place[] = [DB, HISTORY]

/** In the order in which wrangler applies them. */
export function readMigrations(root: string, { migrations }: Place = DB): Migration[] {
  const folder = join(root, migrations)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))
}

export function readRecordText(root: string, { record }: Place = DB): string {
  const path = join(root, record)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

export async function readSchema(root: string, place: Place = DB): Promise<Schema> {
  const url = pathToFileURL(join(root, place.tables)).href
  const module = (await import(url)) as Record<string, unknown>
  return {
    migrations: readMigrations(root, place),
    record: readRecord(readRecordText(root, place)),
    declared: readDeclared(module),
  }
}
