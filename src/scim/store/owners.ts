// The SQL of break-glass owners whom the IdP deactivates: their way in stays for a while, and in a
// mass deactivation until an operator or its date ends it.
import { and, eq, gt, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { countInHour } from '../../events/conditions/store.ts'
import { recordEventFrom } from '../../events/store.ts'
import { conditions } from '../../events/tables.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'
import { scimUsers } from '../tables.ts'
import { HOUR } from '../../durations.ts'

type Deactivation = { tenantSid: string; connectionSid: string; userSid: string }

/** Behind the suspension in its batch: the suspension itself has taken the way in. */
export function keepOwners(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  { tenantSid, connectionSid, userSid }: Deactivation,
) {
  const isMass = isMassDeactivation({ tenantSid, connectionSid }, now)
  const isOpen = and(
    eq(breakGlass.tenantSid, tenantSid),
    isNull(breakGlass.endedAt),
    gt(breakGlass.expiresAt, now),
  )
  const isOwner = and(isOpen, eq(breakGlass.userSid, userSid))
  const grace = sql`min(${breakGlass.expiresAt}, ${now} + ${breakGlass.graceHours} * ${HOUR})`
  const wasLately = sql`EXISTS (SELECT 1 FROM ${users}
    WHERE ${users.sid} = ${breakGlass.userSid} AND ${users.suspendedAt} >= ${now - HOUR})`
  const isKeptTooShort = and(
    isOpen,
    isNotNull(breakGlass.keptUntil),
    lt(breakGlass.keptUntil, breakGlass.expiresAt),
    wasLately,
    isMass,
  )
  const event = { actor, now, tenantSid, subjectSid: sql`${breakGlass.userSid}` }
  return [
    db
      .update(breakGlass)
      .set({
        keptUntil: sql`CASE WHEN ${isMass} THEN ${breakGlass.expiresAt} ELSE ${grace} END`,
        keptBecause: sql`CASE WHEN ${isMass} THEN 'mass_deactivation' ELSE 'deactivated' END`,
      })
      .where(isOwner),
    recordEventFrom(
      db,
      {
        ...event,
        type: 'break_glass.kept',
        after: sql`json_object('keptUntil', ${breakGlass.keptUntil},
          'because', ${breakGlass.keptBecause})`,
      },
      (select) => select.from(breakGlass).where(isOwner),
    ),
    // The owners who were deactivated before it was clear that it is all of them.
    recordEventFrom(
      db,
      {
        ...event,
        type: 'break_glass.kept_in_mass_deactivation',
        after: sql`json_object('keptUntil', ${breakGlass.expiresAt})`,
      },
      (select) => select.from(breakGlass).where(isKeptTooShort),
    ),
    db
      .update(breakGlass)
      .set({ keptUntil: sql`${breakGlass.expiresAt}`, keptBecause: 'mass_deactivation' })
      .where(isKeptTooShort),
  ] as const
}

/** The IdP has deleted the person: then there is no way in. */
export function dropOwner({ db }: Pick<OperationContext, 'db'>, userSid: string) {
  return db
    .update(breakGlass)
    .set({ keptUntil: null })
    .where(and(eq(breakGlass.userSid, userSid), isNotNull(breakGlass.keptUntil)))
}

/**
 * More in an hour than the tenant says are no leavers: something is wrong at the IdP. It names the
 * owner, so that nothing is counted where there is none.
 */
function isMassDeactivation(
  { tenantSid, connectionSid }: Omit<Deactivation, 'userSid'>,
  now: number,
): SQL {
  const usual = most(tenantSid)
  return sql`(SELECT count(*) FROM (SELECT 1 FROM ${scimUsers}
    WHERE ${scimUsers.connectionSid} = ${connectionSid}
      AND ${scimUsers.suspendedAt} >= ${now - HOUR}
      AND ${breakGlass.endedAt} IS NULL LIMIT ${usual} + 1)) > ${usual}`
}

/** Tells once when an hour has more deactivations than the tenant says are usual. */
export function countDeactivation(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  { tenantSid, connectionSid }: Deactivation,
) {
  const [name, subject] = ['scim_deactivations', connectionSid] as const
  const isIt = and(eq(conditions.name, name), eq(conditions.subject, subject))
  return [
    countInHour(db, { name, subject, now }, (select) =>
      select.from(sql`(SELECT 1)`).where(sql`true`),
    ),
    recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid,
        type: 'scim.storm_detected',
        subjectSid: connectionSid,
        after: sql`json_object('count', ${conditions.times})`,
      },
      (select) =>
        select.from(conditions).where(and(isIt, eq(conditions.times, sql`${most(tenantSid)} + 1`))),
    ),
  ]
}

const most = (tenantSid: string) => sql`(SELECT ${tenants.massDeactivation} FROM ${tenants}
  WHERE ${tenants.sid} = ${tenantSid})`
