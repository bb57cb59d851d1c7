// Cursors of lists that are in the order of e-mails: opaque, and refused where they are not ours.
import { done, problem, type Outcome } from '../../outcome.ts'
import type { MemberCursor } from '../../rollout/operations.ts'
import type { PageQuery } from './schema.ts'

const DEFAULT_LIMIT = 50

/** Refuses `input`. */
export function readMemberPage({
  limit = DEFAULT_LIMIT,
  after,
}: {
  [Name in keyof PageQuery]: PageQuery[Name] | undefined
}): Outcome<{ limit: number; after: MemberCursor | null }> {
  if (after === undefined) return done({ limit, after: null })
  const cursor = parseMemberCursor(after)
  return cursor
    ? done({ limit, after: cursor })
    : problem('input', 'the `next` of a page', after.slice(0, 200), 'after')
}

/** Hexadecimal: e-mails have characters that URLs and base64 would have to escape. */
export function renderMemberCursor({ emailKey, userSid }: MemberCursor): string {
  const bytes = new TextEncoder().encode(emailKey)
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${userSid}.${key}`
}

function parseMemberCursor(text: string): MemberCursor | undefined {
  const [, userSid, key] = /^(US[0-9a-f]{32})\.((?:[0-9a-f]{2}){1,400})$/.exec(text) ?? []
  if (userSid === undefined || key === undefined) return undefined
  const bytes = Uint8Array.from(key.match(/../g)!, (pair) => Number.parseInt(pair, 16))
  return { emailKey: new TextDecoder().decode(bytes), userSid }
}
