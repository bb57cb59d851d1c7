// Which rows of logins have expired.
import { lt } from 'drizzle-orm'
import { attempts, dailyLogins, loginCodes, spent } from '../tables.ts'
import type { Expiry } from '../../platform/db/sweep.ts'

const DAY = 24 * 3600 * 1000

export const loginExpiries: readonly Expiry[] = [
  { table: spent, isDead: (now) => lt(spent.expiresAt, now) },
  { table: loginCodes, isDead: (now) => lt(loginCodes.expiresAt, now) },
  { table: attempts, isDead: (now) => lt(attempts.createdAt, now - 90 * DAY) },
  { table: dailyLogins, isDead: (now) => lt(dailyLogins.day, now - 90 * DAY) },
]
