// Reads CSV as Excel does, whatever its country separates by: a quote counts at the beginning of a
// cell alone.

const SEPARATORS = [',', ';', '\t', '|'] as const

/** Cells that a spreadsheet would compute, by any separator. */
export function computedCells(text: string): string[] {
  return SEPARATORS.flatMap((separator) => cellsOf(text, separator)).filter((cell) =>
    /^[\s"]*[=+\-@＝＋－＠]/u.test(cell),
  )
}

function cellsOf(text: string, separator: string): string[] {
  const cells: string[] = []
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"')
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') cell += text[++at]
        else break
      }
    if (text[at] === '"') at++
    while (at < text.length && text[at] !== separator && !'\r\n'.includes(text[at]!))
      cell += text[at++]
    cells.push(cell)
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    at++
  }
  return cells
}
