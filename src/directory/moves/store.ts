// The SQL of moves: through which connections the row of `users` may come in, and whether people
// are being moved to a connection.
import { and, isNotNull, ne, sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded } from '../../platform/db/sql.ts'
import { rollouts } from '../../rollout/cohort/tables.ts'
import { users } from '../tables.ts'
import { moves } from './tables.ts'

type ConnectionSid = string | SQLWrapper

/**
 * Whether the row of `users` may come in through the connection: it is theirs, or the one that they
 * are moving to. The other one is looked up for those alone whose it is not.
 */
export function mayComeThrough(connectionSid: ConnectionSid): SQL {
  return sql`(${users.connectionSid} IS ${connectionSid} OR ${hasWayTo(connectionSid)})`
}

/** Whether the row of `users` may come in through the connection as their second one. */
export function hasWayTo(connectionSid: ConnectionSid): SQL {
  return sql`EXISTS (SELECT 1 FROM ${moves}
    WHERE ${moves.userSid} = ${users.sid} AND ${moves.connectionSid} = ${connectionSid})`
}

/**
 * Whether a rollout moves people of the connection that the row of `users` has to this one. Also
 * after it was rolled back: what went wrong is tested again before the next try.
 */
export function isMovingTo(connectionSid: ConnectionSid): SQL {
  const move = alias(rollouts, 'open_move')
  return sql`EXISTS (SELECT 1 FROM ${rollouts} AS ${move}
    WHERE ${move.connectionSid} = ${connectionSid}
      AND ${move.fromConnectionSid} = ${users.connectionSid})`
}

/** Whether people of this connection are moved to the one that the row of `users` has. */
export function wasMovedFrom(connectionSid: ConnectionSid): SQL {
  const move = alias(rollouts, 'past_move')
  return sql`EXISTS (SELECT 1 FROM ${rollouts} AS ${move}
    WHERE ${move.connectionSid} = ${users.connectionSid}
      AND ${move.fromConnectionSid} = ${connectionSid})`
}

/**
 * The statement that lets users of another connection come in through this one too. Who has another
 * second way keeps that; a tester’s way becomes the rollout’s. `which`: a condition on `users`.
 */
export function openWays(
  db: Database,
  connectionSid: string,
  rolloutSid: string | null,
  which: SQL | undefined,
) {
  return insertFromSelect(db, moves, { userSid: users.sid, connectionSid, rolloutSid }, (select) =>
    select
      .from(users)
      .where(and(which, isNotNull(users.connectionSid), ne(users.connectionSid, connectionSid))),
  ).onConflictDoUpdate({
    target: moves.userSid,
    set: { rolloutSid: excluded(moves.rolloutSid) },
    setWhere: sql`${moves.connectionSid} = ${connectionSid}
      AND ${excluded(moves.rolloutSid)} IS NOT NULL`,
  })
}
