// The search: events and logins that fit a filter, newest first. Each source keeps its own order;
// the times only mix them.
import { problem, type Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { maySee } from '../actor.ts'
import type { OperationContext } from '../operation-context.ts'
import { isEventType } from '../catalogue.ts'
import { noteUnreadable } from '../unreadable.ts'
import type { FeedFilter, FeedItem, FeedPage, LoginSearch } from './feed.ts'
import { itemOfEvent, itemOfLogin } from './read-feed.ts'
import { findFedBefore } from './store.ts'
import { LOGIN_TYPES } from './types.ts'

/** What was read: down to this number of the audit trail, and down to this SID of logins. */
export type SearchPosition = { seq: number; login: string }

/** Before all: numbers and SIDs that are never reached. */
export const NEWEST: SearchPosition = { seq: 10 ** 14, login: `AT${'f'.repeat(32)}` }

export type SearchPage = Pick<FeedPage, 'logins'> & {
  items: FeedItem[]
  /** Null: there is nothing before. */
  next: SearchPosition | null
}

/**
 * A page without items may have more behind it: filters read a part at a time. Operators may search
 * all; a tenant's key names its tenant. Refuses `not_there`.
 */
export async function searchEvents(
  { db, actor }: OperationContext,
  filter: FeedFilter,
  { from, limit }: { from: SearchPosition; limit: number },
  source: LoginSearch,
): Promise<Result<SearchPage, Problem>> {
  const { tenantSid, types } = filter
  if (!maySee(actor, { tenantSid: tenantSid ?? null, connectionSid: null }))
    return problem('not_there', 'a tenant', tenantSid ?? 'none')
  const wantsLogins = LOGIN_TYPES.some((type) => !types || types.has(type))
  const wantsEvents = !types || [...types].some((type) => !isLoginType(type) && isEventType(type))
  const [audit, logins] = await Promise.all([
    wantsEvents ? findFedBefore(db, filter, from.seq, limit) : null,
    wantsLogins ? source(filter, from.login, limit) : null,
  ])
  const [events, lines] = [(audit?.rows ?? []).values(), (logins?.items ?? []).values()]
  let [event, line] = [events.next(), lines.next()]
  const items: FeedItem[] = []
  const next = { ...from }
  while (items.length < limit && !(event.done && line.done))
    if (line.done || (!event.done && event.value.createdAt >= line.value.createdAt)) {
      const row = event.value!
      noteUnreadable(row)
      items.push(itemOfEvent(row))
      next.seq = row.seq
      event = events.next()
    } else {
      items.push(itemOfLogin(line.value))
      next.login = line.value.sid
      line = lines.next()
    }
  if (event.done && audit) next.seq = audit.readTo
  if (line.done && logins) next.login = logins.readTo
  const isEnd = event.done && line.done && (audit?.isEnd ?? true) && (logins?.isEnd ?? true)
  const state = wantsLogins ? (logins ? 'read' : 'unavailable') : 'left_out'
  return ok({ items, next: isEnd ? null : next, logins: state })
}

const isLoginType = (type: string) => (LOGIN_TYPES as readonly string[]).includes(type)
