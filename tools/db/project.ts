// Where a project keeps its schema: migrations, schema.sql and the tables of drizzle.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Schema } from './check-schema.ts'
import type { Migration } from './database.ts'
import { readDeclared } from './declared.ts'
import { readRecord } from './record.ts'

export const MIGRATIONS = 'migrations'
export const RECORD = 'src/platform/db/schema.sql'
const TABLES = 'src/platform/db/schema.ts'

/** In the order in which wrangler applies them. */
export function readMigrations(root: string): Migration[] {
  return readdirSync(join(root, MIGRATIONS))
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => ({ name, sql: readFileSync(join(root, MIGRATIONS, name), 'utf8') }))
}

export function readRecordText(root: string): string {
  const path = join(root, RECORD)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

export async function readSchema(root: string): Promise<Schema> {
  const module = (await import(pathToFileURL(join(root, TABLES)).href)) as Record<string, unknown>
  return {
    migrations: readMigrations(root),
    record: readRecord(readRecordText(root)),
    declared: readDeclared(module),
  }
}
