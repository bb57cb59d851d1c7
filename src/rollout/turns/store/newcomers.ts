// The SQL of undecided newcomers: people whom an enforced rollout selects, who came after its list
// and sign in by password, so that somebody must decide.
import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { connections } from '../../../connections/tables.ts'
import { DOMAIN_OF_USER } from '../../../directory/domains/store.ts'
import { exceptions } from '../../../directory/exceptions/tables.ts'
import { memberships, users } from '../../../directory/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { qualified } from '../../../platform/db/sql.ts'
import { breakGlass } from '../../break-glass/tables.ts'
import { rollouts } from '../../cohort/tables.ts'
import { rolloutMembers } from '../../list/tables.ts'

/** Enforced rollouts of a tenant that are looked at, the newest first. */
const MOST_ENFORCED = 20
/** People of the tenant who are looked at, the newest first: it bounds what a look reads. */
const MOST_PEOPLE = 1000

/** Rollouts whose newest list is enforced, each with its undecided newcomers: most have none. */
export function selectEnforced(db: Database, tenantSid: string) {
  const other = alias(rollouts, 'other')
  const late = db
    .select({ sid: users.sid })
    .from(users)
    .where(and(eq(users.tenantSid, tenantSid), gt(users.createdAt, sql`${rollouts.versionAt}`)))
    .orderBy(desc(users.createdAt), desc(users.sid))
    .limit(MOST_PEOPLE)
  const isUndecided = and(
    sql`${users.sid} IN ${late}`,
    eq(users.signInMethod, 'password'),
    isNull(users.suspendedAt),
    isSelected,
    sql`NOT EXISTS (SELECT 1 FROM ${rolloutMembers}
      WHERE ${rolloutMembers.userSid} = ${users.sid}
        AND ${rolloutMembers.rolloutSid} IN (SELECT ${other.sid}
          FROM ${rollouts} AS ${other}
          WHERE ${other.connectionSid} = ${rollouts.connectionSid}))`,
    sql`NOT EXISTS (SELECT 1 FROM ${exceptions} WHERE ${exceptions.userSid} = ${users.sid})`,
    sql`NOT EXISTS (SELECT 1 FROM ${breakGlass}
      WHERE ${breakGlass.userSid} = ${users.sid} AND ${breakGlass.endedAt} IS NULL)`,
  )
  return db
    .select({
      sid: rollouts.sid,
      name: rollouts.name,
      connectionSid: rollouts.connectionSid,
      state: connections.state,
      version: rollouts.version,
      newcomers: qualified(sql<number>`(SELECT count(*) FROM ${users} WHERE ${isUndecided})`).as(
        'newcomers',
      ),
    })
    .from(rollouts)
    .innerJoin(connections, eq(connections.sid, rollouts.connectionSid))
    .where(
      and(
        eq(rollouts.tenantSid, tenantSid),
        gt(rollouts.version, 0),
        eq(rollouts.enforcedVersion, rollouts.version),
        or(isNull(rollouts.rolledBackAt), gt(rollouts.versionAt, rollouts.rolledBackAt)),
      ),
    )
    .orderBy(desc(rollouts.createdAt))
    .limit(MOST_ENFORCED)
}

/** By everybody, domain or account. Individually selected people are nobody who comes later. */
const isSelected = sql`(json_extract(${rollouts.selectors}, '$.everybody')
  OR EXISTS (SELECT 1 FROM json_each(${rollouts.selectors}, '$.domains') AS chosen
    WHERE chosen.value = ${DOMAIN_OF_USER})
  OR EXISTS (SELECT 1 FROM json_each(${rollouts.selectors}, '$.accounts') AS chosen
    JOIN ${memberships} ON ${memberships.accountSid} = chosen.value
    WHERE ${memberships.userSid} = ${users.sid}))`
