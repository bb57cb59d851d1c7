// The audit trail as lines of JSON, read while it is sent.
import { problem, type Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { maySee } from '../actor.ts'
import type { OperationContext } from '../operation-context.ts'
import type { EventSearch } from './feed.ts'
import { findFed } from './store.ts'

const A_PAGE = 500
/** A Worker may ask D1 a thousand times: the last line says that there are more. */
const PAGES = 400

/** Oldest first. Refuses `not_there`. */
export function exportAudit(
  { db, actor }: OperationContext,
  { until = Infinity, ...filter }: EventSearch,
): Result<AsyncIterable<string>, Problem> {
  const { tenantSid = null } = filter
  if (!maySee(actor, { tenantSid, connectionSid: null }))
    return problem('not_there', 'a tenant', tenantSid ?? 'none')
  return ok(
    (async function* () {
      let after = 0
      for (let page = 0; page < PAGES; page++) {
        const { rows, readTo, isEnd } = await findFed(db, filter, after, A_PAGE)
        const wanted = rows.filter(({ createdAt }) => createdAt < until)
        for (const row of wanted) yield `${JSON.stringify({ ...row, mails: undefined })}\n`
        if (isEnd) return
        after = readTo
      }
      yield `${JSON.stringify({ incomplete: true, after })}\n`
    })(),
  )
}
