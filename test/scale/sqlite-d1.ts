// A D1 database over SQLite itself, in memory: as fast as SQLite is, for simulations of a year. Its
// answers tell changes and size as D1 does: pages in use, free ones aside.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type Store = ReturnType<typeof openSqlite>

type Prepared = { query: string; parameters: unknown[] }

export function openSqlite(schema: string) {
  const sqlite = new DatabaseSync(':memory:')
  sqlite.exec(schema)
  const known = new Map<string, StatementSync>()
  const prepare = (query: string): StatementSync => {
    const found = known.get(query) ?? sqlite.prepare(query)
    known.set(query, found)
    return found
  }
  const read = (pragma: string) => Number(Object.values(prepare(`PRAGMA ${pragma}`).get()!)[0])
  const sizeOf = () => (read('page_count') - read('freelist_count')) * read('page_size')
  const isReading = (query: string) => /^\s*(?:select|with recursive|explain)\b/i.test(query)

  function carryOut({ query, parameters }: Prepared): D1Result {
    const statement = prepare(query)
    const values = parameters as SQLInputValue[]
    const results = isReading(query) ? statement.all(...values) : []
    const changes = isReading(query) ? 0 : Number(statement.run(...values).changes)
    return {
      success: true,
      results,
      meta: { changes, size_after: sizeOf() },
    } as unknown as D1Result
  }

  const bound = (query: string, parameters: unknown[]): D1PreparedStatement => {
    const of = { query, parameters }
    return {
      ...of,
      bind: (...values: unknown[]) => bound(query, values),
      all: async () => carryOut(of),
      run: async () => carryOut(of),
      raw: async () => carryOut(of).results.map((row) => Object.values(row as object)),
    } as unknown as D1PreparedStatement
  }

  const binding = {
    prepare: (query: string) => bound(query, []),
    batch: async (statements: readonly unknown[]) => {
      sqlite.exec('BEGIN')
      try {
        const results = (statements as Prepared[]).map(carryOut)
        sqlite.exec('COMMIT')
        return results
      } catch (error) {
        sqlite.exec('ROLLBACK')
        throw error
      }
    },
  } as unknown as D1Database
  return { sqlite, binding, sizeOf, fileSize: () => read('page_count') * read('page_size') }
}
