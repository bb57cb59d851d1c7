// A user as the vendor's own system knows one: a row of an import, or a single record by which its
// app keeps in step. Shape and fields alone; whether the directory can take it is for judge.ts.
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { cut } from '../cut.ts'
import { normalizeEmail } from '../saml/response/principal.ts'

/** What is not said is left as it is; null takes it away. */
export type UserRecord = {
  /** As it is shown: its domain in lower case. */
  email: string
  emailKey: string
  firstName?: string | null
  lastName?: string | null
  /** The vendor's own id. It can be given and not be taken away. */
  externalID?: string
  /** External ids or SIDs of accounts of the tenant: all that the user is a member of there. */
  accounts?: string[]
  suspended?: boolean
}

const MAX_TEXT = 200
const MAX_ACCOUNTS = 100

/**
 * Controls, line ends, direction overrides, halves of characters: no name or id has them, and they
 * make one look like another.
 */
const UNFIT = /[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\p{Cs}]/u

const FIELDS: Readonly<Record<string, true>> = {
  email: true,
  firstName: true,
  lastName: true,
  externalID: true,
  accounts: true,
  suspended: true,
}

/**
 * Refuses `input` with the field. White space around a name is not part of it; an e-mail with any
 * is none.
 */
export function readUserRecord(value: unknown): Result<UserRecord, Problem> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return problem('input', 'the fields of a user', describe(value))
  const fields = value as Record<string, unknown>
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(FIELDS, name))
  if (unknown !== undefined) {
    const name = cut(unknown, 100)
    return problem('input', Object.keys(FIELDS).join(', '), name, name)
  }
  const email = typeof fields['email'] === 'string' ? normalizeEmail(fields['email']) : null
  if (!email)
    return problem('input', 'one plain address in ASCII', describe(fields['email']), 'email')
  const record: UserRecord = { email, emailKey: email.toLowerCase() }
  for (const name of ['firstName', 'lastName'] as const) {
    const read = readText(fields[name], name)
    if (!read.ok) return read
    if (read.value !== undefined) record[name] = read.value
  }
  const externalID = readID(fields['externalID'], 'externalID')
  if (!externalID.ok) return externalID
  if (externalID.value !== undefined) record.externalID = externalID.value
  const accounts = readAccounts(fields['accounts'])
  if (!accounts.ok) return accounts
  if (accounts.value !== undefined) record.accounts = accounts.value
  const suspended = fields['suspended'] ?? undefined
  if (suspended === undefined) return ok(record)
  if (typeof suspended !== 'boolean')
    return problem('input', 'true or false', describe(suspended), 'suspended')
  return ok({ ...record, suspended })
}

/**
 * Text of 1 to 200 characters, null where it is empty or null, undefined where it is not given.
 * Refuses `input`.
 */
export function readText(
  value: unknown,
  field: string,
): Result<string | null | undefined, Problem> {
  if (value === undefined || value === null) return ok(value)
  const text = typeof value === 'string' ? value.trim() : undefined
  if (text === undefined || text.length > MAX_TEXT || UNFIT.test(text))
    return problem('input', `at most ${MAX_TEXT} printable characters`, describe(value), field)
  return ok(text === '' ? null : text)
}

/**
 * An id of the vendor's: text that is no SID, or a whole number. Empty and null: not given. Refuses
 * `input`.
 */
export function readID(value: unknown, field: string): Result<string | undefined, Problem> {
  const read = readText(Number.isSafeInteger(value) ? String(value) : value, field)
  if (!read.ok) return read
  // Users and accounts are named by SID or by this: one must not look like the other.
  if (read.value && /^(?:US|AC)[0-9a-f]{32}$/.test(read.value))
    return problem('input', 'an id that is no SID of ours', read.value, field)
  return ok(read.value ?? undefined)
}

/** The names of accounts, each once. Refuses `input`. */
export function readAccounts(value: unknown): Result<string[] | undefined, Problem> {
  if (value === undefined || value === null) return ok(undefined)
  if (!Array.isArray(value) || value.length > MAX_ACCOUNTS)
    return problem(
      'input',
      `a list of at most ${MAX_ACCOUNTS} accounts`,
      describe(value),
      'accounts',
    )
  const names = new Set<string>()
  for (const item of value as unknown[]) {
    const read = readText(Number.isSafeInteger(item) ? String(item) : item, 'accounts')
    if (!read.ok) return read
    if (read.value) names.add(read.value)
  }
  return ok([...names])
}

/** What came instead, without what could steer a terminal or a page. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
  return cut(text, 100).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD') || 'nothing'
}
