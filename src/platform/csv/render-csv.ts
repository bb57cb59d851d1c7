// Renders rows as CSV (RFC 4180) that a spreadsheet shows and never computes. Pure.

/** In front of a file for people: without it, Excel reads UTF-8 as the encoding of its country. */
export const MARK = '\ufeff'

export function renderCSV(rows: readonly (readonly (string | null)[])[]): string {
  return rows.map((row) => `${row.map(renderCell).join(',')}\r\n`).join('')
}

/**
 * What begins like a formula gets an apostrophe before it: names and external ids come from
 * outside, and spreadsheets compute what begins with one of these, also behind white space. Excel
 * separates cells by what its country uses, and then quotes in the middle of a cell mean nothing:
 * what stands behind any separator or line end may begin a cell.
 */
function renderCell(value: string | null): string {
  const text = value ?? ''
  let mayBegin = true
  const harmless = text.replaceAll(/[\s",;|:]+|[^\s",;|:]+/g, (part) => {
    if (/^[\s",;|:]/.test(part)) {
      mayBegin ||= /[,;|:\t\r\n]/.test(part)
      return part
    }
    const isFormula = mayBegin && /^[=+\-@＝＋－＠]/u.test(part)
    mayBegin = false
    return isFormula ? `'${part}` : part
  })
  const guarded = /^[\t\r\n]/.test(text) ? `'${harmless}` : harmless
  return `"${guarded.replaceAll('"', '""')}"`
}
