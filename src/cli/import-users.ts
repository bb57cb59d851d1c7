// `gatepost user import`: imports a file of users in chunks. Run again, it continues an interrupted
// import; a finished one stays as it is.
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ImportFormat } from '../directory/import/read-rows.ts'
import { openRepeats } from '../directory/import/repeats.ts'
import { path, type Answer, type ApiClient } from './client.ts'
import { CommandError } from './command-error.ts'
import { chunksOf, inspectFile, readRows, type ImportChunk } from './import-file.ts'
import { openProgress } from './progress.ts'

export type ImportOptions = {
  file: string
  tenant: string
  format: ImportFormat | undefined
  dryRun: boolean
  createAccounts: boolean
  /** Imports a file again that was imported before. */
  again: boolean
  /** A file for the results: one JSON line per row. */
  report: string | undefined
}

/** Refused rows in the answer; the report has all. */
const SHOWN = 100
const TRIES = 4

export async function importUsers(client: ApiClient, options: ImportOptions): Promise<Answer> {
  const { file, dryRun, format } = options
  const known = file === '-' ? undefined : await inspectFile(file, format)
  const progress = openProgress(dryRun ? 'Trying' : 'Importing')
  const report = await openReport(options.report)
  try {
    const tally = openTally(report, ({ at }) => known && progress.show(at, known.rows))
    if (dryRun) return await tryOut(client, options, tally)
    const started = await begin(client, options, known?.digest)
    if (started.finishedAt !== null) return { ...started, before: true }
    const { sid, position } = started
    for await (const chunk of chunksOf(readRows(file, format), position))
      await tally.add(await take(client, sid, chunk, options.createAccounts))
    const ended = await client.call('POST', path`/imports/${sid}/end`)
    return { ...ended, resumedAt: position, refusedRows: tally.refused }
  } finally {
    progress.end()
    await report?.end()
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
  onProgress: (tally: { at: number }) => void,
) {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 }
  const refused: Answer[] = []
  return {
    counts,
    refused,
    async add(rows: readonly Answer[]) {
      for (const row of rows) {
        counts[row.result as keyof typeof counts]++
        if (row.result === 'refused' && refused.length < SHOWN) refused.push(row)
      }
      onProgress({ at: rows.at(-1)?.row ?? 0 })
      await report?.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    },
  }
}

/** Previews every row. Repeats in different chunks are found here: a preview remembers nothing. */
async function tryOut(
  client: ApiClient,
  { file, tenant, format, createAccounts }: ImportOptions,
  tally: Tally,
): Promise<Answer> {
  const repeatOf = openRepeats()
  for await (const { from, rows } of chunksOf(readRows(file, format), 0)) {
    const query = { from, createAccounts: createAccounts || undefined }
    const sent = { query, json: { rows } }
    const preview = await client.call('POST', path`/tenants/${tenant}/import-preview`, sent)
    const verdicts = preview.rows.map((verdict: Answer, at: number) => {
      const repeated = verdict.result === 'refused' ? undefined : repeatOf(rows[at], verdict.row)
      return repeated
        ? { row: verdict.row, result: 'refused', userSid: null, ...repeated }
        : verdict
    })
    await tally.add(verdicts)
  }
  return { dryRun: true, ...tally.counts, refusedRows: tally.refused }
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
