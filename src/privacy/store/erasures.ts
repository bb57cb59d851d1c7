// The SQL of erasures: the record, and how far each has come.
import { and, asc, eq, isNull, lte } from 'drizzle-orm'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import type { Erasure } from '../erasure.ts'
import { erasures } from '../tables.ts'

export function insertErasure(db: Database, erasure: Erasure) {
  return db.insert(erasures).values(erasure)
}

export async function findErasure(db: Database, sid: string): Promise<Erasure | undefined> {
  const [found] = await db.select().from(erasures).where(eq(erasures.sid, sid))
  return found
}

/** One row more than the page holds. */
export function findErasures(db: Database, page: PageRequest): Promise<Erasure[]> {
  return db
    .select()
    .from(erasures)
    .where(newestFirst.after(erasures, page))
    .orderBy(...newestFirst.order(erasures))
    .limit(page.limit + 1)
}

/** Those that have something to do now, oldest first. */
export function findDueErasures(db: Database, now: number, most: number): Promise<Erasure[]> {
  return db
    .select()
    .from(erasures)
    .where(and(isNull(erasures.finishedAt), lte(erasures.dueAt, now)))
    .orderBy(asc(erasures.dueAt))
    .limit(most)
}

export async function saveErasure(db: Database, { sid, ...row }: Erasure): Promise<void> {
  await db.update(erasures).set(row).where(eq(erasures.sid, sid))
}
