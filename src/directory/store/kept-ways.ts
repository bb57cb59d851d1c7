// The SQL that takes the way in that break-glass owners keep after a deactivation by the IdP: for
// every door by which the vendor suspends people.
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEventFrom } from '../../events/store.ts'
import { listed } from '../../platform/db/sql.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'

/**
 * Behind the suspension in its batch. A trigger takes the way in from users who were not suspended
 * before; these statements, from those whom the IdP had deactivated already.
 */
export function endKeptWays(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  tenantSid: string,
  userSids: readonly string[],
) {
  const isKept = and(
    eq(breakGlass.tenantSid, tenantSid),
    inArray(breakGlass.userSid, listed(userSids)),
    isNotNull(breakGlass.keptUntil),
  )
  const event = {
    actor,
    now,
    tenantSid,
    subjectSid: sql`${breakGlass.userSid}`,
    type: 'break_glass.kept',
    after: sql`json_object('keptUntil', NULL)`,
  } as const
  return [
    recordEventFrom(db, event, (select) => select.from(breakGlass).where(isKept)),
    db.update(breakGlass).set({ keptUntil: null }).where(isKept),
  ] as const
}
