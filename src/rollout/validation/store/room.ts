// The SQL of the validation room: what DB has of the page, and the texts that tell when it changes.
import { desc, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { certificates } from '../../../connections/certificates/tables.ts'
import { connections } from '../../../connections/tables.ts'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { qualified } from '../../../platform/db/sql.ts'
import { rollouts } from '../../cohort/tables.ts'
import { signOffs, testers } from '../tables.ts'
import { isOfRevision, isTried, revisionNow } from './sign-offs.ts'
import { findTesters } from './testers.ts'

export type RolloutRow = typeof rollouts.$inferSelect

/** What a room shows besides the connection and its attempts: one round trip. */
export async function findRoom(db: Database, connectionSid: string, revision: number) {
  const found = await batch(db, {
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

/** Texts that change when something that a room shows does, and the tenant that it is of. */
function selectVersion(db: Database, connectionSid: string) {
  return db
    .select({
      tenantSid: connections.tenantSid,
      updatedAt: connections.updatedAt,
      metadataFetchedAt: connections.metadataFetchedAt,
      signOffs: versionOfSignOffs(connectionSid).as('sign_offs'),
      testers: versionOfTesters(connectionSid).as('testers'),
      rollouts: versionOfRollouts(connectionSid).as('rollouts'),
    })
    .from(connections)
    .where(eq(connections.sid, connectionSid))
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
