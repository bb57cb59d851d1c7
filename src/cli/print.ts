// Prints answers: tables and fields for people, JSON for programs.

/** A column of a table: its title, and its value in a row. */
// oxlint-disable-next-line typescript/no-explicit-any
export type PrintedColumn = { title: string; of: (row: any) => unknown }

export function print(value: unknown, json: boolean, columns?: readonly PrintedColumn[]): void {
  if (json) return console.log(JSON.stringify(value, null, 2))
  if (value === null || value === undefined) return console.log('done')
  // The content of a file.
  if (typeof value === 'string')
    return console.log(value.trimEnd().split('\r\n').map(harmless).join('\r\n'))
  if (!Array.isArray(value)) return console.log(describe(value as PrintedFields))
  if (value.length === 0) return console.log('nothing')
  console.log(
    columns
      ? renderTable(value, columns)
      : value.map((row) => describe(row as PrintedFields)).join('\n\n'),
  )
}

type PrintedFields = Record<string, unknown>

export function renderTable(rows: readonly unknown[], columns: readonly PrintedColumn[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ of }) => oneLine(show(of(row), '', '')))),
  ]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)))
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function describe(row: PrintedFields, indent = ''): string {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined)
  const width = Math.max(...entries.map(([key]) => key.length))
  return entries
    .map(([key, value]) => `${indent}${key.padEnd(width)}  ${show(value, key, indent)}`)
    .join('\n')
}

function show(value: unknown, name: string, indent: string): string {
  if (value === null || value === undefined || value === '') return '–'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (typeof value === 'string' && isDer(name)) return `${value.length} characters (--json)`
  if (typeof value === 'number' && isTime(name)) return renderTime(value)
  if (typeof value !== 'object') return harmless(String(value))
  if (Array.isArray(value)) {
    if (value.length === 0) return '–'
    if (!value.some((item) => typeof item === 'object')) return harmless(value.join(', '))
    return value.map((item) => `\n${describe(item as PrintedFields, `${indent}    `)}`).join('\n')
  }
  const row = value as PrintedFields
  return Object.keys(row).length === 0 ? '–' : `\n${describe(row, `${indent}    `)}`
}

/** People do not read these values. */
function isDer(name: string): boolean {
  return name === 'certificate' || name === 'signingCertificate'
}

/** As in the API, names of times end so. */
function isTime(name: string): boolean {
  return /(?:At|notBefore|notAfter)$/.test(name)
}

export function renderTime(at: number | null): string {
  return at === null ? '–' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Without control characters: names come from others, and could control the terminal. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
