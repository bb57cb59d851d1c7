// Reads the SQL that a file writes: the text of its sql`…` templates and of sql.raw('…'), without
// what stands in ${}.

/** A template of SQL: its text, with a space for each ${}. */
export type SQLText = { text: string; line: number }

export function sqlTextsOf(source: string): SQLText[] {
  const found: SQLText[] = []
  scanCode(source, 0, found)
  const raws = source.matchAll(/\bsql\.raw\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)
  for (const { index, 2: text } of raws)
    found.push({ text: text!.replace(/\$\{[^}]*\}/g, ' '), line: lineOf(source, index) })
  return found
}

/** Goes through code up to the brace that closes it, and returns where that is. */
function scanCode(source: string, from: number, found: SQLText[]): number {
  let depth = 0
  for (let at = from; at < source.length; at++) {
    const char = source[at]
    if (char === '/' && source[at + 1] === '/') at = source.indexOf('\n', at)
    else if (char === '/' && source[at + 1] === '*') at = source.indexOf('*/', at) + 1
    else if (char === "'" || char === '"') at = endOfString(source, at)
    else if (char === '`') at = scanTemplate(source, at, found)
    else if (char === '{') depth++
    else if (char === '}' && depth-- === 0) return at
    if (at < 0) break
  }
  return source.length
}

function endOfString(source: string, from: number): number {
  let at = from + 1
  while (at < source.length && source[at] !== source[from] && source[at] !== '\n')
    at += source[at] === '\\' ? 2 : 1
  return at
}

function scanTemplate(source: string, from: number, found: SQLText[]): number {
  const isSQL = /\bsql(?:<[^`]*>)?$/.test(source.slice(Math.max(0, from - 200), from))
  let text = ''
  let at = from + 1
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') at += 2
    else if (source.startsWith('${', at)) {
      at = scanCode(source, at + 2, found) + 1
      text += ' '
    } else text += source[at++]
  }
  if (isSQL) found.push({ text, line: lineOf(source, from) })
  return at
}

function lineOf(source: string, index: number): number {
  return source.slice(0, index).split('\n').length
}
