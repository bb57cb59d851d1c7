// Renders rows as CSV (RFC 4180) that a spreadsheet shows and never computes. Pure.

export function renderCSV(rows: readonly (readonly (string | null)[])[]): string {
  return rows.map((row) => `${row.map(renderCell).join(',')}\r\n`).join('')
}

/**
 * A cell that begins like a formula gets an apostrophe before it: names and external ids come from
 * outside, and spreadsheets compute what begins with one of these, also behind white space.
 */
function renderCell(value: string | null): string {
  const text = value ?? ''
  const harmless = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/u.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}
