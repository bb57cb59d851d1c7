// Lists in pages: newest first, after a cursor that names the last row of the page before.
import { desc, sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

/** The last row of the page before. */
export type Cursor = { createdAt: number; sid: string }

export type PageRequest = {
  /** Rows wanted, 1 to 100. */
  limit: number
  /** Null: from the start. */
  after: Cursor | null
}

export type Page<T> = { items: T[]; next: Cursor | null }

type Listed = { createdAt: SQLiteColumn; sid: SQLiteColumn }

export const newestFirst = {
  order: ({ createdAt, sid }: Listed): SQL[] => [desc(createdAt), desc(sid)],
  after: ({ createdAt, sid }: Listed, { after }: PageRequest): SQL | undefined =>
    after === null
      ? undefined
      : // The first condition is for the index, the second for rows of the same millisecond.
        sql`${createdAt} <= ${after.createdAt}
          AND (${createdAt}, ${sid}) < (${after.createdAt}, ${after.sid})`,
}

/** The same for tables whose SIDs begin with the time of creation. */
export const newestSidFirst = {
  order: ({ sid }: { sid: SQLWrapper }): SQL[] => [desc(sid)],
  after: ({ sid }: { sid: SQLWrapper }, { after }: PageRequest): SQL | undefined =>
    after === null ? undefined : sql`${sid} < ${after.sid}`,
}

/** A page of rows. The query must have asked for one more than `limit`. */
export function toPage<T extends Cursor>(rows: readonly T[], { limit }: PageRequest): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next = rows.length > limit && last ? { createdAt: last.createdAt, sid: last.sid } : null
  return { items, next }
}
