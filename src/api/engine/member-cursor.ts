// Cursors of lists in the order of e-mails or of users' SIDs: opaque, refused if we did not make
// them.
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import type { MemberCursor } from '../../rollout/operations.ts'
import { isSid } from '../../ids.ts'
import type { PageQuery } from './schema.ts'

const DEFAULT_LIMIT = 50

type MemberQuery = { [Name in keyof PageQuery]: PageQuery[Name] | undefined }

/** Refuses `input`. */
export function readMemberPage({
  limit = DEFAULT_LIMIT,
  after,
}: MemberQuery): Result<{ limit: number; after: MemberCursor | null }, Problem> {
  if (after === undefined) return ok({ limit, after: null })
  const [userSid = '', key = ''] = after.split('.')
  const emailKey = parseKey(key)
  return isSid(userSid, 'US') && emailKey !== undefined
    ? ok({ limit, after: { emailKey, userSid } })
    : notOurs(after)
}

export function renderMemberCursor({ emailKey, userSid }: MemberCursor): string {
  return `${userSid}.${renderKey(emailKey)}`
}

/** Refuses `input`. */
export function readAliasPage({
  limit = DEFAULT_LIMIT,
  after,
}: MemberQuery): Result<{ limit: number; after?: string }, Problem> {
  if (after === undefined) return ok({ limit })
  const emailKey = parseKey(after)
  return emailKey === undefined ? notOurs(after) : ok({ limit, after: emailKey })
}

/** For lists in the order of users' SIDs: the cursor is the last SID. Refuses `input`. */
export function checkUserCursor(cursor: string | undefined, field: string): Result<true, Problem> {
  return cursor === undefined || isSid(cursor, 'US') ? ok(true) : notOurs(cursor, field)
}

function notOurs(cursor: string, field = 'after') {
  return problem('input', 'the `next` of a page', cursor.slice(0, 200), field)
}

/** Hexadecimal, because e-mails may have characters that URLs escape. */
export function renderKey(emailKey: string): string {
  const bytes = new TextEncoder().encode(emailKey)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function parseKey(text: string): string | undefined {
  if (!/^(?:[0-9a-f]{2}){3,400}$/.test(text)) return undefined
  const bytes = Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16))
  const key = new TextDecoder().decode(bytes)
  return key.includes('@') ? key : undefined
}
