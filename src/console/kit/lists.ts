// Pages of long lists: the URL holds the page's cursor and those of the pages before.
import type { Cursor, PageRequest } from '../../platform/db/page.ts'
import type { AppContext } from '../../platform/http/http.ts'

export type ListPage = { request: PageRequest; links: (next: Cursor | null) => PageLinks }
export type PageLinks = { newerHref: string | undefined; olderHref: string | undefined }

/** How many previous pages the URL remembers; before those comes the first page. */
const TRAIL = 20

/** The page that the URL asks for. An unreadable cursor means the first page. */
export function readListPage(c: AppContext, limit = 50): ListPage {
  const url = new URL(c.req.url)
  const trail = (url.searchParams.get('page') ?? '').split('.').filter((one) => parse(one) !== null)
  const href = (pages: readonly string[]) => {
    const query = new URLSearchParams(url.searchParams)
    query.delete('page')
    query.delete('notice')
    if (pages.length > 0) query.set('page', pages.slice(-TRAIL).join('.'))
    return query.size > 0 ? `${url.pathname}?${query}` : url.pathname
  }
  return {
    request: { limit, after: parse(trail.at(-1) ?? '') },
    links: (next) => ({
      newerHref: trail.length > 0 ? href(trail.slice(0, -1)) : undefined,
      olderHref: next ? href([...trail, `${next.createdAt}-${next.sid}`]) : undefined,
    }),
  }
}

function parse(text: string): Cursor | null {
  const match = /^(\d{1,15})-([A-Z]{2}[0-9a-f]{32})$/.exec(text)
  return match ? { createdAt: Number(match[1]), sid: match[2]! } : null
}
