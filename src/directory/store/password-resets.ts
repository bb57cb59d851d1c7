// The SQL that tells the vendor's app of people who may sign in by password again and have none.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEventFrom } from '../../events/store.ts'
import { users } from '../tables.ts'

/**
 * One event a person, for the batch that gives users their password back: in front of that
 * statement, with its condition. The app reads them and offers a password reset.
 */
export function offerPasswordResets(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  isReturning: SQL,
) {
  const event = {
    actor,
    now,
    tenantSid: sql`${users.tenantSid}`,
    type: 'user.password_reset_offered',
    subjectSid: sql`${users.sid}`,
    before: sql`json_object('signInMethod', ${users.signInMethod})`,
  } as const
  return recordEventFrom(db, event, (select) =>
    select.from(users).where(and(isReturning, eq(users.hasPassword, false))),
  )
}
