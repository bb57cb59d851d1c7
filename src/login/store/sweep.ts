// The SQL that deletes expired rows of logins.
import { lt } from 'drizzle-orm'
import { attempts, dailyLogins, loginCodes, spent } from '../tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { portionOf } from '../../platform/db/sql.ts'

const DAY = 24 * 3600 * 1000

/** Deletes a portion of the expired rows, and of attempts and counts older than 90 days. */
export async function sweep(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(spent).where(portionOf(spent, lt(spent.expiresAt, now))),
    db.delete(loginCodes).where(portionOf(loginCodes, lt(loginCodes.expiresAt, now))),
    db.delete(attempts).where(portionOf(attempts, lt(attempts.createdAt, now - 90 * DAY))),
    db.delete(dailyLogins).where(portionOf(dailyLogins, lt(dailyLogins.day, now - 90 * DAY))),
  ])
}
