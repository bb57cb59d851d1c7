// D1 through drizzle. No other file creates a database client.
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import { storageErrorOf } from '../storage/storage-error.ts'
import { D1Client, type D1Binding, type D1Options } from './d1-client.ts'

export type Database = DrizzleD1Database & { readonly $client: D1Client }

/** Its queries throw a StorageError, as it is or as the cause of drizzle's error. */
export function openDatabase(binding: D1Binding, options: D1Options = {}): Database {
  const client = new D1Client(binding, options)
  // drizzle calls `prepare` and `batch`, and of a statement `bind`, `all`, `run` and `raw`.
  const db: unknown = drizzle(client as unknown as D1Database)
  return db as Database
}

/**
 * True where the batch was rolled back because something that may happen only once has happened
 * before.
 */
export function isUniqueViolation(error: unknown): boolean {
  return isViolation(error, 'UNIQUE')
}

/** True where the batch was rolled back because a guard set a NOT NULL column to NULL. */
export function isNotNullViolation(error: unknown): boolean {
  return isViolation(error, 'NOT NULL')
}

/** True where the batch was rolled back because it refers to a row that does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return isViolation(error, 'FOREIGN KEY')
}

function isViolation(error: unknown, kind: string): boolean {
  const found = storageErrorOf(error)
  if (found?.code !== 'constraint') return false
  const { cause } = found
  return cause instanceof Error && cause.message.includes(`${kind} constraint failed`)
}
