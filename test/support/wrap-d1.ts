// A D1 database around another one: whatever is asked of it goes through one function, which may count it or break it off. It
// knows no test framework and no runtime: in Node, in workerd and in a Worker it is the same.

/** One round trip: what D1 carries out, with an answer for each of its statements. */
export type Trip = () => Promise<D1Result[]>

export function wrapD1(real: D1Database, around: (trip: Trip) => Promise<D1Result[]>): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>()
  const wrap = (statement: D1PreparedStatement, isRead: boolean): D1PreparedStatement => {
    const one = async (trip: () => Promise<D1Result>) =>
      (await around(async () => [await trip()]))[0]!
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), isRead),
      all: () => one(() => statement.all()),
      run: () => one(() => statement.run()),
      // Rows without names, in which columns of one name do not hide each other. Its answer does not say what it cost: what only
      // reads is asked twice.
      raw: async () => {
        const { results } = await one(() => statement.all())
        return isRead
          ? statement.raw()
          : (results as Record<string, unknown>[]).map((row) => Object.values(row))
      },
    } as unknown as D1PreparedStatement
    originals.set(wrapped, statement)
    return wrapped
  }
  return {
    prepare: (query: string) => wrap(real.prepare(query), /^\s*(?:select|with)\b/i.test(query)),
    batch: (statements: D1PreparedStatement[]) =>
      around(() => real.batch(statements.map((statement) => originals.get(statement)!))),
  } as unknown as D1Database
}

export type Cost = { trips: number; statements: number; rowsRead: number; rowsWritten: number }

/** Counts what is asked. `cost` grows; set it back by `Object.assign(cost, NO_COST)`. */
export function countD1(real: D1Database): { binding: D1Database; cost: Cost } {
  const cost = { ...NO_COST }
  const binding = wrapD1(real, async (trip) => {
    const results = await trip()
    cost.trips++
    for (const { meta } of results) {
      cost.statements++
      cost.rowsRead += meta.rows_read
      cost.rowsWritten += meta.rows_written
    }
    return results
  })
  return { binding, cost }
}

export const NO_COST: Cost = { trips: 0, statements: 0, rowsRead: 0, rowsWritten: 0 }
