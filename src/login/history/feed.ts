// Logins for the feed of events: each line once, in the order of their SIDs.
import { isSid, timedSidFrom } from '../../ids.ts'
import { askHistory } from '../../platform/db/history.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { FeedFilter, LoginSearch, LoginSource } from '../../events/feed/feed.ts'
import { LOGIN_TYPES } from '../../events/feed/types.ts'
import type { Database } from '../../platform/db/client.ts'
import { MINUTE } from '../../durations.ts'
import { findConnectionTenants, findTenantConnections } from './store/connections.ts'
import { findFedLines, findLinesBefore } from './store/feed.ts'

/**
 * A line is written after the response, and may change until its login code expires after two
 * minutes. After this time it is there, and stays as it is.
 */
export const SETTLED_AFTER = 3 * MINUTE

export function loginSource({ db, history, now }: OperationContext): LoginSource {
  return async ({ tenantSid, after, most }) => {
    const before = timedSidFrom('AT', now - SETTLED_AFTER)
    const of = tenantSid === undefined ? undefined : await findTenantConnections(db, tenantSid)
    const found = await askHistory(history, 'feed', (lines) =>
      findFedLines(lines, { of, after, before, most }),
    )
    if (!found.ok) return null
    const rows = found.value
    const tenants = await findTenantsOf(db, rows, tenantSid)
    const items = rows.map(({ ring, ringNumber, isFirst, ...row }) => ({
      ...row,
      tenantSid: tenants.get(row.connectionSid) ?? null,
      ring: ring && ringNumber !== null ? { name: ring, number: ringNumber, isFirst } : null,
    }))
    const isEnd = rows.length < most
    // What is written later has a later SID, but for clocks: those that settle are behind it.
    const settled = before > after ? before : after
    return { items, isEnd, readTo: isEnd ? settled : rows.at(-1)!.sid }
  }
}

/** `tenantSid`: that of all rows, where it is known. */
async function findTenantsOf(
  db: Database,
  rows: readonly { connectionSid: string }[],
  tenantSid: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const sids = [...new Set(rows.map(({ connectionSid }) => connectionSid))]
  if (tenantSid !== undefined) return new Map(sids.map((sid) => [sid, tenantSid]))
  return sids.length > 0 ? findConnectionTenants(db, sids) : new Map()
}

/** Lines of the last minutes may still change: a search shows them as they are. */
export function loginSearch({ db, history }: OperationContext): LoginSearch {
  return async (filter, before, most) => {
    const { tenantSid, since = 0, until } = filter
    const users = usersOf(filter)
    if (users.length > 1 || users.some((sid) => !isSid(sid, 'US')))
      return { items: [], readTo: before, isEnd: true }
    const end = until === undefined ? before : timedSidFrom('AT', Math.max(0, until))
    const search = {
      of: await connectionsOf(db, filter),
      before: end < before ? end : before,
      from: timedSidFrom('AT', since),
      userSid: users[0],
      outcome: outcomeOf(filter),
      most,
    }
    const found = await askHistory(history, 'feed', (lines) => findLinesBefore(lines, search))
    if (!found.ok) return null
    const { rows, ...read } = found.value
    const tenants = await findTenantsOf(db, rows, tenantSid)
    const items = rows.map((row) => ({
      ...row,
      tenantSid: tenants.get(row.connectionSid) ?? null,
      ring: null,
    }))
    return { ...read, items }
  }
}

/** Undefined: all. A thing that is neither a connection nor a user has no logins. */
async function connectionsOf(
  db: Database,
  { tenantSid, subjectSid }: FeedFilter,
): Promise<readonly string[] | undefined> {
  const ofTenant = tenantSid === undefined ? undefined : await findTenantConnections(db, tenantSid)
  if (subjectSid === undefined || isSid(subjectSid, 'US')) return ofTenant
  return isSid(subjectSid, 'CN') && (ofTenant?.includes(subjectSid) ?? true) ? [subjectSid] : []
}

/** Two: no login is of both. An actor that is no user did none. */
function usersOf({ subjectSid = '', actorId }: FeedFilter): string[] {
  const subjects = isSid(subjectSid, 'US') ? [subjectSid] : []
  return [...new Set([...subjects, ...(actorId === undefined ? [] : [actorId])])]
}

function outcomeOf({ types }: FeedFilter): 'succeeded' | 'refused' | undefined {
  const [succeeded, refused] = LOGIN_TYPES.map((type) => types?.has(type) ?? true)
  if (succeeded && refused) return undefined
  return succeeded ? 'succeeded' : 'refused'
}
