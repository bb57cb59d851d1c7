// The SQL that says whether an address is somebody's.
import { and, eq, notExists, sql, type SQL } from 'drizzle-orm'
import type { Database } from '../../platform/db/client.ts'
import { aliases } from '../../rollout/reconcile/tables.ts'
import { users } from '../tables.ts'

/**
 * Nobody has the address, in any tenant: as a login e-mail, suspended or not, or as an alias. The
 * one place that says which addresses a first login may create; NULL is free. Erasure of users,
 * once there is any, has to keep a trace of the address and ask for it here.
 */
export function isNobodys(db: Database, emailKey: SQL<string | null>): SQL | undefined {
  const owners = db
    .select({ sid: users.sid })
    .from(users)
    .where(eq(users.emailKey, sql`${emailKey}`))
  const mapped = db
    .select({ sid: aliases.userSid })
    .from(aliases)
    .where(eq(aliases.emailKey, sql`${emailKey}`))
  return and(notExists(owners), notExists(mapped))
}
