// The SQL of the validation room: all that one page shows, and the texts that tell when it changes.
import { desc, eq, getTableColumns, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { certificates } from '../../../connections/certificates/tables.ts'
import { connections } from '../../../connections/tables.ts'
import { users } from '../../../directory/tables.ts'
import { attempts } from '../../../login/tables.ts'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { qualified } from '../../../platform/db/sql.ts'
import { rollouts } from '../../cohort/tables.ts'
import { signOffs, testers } from '../tables.ts'
import { isOfRevision, isTried, revisionNow } from './sign-offs.ts'
import { findTesters } from './testers.ts'

export type RolloutRow = typeof rollouts.$inferSelect

/** Attempts that a room shows. */
const ROOM_ATTEMPTS = 20

/** Everything that a room shows besides the connection itself: one round trip. */
export async function findRoom(db: Database, connectionSid: string, revision: number) {
  const found = await batch(db, {
    attempts: db
      .select({ ...getTableColumns(attempts), email: users.email })
      .from(attempts)
      .leftJoin(users, eq(users.sid, attempts.userSid))
      .where(eq(attempts.connectionSid, connectionSid))
      .orderBy(desc(attempts.createdAt), desc(attempts.sid))
      .limit(ROOM_ATTEMPTS),
    certificates: db
      .select({ fingerprint: certificates.fingerprint, certificate: certificates.certificate })
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid)),
    signOffs: db.select().from(signOffs).where(isOfRevision(connectionSid, revision)),
    testers: findTesters(db, connectionSid),
    tried: db
      .select({ isTried: sql<number>`${isTried(connectionSid)}`.as('is_tried') })
      .from(connections)
      .where(eq(connections.sid, connectionSid)),
    rollouts: db
      .select()
      .from(rollouts)
      .where(eq(rollouts.connectionSid, connectionSid))
      .orderBy(desc(rollouts.createdAt))
      .limit(1),
    versions: selectVersion(db, connectionSid),
  })
  const { tried, rollouts: newest, versions, ...rows } = found
  return {
    ...rows,
    isTried: tried[0]?.isTried === 1,
    rollout: newest[0],
    version: versions[0],
  }
}

export type RoomAttemptRow = Awaited<ReturnType<typeof findRoom>>['attempts'][number]

/** Texts that change when something that a room shows does, and the tenant that it is of. */
function selectVersion(db: Database, connectionSid: string) {
  return db
    .select({
      tenantSid: connections.tenantSid,
      updatedAt: connections.updatedAt,
      metadataFetchedAt: connections.metadataFetchedAt,
      attempts: versionOfAttempts(connectionSid).as('attempts'),
      signOffs: versionOfSignOffs(connectionSid).as('sign_offs'),
      testers: versionOfTesters(connectionSid).as('testers'),
      rollouts: versionOfRollouts(connectionSid).as('rollouts'),
    })
    .from(connections)
    .where(eq(connections.sid, connectionSid))
}

/**
 * An attempt may be written after a later one: the newest alone would not tell. Its code may change
 * when the login is finished.
 */
function versionOfAttempts(connectionSid: string) {
  const shown = alias(attempts, 'shown')
  return qualified(sql<string | null>`(SELECT group_concat(newest.attempt) FROM
    (SELECT ${shown.sid} || coalesce(${shown.code}, '') AS attempt FROM ${attempts} AS ${shown}
      WHERE ${shown.connectionSid} = ${connectionSid}
      ORDER BY ${shown.createdAt} DESC, ${shown.sid} DESC LIMIT ${ROOM_ATTEMPTS}) AS newest)`)
}

function versionOfSignOffs(connectionSid: string) {
  const said = alias(signOffs, 'said')
  const text = sql`${said.side} || ${said.verdict} || ${said.createdAt} || ${said.name}
    || coalesce(${said.note}, '')`
  return qualified(sql<string | null>`(SELECT group_concat(${text}) FROM ${signOffs} AS ${said}
    WHERE ${said.connectionSid} = ${connectionSid}
      AND ${said.revision} = ${revisionNow(connectionSid)})`)
}

function versionOfTesters(connectionSid: string) {
  const nominated = alias(testers, 'nominated')
  const text = sql`count(*) || '/' || coalesce(max(${nominated.createdAt}), 0)`
  return qualified(sql<string>`(SELECT ${text} FROM ${testers} AS ${nominated}
    WHERE ${nominated.connectionSid} = ${connectionSid})`)
}

function versionOfRollouts(connectionSid: string) {
  const newest = alias(rollouts, 'newest')
  return qualified(sql<string | null>`(SELECT ${newest.sid} || ${newest.updatedAt}
    FROM ${rollouts} AS ${newest} WHERE ${newest.connectionSid} = ${connectionSid}
    ORDER BY ${newest.createdAt} DESC LIMIT 1)`)
}

export type RoomVersionRow = Awaited<ReturnType<typeof selectVersion>>[number]

/** One small query. */
export async function findRoomVersion(
  db: Database,
  connectionSid: string,
): Promise<RoomVersionRow | undefined> {
  const [found] = await selectVersion(db, connectionSid)
  return found
}
