// The CSV files that an import gives: a template to fill in, and its refused rows, to correct and
// import again. Pure.
import { titleOf } from '../../error-words.ts'
import { renderCSV } from '../../platform/csv/render-csv.ts'
import type { Problem } from '../../problem.ts'
import { IMPORT_FIELDS, type ImportField } from './columns.ts'

const HEADERS: Readonly<Record<ImportField, string>> = {
  email: 'email',
  firstName: 'first_name',
  lastName: 'last_name',
  externalID: 'external_id',
  accounts: 'accounts',
  suspended: 'suspended',
}

const COLUMNS = IMPORT_FIELDS.map((field) => HEADERS[field])

export type RefusedRow = { row: number; value: unknown; problem: Omit<Problem, 'choices'> }

/** With one line that shows the form of each field; its address is nobody's (RFC 2606). */
export function renderTemplate(): string {
  return renderCSV([COLUMNS, ['ann@example.com', 'Ann', 'Ford', '1001', 'north|south', 'no']])
}

/** Above the refused rows. An import leaves the last columns alone. */
export const REFUSED_HEADER = renderCSV([[...COLUMNS, 'row', 'reason', 'expected', 'received']])

/** The fields of each row, and why it was refused. */
export function renderRefused(rows: readonly RefusedRow[]): string {
  const lines = rows.map(({ row, value, problem: { code, field, expected, received } }) => [
    ...IMPORT_FIELDS.map((name) => renderField((value as Record<string, unknown> | null)?.[name])),
    `${row}`,
    `${field ? `${field}: ` : ''}${titleOf(code, 'people')}`,
    expected,
    received,
  ])
  return renderCSV(lines)
}

function renderField(value: unknown): string {
  if (Array.isArray(value)) return value.join('|')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : ''
}
