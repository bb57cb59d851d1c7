// Which rows of logins have expired.
import { lt } from 'drizzle-orm'
import { loginCodes, spent } from '../tables.ts'
import { nameFrom } from '../handle.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import { HOUR } from '../../durations.ts'

export const loginExpiries: readonly Expiry[] = [
  { table: spent, isDead: (now) => lt(spent.expiresAt, now) },
  { table: loginCodes, isDead: (now) => lt(loginCodes.name, nameFrom(now - HOUR)) },
]
