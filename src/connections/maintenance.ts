// What Gatepost does by itself every few minutes: reads metadata that is due, and asks whether URLs
// are still reached. In portions, the longest due first; what one connection does to a run does not
// touch the others.
import type { OperationContext } from '../events/operation-context.ts'
import { refresh } from './metadata/operations.ts'
import { nextReading } from './metadata/metadata-refresh.ts'
import { writeLine } from '../platform/log/write-line.ts'
import { inTurns } from '../platform/in-turns.ts'
import { checkAndStore } from './reachability.ts'
import { findUnchecked } from './reachability/store.ts'
import { findConnection, updateConnection } from './store.ts'
import { leaseDueSources } from './metadata/store.ts'
import { DAY, MINUTE } from '../durations.ts'

/** Connections a run. Every five minutes, that is 11,520 a day of each kind. */
export const REFRESHES_A_RUN = 40
export const CHECKS_A_RUN = 40
/**
 * After so many requests a run begins nothing more: a Worker has 1,000 an invocation, D1's among
 * them.
 */
export const FETCHES_A_RUN = 600

/** At the same time: each may hold 20 MiB twice, of 128, and a Worker has six connections. */
const REFRESHES_AT_ONCE = 2
const CHECKS_AT_ONCE = 2

/** What a run has taken and not finished is due again after it. */
const LEASE = 15 * MINUTE

export type MaintenanceReport = {
  /** Connections whose metadata was read, or could not be. */
  refreshed: number
  /** Connections whose URLs were asked. */
  checked: number
  /** Connections at which the run itself failed. */
  failed: number
}

/** May be run at any time, also twice at once. `request.actor` is `maintenance`. */
export async function runMaintenance(context: OperationContext): Promise<MaintenanceReport> {
  const { db, now } = context
  let fetches = 0
  // Called by itself: as a method of something else, the platform's fetch() refuses.
  const { fetch } = context.network
  const counting: typeof fetch = (...args) => {
    fetches++
    return fetch(...args)
  }
  const counted: OperationContext = { ...context, network: { ...context.network, fetch: counting } }
  const report: MaintenanceReport = { refreshed: 0, checked: 0, failed: 0 }
  const each = <T extends { sid: string }>(
    items: readonly T[],
    width: number,
    work: (item: T) => Promise<unknown>,
  ) =>
    inTurns(items, width, async (item) => {
      if (fetches >= FETCHES_A_RUN) return
      try {
        await work(item)
      } catch (error) {
        report.failed++
        // Its name alone: a message may quote values of the database.
        const detail = error instanceof Error ? error.name : 'unknown'
        writeLine('maintenance_failed', { subject: item.sid, detail })
      }
    })

  const due = await leaseDueSources(db, now, now + LEASE, REFRESHES_A_RUN)
  await each(due, REFRESHES_AT_ONCE, async ({ sid }) => {
    if (await refreshDue(counted, sid)) report.refreshed++
  })
  await each(
    await findUnchecked(db, now - DAY, CHECKS_A_RUN),
    CHECKS_AT_ONCE,
    async (connection) => {
      await checkAndStore(counted, connection)
      report.checked++
    },
  )
  return report
}

/**
 * A connection that is suspended is asked about again as if it had been read: it learns nothing
 * new.
 */
async function refreshDue(context: OperationContext, sid: string): Promise<boolean> {
  const connection = await findConnection(context.db, sid)
  if (!connection) return false
  if (connection.state !== 'suspended') {
    await refresh(context, connection)
    return true
  }
  await updateConnection(context, connection, {
    row: {},
    keepsVersion: true,
    source: { refreshAt: nextReading(context.now, null, Math.random()) },
    events: [],
  })
  return false
}
