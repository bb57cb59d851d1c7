// Imports a file of users in one request: reads it all before the first write, then writes in
// chunks.
// The same file continues an interrupted import.
import {
  CHUNK_ROWS,
  createImport,
  finishImport,
  listImports,
  previewRows,
  takeRows,
} from '../../../directory/import/operations.ts'
import type { RowVerdict } from '../../../directory/import/judge.ts'
import type { ImportColumns, NamedColumns } from '../../../directory/import/columns.ts'
import { createRowReader, formatOf } from '../../../directory/import/read-rows.ts'
import { openRepeats } from '../../../directory/import/repeats.ts'
import type { Import } from '../../../directory/import/store/imports.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import { cut } from '../../../cut.ts'

/** Ten chunks of about a dozen statements each: an invocation may run a thousand. */
const IMPORT_ROWS = 5000
const IMPORT_BYTES = 1024 * 1024
/** As base64, which a page carries. */
export const CARRIED_BYTES = Math.ceil(IMPORT_BYTES / 3) * 4
const SAMPLE_ROWS = 10

export type ImportReport = {
  name: string
  /** True if nothing was changed. */
  isTrial: boolean
  counts: Record<RowVerdict['result'], number>
  /** The row after which an interrupted import continued. */
  resumedAt: number
  refused: { row: number; email: string; value: unknown; problem: Problem }[]
  /** Several columns have addresses: a person must choose. */
  unsure: Problem | undefined
  /** Of a CSV file. */
  columns: ImportColumns | undefined
  /** The first rows, as they are read. */
  sample: unknown[]
}

export type ImportFormOptions = {
  /** Undefined if there is none, or if it is too large. */
  bytes: Uint8Array<ArrayBuffer> | undefined
  name: string
  createAccounts: boolean
  isTrial: boolean
  /** Columns that a person chose. Undefined: other columns than the template's are shown first. */
  named: NamedColumns | undefined
}

/** Refuses what the operations refuse, and `input` on the field `file`. */
export async function importFile(
  context: OperationContext,
  tenantSid: string,
  { bytes, name, createAccounts, named, ...options }: ImportFormOptions,
): Promise<Result<ImportReport, Problem>> {
  const first = readFile(bytes, named)
  const unsure = first.ok || first.error.code !== 'file_column' ? undefined : first.error
  // Of several columns with addresses, the first is shown, to choose another one.
  const read = unsure?.choices && !named ? readFile(bytes, { email: unsure.choices[0]! }) : first
  if (!read.ok) return read
  const { rows, columns } = read.value
  const isOther = named === undefined && (columns?.fields.includes(undefined) ?? false)
  const isTrial = options.isTrial || isOther
  const begun = isTrial ? ok(undefined) : await begin(context, tenantSid, name, bytes!, named)
  if (!begun.ok) return begun
  const started = begun.value
  const report: ImportReport = {
    name,
    isTrial,
    columns,
    unsure,
    sample: rows.slice(0, SAMPLE_ROWS),
    counts: { created: 0, updated: 0, unchanged: 0, refused: 0 },
    resumedAt: started?.position ?? 0,
    refused: [],
  }
  const repeatOf = openRepeats()
  for (let from = report.resumedAt; from < rows.length; from += CHUNK_ROWS) {
    const chunk = rows.slice(from, from + CHUNK_ROWS)
    const judged = started
      ? await takeRows(context, started.sid, from, chunk, { createAccounts })
      : await previewRows(context, tenantSid, chunk, { from, createAccounts })
    if (!judged.ok) return judged
    const verdicts = 'verdicts' in judged.value ? judged.value.verdicts : judged.value
    for (const verdict of verdicts) {
      const row = rows[verdict.row - 1]
      // An import remembers the users of earlier chunks; a trial run needs this.
      const repeated =
        isTrial && verdict.result !== 'refused' ? repeatOf(row, verdict.row) : undefined
      const refused = repeated ?? verdict.problem
      report.counts[refused ? 'refused' : verdict.result]++
      if (refused)
        report.refused.push({
          row: verdict.row,
          email: emailOf(row),
          value: row,
          problem: refused,
        })
    }
  }
  if (!started) return ok(report)
  const ended = await finishImport(context, started.sid)
  if (!ended.ok) return ended
  const { created, updated, unchanged, refused } = ended.value
  return ok({ ...report, counts: { created, updated, unchanged, refused } })
}

function readFile(
  bytes: Uint8Array<ArrayBuffer> | undefined,
  named: NamedColumns | undefined,
): Result<{ rows: unknown[]; columns: ImportColumns | undefined }, Problem> {
  const slip = (expected: string, received = '') => problem('input', expected, received, 'file')
  const size = slip(`a file of 1 to ${IMPORT_ROWS} rows and at most 1 MiB`)
  if (!bytes || bytes.length > IMPORT_BYTES) return size
  const reader = createRowReader(formatOf(bytes), { named })
  const read = reader.push(bytes, true)
  if (!read.ok) {
    const { code, expected, received } = read.error
    return code === 'input' ? slip(`${expected}, not ${received}`, received) : read
  }
  return read.value.length > 0 && read.value.length <= IMPORT_ROWS
    ? ok({ rows: read.value, columns: reader.columns() })
    : size
}

/** The import of this file: an interrupted one, or else a new one. */
async function begin(
  context: OperationContext,
  tenantSid: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  named: NamedColumns | undefined,
): Promise<Result<Import, Problem>> {
  // Other columns make another import.
  const whole = new Blob(named ? [bytes, JSON.stringify(named)] : [bytes])
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await whole.arrayBuffer()))
  const digest = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const made = await createImport(context, tenantSid, { name, digest })
  if (made.ok || made.error.code !== 'already_there') return made
  const found = await listImports(context, tenantSid, { limit: 1, after: null }, digest)
  if (!found.ok) return found
  const [open] = found.value.items
  return open?.finishedAt === null ? ok(open) : made
}

function emailOf(row: unknown): string {
  const { email } = (row ?? {}) as { email?: unknown }
  return typeof email === 'string' ? cut(email, 100) : ''
}
