// The SQL that says whom a rollback changes, before it is done: how many, and who of them has no
// password.
import { and, eq, isNotNull, or, sql, type SQL } from 'drizzle-orm'
import { users } from '../../../directory/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import type { Rollout } from '../../cohort/store.ts'
import { rollouts } from '../../cohort/tables.ts'
import { isEnforcedUnproved } from '../../list/store/findings.ts'
import { isOnList } from '../../list/store/parts.ts'
import { rolloutMembers } from '../../list/tables.ts'
import { earlierMethod, mayGoBack } from './moving.ts'

/** `earlier`: of a move, the connection and the method that the person had before. */
export const TARGETS = ['sso_enabled', 'password', 'earlier'] as const

export type Target = (typeof TARGETS)[number]

/** What people return to. `keepsSSO`: those without a password in the app stay as they are. */
export type Return = { to: Target; keepsSSO: boolean }

/** `outside`: people on no list of the connection, such as newcomers, who may use SSO only. */
export type ReturnScope = 'all' | 'unproved' | 'outside'

/** Rows that this rollout has enabled or enforced, on whichever version. */
export const isTouched = or(
  isNotNull(rolloutMembers.enabledAt),
  isNotNull(rolloutMembers.enforcedAt),
)

/** Users whom a rollback changes. */
export function isReturning(
  rollout: Rollout,
  now: number,
  { to, keepsSSO, scope = 'all' }: Return & { scope?: ReturnScope | undefined },
): SQL {
  if (scope === 'outside') return isOutside(rollout, keepsSSO)
  const rows =
    scope === 'unproved'
      ? isOnList(rollout)
      : and(eq(rolloutMembers.rolloutSid, rollout.sid), isTouched)
  return and(
    sql`${users.sid} IN (SELECT ${rolloutMembers.userSid} FROM ${rolloutMembers} WHERE ${rows})`,
    sql`+${users.connectionSid} = ${rollout.connectionSid}`,
    isReturningTo(rollout, to),
    scope === 'unproved' ? isEnforcedUnproved(rollout, now) : undefined,
    keepsSSO ? eq(users.hasPassword, true) : undefined,
  )!
}

/** Enforced at the connection, and on no list of it: no rollback of a list reaches them. */
function isOutside({ tenantSid, connectionSid }: Rollout, keepsSSO: boolean): SQL {
  return and(
    eq(users.connectionSid, connectionSid),
    eq(users.signInMethod, 'sso_enforced'),
    sql`+${users.tenantSid} = ${tenantSid}`,
    sql`NOT EXISTS (SELECT 1 FROM ${rolloutMembers}
      JOIN ${rollouts} ON ${rollouts.sid} = ${rolloutMembers.rolloutSid}
      WHERE ${rolloutMembers.userSid} = ${users.sid}
        AND ${rollouts.connectionSid} = ${connectionSid})`,
    keepsSSO ? eq(users.hasPassword, true) : undefined,
  )!
}

/** Whether returning to the target changes the row of `users`, of the rollout's connection. */
export function isReturningTo(rollout: Rollout, to: Target): SQL | undefined {
  if (to === 'password') return undefined
  if (to === 'sso_enabled') return eq(users.signInMethod, 'sso_enforced')
  return and(sql`${earlierMethod(rollout)} IS NOT NULL`, mayGoBack(rollout))
}

export type Returning = { userSid: string; email: string; hasPassword: boolean }

/** How many people a rollback changes, how many of them have no password, and the first of each. */
export async function findReturning(
  db: Database,
  rollout: Rollout,
  now: number,
  asked: {
    to: Target
    scope?: ReturnScope | undefined
    user?: { sid: string } | { emailKey: string } | undefined
  },
  limit: number,
): Promise<{ people: number; withoutPassword: number; first: Returning[] }> {
  const { user } = asked
  const where = and(
    isReturning(rollout, now, { ...asked, keepsSSO: false }),
    user && ('sid' in user ? eq(users.sid, user.sid) : eq(users.emailKey, user.emailKey)),
  )
  const [counts, first] = await Promise.all([
    db
      .select({
        people: sql<number>`count(*)`,
        withoutPassword: sql<number>`coalesce(sum(NOT ${users.hasPassword}), 0)`,
      })
      .from(users)
      .where(where),
    // False comes before true.
    db
      .select({ userSid: users.sid, email: users.email, hasPassword: users.hasPassword })
      .from(users)
      .where(where)
      .orderBy(users.hasPassword, users.emailKey)
      .limit(limit),
  ])
  return { ...counts[0]!, first }
}
