// Logins for the feed of events: each line once, in the order of their SIDs.
import { timedSidFrom } from '../../ids.ts'
import { askHistory } from '../../platform/db/history.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { LoginSource } from '../../events/feed/feed.ts'
import { MINUTE } from '../../durations.ts'
import { findConnectionTenants, findTenantConnections } from './store/connections.ts'
import { findFedLines } from './store/feed.ts'

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
    const sids = [...new Set(rows.map(({ connectionSid }) => connectionSid))]
    const tenants =
      tenantSid === undefined && sids.length > 0
        ? await findConnectionTenants(db, sids)
        : new Map(sids.map((sid) => [sid, tenantSid!]))
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
