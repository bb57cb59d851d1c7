// An attempt on its way to HISTORY: its line, and the detail that people may want to read. Pure.
import type { ErrorCode } from '../../errors.ts'
import type { CheckRow } from '../../saml/response/checks.ts'
import { NAME_ID_CODES } from '../name-ids/judge.ts'
import type { RefusalRing, Ring, TestValues } from './tables.ts'

/** What is known when the response has been verified. */
export type Attempt = {
  sid: string
  connectionSid: string
  checks: CheckRow[]
  message: string | null
  idpInitiated: boolean
  certificateFingerprint: string | null
  verifyMicros: number | null
  isTest: boolean
  /** The IdP's clock minus ours, in milliseconds; null if the response has no IssueInstant. */
  clockOffset: number | null
  /** The connection's revision. */
  revision: number
  createdAt: number
  /** Of a test sign-in that was refused for these values. */
  testValues?: TestValues
}

/** With how it ended. */
export type AttemptRecord = Attempt & {
  code: ErrorCode | null
  userSid: string | null
  /** True if a pinned key signed the message. */
  isProven: boolean
}

/** Codes about the person, after a message that passed every check. */
const OF_PERSONS: ReadonlySet<ErrorCode> = new Set([
  'user_unknown',
  'newcomer_limit',
  'user_suspended',
  'user_not_enabled',
  'email_ambiguous',
  'admin_unknown',
  'admin_name_id',
  ...NAME_ID_CODES,
])

/** The ring of a refused login, whose oldest line it replaces. Null: accepted. */
export function ringOf({ code, isProven }: AttemptRecord): RefusalRing | null {
  if (code === null) return null
  if (!isProven) return 'unproven'
  return OF_PERSONS.has(code) ? 'person' : 'refused'
}

/**
 * The ring of the detail; null: that of an accepted login, which depends on how many there are. A
 * stranger cannot push out tests: those that no pinned key signed are kept with the like.
 */
export function detailRingOf(record: AttemptRecord): Exclude<Ring, 'first' | 'newest'> | null {
  return record.isTest && record.isProven ? 'test' : ringOf(record)
}

/** Of a row, beside the texts: its key, and what a page of the tree leaves empty. */
const ROW_BYTES = 400
/** SQLite keeps so much of a row in the tree, and the rest of a longer one in pages of its own. */
const BYTES_IN_TREE = 1002
const PAGE_BYTES = 4096

/** What the row of a detail takes in the database. */
export function bytesOf(checks: string, message: string | null): number {
  const encoder = new TextEncoder()
  const row = ROW_BYTES + encoder.encode(checks).length + encoder.encode(message ?? '').length
  const pages = Math.ceil(Math.max(0, row - BYTES_IN_TREE) / PAGE_BYTES)
  return Math.min(row, BYTES_IN_TREE) + pages * PAGE_BYTES
}
