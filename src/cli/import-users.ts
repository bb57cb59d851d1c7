// `gatepost user import`: imports a file of users in chunks. Run again, it continues an interrupted
// import; a finished one stays as it is.
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describeColumns } from '../directory/import/columns.ts'
import { MARK } from '../platform/csv/render-csv.ts'
import { REFUSED_HEADER, renderRefused, type RefusedRow } from '../directory/import/csv-files.ts'
import { openRepeats } from '../directory/import/repeats.ts'
import { path, type Answer, type ApiClient } from './client.ts'
import { CommandError } from './command-error.ts'
import {
  chunksOf,
  inspectFile,
  readRows,
  type FileOptions,
  type ImportChunk,
} from './import-file.ts'
import { openProgress } from './progress.ts'

export type ImportOptions = FileOptions & {
  file: string
  tenant: string
  dryRun: boolean
  createAccounts: boolean
  /** Imports a file again that was imported before. */
  again: boolean
  /** A file for the results: one JSON line per row. */
  report: string | undefined
  /** A file for the refused rows: CSV, to correct and import again. */
  refused: string | undefined
}

/** Refused rows in the answer; the report has all. */
const SHOWN = 100
const TRIES = 4

export async function importUsers(client: ApiClient, options: ImportOptions): Promise<Answer> {
  const { file, dryRun } = options
  const known = file === '-' ? undefined : await inspectFile(file, options)
  const columns = known?.columns && describeColumns(known.columns)
  const progress = openProgress(dryRun ? 'Trying' : 'Importing')
  const report = await openReport(options.report)
  const refused = await openRefused(options.refused)
  try {
    const tally = openTally(report, refused, ({ at }) => known && progress.show(at, known.rows))
    if (dryRun) return { ...(await tryOut(client, options, tally)), columns }
    const started = await begin(client, options, known?.digest)
    if (started.finishedAt !== null) return { ...started, before: true }
    const { sid, position } = started
    for await (const chunk of chunksOf(readRows(file, options), position))
      await tally.add(await take(client, sid, chunk, options.createAccounts), chunk)
    const ended = await client.call('POST', path`/imports/${sid}/end`)
    return { ...ended, resumedAt: position, refusedRows: tally.refused, columns }
  } finally {
    progress.end()
    await report?.end()
    await refused?.end()
  }
}

/** The import of this file: new, interrupted or finished. */
async function begin(
  client: ApiClient,
  { tenant, file, again }: ImportOptions,
  digest: string | undefined,
): Promise<Answer> {
  const imports = path`/tenants/${tenant}/imports`
  const [newest] = digest ? await client.list(imports, { digest }, 1) : []
  if (newest && (newest.finishedAt === null || !again)) return newest
  const name = file === '-' ? 'standard input' : basename(file).slice(-200)
  return client.call('POST', imports, { json: { name, digest } })
}

/** Imports the next rows. After a lost answer, the position tells whether they were imported. */
async function take(
  client: ApiClient,
  sid: string,
  { from, rows }: ImportChunk,
  createAccounts: boolean,
): Promise<Answer[]> {
  const query = { from, createAccounts: createAccounts || undefined }
  for (let tried = 1; ; tried++)
    try {
      const sent = { query, json: { rows } }
      return (await client.call('POST', path`/imports/${sid}/rows`, sent)).rows
    } catch (error) {
      if (!(error instanceof CommandError) || tried === TRIES) throw error
      const code = error.problem?.code
      if (code === 'import_position') {
        const { position, finishedAt } = await client.call('GET', path`/imports/${sid}`)
        // The results of rows that were imported before are not repeated.
        if (finishedAt === null && position === from + rows.length) return []
        throw error
      }
      if (code !== undefined && code !== 'internal') throw error
      await setTimeout(tried * 1000)
    }
}

type Tally = ReturnType<typeof openTally>

/** Counts results, keeps the first refused rows, and writes the report. */
function openTally(
  report: Awaited<ReturnType<typeof openReport>>,
  refusals: Awaited<ReturnType<typeof openRefused>>,
  onProgress: (tally: { at: number }) => void,
) {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 }
  const refused: Answer[] = []
  return {
    counts,
    refused,
    async add(rows: readonly Answer[], chunk: ImportChunk) {
      for (const row of rows) {
        counts[row.result as keyof typeof counts]++
        if (row.result === 'refused' && refused.length < SHOWN) refused.push(row)
      }
      onProgress({ at: rows.at(-1)?.row ?? 0 })
      await refusals?.write(rows, chunk)
      await report?.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    },
  }
}

/** Previews every row. Repeats in different chunks are found here: a preview remembers nothing. */
async function tryOut(
  client: ApiClient,
  { createAccounts, ...options }: ImportOptions,
  tally: Tally,
): Promise<Answer> {
  const repeatOf = openRepeats()
  for await (const chunk of chunksOf(readRows(options.file, options), 0)) {
    const { from, rows } = chunk
    const query = { from, createAccounts: createAccounts || undefined }
    const sent = { query, json: { rows } }
    const preview = await client.call('POST', path`/tenants/${options.tenant}/import-preview`, sent)
    const verdicts = preview.rows.map((verdict: Answer, at: number) => {
      const repeated = verdict.result === 'refused' ? undefined : repeatOf(rows[at], verdict.row)
      return repeated
        ? { row: verdict.row, result: 'refused', userSid: null, ...repeated }
        : verdict
    })
    await tally.add(verdicts, chunk)
  }
  return { dryRun: true, ...tally.counts, refusedRows: tally.refused }
}

/** Refused rows as CSV, in a file of its own: they are corrected there and imported again. */
async function openRefused(file: string | undefined) {
  if (file === undefined) return undefined
  const stream = createWriteStream(file)
  await once(stream, 'open')
  stream.write(MARK + REFUSED_HEADER)
  return {
    async write(verdicts: readonly Answer[], { from, rows }: ImportChunk) {
      const refused = verdicts
        .filter(({ result }) => result === 'refused')
        .map((verdict): RefusedRow => {
          const { code, field, expected, received } = verdict as Answer & RefusedRow['problem']
          const problem = { code, ...(field && { field }), expected, received }
          return { row: verdict.row, value: rows[verdict.row - from - 1], problem }
        })
      if (!stream.write(renderRefused(refused))) await once(stream, 'drain')
    },
    async end() {
      stream.end()
      await once(stream, 'close')
    },
  }
}

async function openReport(file: string | undefined) {
  if (file === undefined) return undefined
  // An interrupted import continues in the same report.
  const stream = createWriteStream(file, { flags: 'a' })
  await once(stream, 'open')
  return {
    async write(text: string) {
      if (!stream.write(text)) await once(stream, 'drain')
    },
    async end() {
      stream.end()
      await once(stream, 'close')
    },
  }
}
