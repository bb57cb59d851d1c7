// How many rows a list has, counted up to a number: the cost of a count stays the same.
import { sql, type SQLWrapper } from 'drizzle-orm'
import type { Database } from './client.ts'

/** Of a list: how many rows it has, or that it has more than so many. */
export type Total = number | { moreThan: number }

const MOST = 1000

/** `rows`: a statement without a limit, which selects the rows. */
export async function countUpTo(db: Database, rows: SQLWrapper): Promise<Total> {
  const [found] = await db.all<{ total: number }>(
    sql`SELECT count(*) AS total FROM (SELECT 1 FROM (${rows}) LIMIT ${MOST + 1})`,
  )
  const total = found?.total ?? 0
  return total > MOST ? { moreThan: MOST } : total
}
