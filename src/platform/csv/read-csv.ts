// Reads a CSV file of people, piece by piece, whatever tool wrote it. What the cells say is for the
// caller. A broken row is refused with its line: it never swallows the rows behind it. Pure.
import { binaryKind, textKind, type GivenThing } from '../../given-instead.ts'
import type { FileCode } from '../../errors/files.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import {
  isFilled,
  layoutOf,
  MOST_RECORD,
  readRecords,
  type CsvLayout,
  type CsvRecord,
} from './csv-layout.ts'
import { createTextReader, type TextReader } from './decode-text.ts'

/** `line` counts from 1, with header and all. */
export type CsvRow = { cells: string[]; line: number }

export type CsvReader = {
  /** Takes the next piece; with `isLast`, there is no more. Returns the rows that are whole. */
  push(bytes: Uint8Array, isLast: boolean): Result<CsvRow[], Problem<FileCode>>
  /** Undefined: the file has none, or its beginning has not been read yet. */
  header(): readonly string[] | undefined
}

/** By the beginning of the file its layout is judged. */
const HEAD = 64 * 1024
const MAGIC = 64

/**
 * Refuses `file_other`: something else than text in a known encoding; `file_row`: quotes that are
 * not closed or not doubled, or a row that is too long; `certificate_private_key`.
 */
export function createCsvReader(): CsvReader {
  const readText = openTextFile()
  let layout: CsvLayout | undefined
  let line = 1
  let rest = ''
  const take = (text: string, isLast: boolean): Result<CsvRow[], Problem<FileCode>> => {
    let start = 0
    if (!layout) {
      const other = otherText(text)
      if (other) return other
      layout = layoutOf(text)
      start = layout.start
      line += countLines(text, 0, start)
    }
    const records = readRecords(text.slice(start), layout.delimiter)
    // The last one may go on in the next piece.
    const last = isLast ? undefined : records.pop()
    const rows: CsvRow[] = []
    for (const record of records) {
      const broken = checkRecord(record, line)
      if (broken) return broken
      if (record.cells.some(isFilled)) rows.push({ cells: record.cells, line })
      line += countLines(text, start + record.from, start + record.to)
    }
    rest = last ? text.slice(start + last.from) : ''
    return rest.length > MOST_RECORD ? tooLong(line) : ok(rows)
  }
  let waiting: string[] = []
  let waited = 0
  return {
    push(bytes, isLast) {
      const read = readText(bytes, isLast)
      if (!read.ok) return read
      waiting.push(read.value)
      waited += read.value.length
      if (!layout && waited < HEAD && !isLast) return ok([])
      rest += waiting.join('')
      waiting = []
      // Line ends of any system; half of one waits for the other.
      const isCut = !isLast && rest.endsWith('\r')
      const taken = take((isCut ? rest.slice(0, -1) : rest).replaceAll(/\r\n?/g, '\n'), isLast)
      if (isCut) rest += '\r'
      return taken
    },
    header: () => layout?.header,
  }
}

/** The text of each piece. Refuses `file_other`. */
export function openTextFile(): (
  bytes: Uint8Array,
  isLast: boolean,
) => Result<string, Problem<FileCode>> {
  const read: TextReader = createTextReader()
  let magic: readonly number[] | undefined = []
  return (bytes, isLast) => {
    if (magic) {
      magic = [...magic, ...bytes.subarray(0, MAGIC - magic.length)]
      const kind = binaryKind(Uint8Array.from(magic))
      if (kind !== undefined) return other(kind, kind)
      if (magic.length === MAGIC) magic = undefined
    }
    const text = read(bytes, isLast)
    if (text === undefined) return other('text in another encoding than it begins with')
    return text.includes('\0') ? other('a file that is not text') : ok(text)
  }
}

const EXPECTED = 'a list of people as CSV'
const context = 'people'

function otherText(head: string): Result<never, Problem<FileCode>> | undefined {
  const kind = textKind(head)
  if (kind === 'a private key')
    return problem('certificate_private_key', EXPECTED, kind, 'file', { context })
  return kind === undefined || kind === 'nothing' ? undefined : other(kind, kind)
}

function other(received: string, given?: GivenThing) {
  return problem('file_other', EXPECTED, received, 'file', { context, ...(given && { given }) })
}

function checkRecord(
  record: CsvRecord,
  line: number,
): Result<never, Problem<FileCode>> | undefined {
  if (record.to - record.from > MOST_RECORD) return tooLong(line)
  const expected = 'quotes that are closed, with a separator behind them, and doubled inside'
  return record.isBroken
    ? problem('file_row', expected, `line ${line}`, 'file', { context })
    : undefined
}

export function tooLong(line: number) {
  const expected = `closed quotes, and rows of at most ${MOST_RECORD} characters`
  return problem('file_row', expected, `line ${line}`, 'file', { context })
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1))
    lines++
  return lines
}
