// The SQL of what the checks of URLs found, and of the connections that are due for one.
import { and, eq, isNull, lte, sql } from 'drizzle-orm'
import { beginCondition, endCondition } from '../../events/conditions/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import type { Reachability } from '../reachability.ts'
import { connections } from '../tables.ts'

/** Keeps what was found out. No edit: the version of the row stays. */
export async function storeReachability(
  db: Database,
  sid: string,
  reachability: Reachability[],
  now: number,
): Promise<void> {
  await db.batch([
    updateReachability(db, sid, reachability, now),
    ...reached(db, sid, reachability, now),
  ])
}

/** The same of the daily check, which also tells of URLs that do not answer, once each. */
export async function storeDailyCheck(
  db: Database,
  sid: string,
  reachability: Reachability[],
  now: number,
): Promise<void> {
  const lost = reachability.filter(({ result }) => result !== 'reachable')
  await db.batch([
    updateReachability(db, sid, reachability, now),
    ...reached(db, sid, reachability, now),
    ...lost.flatMap(({ field, result }) =>
      beginCondition(db, unreachable(sid, field, now), {
        ...eventOf(sid),
        type: 'connection.url_unreachable',
        after: { field, result },
      }),
    ),
  ])
}

function updateReachability(db: Database, sid: string, reachability: Reachability[], now: number) {
  return db
    .update(connections)
    .set({ reachability, reachabilityCheckedAt: now })
    .where(eq(connections.sid, sid))
}

/** A URL that was changed or taken away since has no result any more: that ends it too. */
function reached(db: Database, sid: string, reachability: Reachability[], now: number) {
  return URL_FIELD_NAMES.flatMap((field) => {
    const found = reachability.find((one) => one.field === field)
    if (found && found.result !== 'reachable') return []
    const event = { ...eventOf(sid), type: 'connection.url_reachable', after: { field } } as const
    return endCondition(db, unreachable(sid, field, now), found && event)
  })
}

const URL_FIELD_NAMES: readonly Reachability['field'][] = [
  'ssoRedirectURL',
  'ssoPostURL',
  'logoutRedirectURL',
]

const unreachable = (sid: string, field: string, now: number) =>
  ({ name: 'url_unreachable', subject: `${sid} ${field}`, now }) as const

const eventOf = (sid: string) => ({
  actor: { kind: 'maintenance' } as const,
  tenantSid: sql`(SELECT ${connections.tenantSid} FROM ${connections}
    WHERE ${connections.sid} = ${sid})`,
  subjectSid: sid,
})

/** Connections whose URLs were never asked or not since `before`, the longest ago first. */
export async function findUnchecked(db: Database, before: number, limit: number) {
  const { sid, purpose, ssoRedirectURL, ssoPostURL, logoutRedirectURL, reachabilityCheckedAt } =
    connections
  const select = () =>
    db.select({ sid, ssoRedirectURL, ssoPostURL, logoutRedirectURL }).from(connections)
  // Apart, so that each is a range of the index and rows that are not due are not read.
  const { never, longAgo } = await batch(db, {
    never: select()
      .where(and(isNull(reachabilityCheckedAt), eq(purpose, 'login')))
      .limit(limit),
    longAgo: select()
      .where(lte(reachabilityCheckedAt, before))
      .orderBy(reachabilityCheckedAt)
      .limit(limit),
  })
  return [...never, ...longAgo].slice(0, limit)
}
