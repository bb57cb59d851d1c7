// `gatepost user import`: users from a file.
import type { Answer } from '../client.ts'
import { renderTable, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import type { Verbs } from '../verb.ts'

const REFUSED: readonly PrintedColumn[] = [
  { title: 'Row', of: ({ row }) => row },
  { title: 'Code', of: ({ code }) => code },
  { title: 'Field', of: ({ field }) => field },
  { title: 'Expected', of: ({ expected }) => expected },
  { title: 'Received', of: ({ received }) => received },
]

function describe(answer: Answer): string {
  const { dryRun, before, sid, created, updated, unchanged, refused, refusedRows = [] } = answer
  const changed = `${created} created, ${updated} updated`
  const counts = `${changed}, ${unchanged} unchanged, ${refused} refused`
  const head = dryRun
    ? `Preview: ${counts}. Nothing has changed.`
    : before
      ? `${sid} has imported this file before: ${counts}. Nothing has changed. ` +
        '--again imports the file again.'
      : `${sid}: ${counts}.`
  const resumed = answer.resumedAt > 0 ? [`Continued after row ${answer.resumedAt}.`] : []
  const read = describeRead(answer)
  if (refusedRows.length === 0) return [head, ...resumed, ...read].join('\n')
  const rest = refused > refusedRows.length ? ['--refused FILE writes all refused rows.'] : []
  return [head, ...resumed, ...read, '', renderTable(refusedRows, REFUSED), ...rest].join('\n')
}

/** Where the columns are not those of the template. */
function describeRead({ columns = [] }: Answer): string[] {
  const all = columns as { column: string; field: string | null }[]
  const left = all.flatMap(({ column, field }) => (field ? [] : [column]))
  const read = all.flatMap(({ column, field }) => (field ? [`${field} = ${column}`] : []))
  if (left.length === 0) return []
  return [`Columns: ${read.join(', ')}. Not imported: ${left.join(', ')}.`]
}

export const IMPORT_VERBS: Verbs = {
  'user import': {
    about: 'import users from CSV or NDJSON; - reads standard input',
    takes: ['FILE'],
    flags: {
      tenant: { value: 'TN…', need: true, about: 'the tenant' },
      columns: {
        value: 'FIELD=COLUMN,…',
        about: 'columns by header or number; by default, found; nothing: not imported',
      },
      format: { value: 'FORMAT', about: 'csv or ndjson; by default, detected' },
      'create-accounts': { about: 'create unknown accounts' },
      'dry-run': { about: 'change nothing; show what would happen' },
      report: { value: 'FILE', about: 'write the result of each row, one JSON line per row' },
      refused: { value: 'FILE', about: 'write the refused rows as CSV, to correct and import' },
      again: { about: 'import a file again that was imported before' },
    },
    text: describe,
    run: async ({ client, given }) => {
      const format = given.text('format')
      if (format !== undefined && format !== 'csv' && format !== 'ndjson')
        throw new UsageError(`--format takes csv or ndjson, not ${format}`)
      const { readNamedColumns } = await import('../../directory/import/columns.ts')
      const columns = given.text('columns')
      const named = columns === undefined ? undefined : readNamedColumns(columns)
      if (named && !named.ok) throw new UsageError(`--columns takes ${named.error.expected}`)
      const { importUsers } = await import('../import-users.ts')
      return importUsers(client, {
        file: given.argument('FILE'),
        tenant: given.needText('tenant'),
        format,
        named: named?.value,
        dryRun: given.isOn('dry-run'),
        createAccounts: given.isOn('create-accounts'),
        again: given.isOn('again'),
        report: given.text('report'),
        refused: given.text('refused'),
      })
    },
  },
}
