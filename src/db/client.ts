// D1 through drizzle. The one place that makes a database client.
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'

export type Database = DrizzleD1Database

export function openDatabase(binding: D1Database): Database {
  return drizzle(binding)
}

/** True where a batch was rolled back because something that may happen once had happened before. */
export function isUniqueViolation(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (/UNIQUE constraint failed/.test(cause.message)) return true
  return false
}
