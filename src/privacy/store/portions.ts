// Statements over lists of tables: count rows, delete them whole or in portions.
import { getTableName, sql } from 'drizzle-orm'
import { batch, changedBy, type Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { isPortion, type SweepBudget } from '../../platform/db/sweep.ts'
import { addTo, type Removed } from '../erasure.ts'
import type { OwnedRows } from './rows.ts'

/** Rows that one statement deletes: D1 answers one at a time, and a login must not wait. */
const PORTION = 5000

const nameOf = ({ table }: OwnedRows): string => getTableName(table)

export function deleteIn(db: Database, { table, where }: OwnedRows): Statement {
  const statement = db.delete(table).where(where)
  return HAVE_WORDS.has(getTableName(table)) ? statement.returning({ one: sql`1` }) : statement
}

/** Triggers delete their words, which D1 counts as changes: the rows themselves are counted. */
const HAVE_WORDS: ReadonlySet<string> = new Set(['users', 'tenants', 'connections', 'clients'])

/** Rows of each table. Tables without any are left out. */
export async function countIn(db: Database, rows: readonly OwnedRows[]): Promise<Removed> {
  const counts = await batch(db, {
    all: rows.map(({ table, where }) =>
      db
        .select({ rows: sql<number>`count(*)`.as('rows') })
        .from(table)
        .where(where),
    ),
  })
  let found: Removed = {}
  for (const [index, [count]] of counts.all.entries())
    found = addTo(found, { [nameOf(rows[index]!)]: count!.rows })
  return found
}

export type Portion = { removed: Removed; position: string; isDone: boolean }

/** Deletes from table to table, in their order, until all are empty or the budget is used. */
export async function deletePortions(
  db: Database,
  rows: readonly OwnedRows[],
  position: string,
  budget: SweepBudget,
): Promise<Portion> {
  let removed: Removed = {}
  let at = Number(position)
  while (at < rows.length && hasLeft(budget)) {
    const { table, where } = rows[at]!
    budget.statements--
    const { deleted } = await batch(
      db,
      { deleted: db.delete(table).where(isPortion(table, where, PORTION)) },
      { isRepeatable: true },
    )
    const count = changedBy(deleted)
    removed = addTo(removed, { [nameOf(rows[at]!)]: count })
    if (count < PORTION) at++
  }
  return { removed, position: String(at), isDone: at >= rows.length }
}

/** One batch of all tables, for rows that few people have. */
export async function deleteChunk(db: Database, rows: readonly OwnedRows[]): Promise<Removed> {
  const { all } = await batch(db, { all: rows.map((one) => deleteIn(db, one)) })
  return removedBy(rows, all as unknown as D1Result[])
}

export function removedBy(
  rows: readonly OwnedRows[],
  results: readonly (D1Result | readonly unknown[])[],
): Removed {
  let removed: Removed = {}
  for (const [index, result] of results.entries())
    removed = addTo(removed, {
      [nameOf(rows[index]!)]: isRows(result) ? result.length : changedBy(result),
    })
  return removed
}

function isRows(result: D1Result | readonly unknown[]): result is readonly unknown[] {
  return Array.isArray(result)
}

export function hasLeft(budget: SweepBudget, statements = 1): boolean {
  return budget.statements >= statements && Date.now() < budget.until
}
