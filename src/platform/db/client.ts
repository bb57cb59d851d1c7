// D1 through drizzle. The one place that makes a database client.
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'

export type Database = DrizzleD1Database

export function openDatabase(binding: D1Database): Database {
  return drizzle(binding)
}

/**
 * True where a batch was rolled back because something that may happen once had happened before.
 */
export function isUniqueViolation(error: unknown): boolean {
  return isViolation(error, 'UNIQUE')
}

/**
 * True where a batch was rolled back because a guard had set a column to NULL that does not take
 * it.
 */
export function isNotNullViolation(error: unknown): boolean {
  return isViolation(error, 'NOT NULL')
}

/** True where a batch was rolled back because it refers to a row that is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return isViolation(error, 'FOREIGN KEY')
}

function isViolation(error: unknown, kind: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes(`${kind} constraint failed`)) return true
  return false
}
