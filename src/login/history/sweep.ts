// Keeps HISTORY within HISTORY_DAYS and HISTORY_GB, whichever comes first: until nothing is due or
// the budget of the invocation is used.
import type { Config } from '../../env.ts'
import { timedSidFrom } from '../../ids.ts'
import type { Database } from '../../platform/db/client.ts'
import { measureBacklog, sweep, type SweepBudget } from '../../platform/db/sweep.ts'
import { shareOf } from './share.ts'
import {
  deleteOldestLines,
  findDetailSizes,
  historyExpiries,
  isOlder,
  measureSize,
  trimConnections,
} from './store/sweep.ts'
import { DAY } from '../../durations.ts'

/** The part of the size that details may take. */
const DETAIL_PART = 1 / 4
/** Below this part of its size the database has room: then nothing is deleted for its size. */
const FULL_PART = 0.98
/** Lines that one statement deletes. */
const PORTION_LINES = 2000
/** Connections whose details one statement cuts. */
const TRIMMED_AT_ONCE = 50

export type HistorySwept = {
  /** Rows that were deleted. */
  lines: number
  details: number
  counts: number
  /** Bytes, afterwards. */
  size: number
  /** Rows that should have been deleted two hours ago, by table. */
  backlog: Record<string, number>
}

export async function sweepHistory(
  db: Database,
  { days, bytes }: Config['history'],
  now: number,
  budget: SweepBudget,
  portion = PORTION_LINES,
): Promise<HistorySwept> {
  const before = await measureSize(db)
  const details = before > bytes * DETAIL_PART ? await shareDetails(db, bytes, budget) : 0
  const old = isOlder(timedSidFrom('AT', now - days * DAY))
  const expired = await deleteOldestLines(db, budget, old, { portion, goesOn: () => true })
  const size = await measureSize(db)
  const isFull = (current: number) => current > bytes * FULL_PART
  const surplus = isFull(size)
    ? await deleteOldestLines(db, budget, undefined, {
        portion,
        goesOn: whileItShrinks(size, isFull),
      })
    : 0
  const expiries = historyExpiries(days)
  const { deleted } = await sweep(db, expiries.slice(1), now, budget)
  return {
    lines: expired + surplus,
    details,
    counts: deleted['daily_logins'] ?? 0,
    size: await measureSize(db),
    backlog: await measureBacklog(db, expiries, now),
  }
}

/** Ends where deleted lines give no page back: else all lines would go, for nothing. */
function whileItShrinks(from: number, isFull: (size: number) => boolean) {
  let before = from
  return (size: number) => {
    const hasShrunk = size < before
    before = size
    return hasShrunk && isFull(size)
  }
}

/**
 * Cuts the details of those that hold more than their share, with half of the statements at most:
 * the other half is for lines, whatever the details do.
 */
async function shareDetails(db: Database, bytes: number, budget: SweepBudget): Promise<number> {
  const sizes = await findDetailSizes(db)
  const share = shareOf(
    sizes.map((size) => size.bytes),
    bytes * DETAIL_PART,
  )
  const greedy = sizes.filter((size) => size.bytes > share).map((size) => size.connectionSid)
  const kept = budget.statements / 2
  let deleted = 0
  for (let at = 0; at < greedy.length; at += TRIMMED_AT_ONCE) {
    if (budget.statements - 1 < kept || Date.now() >= budget.until) break
    budget.statements--
    deleted += await trimConnections(db, greedy.slice(at, at + TRIMMED_AT_ONCE), share)
  }
  return deleted
}
