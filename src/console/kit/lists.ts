// Lists in pages: the URL holds the filters, the page's cursor and those of the pages before.
import type { Cursor, Page, PageRequest } from '../../platform/db/page.ts'
import type { AppContext } from '../../platform/http/http.ts'
import { readFilters, type ListFilters, type ReadFilters } from './filters.ts'

export type ListPage<F extends ListFilters = ListFilters> = ReadFilters<F> & {
  request: PageRequest
  links: (next: Cursor | null) => PageLinks
  /** The list without filters. */
  path: string
}
export type PageLinks = { newerHref: string | undefined; olderHref: string | undefined }

/** How many previous pages the URL remembers; before those comes the first page. */
const TRAIL = 20

const NO_FILTERS = {} as const

/** The page that the URL asks for. An unreadable cursor means the first page. */
export function readListPage<const F extends ListFilters = typeof NO_FILTERS>(
  c: AppContext,
  filters: F = NO_FILTERS as F,
  limit = 50,
): ListPage<F> {
  const url = new URL(c.req.url)
  const trail = (url.searchParams.get('page') ?? '').split('.').filter((one) => parse(one) !== null)
  const read = readFilters(url.searchParams, filters)
  const href = (pages: readonly string[]) => {
    const query = new URLSearchParams(read.entered)
    if (pages.length > 0) query.set('page', pages.slice(-TRAIL).join('.'))
    return query.size > 0 ? `${url.pathname}?${query}` : url.pathname
  }
  return {
    ...read,
    path: url.pathname,
    request: { limit, after: parse(trail.at(-1) ?? '') },
    links: (next) => ({
      newerHref: trail.length > 0 ? href(trail.slice(0, -1)) : undefined,
      olderHref: next ? href([...trail, `${next.createdAt}-${next.sid}`]) : undefined,
    }),
  }
}

/** Rows of the list; none where a filter was refused, since any would be the wrong ones. */
export async function rowsOf<P extends Page<unknown>>(
  { problem }: Pick<ListPage, 'problem'>,
  load: () => Promise<P>,
): Promise<ListRows<P>> {
  return problem ? ({ items: [], next: null } as unknown as ListRows<P>) : load()
}

type ListRows<P extends Page<unknown>> = Pick<P, 'items' | 'next'> & Partial<P>

function parse(text: string): Cursor | null {
  const match = /^(\d{1,15})-([A-Z]{2}[0-9a-f]{32})$/.exec(text)
  return match ? { createdAt: Number(match[1]), sid: match[2]! } : null
}
