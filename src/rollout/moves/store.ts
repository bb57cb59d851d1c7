// The SQL of figures of a move: people at both connections.
import { and, eq, sql } from 'drizzle-orm'
import { domains } from '../../directory/domains/tables.ts'
import { hasWayTo } from '../../directory/moves/store.ts'
import { users } from '../../directory/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { exemptNow, provedBy } from '../list/store/findings.ts'
import { isOnList } from '../list/store/parts.ts'
import { rolloutMembers } from '../list/tables.ts'
import type { Move } from '../enforcement/store/moving.ts'
import { rollouts } from '../cohort/tables.ts'

export type MoveCounts = {
  /** Sign in through the connection before. */
  atFrom: number
  /** Of these: may come in through the new one too. */
  open: number
  /** Of these: have signed in through the new one. */
  proved: number
  /** At the connection before: never signed in through the new one. */
  neverAtTo: number
  /** At the connection before: on the newest list, and included. */
  toMove: number
  /** Of these: may come in through both, and have signed in through the new one. */
  ready: number
  /** Sign in through the new connection, moved by this rollout. */
  moved: number
  /** Of these: have to, and have never signed in through it. */
  movedUnproved: number
}

/** Each count goes over the people of one connection. */
export async function countMove(db: Database, move: Move, now: number): Promise<MoveCounts> {
  const { connectionSid, fromConnectionSid, tenantSid } = move
  const isProved = provedBy(connectionSid, users.sid)
  const isListed = sql`EXISTS (SELECT 1 FROM ${rolloutMembers} WHERE ${isOnList(move)}
    AND ${rolloutMembers.userSid} = ${users.sid} AND ${rolloutMembers.included})`
  const isMoved = sql`EXISTS (SELECT 1 FROM ${rolloutMembers}
    WHERE ${rolloutMembers.userSid} = ${users.sid} AND ${rolloutMembers.rolloutSid} = ${move.sid}
      AND ${rolloutMembers.earlierMethod} IS NOT NULL)`
  const [row] = await db.all<MoveCounts>(
    sql`SELECT * FROM
      (SELECT count(*) AS atFrom, coalesce(sum(isOpen), 0) AS open,
          coalesce(sum(isOpen AND isProved), 0) AS proved,
          coalesce(sum(NOT isProved), 0) AS neverAtTo, coalesce(sum(isListed), 0) AS toMove,
          coalesce(sum(isListed AND isOpen AND isProved), 0) AS ready
        FROM (SELECT ${hasWayTo(connectionSid)} AS isOpen, ${isProved} AS isProved,
            ${isListed} AS isListed
          FROM ${users} WHERE ${users.connectionSid} = ${fromConnectionSid}))
      CROSS JOIN (SELECT count(*) AS moved,
          coalesce(sum(${users.signInMethod} = 'sso_enforced' AND NOT ${isProved}
            AND NOT ${exemptNow(tenantSid, users.sid, now)}), 0) AS movedUnproved
        FROM ${users} WHERE ${users.connectionSid} = ${connectionSid} AND ${isMoved})`,
  )
  return row!
}

export type LeftBehind = { why: string; users: number }

/**
 * People of the connection before whom the newest list does not move, by why: a blocker,
 * `excluded` by a person, or `not_listed`.
 */
export function countLeftBehind(db: Database, move: Move): Promise<LeftBehind[]> {
  const why = sql<string>`CASE WHEN ${rolloutMembers.userSid} IS NULL THEN 'not_listed'
    ELSE coalesce(json_extract(${rolloutMembers.blockedBy}, '$.blocker'), 'excluded') END`
  return db
    .select({ why, users: sql<number>`count(*)` })
    .from(users)
    .leftJoin(rolloutMembers, and(isOnList(move), eq(rolloutMembers.userSid, users.sid)))
    .where(
      and(
        eq(users.connectionSid, move.fromConnectionSid),
        sql`${rolloutMembers.included} IS NOT 1`,
      ),
    )
    .groupBy(why)
    .orderBy(why)
}

/** Verified domains whose newcomers sign in through the connection before. */
export async function findDomainsAt(db: Database, move: Move): Promise<string[]> {
  const rows = await db
    .select({ domain: domains.domain })
    .from(domains)
    .where(
      and(
        eq(domains.tenantSid, move.tenantSid),
        eq(domains.connectionSid, move.fromConnectionSid),
        sql`${domains.verifiedAt} IS NOT NULL`,
      ),
    )
    .orderBy(domains.domain)
  return rows.map(({ domain }) => domain)
}

/** Rollouts that move people from a connection, the newest first. */
export function findMovesFrom(db: Database, connectionSid: string) {
  return db
    .select({ sid: rollouts.sid, name: rollouts.name, connectionSid: rollouts.connectionSid })
    .from(rollouts)
    .where(eq(rollouts.fromConnectionSid, connectionSid))
    .orderBy(sql`${rollouts.createdAt} DESC`)
    .limit(20)
}
