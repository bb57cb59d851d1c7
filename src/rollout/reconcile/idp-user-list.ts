// Reads the e-mail addresses of an IdP's export of its users: CSV of any tool, or one address a
// line.
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { encodeBase64url } from '../../base64.ts'
import { cut } from '../../cut.ts'
import { emailKey } from '../../directory/email-key.ts'
import { hashSecret } from '../../platform/secret.ts'
import { isFilled } from '../../platform/csv/csv-layout.ts'
import {
  chooseColumn,
  findColumn,
  refuseName,
  suggestColumn,
} from '../../platform/csv/email-column.ts'
import { createCsvReader, type CsvRow } from '../../platform/csv/read-csv.ts'
import { gatherColumns, type ListColumn } from './list-columns.ts'

export type { ListColumn } from './list-columns.ts'

/** Of a whole export: about 100,000 users with a dozen columns. */
export const USER_LIST_BYTES = 16 * 1024 * 1024

/** Bytes that are parsed and hashed at once. */
const PIECE = 64 * 1024

export type IdpUserList = {
  /** As they stand there, in order: also cells that are no address. */
  addresses: string[]
  /** Of each, its line in the file, from 1. */
  lines: number[]
  /** The header of the column, or “Column 2”. */
  column: string
  /** The same column of the same file continues the same upload. */
  name: string
}

export type IdpUserColumns = {
  /** At least one. */
  columns: ListColumn[]
  /** The column whose header says that it is the one; undefined: a person has to say. */
  suggested: ListColumn | undefined
  /** What is uploaded of it. */
  take(column: ListColumn): Promise<IdpUserList>
}

export type UserListOptions = {
  /** Of a column. */
  most?: number
  /** Header or number, from 1. */
  column?: string | undefined
}

/**
 * A list that is there as a whole. Refuses what `createIdpUserListReader` refuses, and
 * `file_column` where several columns have addresses and no header says which one it is.
 */
export async function readIdpUserList(
  bytes: Uint8Array<ArrayBuffer>,
  options: UserListOptions = {},
): Promise<Result<IdpUserList, Problem>> {
  const reader = createIdpUserListReader(options)
  await reader.push(bytes)
  const list = await reader.end()
  if (!list.ok) return list
  const chosen = chooseColumn(list.value.columns)
  return chosen.ok ? ok(await list.value.take(chosen.value)) : chosen
}

/**
 * Reads a list as it comes: of a large file, one piece and the addresses are in memory. Its end
 * refuses `input`: no column that has addresses, more than `most` addresses; `file_column`: no
 * column of that name; and what `createCsvReader` refuses.
 */
export function createIdpUserListReader(options: UserListOptions = {}) {
  const piece = new Uint8Array(PIECE)
  let size = 0
  const hashes: string[] = []
  const parser = createParser(options)
  let refused: Result<never, Problem> | undefined
  const take = async (isLast: boolean) => {
    const taken = piece.subarray(0, size)
    size = 0
    refused ??= parser.push(taken, isLast)
    hashes.push(encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', taken))))
  }
  return {
    async push(bytes: Uint8Array): Promise<void> {
      for (let at = 0; at < bytes.length;) {
        // The last piece is told from the others only when nothing follows it.
        if (size === PIECE) await take(false)
        const part = bytes.subarray(at, at + PIECE - size)
        piece.set(part, size)
        size += part.length
        at += part.length
      }
    },
    async end(): Promise<Result<IdpUserColumns, Problem>> {
      await take(true)
      if (refused) return refused
      const columns = parser.columns()
      if (columns.length === 0)
        return problem('input', 'a column with e-mail addresses', 'none', 'file')
      return ok({
        columns,
        suggested: suggestColumn(columns),
        async take({ index, name: column, cells }) {
          const { texts: addresses, lines } = cells()
          const name = await hashSecret([...hashes, index].join(' '))
          return { addresses, lines, column, name }
        },
      })
    },
  }
}

/** The cells that an upload leaves out, because they are no e-mail address. */
export function malformedCells({
  addresses,
  lines,
}: IdpUserList): { line: number; cell: string }[] {
  return addresses.flatMap((cell, at) =>
    emailKey(cell) === undefined ? [{ line: lines[at]!, cell: cut(cell, 100) }] : [],
  )
}

/** Gathers the addresses of each piece. Undefined: the piece is good. */
function createParser({ most = Infinity, column: asked }: UserListOptions) {
  const csv = createCsvReader()
  let width: number | undefined
  let gathered: ReturnType<typeof gatherColumns> | undefined
  return {
    push(bytes: Uint8Array, isLast: boolean): Result<never, Problem> | undefined {
      const read = csv.push(bytes, isLast)
      if (!read.ok) return read
      width ??= csv.header()?.length ?? read.value[0]?.cells.length
      const wide = read.value.find(({ cells }) => cells.slice(width).some(isFilled))
      if (wide) return tooWide(wide, width!)
      if (!gathered && width !== undefined) {
        const only = asked === undefined ? undefined : findColumn(csv.header(), width, asked)
        if (asked !== undefined && only === undefined) return refuseName(csv.header(), width, asked)
        gathered = gatherColumns(only)
      }
      gathered?.add(read.value)
      return (gathered?.most() ?? 0) > most
        ? problem('input', `a file of at most ${most} addresses`, 'more', 'file')
        : undefined
    },
    columns: () => gathered?.columns(csv.header()) ?? [],
  }
}

/** A value with the separator in it and no quotes moves the cells behind it. */
function tooWide({ cells, line }: CsvRow, width: number) {
  const expected = `${width} cells as in the first line, quotes around a value with a separator`
  return problem('file_row', expected, `line ${line}: ${cells.length} cells`, 'file', {
    context: 'people',
  })
}
