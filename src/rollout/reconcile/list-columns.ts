// The columns of an IdP's user list that have addresses, gathered row by row. Pure.
import { isAddress, isFilled } from '../../platform/csv/csv-layout.ts'
import { countAddresses, type EmailColumn } from '../../platform/csv/email-column.ts'
import type { CsvRow } from '../../platform/csv/read-csv.ts'
import { packCells, type Cells } from './packed-cells.ts'

/** Columns whose cells are kept: a list with more is none of people. */
const MOST_COLUMNS = 8
const PREVIEW_ROWS = 10

export type ListColumn = EmailColumn & {
  cells(): Cells
  /** Of the first rows with an address; empty where the row has none in this column. */
  preview: string[]
}

/** `only`: the column that a person named. */
export function gatherColumns(only: number | undefined) {
  const counts = countAddresses()
  const kept = new Map<number, ReturnType<typeof packCells>>()
  const previews: string[][] = []
  /** Pairs of columns that have different addresses in a row. */
  const different = new Set<string>()
  const addRow = ({ cells, line }: CsvRow) => {
    counts.add(cells)
    for (const [index, cell] of cells.entries()) {
      if (only !== undefined && index !== only) continue
      const isKept = kept.has(index)
      if (!isKept && (kept.size === MOST_COLUMNS || !isAddress(cell))) continue
      if (!isKept) kept.set(index, packCells())
      if (isFilled(cell)) kept.get(index)!.add(cell.trim(), line)
    }
    if (previews.length < PREVIEW_ROWS && cells.some(isAddress))
      previews.push(cells.map((cell) => cell.trim()))
    if (kept.size > 1) compare(cells, kept, different)
  }
  return {
    add(rows: readonly CsvRow[]): void {
      for (const row of rows) addRow(row)
      for (const cells of kept.values()) cells.pack()
    },
    most: () => Math.max(0, ...[...kept.values()].map((cells) => cells.count())),
    /** In the order of the file; of several with the same addresses in each row, one. */
    columns(header: readonly string[] | undefined): ListColumn[] {
      const found = counts
        .fitting(header, only)
        .filter(({ index }) => kept.has(index))
        .map((column) => ({
          ...column,
          cells: kept.get(column.index)!.unpack,
          preview: previews.map((cells) => cells[column.index] ?? ''),
        }))
      return found.filter(
        ({ index, addresses }, at) =>
          !found
            .slice(0, at)
            .some(
              (other) => other.addresses === addresses && !different.has(`${other.index} ${index}`),
            ),
      )
    },
  }
}

function compare(
  cells: readonly string[],
  kept: ReadonlyMap<number, unknown>,
  different: Set<string>,
): void {
  const indexes = [...kept.keys()].toSorted((one, other) => one - other)
  for (const [at, left] of indexes.entries())
    for (const right of indexes.slice(at + 1))
      if (folded(cells[left]) !== folded(cells[right])) different.add(`${left} ${right}`)
}

const folded = (cell: string | undefined) => (cell ?? '').trim().toLowerCase()
