// The SQL that counts logins by connection, day and code.
import { eq, sql, type SQL } from 'drizzle-orm'
import { attempts, dailyLogins } from '../tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded } from '../../platform/db/sql.ts'
import type { Attempt } from './attempts.ts'

const DAY = 24 * 3600 * 1000

/** Adds the attempts that `from` reads to the counts of their days. */
function addToDay(
  db: Database,
  count: { code: SQL; logins: SQL | number },
  from: Parameters<typeof insertFromSelect>[3],
) {
  const { connectionSid, day, code, logins } = dailyLogins
  return insertFromSelect(
    db,
    dailyLogins,
    {
      connectionSid: attempts.connectionSid,
      day: sql`${attempts.createdAt} - ${attempts.createdAt} % ${DAY}`,
      ...count,
    },
    from,
  ).onConflictDoUpdate({
    target: [connectionSid, day, code],
    set: { logins: sql`${logins} + ${excluded(logins)}` },
  })
}

/** Counts the attempt under the day and code of its row. A test sign-in is not counted. */
export function countLogin(db: Database, { sid, isTest }: Pick<Attempt, 'sid' | 'isTest'>) {
  if (isTest) return []
  const code = sql`coalesce(${attempts.code}, '')`
  return [
    addToDay(db, { code, logins: 1 }, (select) =>
      select.from(attempts).where(eq(attempts.sid, sid)),
    ),
  ]
}

/** Moves an attempt from the accepted logins to `browser_mismatch`. */
export function countMismatch(db: Database, attemptSid: SQL) {
  const moves = sql`(SELECT '' AS movedCode, -1 AS moved
    UNION ALL SELECT 'browser_mismatch', 1) AS moves`
  return addToDay(db, { code: sql`moves.movedCode`, logins: sql`moves.moved` }, (select) =>
    select.from(attempts).crossJoin(moves).where(eq(attempts.sid, attemptSid)),
  )
}
