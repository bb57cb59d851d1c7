// D1 through drizzle. No other file creates a database client.
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'

export type Database = DrizzleD1Database

export function openDatabase(binding: D1Database): Database {
  return drizzle(binding)
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
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes(`${kind} constraint failed`)) return true
  return false
}
