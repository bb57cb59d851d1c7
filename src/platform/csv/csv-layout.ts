// How a CSV file is laid out: lines before the table, separator, header. Pure: judged by the
// beginning of the file.
import Papa from 'papaparse'

export type CsvLayout = {
  delimiter: string
  /** Undefined: the first line is a row. */
  header: readonly string[] | undefined
  /** Where the rows begin. */
  start: number
}

/** `isBroken`: quotes that are not closed, or with something behind them. */
export type CsvRecord = { cells: string[]; isBroken: boolean; from: number; to: number }

const DELIMITERS = [',', ';', '\t', '|'] as const
/** Of a line, or of a CSV record with line ends in it. A person needs a few hundred characters. */
export const MOST_RECORD = 16 * 1024
/** Records that say which separator it is, and lines that may stand before the table. */
const SAMPLE = 20
/** Of an address (RFC 5321 §4.5.3.1). */
const MOST_ADDRESS = 320

/** Looks like an e-mail address. What may be one is for the directory to say. */
export function isAddress(cell: string): boolean {
  const text = cell.trim()
  return text.length <= MOST_ADDRESS && /^[^\s@<>"]+@[^\s@<>"]+$/.test(text)
}

export const isFilled = (cell: string): boolean => cell.trim() !== ''

/** The records of a CSV text whose lines end with \n; at most so many. */
export function readRecords(text: string, delimiter: string, most = 0): CsvRecord[] {
  const records: CsvRecord[] = []
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    preview: most,
    step({ data, errors, meta }) {
      const from = records.at(-1)?.to ?? 0
      records.push({ cells: data, isBroken: errors.length > 0, from, to: meta.cursor })
    },
  })
  return records
}

/** `text` is the beginning of a file, with lines that end with \n. */
export function layoutOf(text: string): CsvLayout {
  const banner = skipBanners(text)
  const rest = text.slice(banner.end)
  const delimiter = banner.delimiter ?? guessDelimiter(rest)
  const records = readRecords(rest, delimiter, SAMPLE).filter(({ cells }) => cells.some(isFilled))
  // A title above the table.
  while (records.length > 1 && isTitle(records[0]!.cells, records[1]!.cells)) records.shift()
  const [first] = records
  if (!first) return { delimiter, header: undefined, start: text.length }
  // One without an end is refused as a row.
  const isShort = first.to - first.from <= MOST_RECORD
  const hasHeader = isShort && !first.isBroken && !first.cells.some(isAddress)
  return {
    delimiter,
    header: hasHeader ? first.cells.map((cell) => cell.trim()) : undefined,
    start: banner.end + (hasHeader ? first.to : first.from),
  }
}

/** What tools write before the table: PowerShell 5, Excel, Microsoft Entra. */
function skipBanners(text: string): { end: number; delimiter: string | undefined } {
  let end = 0
  let delimiter: string | undefined
  for (let lines = 0; lines < SAMPLE; lines++) {
    const to = text.indexOf('\n', end)
    const line = text.slice(end, to === -1 ? undefined : to).trim()
    const declared = /^"?sep=([,;\t| ]|)"?$/i.exec(line)
    const isBanner =
      line === '' ||
      declared ||
      /^"?#TYPE\s/i.test(line) ||
      /^"?version:v[\d.]+"?[,;]*$/i.test(line)
    if (!isBanner) break
    // A tab is trimmed away.
    if (declared) delimiter = declared[1] || '\t'
    if (to === -1) return { end: text.length, delimiter }
    end = to + 1
  }
  return { end, delimiter }
}

function isTitle(cells: readonly string[], next: readonly string[]): boolean {
  const isHeader = next.filter(isFilled).length > 1 && !next.some(isAddress)
  return isHeader && cells.filter(isFilled).length === 1
}

/** The one by which most records have as many cells as most, and the more cells the better. */
function guessDelimiter(text: string): string {
  let best = { delimiter: ',' as string, fits: 0, width: 1 }
  for (const delimiter of DELIMITERS) {
    const widths = new Map<number, number>()
    for (const { cells } of readRecords(text, delimiter, SAMPLE))
      if (cells.length > 1) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1)
    for (const [width, fits] of widths)
      if (fits > best.fits || (fits === best.fits && width > best.width))
        best = { delimiter, fits, width }
  }
  return best.delimiter
}
