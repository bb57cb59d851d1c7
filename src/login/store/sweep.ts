// Which rows of logins have expired.
import { lt } from 'drizzle-orm'
import { attempts, dailyLogins, loginCodes, spent } from '../tables.ts'
import { nameFrom } from '../handle.ts'
import type { Expiry } from '../../platform/db/sweep.ts'

const HOUR = 3600 * 1000
const DAY = 24 * HOUR

export const loginExpiries: readonly Expiry[] = [
  { table: spent, isDead: (now) => lt(spent.expiresAt, now) },
  { table: loginCodes, isDead: (now) => lt(loginCodes.name, nameFrom(now - HOUR)) },
  { table: attempts, isDead: (now) => lt(attempts.createdAt, now - 90 * DAY) },
  { table: dailyLogins, isDead: (now) => lt(dailyLogins.day, now - 90 * DAY) },
]
