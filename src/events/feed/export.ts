// What a search finds, as lines of JSON or rows of CSV, read while it is sent.
import { renderCSV } from '../../platform/csv/render-csv.ts'
import { problem, type Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { maySee } from '../actor.ts'
import type { OperationContext } from '../operation-context.ts'
import type { FeedFilter, FeedItem, LoginSearch } from './feed.ts'
import { NEWEST, searchEvents, type SearchPosition } from './search.ts'

const A_PAGE = 500
/** A Worker may ask D1 a thousand times: the last line says that there are more. */
const PAGES = 150

export type ExportFormat = 'ndjson' | 'csv'

/** Newest first, as the search shows them. Refuses `not_there`. */
export function exportEvents(
  context: OperationContext,
  filter: FeedFilter,
  source: LoginSearch,
  format: ExportFormat,
): Result<AsyncIterable<string>, Problem> {
  const { tenantSid = null } = filter
  if (!maySee(context.actor, { tenantSid, connectionSid: null }))
    return problem('not_there', 'a tenant', tenantSid ?? 'none')
  return ok(linesOf(context, filter, source, format))
}

async function* linesOf(
  context: OperationContext,
  filter: FeedFilter,
  source: LoginSearch,
  format: ExportFormat,
): AsyncGenerator<string> {
  const isCSV = format === 'csv'
  if (isCSV) yield renderCSV([Object.keys(COLUMNS)])
  let from: SearchPosition | null = NEWEST
  let isComplete = true
  for (let page = 0; from && page < PAGES; page++) {
    const found = await searchEvents(context, filter, { from, limit: A_PAGE }, source)
    if (!found.ok) return
    const { items, next, logins } = found.value
    for (const item of items) yield isCSV ? rowOf(item) : `${JSON.stringify(item)}\n`
    if (logins === 'unavailable') isComplete = false
    from = next
  }
  if (from === null && isComplete) return
  // Who reads the file must not take it for all.
  yield isCSV ? renderCSV([['incomplete']]) : `${JSON.stringify({ incomplete: true })}\n`
}

const COLUMNS: Readonly<Record<string, (item: FeedItem) => string | null>> = {
  time: ({ createdAt }) => new Date(createdAt).toISOString(),
  type: ({ type }) => type,
  outcome: ({ outcome }) => outcome,
  code: ({ code }) => code,
  actor: ({ actor }) => actor,
  actorId: ({ actorId }) => actorId,
  tenantSid: ({ tenantSid }) => tenantSid,
  connectionSid: ({ connectionSid }) => connectionSid,
  subjectSid: ({ subjectSid }) => subjectSid,
  isTest: ({ isTest }) => String(isTest),
  before: ({ before }) => before && JSON.stringify(before),
  after: ({ after }) => after && JSON.stringify(after),
  sid: ({ sid }) => sid,
  seq: ({ seq }) => (seq === null ? null : String(seq)),
}

const rowOf = (item: FeedItem) => renderCSV([Object.values(COLUMNS).map((cell) => cell(item))])
