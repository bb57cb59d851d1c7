// The SQL of owners who keep a way in though the IdP has deactivated them, and of who is told.
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { users } from '../../../directory/tables.ts'
import { tenants } from '../../../directory/tenants/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { breakGlass } from '../tables.ts'

export type KeptOwner = Awaited<ReturnType<typeof claimUntold>>[number]

/**
 * Owners whose kept way nobody was told of yet, oldest first, and marks them as told: each once,
 * also where two runs come together.
 */
export async function claimUntold(db: Database, now: number, limit: number) {
  const untold = db
    .select({ rowid: sql`rowid` })
    .from(breakGlass)
    .where(
      and(
        gt(breakGlass.keptUntil, now),
        sql`${breakGlass.toldOfKept} IS NOT ${breakGlass.keptUntil}`,
      ),
    )
    .orderBy(breakGlass.keptUntil)
    .limit(limit)
  const claimed = await db
    .update(breakGlass)
    .set({ toldOfKept: sql`${breakGlass.keptUntil}` })
    .where(inArray(sql`rowid`, untold))
    .returning({ tenantSid: breakGlass.tenantSid, userSid: breakGlass.userSid })
  if (claimed.length === 0) return []
  return db
    .select({
      tenantSid: breakGlass.tenantSid,
      tenant: tenants.name,
      userSid: breakGlass.userSid,
      email: users.email,
      keptUntil: breakGlass.keptUntil,
      keptBecause: breakGlass.keptBecause,
    })
    .from(breakGlass)
    .innerJoin(users, eq(users.sid, breakGlass.userSid))
    .innerJoin(tenants, eq(tenants.sid, breakGlass.tenantSid))
    .where(
      inArray(
        breakGlass.userSid,
        claimed.map(({ userSid }) => userSid),
      ),
    )
}
