// Delivers what is due in the outbox. It may run at any time, also twice at once: a lease belongs
// to one sender. A delivery whose result could not be written is made again: at least once.
import { inTurns } from '../../platform/in-turns.ts'
import { wordOf } from '../../platform/log/kinds.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { judgeUnexpected } from '../../platform/http/unexpected.ts'
import { HOUR, MINUTE, SECOND } from '../../durations.ts'
import { KEPT, nextAttempt } from './backoff.ts'
import type {
  Channel,
  ChannelContext,
  ChannelName,
  ChannelResult,
  Channels,
  DeliverableEvent,
} from './channel.ts'
import type { EventRow } from '../store.ts'
import { deliverable } from './deliverable.ts'
import { findEventsOf, leaseDue, updateLeased, type LeasedRow } from './store.ts'

/** Sent to one target at the same time, and targets served so: a Worker has six connections. */
const AT_ONCE = 5
const LEASE = 2 * MINUTE
const LEASED_AT_ONCE = 20
/** A run leases nothing after these: a Worker has 1,000 requests, and 30 seconds at the end. */
const A_RUN = 400
const RUN_SECONDS = 8
/** So long the rows of other targets wait for one that does not answer. */
const PATIENCE = SECOND

export type OutboxReport = Record<'delivered' | 'failed' | 'dead' | 'postponed', number>

type DeliveryRun = ChannelContext & {
  opened: ReadonlyMap<ChannelName, Channel>
  clock: () => number
  report: OutboxReport
  /** Targets that are being served, each until its rows are done. */
  busy: Map<string, Promise<void>>
  /** Targets that have answered in this run. */
  answering: Set<string>
}

/** An idle run costs one query. */
export async function deliverOutbox(
  context: ChannelContext,
  channels: Channels,
): Promise<OutboxReport> {
  const names = Object.keys(channels) as ChannelName[]
  const report = { delivered: 0, failed: 0, dead: 0, postponed: 0 }
  if (names.length === 0) return report
  const began = Date.now()
  const clock = () => context.now + Date.now() - began
  const opened = new Map(names.map((name) => [name, channels[name]!(context)]))
  const run = { ...context, opened, clock, report, busy: new Map(), answering: new Set<string>() }
  for (let taken = 0; taken < A_RUN;) {
    const now = clock()
    const except = [...run.busy.keys()]
    const lease = { channels: names, except, now, until: now + LEASE, most: LEASED_AT_ONCE }
    const leased = await leaseDue(context.db, lease)
    if (leased.length > 0) await serve(run, leased)
    taken += leased.length
    if (leased.length < LEASED_AT_ONCE || Date.now() - began > RUN_SECONDS * 1000) break
  }
  await Promise.all(run.busy.values())
  return report
}

/**
 * Sends the rows, each target on its own. Ends before they are all done where a target does not
 * answer: the others do not wait for it.
 */
async function serve(run: DeliveryRun, leased: readonly LeasedRow[]): Promise<void> {
  const { db, busy } = run
  const audited = leased.filter(({ event }) => event === null)
  const found = await findEventsOf(
    db,
    audited.map(({ eventSid }) => eventSid),
  )
  const events = new Map(found.map((event) => [event.sid, event]))
  for (const [target, rows] of Map.groupBy(leased, (row) => row.target)) {
    // More would wait for a connection, and their time for an answer would run.
    while (busy.size >= AT_ONCE) await Promise.race(busy.values())
    const lane = serveTarget(run, rows, events).finally(() => busy.delete(target))
    busy.set(target, lane)
  }
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))
  await Promise.race([Promise.all(busy.values()), patience])
  while (busy.size >= AT_ONCE) await Promise.race(busy.values())
}

/** The first row alone: a target that does not answer takes one connection. */
async function serveTarget(
  run: DeliveryRun,
  rows: readonly LeasedRow[],
  events: ReadonlyMap<string, EventRow>,
): Promise<void> {
  const send = async (row: LeasedRow) => {
    const delivery = await attempt(run, row, events.get(row.eventSid))
    if (delivery.delivered) run.answering.add(row.target)
    run.report[await note(run, row, delivery, run.clock())]++
  }
  const isAnswering = run.answering.has(rows[0]!.target)
  if (!isAnswering) await send(rows[0]!)
  await inTurns(isAnswering ? rows : rows.slice(1), AT_ONCE, send)
}

async function attempt(
  { opened, clock }: DeliveryRun,
  { channel, target, event: own }: LeasedRow,
  recorded: EventRow | undefined,
): Promise<ChannelResult> {
  try {
    const event = own === null ? recorded && deliverable(recorded) : readOwn(own)
    if (!event) return { delivered: false, code: 'event_deleted', gone: true }
    return await opened.get(channel)!(event, target, clock(), recorded)
  } catch (error) {
    const { code, log } = judgeUnexpected(error)
    writeLine('event_delivery_failed', { channel, code, ...log })
    return { delivered: false, code: 'unexpected' }
  }
}

/** As `offerEvent` or a trigger has written it. Throws where somebody has broken it by hand. */
function readOwn(json: string): DeliverableEvent {
  return JSON.parse(json) as DeliverableEvent
}

async function note(
  { db }: ChannelContext,
  row: LeasedRow,
  delivery: ChannelResult,
  now: number,
): Promise<keyof OutboxReport> {
  if (delivery.delivered) {
    const expiresAt = now + KEPT.delivered
    await updateLeased(db, row, { outcome: 'delivered', lastError: null, expiresAt })
    return 'delivered'
  }
  const { code: lastError, gone, isPostponed, isHeld } = delivery
  if (isHeld) {
    // A trigger makes it due when the tenant is resumed. The sweep ends the wait.
    const held = { nextAt: now + HOUR, expiresAt: row.createdAt + KEPT.held }
    await updateLeased(db, row, { attempts: row.attempts - 1, lastError, ...held })
    return 'postponed'
  }
  if (isPostponed) {
    await updateLeased(db, row, { attempts: row.attempts - 1, nextAt: now + MINUTE })
    return 'postponed'
  }
  const nextAt = gone ? null : nextAttempt(row.attempts, now)
  const { sid: deliverySid, channel, attempts: tries } = row
  const code = wordOf(lastError) ?? 'unknown'
  writeLine('event_not_delivered', { deliverySid, channel, tries, code, isDead: nextAt === null })
  if (nextAt === null) {
    await updateLeased(db, row, { outcome: 'dead', lastError, expiresAt: now + KEPT.dead })
    return 'dead'
  }
  await updateLeased(db, row, { nextAt, lastError, expiresAt: null })
  return 'failed'
}
