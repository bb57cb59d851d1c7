// Builds a statement with drizzle, and says as plain data what drizzle would do with it. Throws a
// TypeError where the data cannot say that.
import { Column, getTableName, is, noopDecoder, noopEncoder } from 'drizzle-orm'
import { Param, Placeholder, SQL, Subquery } from 'drizzle-orm'
import type { PreparedQuery } from 'drizzle-orm/session'
import { prepareStatement, type Statement } from './batch.ts'
import type {
  BuiltStatement,
  Codec,
  FixedValue,
  NamedValue,
  ResultColumn,
} from './built-statement.ts'

export function describeStatement(statement: Statement): BuiltStatement {
  const prepared = prepareStatement(statement) as DrizzleQuery
  const { sql: text, params } = prepared.getQuery()
  const { fields, joinsNotNullableMap: isJoined = {} } = prepared
  return {
    text,
    parameters: params.map(describeParameter),
    ...(fields && { columns: describeFields(fields, isJoined) }),
  }
}

/** What drizzle's prepared query holds beside its public methods. */
type DrizzleQuery = PreparedQuery & {
  fields?: SelectedField[]
  /** By table; false: its columns may be null because a left join found no row. */
  joinsNotNullableMap?: Record<string, boolean>
}

type SelectedField = { path: string[]; field: Column | SQL | SQL.Aliased | Subquery }

function describeParameter(parameter: unknown): FixedValue | NamedValue {
  if (is(parameter, Placeholder)) return { name: parameter.name }
  if (is(parameter, Param) && is(parameter.value, Placeholder)) {
    const { value, encoder } = parameter
    return { name: value.name, ...codecOf(encoder, noopEncoder) }
  }
  if (parameter === null || typeof parameter === 'string' || typeof parameter === 'number')
    return parameter
  throw new TypeError(`a compiled statement has a parameter of type ${typeof parameter}`)
}

function describeFields(
  fields: SelectedField[],
  isJoined: Record<string, boolean>,
): ResultColumn[] {
  return fields.map(({ path, field }) => {
    if (path.length > 2) throw new TypeError(`${path.join('.')} is an object in an object`)
    const isRequired = decidesObject(path, field, fields, isJoined)
    return { path, ...codecOf(decoderOf(field), noopDecoder), ...(isRequired && { isRequired }) }
  })
}

/** As in drizzle's `mapResultRow`: the first column of an object whose columns are of one table. */
function decidesObject(
  path: string[],
  field: SelectedField['field'],
  fields: SelectedField[],
  isJoined: Record<string, boolean>,
): boolean {
  if (path.length !== 2) return false
  const columns = fields
    .filter((other) => other.path.length === 2 && other.path[0] === path[0])
    .flatMap((other) => (is(other.field, Column) ? other.field : []))
  const [table, ...others] = new Set(columns.map((column) => getTableName(column.table)))
  return columns[0] === field && others.length === 0 && !isJoined[table!]
}

function decoderOf(field: SelectedField['field']): unknown {
  if (is(field, Column)) return field
  if (is(field, Subquery)) return decoderOf(field._.sql)
  if (is(field, SQL.Aliased)) return decoderOf(field.sql)
  return (field as unknown as { decoder: unknown }).decoder
}

/** By what the column is: drizzle's own functions cannot be stored. */
const CODEC_OF_COLUMN: Record<string, Codec | undefined> = {
  SQLiteText: undefined,
  SQLiteInteger: undefined,
  SQLiteTextJson: 'json',
  SQLiteBoolean: 'boolean',
}

function codecOf(coder: unknown, noop: unknown): { codec?: Codec } {
  if (coder === noop) return {}
  if (!is(coder, Column) || !Object.hasOwn(CODEC_OF_COLUMN, coder.columnType))
    throw new TypeError('a compiled statement has a value that no known column encodes')
  const codec = CODEC_OF_COLUMN[coder.columnType]
  return codec ? { codec } : {}
}
