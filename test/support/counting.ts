// A database that counts what is asked of it: statements, round trips and rows read.
import { env } from 'cloudflare:workers'
import { openDatabase } from '../../src/db/client.ts'

export function countingDatabase() {
  const cost = { trips: 0, rowsRead: 0 }
  const note = <T>(result: T): T => {
    cost.trips++
    for (const { meta } of [result].flat() as D1Result[]) cost.rowsRead += meta?.rows_read ?? 0
    return result
  }
  const real = new WeakMap<object, D1PreparedStatement>()
  const wrap = (statement: D1PreparedStatement, isRead: boolean): D1PreparedStatement => {
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), isRead),
      all: async () => note(await statement.all()),
      run: async () => note(await statement.run()),
      // Rows without names, in which columns of one name do not hide each other. Its answer does not say what it cost: what only
      // reads is asked twice.
      raw: async () => {
        const { results } = note(await statement.all())
        return isRead ? statement.raw() : results.map((row) => Object.values(row))
      },
    } as unknown as D1PreparedStatement
    real.set(wrapped, statement)
    return wrapped
  }
  const binding = {
    prepare: (query: string) => wrap(env.DB.prepare(query), /^select\b/i.test(query)),
    batch: async (statements: D1PreparedStatement[]) =>
      note(await env.DB.batch(statements.map((statement) => real.get(statement)!))),
  } as unknown as D1Database
  return { binding, db: openDatabase(binding), cost }
}
