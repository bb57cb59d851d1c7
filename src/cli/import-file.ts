// Reads an import file as a stream, because it may be large.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Problem } from '../problem.ts'
import type { Result } from '../result.ts'
import type { ImportColumns, NamedColumns } from '../directory/import/columns.ts'
import { createRowReader, formatOf, type ImportFormat } from '../directory/import/read-rows.ts'
import { CommandError } from './command-error.ts'
import { refusedFile } from './refused-file.ts'
import { UsageError } from './usage-error.ts'

export type FileOptions = {
  /** By default, detected. */
  format: ImportFormat | undefined
  /** Of CSV; by default, found. */
  named: NamedColumns | undefined
}

const PIECE_BYTES = 256 * 1024

/** `-` is standard input. */
function openFile(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path, { highWaterMark: PIECE_BYTES })
}

/** The rows of each piece. Ends the command if the file is unreadable or malformed. */
export async function* readRows(
  path: string,
  { format, named }: FileOptions,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
  onColumns: (columns: ImportColumns | undefined) => void = () => undefined,
): AsyncGenerator<unknown[]> {
  let read: ReturnType<typeof createRowReader> | undefined
  let before: Uint8Array | undefined
  // One piece behind, because the reader must know which piece is the last.
  try {
    for await (const piece of openFile(path) as AsyncIterable<Uint8Array>) {
      onBytes(piece)
      read ??= createRowReader(format ?? formatOf(piece), { named })
      if (before) yield rowsOf(path, read.push(before, false))
      before = piece
    }
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new UsageError(`${path}: ${(error as Error).message}`)
  }
  read ??= createRowReader(format ?? 'csv', { named })
  const last = rowsOf(path, read.push(before ?? new Uint8Array(), true))
  onColumns(read.columns())
  yield last
}

function rowsOf(path: string, found: Result<unknown[], Problem>): unknown[] {
  if (found.ok) return found.value
  throw refusedFile(path, found.error)
}

/** Reads the whole file for its digest and number of rows, so that a malformed file fails first. */
export async function inspectFile(
  path: string,
  options: FileOptions,
): Promise<{ digest: string; rows: number; columns: ImportColumns | undefined }> {
  const hash = createHash('sha256')
  let count = 0
  let columns: ImportColumns | undefined
  const onBytes = (bytes: Uint8Array) => hash.update(bytes)
  for await (const rows of readRows(path, options, onBytes, (found) => (columns = found)))
    count += rows.length
  // Other columns make another import.
  if (options.named) hash.update(JSON.stringify(options.named))
  return { digest: hash.digest('hex'), rows: count, columns }
}

const CHUNK_ROWS = 2000
/** Size of a chunk as JSON: half of what the API accepts. */
const CHUNK_BYTES = 512 * 1024

export type ImportChunk = { from: number; rows: unknown[] }

/** The rows in chunks, without the first `skip` rows. */
export async function* chunksOf(
  pieces: AsyncIterable<unknown[]>,
  skip: number,
): AsyncGenerator<ImportChunk> {
  let at = 0
  let rows: unknown[] = []
  let bytes = 0
  for await (const piece of pieces)
    for (const row of piece) {
      at++
      if (at <= skip) continue
      const size = Buffer.byteLength(JSON.stringify(row)) + 1
      if (rows.length > 0 && (rows.length === CHUNK_ROWS || bytes + size > CHUNK_BYTES)) {
        yield { from: at - 1 - rows.length, rows }
        rows = []
        bytes = 0
      }
      rows.push(row)
      bytes += size
    }
  if (rows.length > 0) yield { from: at - rows.length, rows }
}
