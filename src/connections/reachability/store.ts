// The SQL of what the checks of URLs found, and of the connections that are due for one.
import { eq, isNull, lte } from 'drizzle-orm'
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
  await db
    .update(connections)
    .set({ reachability, reachabilityCheckedAt: now })
    .where(eq(connections.sid, sid))
}

/** Connections whose URLs were never asked or not since `before`, the longest ago first. */
export async function findUnchecked(db: Database, before: number, limit: number) {
  const { sid, ssoRedirectURL, ssoPostURL, logoutRedirectURL, reachabilityCheckedAt } = connections
  const select = () =>
    db.select({ sid, ssoRedirectURL, ssoPostURL, logoutRedirectURL }).from(connections)
  // Apart, so that each is a range of the index and rows that are not due are not read.
  const { never, longAgo } = await batch(db, {
    never: select().where(isNull(reachabilityCheckedAt)).limit(limit),
    longAgo: select()
      .where(lte(reachabilityCheckedAt, before))
      .orderBy(reachabilityCheckedAt)
      .limit(limit),
  })
  return [...never, ...longAgo].slice(0, limit)
}
