// Statements whose text is built once: at build time for the upload, otherwise at the first call.
// Building it costs more than all else that a login does, and drizzle's own prepared statements do
// not work in a batch.
import { is, Placeholder, sql, type SQL } from 'drizzle-orm'
import type { PreparedQuery } from 'drizzle-orm/session'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Named, Statement } from './batch.ts'
import { BUILT } from './built.ts'
import { bindParameters, mapResult, type BuiltStatement } from './built-statement.ts'
import { openDatabase, type Database } from './client.ts'
import { describeStatement } from './describe-statement.ts'

/** What a statement gets for each call: SQL where it is built, so that no code reckons with it. */
type Parameters = Readonly<Record<string, SQL<unknown>>>

type ValuesOf<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends SQL<infer Value> ? Value : never
}

/** The parameters for such values. */
export type Placeholders<Values> = { readonly [Name in keyof Values]: SQL<Values[Name]> }

/** The statements of a batch; a list may share one name. */
export type BuiltBatch = { [name: string]: BuiltStatement | BuiltStatement[] | undefined }

/** All batches of the modules that are loaded, in their order. For the build and tests. */
export const COMPILED: { name: string; build: () => Named }[] = []

/**
 * The statements of a batch, bound for each call. `name` is that of the batch in the upload, and no
 * other batch has it. `build` must write the same text for all values; another text is another
 * statement, or another call of `compile`.
 */
export function compile<P extends Parameters, S extends Named>(
  name: string,
  build: (db: Database, parameters: P) => S,
): (values: ValuesOf<P>) => S {
  const buildOnce = () => build(openDatabase(NO_BINDING, { isUnbound: true }), placeholders<P>())
  COMPILED.push({ name, build: buildOnce })
  let built: BuiltBatch | undefined
  return (values) => {
    built ??= readBatch(BUILT[name]) ?? describeBatch(buildOnce())
    const bind = (statement: BuiltStatement) =>
      new BoundStatement(statement, values) as unknown as Statement
    return mapStatements(built, bind) as unknown as S
  }
}

function readBatch(text: string | undefined): BuiltBatch | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as BuiltBatch)
}

export function describeBatch(statements: Named): BuiltBatch {
  return mapStatements(statements, describeStatement)
}

/** A parameter whose value drizzle encodes by the type of the column, as JSON or a boolean. */
export function encoded<T>(parameter: SQL<T>, column: SQLiteColumn): SQL<T> {
  const placeholder = parameter.queryChunks.find((chunk) => is(chunk, Placeholder))
  return sql<T>`${sql.param(placeholder, column)}`
}

/** What `batch` asks of a statement, with the values of one call. */
class BoundStatement implements PreparedQuery {
  readonly #built: BuiltStatement
  readonly #values: Readonly<Record<string, unknown>>

  constructor(built: BuiltStatement, values: Readonly<Record<string, unknown>>) {
    this.#built = built
    this.#values = values
  }

  ['_prepare'](): PreparedQuery {
    return this
  }

  getQuery() {
    return { sql: this.#built.text, params: bindParameters(this.#built, this.#values) }
  }

  toSQL() {
    return this.getQuery()
  }

  mapResult(response: unknown, isFromBatch?: boolean): unknown {
    return mapResult(this.#built, response, isFromBatch)
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
