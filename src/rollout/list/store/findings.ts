// The SQL of findings: what a statement that stands on a row of `users` can say about it.
import { and, eq, not, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { connections } from '../../../connections/tables.ts'
import { DOMAIN_OF_USER } from '../../../directory/domains/store.ts'
import { domains } from '../../../directory/domains/tables.ts'
import { blockerFacts, hasAccount } from '../../../directory/store/switch-on.ts'
import { BLOCKERS } from '../../../directory/switch-on.ts'
import { accounts, users } from '../../../directory/tables.ts'
import { proofs } from '../../../login/tables.ts'
import { breakGlass } from '../../break-glass/tables.ts'
import { idpUsers, WHOLE_LIST } from '../../reconcile/tables.ts'
import { rolloutMembers, type BlockedBy } from '../tables.ts'
import { listed } from '../../../platform/db/sql.ts'
import type { Rollout } from '../../cohort/store.ts'
import { FINDINGS, type Finding } from '../findings.ts'

/** What the findings of a row depend on besides the user. */
type CohortContext = Pick<
  Rollout,
  'tenantSid' | 'connectionSid' | 'fromConnectionSid' | 'selectors'
> & { now: number }

/** Domains that a tenant has verified, for a subquery. */
export function verifiedDomains(tenantSid: string): SQL {
  return sql`FROM ${domains}
    WHERE ${domains.tenantSid} = ${tenantSid} AND ${domains.verifiedAt} IS NOT NULL`
}

/** The findings about the row of `users`, as JSON text. */
export function findingsOf(cohort: CohortContext): SQL {
  const { tenantSid, connectionSid, fromConnectionSid, selectors, now } = cohort
  const moving = sql`${users.connectionSid} IS ${fromConnectionSid}`
  const isProved = provedBy(connectionSid, users.sid)
  const verified = verifiedDomains(tenantSid)
  const conditions: Record<Finding, SQL> = {
    ...blockerFacts({ tenantSid, connectionSid, moving }),
    plus_address: sql`instr(${users.emailKey}, '+') > 0`,
    other_domain: sql`EXISTS (SELECT 1 ${verified})
      AND NOT EXISTS (SELECT 1 ${verified} AND ${domains.domain} = ${DOMAIN_OF_USER})`,
    // Where no accounts are selected, or everybody, none is outside the selection.
    other_accounts:
      selectors.everybody || selectors.fromConnection || selectors.accounts.length === 0
        ? sql`0`
        : hasAccount(
            sql`${accounts.tenantSid} = ${tenantSid}
              AND ${accounts.sid} NOT IN ${listed(selectors.accounts)}`,
          ),
    break_glass: exemptNow(tenantSid, users.sid, now),
    proved: isProved,
    never_proved: sql`NOT ${isProved}`,
  }
  const texts = FINDINGS.map(
    (finding) =>
      sql`CASE WHEN ${conditions[finding]} THEN ${sql.raw(`'"${finding}",'`)} ELSE '' END`,
  )
  return sql`'[' || rtrim(${sql.join(texts, sql` || `)}, ',') || ']'`
}

/** Whether a user has logged in through the connection, by the IdP that it names now. */
export function provedBy(connectionSid: string, userSid: SQLiteColumn): SQL {
  return sql`EXISTS (SELECT 1 FROM ${proofs}
    WHERE ${proofs.connectionSid} = ${connectionSid} AND ${proofs.userSid} = ${userSid}
      AND ${proofs.entityID} = (SELECT ${connections.entityID} FROM ${connections}
        WHERE ${connections.sid} = ${connectionSid}))`
}

/** Whether a user is exempt from enforcement at that time. */
export function exemptNow(tenantSid: string, userSid: SQLiteColumn, now: number): SQL {
  return sql`EXISTS (SELECT 1 FROM ${breakGlass}
    WHERE ${breakGlass.tenantSid} = ${tenantSid} AND ${breakGlass.userSid} = ${userSid}
      AND ${breakGlass.endedAt} IS NULL AND ${breakGlass.expiresAt} > ${now})`
}

/**
 * Whether the row of `users` has to sign in through the connection and has never done so: nothing
 * shows that the person gets in. Suspended people do not get in at all, whatever they have shown.
 */
export function isEnforcedUnproved(
  { tenantSid, connectionSid }: Pick<Rollout, 'tenantSid' | 'connectionSid'>,
  now: number,
): SQL {
  return sql`(${users.signInMethod} = 'sso_enforced'
    AND +${users.connectionSid} = ${connectionSid}
    AND ${users.suspendedAt} IS NULL
    AND NOT ${provedBy(connectionSid, users.sid)}
    AND NOT ${exemptNow(tenantSid, users.sid, now)})`
}

/**
 * Whether enforcing everybody would lock the row of `users` out: nothing shows that the person gets
 * in through the connection. A move changes no method: it locks out those alone who have no
 * password.
 */
export function isLockedOutByAll(
  rollout: Pick<Rollout, 'tenantSid' | 'connectionSid' | 'fromConnectionSid'>,
  now: number,
): SQL {
  const { tenantSid, connectionSid, fromConnectionSid } = rollout
  const isEnforced = eq(users.signInMethod, 'sso_enforced')
  const isReached = fromConnectionSid
    ? and(isEnforced, sql`+${users.connectionSid} = ${fromConnectionSid}`)
    : not(and(isEnforced, sql`${users.connectionSid} IS ${connectionSid}`)!)
  return sql`(${isReached} AND NOT ${provedBy(connectionSid, users.sid)}
    AND NOT ${exemptNow(tenantSid, users.sid, now)})`
}

/** Whether findings, as JSON text, have this one. */
export function hasFinding(findings: SQL | SQLiteColumn, finding: Finding): SQL {
  return sql`instr(${findings}, ${sql.raw(`'"${finding}"'`)}) > 0`
}

/** Why a row goes out by itself now, as JSON text; findings without a blocker give NULL. */
export function blockedNow(connectionSid: string, findings: SQL | SQLiteColumn, now: number) {
  const first = BLOCKERS.map((code) => sql`WHEN ${hasFinding(findings, code)} THEN ${code}`)
  const blocker = sql`(CASE ${sql.join(first, sql` `)} END)`
  const saved = sql`(SELECT ${idpUsers.saved} FROM ${idpUsers}
    WHERE ${idpUsers.connectionSid} = ${connectionSid} AND ${idpUsers.emailKey} = ${WHOLE_LIST})`
  return sql<BlockedBy | null>`CASE WHEN ${isBlocked(findings)} THEN
    json_object('blocker', ${blocker}, 'at', ${now},
      'upload', CASE WHEN ${blocker} = 'alias' THEN json(${saved}) END) END`
}

/** Whether findings have one that keeps the row out. */
export function isBlocked(findings: SQL | SQLiteColumn = rolloutMembers.findings): SQL {
  const blocked = BLOCKERS.map((blocker) => hasFinding(findings, blocker))
  return sql`(${sql.join(blocked, sql` OR `)})`
}
