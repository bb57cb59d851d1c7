// Cursors of pages: opaque to callers. A cursor that we did not make is refused.
import type { Cursor, Page, PageRequest } from '../../platform/db/page.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import type { PageQuery } from './schema.ts'

const DEFAULT_LIMIT = 50

/** Refuses `input`. */
export function readPage({
  limit = DEFAULT_LIMIT,
  after,
}: PageQuery): Result<PageRequest, Problem> {
  if (after === undefined) return ok({ limit, after: null })
  const cursor = parseCursor(after)
  return cursor
    ? ok({ limit, after: cursor })
    : problem('input', 'the `next` of a page', after.slice(0, 200), 'after')
}

/** A page of the response: `view` shows each item, and the cursor becomes opaque. */
export function answerPage<T, View = T>(
  { items, next }: Page<T>,
  view: (item: T) => View = (item) => item as unknown as View,
): { items: View[]; next: string | null } {
  return { items: items.map(view), next: next && renderCursor(next) }
}

function renderCursor({ createdAt, sid }: Cursor): string {
  return btoa(`${createdAt} ${sid}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function parseCursor(text: string): Cursor | undefined {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(text)) return undefined
  try {
    const [, createdAt, sid] = /^(\d{1,15}) ([A-Za-z0-9]{1,64})$/.exec(
      atob(text.replaceAll('-', '+').replaceAll('_', '/')),
    ) as unknown as [string, string, string]
    return { createdAt: Number(createdAt), sid }
  } catch {
    return undefined
  }
}
