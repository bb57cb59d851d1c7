// A CSV file that a browser downloads. Excel reads it as UTF-8 by the mark in front of it; what the
// API answers has none, because programs read that.
import { MARK } from '../csv/render-csv.ts'
import { streamLines } from './stream-lines.ts'

export function downloadCSV(
  fileName: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Response {
  return streamLines('text/csv', marked(lines), {
    'content-disposition': `attachment; filename="${fileName}"`,
  })
}

async function* marked(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield MARK
  yield* lines
}
