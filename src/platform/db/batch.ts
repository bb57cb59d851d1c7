// Several statements in one transaction and one round trip, with results that have names.
import type { BatchItem } from 'drizzle-orm/batch'
import { isNotNullViolation, type Database } from './client.ts'

export type Statement = BatchItem<'sqlite'>

/** A statement, or a list of statements that share one name. Undefined: left out. */
type Named = Readonly<Record<string, Statement | readonly Statement[] | undefined>>

type ResultOf<T> = T extends Statement
  ? T['_']['result']
  : T extends readonly (infer S)[]
    ? ResultOf<S>[]
    : undefined

type Results<T extends Named> = { [Name in keyof T]: ResultOf<T[Name]> }

/**
 * Runs the statements in their order, all or none, and returns each result under the name of its
 * statement. A statement without rows to return gives its `D1Result`.
 */
export async function batch<T extends Named>(db: Database, statements: T): Promise<Results<T>> {
  const named = Object.entries(statements).map(([name, of]) => ({ name, of }))
  const flat = named.flatMap(({ of }) => of ?? [])
  const [first, ...others] = flat
  const results: unknown[] = first ? await db.batch([first, ...others]) : []
  let at = 0
  const entries = named.map(({ name, of }) => {
    if (of === undefined) return [name, undefined]
    if (!isList(of)) return [name, results[at++]]
    const from = at
    at += of.length
    return [name, results.slice(from, at)]
  })
  return Object.fromEntries(entries) as Results<T>
}

/**
 * A batch with guards. A guard whose condition fails sets a NOT NULL column to NULL, which rolls
 * the batch back. Returns undefined then.
 */
export async function guardedBatch<T extends Named>(
  db: Database,
  statements: T,
): Promise<Results<T> | undefined> {
  try {
    return await batch(db, statements)
  } catch (error) {
    if (isNotNullViolation(error)) return undefined
    throw error
  }
}

function isList(of: Statement | readonly Statement[]): of is readonly Statement[] {
  return Array.isArray(of)
}

/** The number of rows that a statement without `returning` has changed. */
export function changedBy(result: D1Result): number {
  return result.meta.changes
}
