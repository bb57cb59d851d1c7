// Reads the text of an import file, piece by piece, into rows: CSV with a header row, or NDJSON.
// What the fields may be is for user-record.ts; a file that is broken as such is refused here, with
// the place.
import Papa from 'papaparse'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'

export type ImportFormat = 'csv' | 'ndjson'

/**
 * Takes the next piece of a file; with `isLast`, there is no more. Returns the rows that are whole
 * by now.
 */
export type RowReader = (bytes: Uint8Array, isLast: boolean) => Result<unknown[], Problem>

/** Of a line, or of a CSV record with line ends in it. A user needs a few hundred. */
const MAX_RECORD = 16 * 1024

/** A file whose first line begins a JSON object is NDJSON: no CSV header begins so. */
export function formatOf(head: Uint8Array): ImportFormat {
  const text = new TextDecoder().decode(head.subarray(0, 1024)).trimStart()
  return text.startsWith('{') ? 'ndjson' : 'csv'
}

/**
 * Refuses `input`: a file that is not UTF-8, a line that is too long, broken quotes, an unknown
 * column.
 */
export function createRowReader(format: ImportFormat): RowReader {
  // Drops a byte order mark. UTF-16 and Latin-1 with accents are not UTF-8: nothing is guessed.
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const read = format === 'csv' ? createCsvReader() : readNdjson
  let rest = ''
  let rowsBefore = 0
  return (bytes, isLast) => {
    try {
      rest += decoder.decode(bytes, { stream: !isLast })
    } catch {
      return problem('input', 'a file in UTF-8', `another encoding after row ${rowsBefore}`)
    }
    // Line ends of any system; half of one waits for the other.
    const isCut = !isLast && rest.endsWith('\r')
    const text = (isCut ? rest.slice(0, -1) : rest).replaceAll(/\r\n?/g, '\n')
    const found = read(text, isLast, rowsBefore)
    if (!found.ok) return found
    rest = found.value.rest + (isCut ? '\r' : '')
    rowsBefore += found.value.rows.length
    if (rest.length > MAX_RECORD) return tooLong(rowsBefore)
    return ok(found.value.rows)
  }
}

type ReadCell = (
  text: string,
  isLast: boolean,
  rowsBefore: number,
) => Result<{ rows: unknown[]; rest: string }, Problem>

const readNdjson: ReadCell = (text, isLast, rowsBefore) => {
  const lines = text.split('\n')
  const rest = isLast ? '' : lines.pop()!
  const rows: unknown[] = []
  for (const line of lines) {
    if (line.length > MAX_RECORD) return tooLong(rowsBefore + rows.length)
    if (line.trim() !== '') rows.push(parseLine(line))
  }
  return ok({ rows, rest })
}

/** What is no JSON object stays text, which is refused as a row. */
function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Object.hasOwn(value, '__proto__')
      ? value
      : line
  } catch {
    return line
  }
}

function createCsvReader(): ReadCell {
  let header: { delimiter: string; fields: ImportField[] } | undefined
  return (text, isLast, rowsBefore) => {
    let start = 0
    if (!header) {
      const end = text.indexOf('\n')
      if (end === -1 && !isLast) return ok({ rows: [], rest: text })
      const line = end === -1 ? text : text.slice(0, end)
      const read = readHeader(line)
      if (!read.ok) return read
      header = read.value
      start = line.length + (end === -1 ? 0 : 1)
    }
    const records = readRecords(text.slice(start), header.delimiter)
    // The last one may go on in the next piece; where there is none, an empty one is the end of the
    // last line.
    const last = records.at(-1)
    const rest = isLast || !last ? '' : text.slice(start + last.from)
    if (!isLast) records.pop()
    const rows: unknown[] = []
    for (const { cells, isBroken, from, to } of records) {
      if (to - from > MAX_RECORD) return tooLong(rowsBefore + rows.length)
      if (isBroken)
        return problem(
          'input',
          'quotes that are closed, with a delimiter behind them, and doubled inside',
          `row ${rowsBefore + rows.length + 1}`,
        )
      if (cells.some((cell) => cell.trim() !== '')) rows.push(toRow(header.fields, cells))
    }
    return ok({ rows, rest })
  }
}

type CsvRecord = { cells: string[]; isBroken: boolean; from: number; to: number }

/** The records of a CSV text whose lines end with \n. */
export function readRecords(text: string, delimiter: string): CsvRecord[] {
  const records: CsvRecord[] = []
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step({ data, errors, meta }) {
      const from = records.at(-1)?.to ?? 0
      records.push({ cells: data, isBroken: errors.length > 0, from, to: meta.cursor })
    },
  })
  return records
}

const FIELDS = ['email', 'firstName', 'lastName', 'externalID', 'accounts', 'suspended'] as const
type ImportField = (typeof FIELDS)[number]

/**
 * Columns are known as `first_name`, `First name` and `firstName` alike. A column that is not known
 * is a mistake.
 */
function readHeader(line: string): Result<{ delimiter: string; fields: ImportField[] }, Problem> {
  // Spreadsheets write what their country separates by. No column's name has any of these.
  const delimiter = [',', ';', '\t'].find((candidate) => line.includes(candidate)) ?? ','
  const cells = readRecords(line, delimiter)[0]?.cells ?? []
  const fields: ImportField[] = []
  for (const cell of cells) {
    const name = cell.toLowerCase().replaceAll(/[\s_-]/g, '')
    const field = FIELDS.find((known) => known.toLowerCase() === name)
    if (!field || fields.includes(field))
      return problem(
        'input',
        'the columns email, first_name, last_name, external_id, accounts, suspended, each once',
        cut(cell, 100) || 'nothing',
        'header',
      )
    fields.push(field)
  }
  if (!fields.includes('email'))
    return problem('input', 'a column email', cut(line, 100) || 'nothing', 'header')
  return ok({ delimiter, fields })
}

/** A record as a user's fields. What does not fit stays as it is, and is refused as a row. */
function toRow(fields: readonly ImportField[], cells: readonly string[]): unknown {
  if (cells.length !== fields.length) return `${cells.length} cells instead of ${fields.length}`
  return Object.fromEntries(
    fields.map((field, at) => {
      const cell = cells[at]!.trim()
      if (field === 'accounts') return [field, cell.split(/[;|]/).filter((name) => name.trim())]
      if (field === 'suspended') return [field, readFlag(cell)]
      return [field, cell]
    }),
  )
}

/** Empty: nothing is said. */
function readFlag(cell: string): boolean | string | null {
  if (cell === '') return null
  if (/^(?:true|yes|1)$/i.test(cell)) return true
  return /^(?:false|no|0)$/i.test(cell) ? false : cell
}

function tooLong(rows: number) {
  return problem('input', `rows of at most ${MAX_RECORD} characters`, `a longer one: ${rows + 1}`)
}
