// The SQL of ../switch-on.ts: what keeps the row of `users` from being switched on through a
// connection.
import { sql, type SQL } from 'drizzle-orm'
import type { Database } from '../../platform/db/client.ts'
import { aliases, idpUsers, WHOLE_LIST } from '../../rollout/reconcile/tables.ts'
import { scimUsers } from '../../scim/tables.ts'
import { isMovingTo } from '../moves/store.ts'
import { isSaved } from './saved-list.ts'
import { exceptions } from '../exceptions/tables.ts'
import { BLOCKERS, type Blocker } from '../switch-on.ts'
import { accounts, memberships, users } from '../tables.ts'

/** The connection, and the tenant that it belongs to. */
export type SwitchOnScope = {
  tenantSid: string | SQL<string>
  connectionSid: string | SQL<string>
  /** Which people of another connection may come in here too: they are moving. Default: nobody. */
  moving?: SQL
}

/** For a door that opens a second way to people who move, and changes nothing of their first. */
export function withMoving<Scope extends { connectionSid: string }>(scope: Scope) {
  return { ...scope, moving: isMovingTo(scope.connectionSid) }
}

/** Whether each blocker holds. */
export function blockerFacts({
  tenantSid,
  connectionSid,
  moving = sql`false`,
}: SwitchOnScope): Record<Blocker, SQL> {
  return {
    alias: isUnknownToIdP(connectionSid),
    other_tenant: hasAccount(sql`${accounts.tenantSid} <> ${tenantSid}`),
    other_connection: sql`(${users.connectionSid} <> ${connectionSid} AND NOT (${moving}))`,
    suspended: sql`${users.suspendedAt} IS NOT NULL`,
    excepted: sql`EXISTS (SELECT 1 FROM ${exceptions} WHERE ${exceptions.userSid} = ${users.sid})`,
  }
}

/** The first blocker that holds, or NULL. Statements that switch somebody on repeat it. */
export function selectBlocker<One extends Blocker = Blocker>(
  scope: SwitchOnScope,
  among: readonly One[] = BLOCKERS as readonly Blocker[] as readonly One[],
): SQL<One | null> {
  const facts = blockerFacts(scope)
  const cases = among.map((blocker) => sql`WHEN ${facts[blocker]} THEN ${blocker}`)
  return sql<One | null>`CASE ${sql.join(cases, sql` `)} END`
}

/** What keeps a user of the tenant out; undefined: nothing does. */
export async function findBlocker(
  db: Database,
  userSid: string,
  scope: SwitchOnScope,
  among?: readonly Blocker[],
): Promise<Blocker | undefined> {
  const [row] = await db
    .select({ blocker: selectBlocker(scope, among) })
    .from(users)
    .where(sql`${users.sid} = ${userSid}`)
  return row?.blocker ?? undefined
}

/**
 * The IdP does not list the login e-mail, and neither SCIM nor an alias stands in for it. With an
 * upload: what would be so if it alone were the list.
 */
export function isUnknownToIdP(
  connectionSid: SwitchOnScope['connectionSid'],
  upload?: string,
): SQL {
  const ofUpload =
    upload === undefined
      ? sql`AND ${isSaved(idpUsers, connectionSid)}`
      : sql`AND ${idpUsers.upload} = ${upload}`
  const onList = sql`SELECT 1 FROM ${idpUsers}
    WHERE ${idpUsers.connectionSid} = ${connectionSid} ${ofUpload}`
  // A first upload that is under way does not say yet who is missing.
  const isUploaded =
    upload === undefined
      ? sql`EXISTS (${onList} AND ${idpUsers.emailKey} = ${WHOLE_LIST})`
      : sql`true`
  const isListed = sql`EXISTS (${onList} AND ${idpUsers.emailKey} = ${users.emailKey})`
  // SCIM never says who is missing: an IdP provisions only the users assigned to it.
  const isProvisioned = sql`EXISTS (SELECT 1 FROM ${scimUsers}
    WHERE ${scimUsers.connectionSid} = ${connectionSid} AND ${scimUsers.userSid} = ${users.sid}
      AND ${scimUsers.active} = 1)`
  const isMapped = sql`EXISTS (SELECT 1 FROM ${aliases}
    JOIN ${idpUsers} ON ${idpUsers.connectionSid} = ${aliases.connectionSid}
      AND ${idpUsers.emailKey} = ${aliases.emailKey} ${ofUpload}
    WHERE ${aliases.userSid} = ${users.sid} AND ${aliases.connectionSid} = ${connectionSid})`
  return sql`${isUploaded} AND NOT ${isListed} AND NOT ${isProvisioned} AND NOT ${isMapped}`
}

/** Whether the user is a member of such an account. */
export function hasAccount(condition: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM ${memberships}
    JOIN ${accounts} ON ${accounts.sid} = ${memberships.accountSid}
    WHERE ${memberships.userSid} = ${users.sid} AND ${condition})`
}
