// A limit on rows, counted inside the statement that adds them: two requests at once do not pass
// it.
import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { guardedBatch, type Named } from './batch.ts'
import type { Database } from './client.ts'

type CountedRows = {
  table: SQLiteTable
  /** Which rows count: a range of an index. */
  where: SQL | undefined
  /** How many rows the statement adds. */
  adding?: number | SQL
}

/**
 * The value, for a NOT NULL column of a guarded batch; NULL, which rolls the batch back, where the
 * rows would be more than `most`.
 */
export function withinLimit<T extends string | number>(
  most: number,
  value: T,
  { table, where, adding = 1 }: CountedRows,
): SQL<T> {
  const rows = sql`(SELECT count(*) FROM ${table} WHERE ${where})`
  return sql<T>`CASE WHEN ${rows} + ${adding} <= ${most} THEN ${value} END`
}

/**
 * Inserts a row and runs other statements, in one batch. False, and nothing done, where there are
 * `most` rows like it already.
 */
export async function insertWithin<T extends SQLiteTable>(
  db: Database,
  table: T,
  row: SQLiteInsertValue<T> & { createdAt: number },
  { most, where }: { most: number; where: SQL | undefined },
  statements: Named,
): Promise<boolean> {
  const createdAt = withinLimit(most, row.createdAt, { table, where })
  const inserted = await guardedBatch(db, {
    row: db.insert(table).values({ ...row, createdAt }),
    ...statements,
  })
  return inserted !== undefined
}
