// Statements whose text is built once. Building it costs more than all else that a login does, and
// drizzle's own prepared statements do not work in a batch.
import { fillPlaceholders, is, Placeholder, sql, type SQL } from 'drizzle-orm'
import type { PreparedQuery } from 'drizzle-orm/session'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { prepareStatement, type Named, type Statement } from './batch.ts'
import { openDatabase, type Database } from './client.ts'

/** What a statement gets for each call: SQL where it is built, so that no code reckons with it. */
type Parameters = Readonly<Record<string, SQL<unknown>>>

type ValuesOf<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends SQL<infer Value> ? Value : never
}

/** The parameters for such values. */
export type Placeholders<Values> = { readonly [Name in keyof Values]: SQL<Values[Name]> }

/**
 * The statements of a batch, bound for each call. The text of each is built when it is first sent:
 * a caller may leave one out. `build` must write the same text for all values; another text is
 * another statement, or another call of `compile`.
 */
export function compile<P extends Parameters, S extends Named>(
  build: (db: Database, parameters: P) => S,
): (values: ValuesOf<P>) => S {
  let compiled: { [name: string]: Compiled | Compiled[] | undefined } | undefined
  return (values) => {
    compiled ??= mapStatements(build(openDatabase(NO_BINDING), placeholders<P>()), preparedOnce)
    const bind = (query: Compiled) => new BoundStatement(query, values) as unknown as Statement
    return mapStatements(compiled, bind) as unknown as S
  }
}

/** A parameter whose value drizzle encodes by the type of the column, as JSON or a boolean. */
export function encoded<T>(parameter: SQL<T>, column: SQLiteColumn): SQL<T> {
  const placeholder = parameter.queryChunks.find((chunk) => is(chunk, Placeholder))
  return sql<T>`${sql.param(placeholder, column)}`
}

type Compiled = () => PreparedQuery

function preparedOnce(statement: Statement): Compiled {
  let prepared: PreparedQuery | undefined
  return () => (prepared ??= prepareStatement(statement))
}

/** What `batch` asks of a statement, with the values of one call. */
class BoundStatement implements PreparedQuery {
  readonly #query: Compiled
  readonly #values: Readonly<Record<string, unknown>>

  constructor(query: Compiled, values: Readonly<Record<string, unknown>>) {
    this.#query = query
    this.#values = values
  }

  ['_prepare'](): PreparedQuery {
    return this
  }

  getQuery() {
    const { sql: text, params } = this.#query().getQuery()
    return { sql: text, params: fillPlaceholders(params, this.#values) }
  }

  toSQL() {
    return this.getQuery()
  }

  mapResult(response: unknown, isFromBatch?: boolean): unknown {
    return this.#query().mapResult(response, isFromBatch)
  }
}

/** The statements are built, and sent by nothing. */
const NO_BINDING = {
  prepare() {
    throw new TypeError('a compiled statement is sent by batch()')
  },
  batch() {
    throw new TypeError('a compiled statement is sent by batch()')
  },
}

function placeholders<P extends Parameters>(): P {
  const get = (_: unknown, name: string) => sql`${sql.placeholder(name)}`
  return new Proxy({}, { get }) as P
}

function mapStatements<From, To>(
  named: Readonly<Record<string, From | readonly From[] | undefined>>,
  change: (statement: From) => To,
): Record<string, To | To[] | undefined> {
  const entries = Object.entries(named).map(([name, of]) => {
    if (of === undefined) return [name, undefined]
    return [name, Array.isArray(of) ? of.map(change) : change(of as From)]
  })
  return Object.fromEntries(entries)
}
