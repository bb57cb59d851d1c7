// A statement as plain data: what is sent to D1, and how its rows are read. The data say the same
// as drizzle's prepared query, so that a Worker can take them from its build.

/** How a value goes to D1 and comes from there. Without one it goes as it is. */
export type Codec = keyof typeof CODECS

export type FixedValue = string | number | null

/** A value of each call. */
export type NamedValue = { name: string; codec?: Codec }

export type ResultColumn = {
  /** Where the value stands in the row: its name, or those of an object and of the value in it. */
  path: string[]
  codec?: Codec
  /** True: where it is null, its object is. A left join found no row. */
  isRequired?: true
}

export type BuiltStatement = {
  text: string
  parameters: (FixedValue | NamedValue)[]
  /** Undefined: it returns no rows, and its result is D1's. */
  columns?: ResultColumn[]
}

const CODECS = {
  json: { encode: (value: unknown) => JSON.stringify(value), decode: decodeJSON },
  boolean: {
    encode: (value: unknown) => (value ? 1 : 0),
    decode: (value: unknown) => Number(value) === 1,
  },
}

function decodeJSON(value: unknown): unknown {
  return JSON.parse(value as string)
}

/** The parameters in their order. Throws a TypeError if a value is missing. */
export function bindParameters(
  { parameters }: BuiltStatement,
  values: Readonly<Record<string, unknown>>,
): unknown[] {
  return parameters.map((parameter) => {
    if (parameter === null || typeof parameter !== 'object') return parameter
    const { name, codec } = parameter
    if (!Object.hasOwn(values, name)) throw new TypeError(`no value for the parameter ${name}`)
    return codec ? CODECS[codec].encode(values[name]) : values[name]
  })
}

/** What D1 answers: objects in a batch, otherwise lists of values. */
export function mapResult({ columns }: BuiltStatement, response: unknown, isBatch = false) {
  if (!columns) return response
  const rows = isBatch
    ? (response as D1Result<Row>).results.map((row) => Object.values(row))
    : (response as unknown[][])
  return rows.map((values) => mapRow(columns, values))
}

type Row = { [name: string]: unknown }

function mapRow(columns: readonly ResultColumn[], values: readonly unknown[]): Row {
  const row: Row = {}
  const absent: string[] = []
  for (const [index, { path, codec, isRequired }] of columns.entries()) {
    const value = values[index]
    const [first, second] = path as [string, string?]
    const [holder, name] = second === undefined ? [row, first] : [objectIn(row, first), second]
    holder[name] = codec && value !== null ? CODECS[codec].decode(value) : value
    if (isRequired && value === null) absent.push(first)
  }
  for (const name of absent) row[name] = null
  return row
}

function objectIn(row: Row, name: string): Row {
  return (row[name] ??= {}) as Row
}
