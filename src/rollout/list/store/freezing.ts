// The SQL that fills a frozen list in chunks.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { DOMAIN_OF_USER } from '../../../directory/domains/store.ts'
import { domains } from '../../../directory/domains/tables.ts'
import { memberships, users } from '../../../directory/tables.ts'
import { type RolloutCursor, rollouts, rolloutSelections } from '../../cohort/tables.ts'
import { rolloutMembers } from '../tables.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { listed } from '../../../platform/db/sql.ts'
import {
  movedCursor,
  nowIf,
  recordCounted,
  recordRollout,
  type Rollout,
} from '../../cohort/store.ts'
import { blockedNow, findingsOf, isBlocked, verifiedDomains } from './findings.ts'

/** Rows that one statement touches at most. An object, so that tests can make small chunks. */
export const CHUNK = { rows: 1000 }

/** Where the users of a list come from: each source is gone through in the order of its key. */
export type Source =
  | { kind: 'everybody' }
  | { kind: 'connection'; connectionSid: string }
  | { kind: 'domains' }
  | { kind: 'account'; accountSid: string }
  | { kind: 'named' }

/** The keys of the next chunk of a source: the last one, and how many there are. */
export async function findChunk(
  db: Database,
  rollout: Rollout,
  source: Source,
  after: string,
  limit: number,
): Promise<{ last: string; rows: number } | undefined> {
  const keys = keysOf(rollout, source, after, undefined)
  const [row] = await db.all<{ last: string; rows: number }>(
    sql`SELECT printf('%013d %s', keys.keyTime, keys.keySid) AS last, count(*) OVER () AS rows
      FROM (${keys} LIMIT ${limit}) AS keys ORDER BY keys.keyTime DESC, keys.keySid DESC LIMIT 1`,
  )
  return row
}

/**
 * The users of a source after one key and up to another, in the order of keys: (keyTime, keySid),
 * where the time is 0 for a source that needs none. A key is written as thirteen digits, a space,
 * and a SID.
 */
function keysOf(rollout: Rollout, source: Source, after: string, last: string | undefined): SQL {
  switch (source.kind) {
    case 'everybody':
    case 'domains':
      return usersInOrder(eq(users.tenantSid, rollout.tenantSid), after, last)
    case 'connection':
      return usersInOrder(eq(users.connectionSid, source.connectionSid), after, last)
    case 'account':
      return sql`${bySid(memberships.userSid)} FROM ${memberships}
        WHERE ${memberships.accountSid} = ${source.accountSid}
          AND ${inRange(memberships.userSid, after, last)} ORDER BY ${memberships.userSid}`
    case 'named':
      return sql`${bySid(rolloutSelections.userSid)} FROM ${rolloutSelections}
        WHERE ${rolloutSelections.rolloutSid} = ${rollout.sid}
          AND ${inRange(rolloutSelections.userSid, after, last)}
        ORDER BY ${rolloutSelections.userSid}`
  }
}

function usersInOrder(which: SQL, after: string, last: string | undefined): SQL {
  const { createdAt, sid } = users
  const [afterTime, afterSid] = splitKey(after)
  const [lastTime, lastSid] = splitKey(last ?? '')
  const upTo =
    last === undefined ? sql`` : sql`AND (${createdAt}, ${sid}) <= (${lastTime}, ${lastSid})`
  return sql`SELECT ${createdAt} AS keyTime, ${sid} AS keySid FROM ${users}
    WHERE ${which}
      AND (${createdAt}, ${sid}) > (${afterTime}, ${afterSid}) ${upTo}
    ORDER BY ${createdAt}, ${sid}`
}

function bySid(userSid: SQLiteColumn): SQL {
  return sql`SELECT 0 AS keyTime, ${userSid} AS keySid`
}

function inRange(userSid: SQLiteColumn, after: string, last: string | undefined): SQL {
  const [, afterSid] = splitKey(after)
  const [, lastSid] = splitKey(last ?? '')
  const upTo = last === undefined ? sql`` : sql`AND ${userSid} <= ${lastSid}`
  return sql`${userSid} > ${afterSid} ${upTo}`
}

function splitKey(key: string): [number, string] {
  return [Number(key.slice(0, 13)), key.slice(14)]
}

/**
 * How many rows the sources have, a user in two sources counted twice; and how many members of the
 * selected accounts are another tenant's.
 */
export async function countSources(
  db: Database,
  { sid, tenantSid, fromConnectionSid, selectors }: Rollout,
): Promise<{ total: number; foreignUsers: number; named: number }> {
  const isTenantRead = selectors.everybody || selectors.domains.length > 0
  const isChosen = sql`${memberships.accountSid} IN ${listed(selectors.accounts)}`
  const [row] = await db.all<{
    members: number
    named: number
    tenantUsers: number
    atFrom: number
    foreignUsers: number
  }>(sql`SELECT
    (SELECT count(*) FROM ${memberships} WHERE ${isChosen}) AS members,
    (SELECT count(*) FROM ${rolloutSelections} WHERE ${rolloutSelections.rolloutSid} = ${sid})
      AS named,
    (SELECT count(*) FROM ${users}
      WHERE ${isTenantRead ? 1 : 0} AND ${users.tenantSid} = ${tenantSid})
      AS tenantUsers,
    (SELECT count(*) FROM ${users} WHERE ${selectors.fromConnection ? 1 : 0}
      AND ${users.connectionSid} = ${fromConnectionSid}) AS atFrom,
    (SELECT count(DISTINCT ${users.sid}) FROM ${memberships}
      JOIN ${users} ON ${users.sid} = ${memberships.userSid}
      WHERE ${isChosen} AND ${users.tenantSid} <> ${tenantSid}) AS foreignUsers`)
  const { members, named, tenantUsers, atFrom, foreignUsers } = row!
  const total = selectors.everybody ? tenantUsers : members + named + tenantUsers + atFrom
  return { total, foreignUsers, named }
}

