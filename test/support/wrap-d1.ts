// A D1 database around another one: each query goes through one function, which may count it or
// break it off. It knows no test framework and no runtime: in Node, in workerd and in a Worker it
// is the same.

/** One round trip: what D1 carries out, with an answer for each of its statements. */
export type Trip = () => Promise<D1Result[]>

/** A statement as it is sent. */
export type Asked = { query: string; parameters: number }

export function wrapD1(
  real: D1Database,
  around: (trip: Trip, asked: readonly Asked[]) => Promise<D1Result[]>,
): D1Database {
  const originals = new WeakMap<object, { statement: D1PreparedStatement; asked: Asked }>()
  const wrap = (statement: D1PreparedStatement, asked: Asked): D1PreparedStatement => {
    const one = async (trip: () => Promise<D1Result>) =>
      (await around(async () => [await trip()], [asked]))[0]!
    const wrapped = {
      bind: (...values: unknown[]) =>
        wrap(statement.bind(...values), { ...asked, parameters: values.length }),
      all: () => one(() => statement.all()),
      run: () => one(() => statement.run()),
      // Rows without names, in which columns of one name do not hide each other. Its answer does
      // not say what it cost: what only reads is asked twice.
      raw: async () => {
        const { results } = await one(() => statement.all())
        return /^\s*(?:select|with)\b/i.test(asked.query)
          ? statement.raw()
          : (results as Record<string, unknown>[]).map((row) => Object.values(row))
      },
    } as unknown as D1PreparedStatement
    originals.set(wrapped, { statement, asked })
    return wrapped
  }
  return {
    prepare: (query: string) => wrap(real.prepare(query), { query, parameters: 0 }),
    batch: (statements: D1PreparedStatement[]) => {
      const wrapped = statements.map((statement) => originals.get(statement)!)
      return around(
        () => real.batch(wrapped.map(({ statement }) => statement)),
        wrapped.map(({ asked }) => asked),
      )
    },
  } as unknown as D1Database
}

export type Cost = {
  trips: number
  statements: number
  rowsRead: number
  rowsWritten: number
  /** Of the greediest statement: bound parameters, bytes of SQL, and milliseconds. */
  parameters: number
  length: number
  slowest: number
}

/**
 * Counts what is asked. `cost` grows; it is set back by `Object.assign(cost, NO_COST)`. Rows that a
 * statement like `without` reads are not counted: other tests of the run make them.
 */
export function countD1(real: D1Database, without?: RegExp): { binding: D1Database; cost: Cost } {
  const cost = { ...NO_COST }
  const binding = wrapD1(real, async (trip, asked) => {
    const results = await trip()
    cost.trips++
    for (const { query, parameters } of asked) {
      cost.parameters = Math.max(cost.parameters, parameters)
      cost.length = Math.max(cost.length, query.length)
    }
    for (const [at, { meta }] of results.entries()) {
      cost.statements++
      if (!without?.test(asked[at]?.query ?? '')) cost.rowsRead += meta.rows_read
      cost.rowsWritten += meta.rows_written
      cost.slowest = Math.max(cost.slowest, meta.duration)
    }
    return results
  })
  return { binding, cost }
}

export const NO_COST: Cost = {
  trips: 0,
  statements: 0,
  rowsRead: 0,
  rowsWritten: 0,
  parameters: 0,
  length: 0,
  slowest: 0,
}
