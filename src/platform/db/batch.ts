// Several statements in one transaction and one round trip, with results that have names.
import type { BatchItem } from 'drizzle-orm/batch'
import type { RunnableQuery } from 'drizzle-orm/runnable-query'
import type { PreparedQuery } from 'drizzle-orm/session'
import { isFull } from '../storage/storage-error.ts'
import { isNotNullViolation, type Database } from './client.ts'

export type Statement = BatchItem<'sqlite'>

/** A statement, or a list of statements that share one name. Undefined: left out. */
export type Named = Readonly<Record<string, Statement | readonly Statement[] | undefined>>

type ResultOf<T> = T extends Statement
  ? T['_']['result']
  : T extends readonly (infer S)[]
    ? ResultOf<S>[]
    : undefined

/** What the statements of a batch return, by their names. */
export type Results<T extends Named> = { [Name in keyof T]: ResultOf<T[Name]> }

type BatchOptions = {
  /**
   * True: carried out twice it leaves what it leaves once. After a lost answer it is sent again.
   * A batch that only reads needs no such word.
   */
  isRepeatable?: boolean
}

/**
 * Runs the statements in their order, all or none, and returns each result under the name of its
 * statement. A statement without rows to return gives its `D1Result`.
 */
export async function batch<T extends Named>(
  db: Database,
  statements: T,
  { isRepeatable = false }: BatchOptions = {},
): Promise<Results<T>> {
  const named = Object.entries(statements).map(([name, of]) => ({ name, of }))
  const results = await send(
    db,
    named.flatMap(({ of }) => of ?? []),
    isRepeatable,
  )
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
 * What reads, with notes that it can do without, such as a last use. A full database is read all
 * the same, and the notes have no results then. Both must be repeatable.
 */
export async function readAndNote<Reads extends Named, Notes extends Named>(
  db: Database,
  reads: Reads,
  notes: Notes,
): Promise<Results<Reads> & Partial<Results<Notes>>> {
  try {
    return await batch(db, { ...reads, ...notes }, { isRepeatable: true })
  } catch (error) {
    if (!isFull(error)) throw error
    return (await batch(db, reads)) as Results<Reads> & Partial<Results<Notes>>
  }
}

/** A note by itself. A full database goes without it. */
export async function note(work: PromiseLike<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isFull(error)) throw error
  }
}

async function send(
  db: Database,
  statements: readonly Statement[],
  isRepeatable: boolean,
): Promise<unknown[]> {
  if (statements.length === 0) return []
  const prepared = statements.map(prepareStatement)
  const bound = prepared.map((query) => {
    const { sql, params } = query.getQuery()
    return db.$client.prepare(sql).bind(...params)
  })
  const results = await db.$client.batch(bound, isRepeatable)
  return results.map((result, index) => prepared[index]!.mapResult(result, true))
}

/** One reading statement, in which columns of one name do not hide each other. */
export async function query<T>(db: Database, statement: RunnableQuery<T, 'sqlite'>): Promise<T> {
  const prepared = prepareStatement(statement)
  const { sql, params } = prepared.getQuery()
  const rows = await db.$client
    .prepare(sql)
    .bind(...params)
    .raw()
  return prepared.mapResult(rows) as T
}

/** As drizzle's own batch does, which cannot say that a batch is repeatable. */
export function prepareStatement(statement: Statement): PreparedQuery {
  return (statement as unknown as Record<'_prepare', () => PreparedQuery>)['_prepare']()
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

/**
 * The number of rows that a statement without `returning` has changed, those of triggers included:
 * where a table has such triggers, count what `returning` returns.
 */
export function changedBy(result: D1Result): number {
  return result.meta.changes
}
