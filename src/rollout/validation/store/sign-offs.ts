// The SQL of sign-offs: what each side says of a revision, and what that makes of the connection.
import { and, eq, sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Connection } from '../../../connections/connection.ts'
import { EVENT_OF } from '../../../connections/lifecycle.ts'
import { connections } from '../../../connections/tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { recordEvent, recordEventFrom } from '../../../events/store.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { signOffs } from '../tables.ts'

export type SignOffRow = typeof signOffs.$inferSelect

/** A SID, or the column of an outer statement, which may itself read `connections`. */
type ConnectionRef = string | SQLWrapper

/**
 * True where both sides have passed the connection's configuration as it is now. A guard for
 * statements that depend on it: it reads what is there when the statement runs.
 */
export function bothPassed(connectionSid: ConnectionRef): SQL {
  const passed = alias(signOffs, 'passed')
  const isPass = and(
    eq(passed.connectionSid, connectionSid),
    eq(passed.verdict, 'pass'),
    eq(passed.revision, revisionNow(connectionSid)),
  )
  return sql`((SELECT count(*) FROM ${signOffs} AS ${passed} WHERE ${isPass}) = 2)`
}

/** True where a login, or a test of one, has succeeded with the configuration as it is now. */
export function isTried(connectionSid: ConnectionRef): SQL {
  const tried = alias(connections, 'tried')
  const isIt = and(eq(tried.sid, connectionSid), eq(tried.triedRevision, tried.revision))
  return sql`EXISTS (SELECT 1 FROM ${connections} AS ${tried} WHERE ${isIt})`
}

/** The revision of a connection when the statement runs. */
export function revisionNow(connectionSid: ConnectionRef): SQL {
  const current = alias(connections, 'current_connection')
  return sql`(SELECT ${current.revision} FROM ${connections} AS ${current}
    WHERE ${current.sid} = ${connectionSid})`
}

export function isOfRevision(connectionSid: string, revision: number): SQL {
  return and(eq(signOffs.connectionSid, connectionSid), eq(signOffs.revision, revision))!
}

export function findSignOffs(
  db: Database,
  connectionSid: string,
  revision: number,
): Promise<SignOffRow[]> {
  return db.select().from(signOffs).where(isOfRevision(connectionSid, revision))
}

/**
 * Records what a side says, and moves the connection where that decides it: to `validated` with the
 * second pass, back to `testing` with a fail. False, and nothing done, where the connection is at
 * another revision or in another state, or (for a pass) no login has succeeded with it.
 */
export async function insertSignOff(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: Connection,
  signOff: SignOffRow,
  states: readonly Connection['state'][],
): Promise<boolean> {
  const { revision, side, verdict, name, note } = signOff
  const openRevision = sql`(SELECT ${connections.revision} FROM ${connections}
    WHERE ${connections.sid} = ${sid} AND ${connections.state} IN ${states})`
  const guard = and(
    sql`${openRevision} = ${revision}`,
    verdict === 'pass' ? isTried(sid) : undefined,
  )
  const move =
    verdict === 'pass'
      ? ({ event: 'validate', from: 'testing', to: 'validated', when: bothPassed(sid) } as const)
      : ({ event: 'break_trust', from: 'validated', to: 'testing', when: undefined } as const)
  const moves = and(eq(connections.sid, sid), eq(connections.state, move.from), move.when)
  const event = { actor, now, tenantSid, subjectSid: sid }
  const recorded = await guardedBatch(db, {
    signOff: db
      .insert(signOffs)
      .values({ ...signOff, revision: sql`CASE WHEN ${guard} THEN ${revision} END` })
      .onConflictDoUpdate({
        target: [signOffs.connectionSid, signOffs.revision, signOffs.side],
        set: { verdict, name, note, createdAt: now },
      }),
    event: recordEvent(db, {
      ...event,
      type: 'connection.signed_off',
      after: { revision, side, verdict, name, note },
    }),
    moveEvent: recordEventFrom(
      db,
      {
        ...event,
        type: EVENT_OF[move.event],
        before: { state: move.from },
        after: { state: move.to },
      },
      (select) => select.from(connections).where(moves),
    ),
    // A change of the row like any other: an edit of what was shown before is refused.
    move: db
      .update(connections)
      .set({ state: move.to, updatedAt: sql`max(${now}, ${connections.updatedAt} + 1)` })
      .where(moves),
  })
  return recorded !== undefined
}
