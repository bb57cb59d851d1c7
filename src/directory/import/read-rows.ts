// Reads the text of an import file, piece by piece, into rows: CSV with a header row, or NDJSON.
// What the fields may be is for user-record.ts; a file that is broken as such is refused here, with
// the place.
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { createTextReader } from '../../platform/csv/decode-text.ts'
import { MOST_RECORD } from '../../platform/csv/csv-layout.ts'
import { createCsvReader, openTextFile, tooLong } from '../../platform/csv/read-csv.ts'
import { findColumns, type ImportColumns, type ImportField, type NamedColumns } from './columns.ts'

export type ImportFormat = 'csv' | 'ndjson'

export type RowReader = {
  /**
   * Takes the next piece of a file; with `isLast`, there is no more. Returns the rows that are
   * whole by now.
   */
  push(bytes: Uint8Array, isLast: boolean): Result<unknown[], Problem>
  /** Of CSV, as soon as they are known. */
  columns(): ImportColumns | undefined
}

/** A file whose first line begins a JSON object is NDJSON: no CSV header begins so. */
export function formatOf(head: Uint8Array): ImportFormat {
  const text = createTextReader()(head.subarray(0, 1024), false) ?? ''
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv'
}

export type RowReaderOptions = {
  /** Which column of a CSV file is which field. */
  named?: NamedColumns | undefined
  /** One part of a file: no column is found by the cells. */
  isPart?: boolean
}

/** Refuses what `createCsvReader` and `findColumns` refuse. */
export function createRowReader(format: ImportFormat, options: RowReaderOptions = {}): RowReader {
  return format === 'csv' ? readCsv(options) : readNdjson()
}

function readNdjson(): RowReader {
  const readText = openTextFile()
  let rest = ''
  let line = 1
  return {
    push(bytes, isLast) {
      const read = readText(bytes, isLast)
      if (!read.ok) return read
      const lines = (rest + read.value).split(/\r\n|\n|\r(?!$)/)
      rest = isLast ? '' : lines.pop()!
      const rows: unknown[] = []
      for (const text of lines) {
        if (text.length > MOST_RECORD) return tooLong(line)
        if (text.trim() !== '') rows.push(parseLine(text))
        line++
      }
      return rest.length > MOST_RECORD ? tooLong(line) : ok(rows)
    },
    columns: () => undefined,
  }
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

function readCsv({ named, isPart = false }: RowReaderOptions): RowReader {
  const csv = createCsvReader()
  let columns: ImportColumns | undefined
  return {
    push(bytes, isLast) {
      const read = csv.push(bytes, isLast)
      if (!read.ok) return read
      const header = csv.header()
      if (!columns) {
        if (!header && read.value.length === 0 && !isLast) return ok([])
        if (!header) return noHeader(read.value.length)
        const found = findColumns(header, isPart ? undefined : read.value, named)
        if (!found.ok) return found
        columns = found.value
      }
      const { fields } = columns
      return ok(read.value.map(({ cells }) => toRow(fields, cells)))
    },
    columns: () => columns,
  }
}

function noHeader(rows: number) {
  const expected = 'a first line with the names of the columns'
  return problem('input', expected, rows === 0 ? 'nothing' : 'a row', 'header')
}

/** A record as a user's fields. What does not fit stays as it is, and is refused as a row. */
function toRow(fields: ImportColumns['fields'], cells: readonly string[]): unknown {
  if (cells.length !== fields.length) return `${cells.length} cells instead of ${fields.length}`
  return Object.fromEntries(
    fields.flatMap((field, at) => (field ? [[field, readCell(field, cells[at]!.trim())]] : [])),
  )
}

function readCell(field: ImportField, cell: string): unknown {
  if (field === 'accounts') return cell.split(/[;|]/).filter((name) => name.trim())
  return field === 'suspended' ? readFlag(cell) : cell
}

/** Empty: nothing is said. */
function readFlag(cell: string): boolean | string | null {
  if (cell === '') return null
  if (/^(?:true|yes|1)$/i.test(cell)) return true
  return /^(?:false|no|0)$/i.test(cell) ? false : cell
}
