// The list of all connections: searched by name, and filtered by state, certificate and failures.
import { listConnections, type ConnectionListing } from '../connections/operations.ts'
import { countConnections, type ConnectionFilter } from '../connections/listing/store.ts'
import { foldSearch } from '../directory/words/fold.ts'
import { findSidsBySearch } from '../directory/words/store.ts'
import { DAY } from '../durations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { findFailing } from '../login/history/store/daily-logins.ts'
import type { Total } from '../platform/db/count.ts'
import { askHistory } from '../platform/db/history.ts'
import type { Page, PageRequest } from '../platform/db/page.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'

export type ConnectionSearch = Omit<ConnectionFilter, 'sids'> & {
  /** How a word of the name begins. */
  search?: string | undefined
  /** Those alone that refused logins today or yesterday: the 100 with the most. */
  isFailing?: boolean
}

const MOST = 100

/** Newest first, of all tenants. For operators. Refuses `not_there` and `history_unavailable`. */
export async function searchConnections(
  context: OperationContext,
  page: PageRequest,
  { search, isFailing = false, ...filter }: ConnectionSearch,
): Promise<Result<Page<ConnectionListing> & { total: Total }, Problem>> {
  const { db, history, now } = context
  const since = Math.floor(now / DAY) * DAY - DAY
  const [named, failing] = await Promise.all([
    search === undefined ? undefined : findSidsBySearch(db, 'CN', foldSearch(search), MOST),
    isFailing
      ? askHistory(history, 'list_failing', (lines) => findFailing(lines, since, MOST))
      : ok(undefined),
  ])
  if (!failing.ok) return problem('history_unavailable', 'HISTORY answers', failing.error)
  const sids =
    named && failing.value ? intersection(named, failing.value) : (named ?? failing.value)
  const wanted = { ...filter, sids }
  const [found, total] = await Promise.all([
    listConnections(context, undefined, page, wanted),
    countConnections(db, undefined, wanted),
  ])
  return found.ok ? ok({ ...found.value, total }) : found
}

function intersection(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((sid) => others.includes(sid))
}
