// Finds the e-mail addresses in an IdP's export of its users: CSV with any of the usual headers, or
// one address a line.
import Papa from 'papaparse'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'

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

/** The addresses as they stand there, in order. Refuses `input`: no column that has addresses. */
export function readIdpUserList(text: string): Result<string[], Problem> {
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { skipEmptyLines: 'greedy' })
  const [head = [], ...rows] = data
  const names = head.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''))
  const column = HEADERS.map((header) => names.indexOf(header)).find((index) => index >= 0)
  // Without a header, the first line is a user.
  const plain = head.findIndex((cell) => cell.includes('@'))
  const index = plain >= 0 ? plain : column
  if (index === undefined || index < 0)
    return problem('input', 'a column with e-mail addresses', 'none', 'file')
  const lines = plain >= 0 ? data : rows
  return ok(lines.map((row) => (row[index] ?? '').trim()).filter((cell) => cell !== ''))
}
