// Finds the e-mail addresses in an IdP's export of its users: CSV with any of the usual headers, or
// one address a line.
import Papa from 'papaparse'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { encodeBase64url } from '../../base64.ts'
import { hashSecret } from '../../platform/secret.ts'
import { readRecords } from '../../directory/import/read-rows.ts'

/** Of a whole export: about 100,000 users with a dozen columns. */
export const USER_LIST_BYTES = 16 * 1024 * 1024

/**
 * Headers of e-mail columns in the exports of IdPs, without case and punctuation, the better ones
 * first.
 */
const HEADERS = [
  'email',
  'mail',
  'emailaddress',
  'primaryemail',
  'loginemail',
  'username',
  'userprincipalname',
  'upn',
  'login',
  'profileemail',
  'useremail',
  'workemail',
]

/** Bytes that are parsed at once. */
const PIECE = 64 * 1024
const HASHED_PIECE = 1024 * 1024
/** Of a line, or of a CSV record with line ends in it. */
const MAX_RECORD = 16 * 1024

/**
 * The addresses as they stand there, in order. Reads piece by piece, so that a large file is not in
 * memory as text and as cells too. Refuses `input`: no column that has addresses, or a line that is
 * too long; more than `most` addresses.
 */
export function readIdpUserList(bytes: Uint8Array, most = Infinity): Result<string[], Problem> {
  const decoder = new TextDecoder()
  const addresses: string[] = []
  let layout: Layout | undefined
  let rest = ''
  for (let at = 0; at < bytes.length; at += PIECE) {
    const isLast = at + PIECE >= bytes.length
    rest += decoder.decode(bytes.subarray(at, at + PIECE), { stream: !isLast })
    // Line ends of any system; half of one waits for the other.
    const isCut = !isLast && rest.endsWith('\r')
    const text = (isCut ? rest.slice(0, -1) : rest).replaceAll(/\r\n?/g, '\n')
    const delimiter = layout?.delimiter ?? guessDelimiter(text)
    const records = readRecords(text, delimiter)
    // The last one may go on in the next piece.
    const last = isLast ? undefined : records.pop()
    rest = last ? text.slice(last.from) + (isCut ? '\r' : '') : ''
    if (rest.length > MAX_RECORD)
      return problem('input', `lines of at most ${MAX_RECORD} characters`, 'a longer one', 'file')
    const rows = records.map(({ cells }) => cells).filter((cells) => cells.some(isFilled))
    if (!layout && rows[0]) {
      const found = layoutOf(rows[0], delimiter)
      if (!found.ok) return found
      layout = found.value
      if (layout.hasHeader) rows.shift()
    }
    const cells = rows.map((row) => (row[layout!.column] ?? '').trim()).filter(isFilled)
    // A cell is a slice that keeps its whole piece in memory. JSON makes texts of their own.
    for (const cell of JSON.parse(JSON.stringify(cells)) as string[]) addresses.push(cell)
    if (addresses.length > most)
      return problem('input', `a file of at most ${most} addresses`, 'more', 'file')
  }
  return layout ? ok(addresses) : NO_COLUMN
}

const isFilled = (cell: string) => cell.trim() !== ''

/** The delimiter of the first lines. */
function guessDelimiter(text: string): string {
  const options = { preview: 10, newline: '\n', skipEmptyLines: 'greedy' } as const
  return Papa.parse(text, options).meta.delimiter
}

type Layout = { delimiter: string; column: number; hasHeader: boolean }

const NO_COLUMN = problem('input', 'a column with e-mail addresses', 'none', 'file')

function layoutOf(head: readonly string[], delimiter: string): Result<Layout, Problem> {
  // Without a header, the first line is a user.
  const plain = head.findIndex((cell) => cell.includes('@'))
  if (plain >= 0) return ok({ delimiter, column: plain, hasHeader: false })
  const names = head.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''))
  const column = HEADERS.map((header) => names.indexOf(header)).find((index) => index >= 0)
  return column === undefined ? NO_COLUMN : ok({ delimiter, column, hasHeader: true })
}

/**
 * The same file continues the same upload. A hash of the hashes of its pieces, since WebCrypto
 * copies what it hashes.
 */
export async function nameOfUpload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hashes: string[] = []
  for (let at = 0; at < bytes.length; at += HASHED_PIECE) {
    const piece = bytes.subarray(at, at + HASHED_PIECE)
    hashes.push(encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', piece))))
  }
  return hashSecret(hashes.join(' '))
}
