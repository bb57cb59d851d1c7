// The SQL that gives newcomers their sign-in method: at every door where users are added.
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEventFrom } from '../../events/store.ts'
import type { Statement } from '../../platform/db/batch.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { listed } from '../../platform/db/sql.ts'
import { newcomerWays } from '../domains/tables.ts'
import { DOMAIN_OF_USER } from '../domains/store.ts'
import { selectBlocker } from '../store/switch-on.ts'
import { users } from '../tables.ts'
import { awaitedProofs } from './tables.ts'

/**
 * The statements that give users what newcomers of their domain get. They follow, in one batch,
 * those that added the users with a password, and their memberships. A blocker leaves the password.
 * `connectionSid`: where the users come from its IdP, only that connection takes them in.
 */
export function admitNewcomers(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  userSids: readonly string[],
  connectionSid?: string,
): Statement[] {
  if (userSids.length === 0) return []
  const ways = newcomerWays
  const isNewcomer = and(
    inArray(users.sid, listed(userSids)),
    eq(users.signInMethod, 'password'),
    eq(ways.domain, DOMAIN_OF_USER),
    eq(ways.tenantSid, users.tenantSid),
    connectionSid === undefined ? undefined : eq(ways.connectionSid, connectionSid),
    isNull(
      selectBlocker({
        tenantSid: sql`${users.tenantSid}`,
        connectionSid: sql`${ways.connectionSid}`,
      }),
    ),
  )
  const signInMethod = sql`CASE ${ways.newcomers}
    WHEN 'sso_enforced' THEN 'sso_enforced' ELSE 'sso_enabled' END`
  return [
    recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid: sql`${users.tenantSid}`,
        type: 'user.sign_in_method_set',
        subjectSid: sql`${users.sid}`,
        before: sql`json_object('signInMethod', 'password', 'connectionSid', NULL)`,
        after: sql`json_object('signInMethod', ${signInMethod},
          'connectionSid', ${ways.connectionSid})`,
      },
      (select) =>
        select
          .from(users)
          .innerJoin(ways, sql`true`)
          .where(isNewcomer),
    ),
    db
      .update(users)
      .set({ signInMethod, connectionSid: sql`${ways.connectionSid}`, updatedAt: now })
      .from(ways)
      .where(isNewcomer),
    insertFromSelect(db, awaitedProofs, { userSid: sql`${users.sid}` }, (select) =>
      select
        .from(users)
        .innerJoin(ways, eq(ways.connectionSid, users.connectionSid))
        .where(
          and(
            inArray(users.sid, listed(userSids)),
            eq(users.signInMethod, 'sso_enabled'),
            eq(ways.domain, DOMAIN_OF_USER),
            eq(ways.newcomers, 'sso_enforced_after_login'),
          ),
        ),
    ).onConflictDoNothing(),
  ]
}
