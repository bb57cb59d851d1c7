// Filters and pages of a list, read from and written to the URL. Unreadable values are ignored.
import { isFinding, type MemberCursor, type MemberFilter } from '../../../rollout/operations.ts'
import type { AppContext } from '../../../platform/http/http.ts'

export type ListQuery = {
  filter: MemberFilter
  after: MemberCursor | null
  /** The filters as a query string; '' if there are none. */
  query: string
  /** The URL of this page, to return to. */
  here: string
  backHref: string | undefined
  nextHref: (next: MemberCursor | null) => string | undefined
}

const NAMES = [
  'finding',
  'included',
  'decided',
  'skipped',
  'unproved',
  'lockedOut',
  'email',
] as const

/** How many previous pages the URL remembers. */
const TRAIL = 20

export function readListQuery(c: AppContext, path: string): ListQuery {
  const asked = new URL(c.req.url).searchParams
  return parseListQuery(asked, path)
}

export function parseListQuery(asked: URLSearchParams, path: string): ListQuery {
  const kept = new URLSearchParams()
  for (const name of NAMES) {
    const value = (asked.get(name) ?? '').trim().slice(0, 200)
    if (value !== '') kept.set(name, value)
  }
  const yes = (name: string) =>
    kept.get(name) === 'yes' ? true : kept.get(name) === 'no' ? false : undefined
  const finding = kept.get('finding') ?? ''
  const trail = (asked.get('page') ?? '').split('~').filter((one) => parse(one) !== null)
  const href = (pages: readonly string[]) => {
    const query = new URLSearchParams(kept)
    if (pages.length > 0) query.set('page', pages.slice(-TRAIL).join('~'))
    return query.size > 0 ? `${path}?${query}` : path
  }
  return {
    filter: {
      finding: isFinding(finding) ? finding : undefined,
      included: yes('included'),
      decided: yes('decided'),
      skipped: yes('skipped'),
      enforcedUnproved: yes('unproved'),
      lockedOut: yes('lockedOut'),
      email: kept.get('email') ?? undefined,
    },
    after: parse(trail.at(-1) ?? ''),
    query: kept.size > 0 ? `?${kept}` : '',
    here: href(trail),
    backHref: trail.length > 0 ? href(trail.slice(0, -1)) : undefined,
    nextHref: (next) => (next ? href([...trail, render(next)]) : undefined),
  }
}

/** Hexadecimal, so that URLs show no e-mail address. */
function render({ emailKey, userSid }: MemberCursor): string {
  const bytes = new TextEncoder().encode(emailKey)
  return `${userSid}.${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function parse(text: string): MemberCursor | null {
  const [, userSid, key] = /^(US[0-9a-f]{32})\.((?:[0-9a-f]{2}){1,400})$/.exec(text) ?? []
  if (userSid === undefined || key === undefined) return null
  const bytes = Uint8Array.from(key.match(/../g)!, (pair) => Number.parseInt(pair, 16))
  return { emailKey: new TextDecoder().decode(bytes), userSid }
}
