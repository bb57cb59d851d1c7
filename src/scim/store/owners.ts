// The SQL of break-glass owners whom the IdP deactivates: their way in stays for a while, and in a
// mass deactivation until an operator or its date ends it.
import { and, eq, gt, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm'
import { users } from '../../directory/tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEventFrom } from '../../events/store.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'
import { scimUsers } from '../tables.ts'

const HOUR = 3600_000

/** More than these in an hour are no leavers: something is wrong at the IdP. */
const MASS = 10

type Deactivation = { tenantSid: string; connectionSid: string; userSid: string }

/** Behind the suspension in its batch: the suspension itself has taken the way in. */
export function keepOwners(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  { tenantSid, connectionSid, userSid }: Deactivation,
) {
  const isMass = isMassDeactivation(connectionSid, now)
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
      .set({ keptUntil: sql`CASE WHEN ${isMass} THEN ${breakGlass.expiresAt} ELSE ${grace} END` })
      .where(isOwner),
    recordEventFrom(
      db,
      {
        ...event,
        action: 'break_glass.keep',
        after: sql`json_object('keptUntil', ${breakGlass.keptUntil})`,
      },
      (select) => select.from(breakGlass).where(isOwner),
    ),
    // The owners who were deactivated before it was clear that it is all of them.
    recordEventFrom(
      db,
      {
        ...event,
        action: 'break_glass.mass_deactivation',
        after: sql`json_object('keptUntil', ${breakGlass.expiresAt})`,
      },
      (select) => select.from(breakGlass).where(isKeptTooShort),
    ),
    db
      .update(breakGlass)
      .set({ keptUntil: sql`${breakGlass.expiresAt}` })
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

/** It names the owner, so that nothing is counted where there is none. */
function isMassDeactivation(connectionSid: string, now: number): SQL {
  return sql`(SELECT count(*) FROM (SELECT 1 FROM ${scimUsers}
    WHERE ${scimUsers.connectionSid} = ${connectionSid}
      AND ${scimUsers.suspendedAt} >= ${now - HOUR}
      AND ${breakGlass.endedAt} IS NULL LIMIT ${MASS + 1})) > ${MASS}`
}