/** Begins the next version. What the version before had reached does not count for it. */
export async function beginVersion(
  context: OperationContext,
  rollout: Rollout,
  cursor: RolloutCursor,
  foreignUsers: number,
): Promise<boolean> {
  const { db, now } = context
  const roll = sql`json_extract(${rollouts.cursors}, '$.roll_back')`
  const freeze = sql`json(${JSON.stringify(cursor)})`
  const isAsRead = and(
    eq(rollouts.version, cursor.version - 1),
    eq(rollouts.updatedAt, rollout.updatedAt),
  )!
  const begun = await guardedBatch(db, {
    begin: db
      .update(rollouts)
      .set({
        version: cursor.version,
        frozen: false,
        versionAt: now,
        foreignUsers,
        // A rollback goes through all versions: it goes on.
        cursors: sql`CASE WHEN ${roll} IS NULL THEN json_object('freeze', ${freeze})
          ELSE json_object('freeze', ${freeze}, 'roll_back', json(${roll})) END`,
        updatedAt: nowIf(now, isAsRead),
      })
      .where(eq(rollouts.sid, rollout.sid)),
    event: recordRollout(context, rollout, 'rollout.freeze_started', {
      version: cursor.version,
      ...rollout.selectors,
    }),
  })
  return begun !== undefined
}

/** The parts of a chunk of freezing: source and range of keys. */
export type FreezePart = { source: Source; after: string; last: string }

/**
 * Fills in a chunk of the list: users of this tenant who existed when the version was begun, with
 * what reviewers decided about them in the version before. A move has people who sign in by SSO.
 */
export async function fillVersion(
  context: OperationContext,
  rollout: Rollout,
  parts: readonly FreezePart[],
  before: RolloutCursor,
  after: RolloutCursor | null,
): Promise<boolean> {
  const { db, now } = context
  const { sid, version } = rollout
  const isOfVersion = and(eq(rolloutMembers.rolloutSid, sid), eq(rolloutMembers.version, version))
  const filled = await guardedBatch(db, {
    move: db
      .update(rollouts)
      .set({
        cursors: movedCursor('freeze', before, after),
        ...(after === null && { frozen: true, updatedAt: nowIf(now, sql`true`) }),
      })
      .where(and(eq(rollouts.sid, sid), eq(rollouts.version, version))),
    fill: parts.map((part) => fillPart(context, rollout, part)),
    event:
      after === null
        ? recordCounted(
            context,
            rollout,
            'rollout.frozen',
            sql`json_object('version', ${version},
              'users', (SELECT count(*) FROM ${rolloutMembers} WHERE ${isOfVersion}))`,
          )
        : undefined,
  })
  return filled !== undefined
}

function fillPart({ db, now }: OperationContext, rollout: Rollout, part: FreezePart) {
  const { sid, tenantSid, version, versionAt } = rollout
  const earlier = alias(rolloutMembers, 'earlier')
  const [chosenSid, chosenKey, found] = [
    sql`chosen.chosenSid`,
    sql`chosen.chosenKey`,
    sql`chosen.found`,
  ]
  // By a person: what went out by itself is judged anew.
  const isLeftOut = sql`(${earlier.decidedBy} IS NOT NULL AND NOT ${earlier.included}
    AND ${earlier.blockedBy} IS NULL)`
  const inDomains =
    part.source.kind === 'domains'
      ? sql`AND ${DOMAIN_OF_USER} IN ${listed(rollout.selectors.domains)}
          AND EXISTS (SELECT 1 ${verifiedDomains(tenantSid)}
            AND ${domains.domain} = ${DOMAIN_OF_USER})`
      : sql``
  const isMoving = rollout.fromConnectionSid ? sql`AND ${users.connectionSid} IS NOT NULL` : sql``
  // Found once for each user: the columns below name the findings several times.
  const chosen = sql`WITH chosen AS MATERIALIZED (
      SELECT ${users.sid} AS chosenSid, ${users.emailKey} AS chosenKey,
        ${findingsOf({ ...rollout, now })} AS found
      FROM (${keysOf(rollout, part.source, part.after, part.last)}) AS keys
      JOIN ${users} ON ${users.sid} = keys.keySid
      WHERE +${users.tenantSid} = ${tenantSid} AND +${users.createdAt} <= ${versionAt} ${inDomains}
        ${isMoving}
    )`
  return insertFromSelect(
    db,
    rolloutMembers,
    {
      rolloutSid: sid,
      version,
      userSid: chosenSid,
      emailKey: chosenKey,
      findings: found,
      included: sql`NOT (${isBlocked(found)} OR ${isLeftOut})`,
      blockedBy: sql`CASE WHEN NOT ${isLeftOut} THEN
        ${blockedNow(rollout.connectionSid, found, now)} END`,
      reason: earlier.reason,
      decidedBy: earlier.decidedBy,
      informedAt: earlier.informedAt,
    },
    (select) =>
      sql`${chosen} ${select
        .from(sql`chosen`)
        .leftJoin(
          earlier,
          and(
            eq(earlier.rolloutSid, sid),
            eq(earlier.version, version - 1),
            eq(earlier.userSid, chosenSid),
          ),
        )
        .where(sql`true`)
        .getSQL()}`,
  ).onConflictDoNothing()
}
