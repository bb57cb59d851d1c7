// The SQL of rollouts that move people from another connection: opening the second way, moving,
// and the way back. They change no sign-in method.
import { and, eq, exists, not, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { connectionStanding } from '../../../connections/tables.ts'
import { hasWayTo, openWays } from '../../../directory/moves/store.ts'
import { moves } from '../../../directory/moves/tables.ts'
import { users } from '../../../directory/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { scimUsers } from '../../../scim/tables.ts'
import type { Rollout } from '../../cohort/store.ts'
import { exemptNow } from '../../list/store/findings.ts'
import { rolloutMembers } from '../../list/tables.ts'

/** A rollout that moves people. */
export type Move = Rollout & { fromConnectionSid: string }

export function isMove(rollout: Rollout): rollout is Move {
  return rollout.fromConnectionSid !== null
}

const isAtFrom = ({ fromConnectionSid }: Move) =>
  sql`+${users.connectionSid} = ${fromConnectionSid}`

/** The statement that opens the second way to users of the connection before. */
export function openWaysOf(db: Database, move: Move, which: SQL | undefined) {
  return openWays(db, move.connectionSid, move.sid, and(which, isAtFrom(move)))
}

/**
 * The statements that move users who may come both ways. Their rows keep the sign-in method that
 * they had: the way back leads to it. People whom the new IdP has deactivated by SCIM stay.
 */
export function moveUsers(
  db: Database,
  move: Move,
  { inPart, which, now }: { inPart: SQL; which: SQL; now: number },
) {
  const { connectionSid } = move
  const isDeactivated = sql`EXISTS (SELECT 1 FROM ${scimUsers}
    WHERE ${scimUsers.connectionSid} = ${connectionSid} AND ${scimUsers.userSid} = ${users.sid}
      AND NOT ${scimUsers.active})`
  const isMoving = and(which, isAtFrom(move), hasWayTo(connectionSid), not(isDeactivated))
  const moving = db
    .select({ sid: users.sid })
    .from(users)
    .where(and(eq(users.sid, rolloutMembers.userSid), isMoving))
  return {
    keep: db
      .update(rolloutMembers)
      .set({
        earlierMethod: sql`(SELECT ${users.signInMethod} FROM ${users}
          WHERE ${users.sid} = ${rolloutMembers.userSid})`,
      })
      .where(and(inPart, exists(moving))),
    // A trigger takes their second way.
    users: db
      .update(users)
      .set({ connectionSid, updatedAt: now })
      .where(isMoving)
      .returning({ sid: users.sid }),
  }
}

/** Whether people may sign in through the connection that they were moved from. */
export function mayGoBack({ fromConnectionSid }: Rollout): SQL {
  return sql`EXISTS (SELECT 1 FROM ${connectionStanding}
    WHERE ${connectionStanding.connectionSid} = ${fromConnectionSid}
      AND ${connectionStanding.closedBecause} IS NULL)`
}

/** The method that the row of `users` had before the rollout moved it, or NULL. */
export function earlierMethod({ sid }: Pick<Rollout, 'sid'>): SQL {
  const row = alias(rolloutMembers, 'moved_row')
  return sql`(SELECT ${row.earlierMethod} FROM ${rolloutMembers} AS ${row}
    WHERE ${row.userSid} = ${users.sid} AND ${row.rolloutSid} = ${sid}
      AND ${row.earlierMethod} IS NOT NULL ORDER BY ${row.version} DESC LIMIT 1)`
}

/**
 * What returning to `earlier` sets: the connection that people were moved from, with the method
 * that they had there. People who have a password now keep it.
 */
export function earlierWay(move: Move, now: number) {
  const keepsPassword = sql`(${users.signInMethod} = 'sso_enabled'
    OR ${exemptNow(move.tenantSid, users.sid, now)})`
  return {
    signInMethod: sql`CASE WHEN ${keepsPassword} THEN 'sso_enabled'
      ELSE ${earlierMethod(move)} END`,
    connectionSid: move.fromConnectionSid,
  }
}

/** Closes the second way that the rollout has opened to users. `userSids`: a subquery. */
export function closeWays(db: Database, move: Move, userSids: SQL) {
  return db
    .delete(moves)
    .where(
      and(
        sql`${moves.userSid} IN ${userSids}`,
        eq(moves.connectionSid, move.connectionSid),
        eq(moves.rolloutSid, move.sid),
      ),
    )
}
