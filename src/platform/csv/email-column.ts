// Finds the column of a CSV file that has people's work e-mail addresses: by what is in the cells,
// and by the header only where several columns have addresses. Pure.
import { cut } from '../../cut.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { isAddress, isFilled } from './csv-layout.ts'

export type EmailColumn = {
  /** From 0. */
  index: number
  /** As the header has it, or “Column 2”. */
  name: string
  /** Cells with an address, and cells with anything. */
  addresses: number
  filled: number
}

/** Of the filled cells of a column. */
const MOST_CELLS = 0.6
/** Of the addresses that the fullest column has. */
const ENOUGH = 0.2

const words = (text: string): readonly string[] => text.split(' ')

/** Headers of addresses that are not a person's own at work, in the languages of exports. */
const NOT_WORK = words(
  'recover perso private privat home second alternat backup other manager supervis ' +
    'recuper récup wiederherst vorgesetzt zweit weitere particul domicile casa',
)
/** Headers of names to sign in with, which often look like addresses. */
const LOGINS = words('principalname upn login logon username benutzer usuario utilisateur')

/** Counts the addresses of each column. */
export function countAddresses() {
  const columns: { addresses: number; filled: number }[] = []
  return {
    add(cells: readonly string[]): void {
      for (const [index, cell] of cells.entries()) {
        if (!isFilled(cell)) continue
        const column = (columns[index] ??= { addresses: 0, filled: 0 })
        column.filled++
        if (cell.includes('@') && isAddress(cell)) column.addresses++
      }
    },
    /** Columns that fit by their cells, in the order of the file; or the one that was asked for. */
    fitting(header: readonly string[] | undefined, only?: number): EmailColumn[] {
      const most = Math.max(0, ...columns.map((column) => column?.addresses ?? 0))
      return Array.from(columns, (column, index) => ({
        index,
        name: nameOfColumn(header, index),
        addresses: column?.addresses ?? 0,
        filled: column?.filled ?? 0,
      })).filter(({ index, addresses, filled }) =>
        only === undefined
          ? addresses > 0 && addresses >= MOST_CELLS * filled && addresses >= ENOUGH * most
          : index === only,
      )
    },
  }
}

export function nameOfColumn(header: readonly string[] | undefined, index: number): string {
  return cut(header?.[index] ?? '', 100) || `Column ${index + 1}`
}

/**
 * The one of several columns whose header says that it is the one. Undefined: a person has to say.
 */
export function suggestColumn<Column extends EmailColumn>(
  columns: readonly Column[],
): Column | undefined {
  const own = without(columns, NOT_WORK)
  const [first, ...others] = without(own, LOGINS)
  return others.length === 0 ? first : undefined
}

function without<Column extends EmailColumn>(columns: readonly Column[], words: readonly string[]) {
  const left = columns.filter(
    ({ name }) => !words.some((word) => name.toLowerCase().includes(word)),
  )
  return left.length > 0 ? left : columns
}

/** Refuses `file_column`, with the columns to choose from; `input`: no addresses at all. */
export function chooseColumn<Column extends EmailColumn>(
  columns: readonly Column[],
): Result<Column, Problem> {
  if (columns.length === 0)
    return problem('input', 'a column with e-mail addresses', 'none', 'file')
  const column = suggestColumn(columns)
  return column ? ok(column) : refuseColumn('one column of e-mail addresses', columns)
}

function refuseColumn(
  expected: string,
  columns: readonly Pick<EmailColumn, 'name' | 'addresses'>[],
): { ok: false; error: Problem } {
  const received = columns.map(({ name, addresses }) => `“${name}” (${addresses})`).join(', ')
  const choices = columns.map(({ name }) => name)
  return {
    ok: false,
    error: { code: 'file_column', context: 'people', field: 'file', expected, received, choices },
  }
}

/** For a name that no column has. */
export function refuseName(
  header: readonly string[] | undefined,
  width: number,
  asked: string,
): { ok: false; error: Problem } {
  const choices = Array.from({ length: Math.min(width, 100) }, (_, at) => nameOfColumn(header, at))
  const expected = `a column of the file: ${choices.join(', ')}`
  return {
    ok: false,
    error: {
      code: 'file_column',
      context: 'people',
      field: 'file',
      expected,
      received: cut(asked, 100),
      choices,
    },
  }
}

/**
 * A column by its header or its number, from 1. Undefined: there is none. Case and white space
 * around do not count.
 */
export function findColumn(
  header: readonly string[] | undefined,
  width: number,
  asked: string,
): number | undefined {
  const fold = (text: string) => text.trim().toLowerCase()
  const named = header?.findIndex((name) => fold(name) === fold(asked)) ?? -1
  if (named !== -1) return named
  const number = /^(?:column )?(\d{1,4})$/i.exec(asked.trim())?.[1]
  const index = Number(number) - 1
  return index >= 0 && index < width ? index : undefined
}
