// The SQL of the validation room: testers, signOffs, and what one page shows. Each change is one batch with its events.
import { and, desc, eq, getTableColumns, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { describeActor } from '../../events/actor.ts'
import { recordEvent } from '../../events/store.ts'
import type { Connection } from '../../connections/connection.ts'
import { isNotNullViolation, type Database } from '../../platform/db/client.ts'
import { certificates } from '../../connections/certificates/tables.ts'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { events } from '../../events/tables.ts'
import { attempts, proofs } from '../../login/tables.ts'
import { rollouts } from '../cohort/tables.ts'
import { rolloutMembers } from '../list/tables.ts'
import { signOffs, testers } from './tables.ts'
import type { User } from '../../directory/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { createSid } from '../../ids.ts'

export type SignOffRow = typeof signOffs.$inferSelect
export type RolloutRow = typeof rollouts.$inferSelect

/** Testers a connection may have. */
export const MAXIMUM_TESTERS = 100
/** Attempts that a room shows. */
export const ROOM_ATTEMPTS = 20

/**
 * True where both sides have said pass of the connection's configuration as it is now. A guard for statements that depend on
 * it: it reads what is there when the statement runs. Inside, its tables have names of their own, so that a column of an
 * outer statement (`connections.sid`) may be given.
 */
export function bothPassed(connectionSid: string | SQLWrapper): SQL {
  return sql`((SELECT count(*) FROM ${signOffs} AS said WHERE said.connection_sid = ${connectionSid} AND said.verdict = 'pass' AND said.revision = ${revisionNow(connectionSid)}) = 2)`
}

/** True where somebody has got in with the configuration as it is now: a login, or a test of one. */
export function isTried(connectionSid: string | SQLWrapper): SQL {
  return sql`EXISTS (SELECT 1 FROM ${attempts} AS tried WHERE tried.connection_sid = ${connectionSid} AND tried.revision = ${revisionNow(connectionSid)} AND tried.code IS NULL)`
}

function revisionNow(connectionSid: string | SQLWrapper): SQL {
  return sql`(SELECT now_connection.revision FROM ${connections} AS now_connection WHERE now_connection.sid = ${connectionSid})`
}

/** Users by the keys of their login e-mails, whatever tenant they are of, and whether they are testers already. */
export function findNominees(
  db: Database,
  connectionSid: string,
  emailKeys: readonly string[],
): Promise<{ user: User; nominatedAt: number | null }[]> {
  return db
    .select({ user: users, nominatedAt: testers.createdAt })
    .from(users)
    .leftJoin(
      testers,
      and(eq(testers.connectionSid, connectionSid), eq(testers.userSid, users.sid)),
    )
    .where(sql`${users.emailKey} IN (SELECT value FROM json_each(${JSON.stringify(emailKeys)}))`)
}

/**
 * Makes testers of users, and switches SSO on for those who have passwords. False, and nothing done, where the connection or
 * one of the users is not what it was.
 */
export async function insertTesters(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, updatedAt }: Connection,
  nominees: readonly User[],
): Promise<boolean> {
  const sids = JSON.stringify(nominees.map((user) => user.sid))
  const named = JSON.stringify(nominees.map((user) => [user.sid, user.signInMethod]))
  try {
    await db.batch([
      db
        .insert(testers)
        .select((query) =>
          query
            .select({
              // NULL where somebody was faster, which the columns do not take: the whole batch is taken back.
              connectionSid:
                sql<string>`(SELECT ${connections.sid} FROM ${connections} WHERE ${connections.sid} = ${sid} AND ${connections.updatedAt} = ${updatedAt})`.as(
                  'connection_sid',
                ),
              userSid: users.sid,
              enabled: sql<boolean>`${users.signInMethod} = 'password'`.as('enabled'),
              createdBy: sql<string>`${describeActor(actor)}`.as('created_by'),
              createdAt: sql<number>`${now}`.as('created_at'),
            })
            .from(sql`json_each(${named}) AS named`)
            .leftJoin(
              users,
              and(
                sql`${users.sid} = json_extract(named.value, '$[0]')`,
                // What withdrawing goes back to is what the nominator saw.
                sql`${users.signInMethod} = json_extract(named.value, '$[1]')`,
                eq(users.tenantSid, tenantSid),
                isNull(users.suspendedAt),
                sql`coalesce(${users.connectionSid}, ${sid}) = ${sid}`,
              ),
            )
            // SQLite takes the ON of a conflict for that of the join otherwise.
            .where(sql`true`),
        )
        .onConflictDoUpdate({
          target: [testers.connectionSid, testers.userSid],
          set: {
            enabled: sql`excluded.enabled`,
            createdBy: sql`excluded.created_by`,
            createdAt: sql`excluded.created_at`,
          },
        }),
      db
        .update(users)
        .set({ signInMethod: 'sso_enabled', connectionSid: sid, updatedAt: now })
        .where(
          and(
            sql`${users.sid} IN (SELECT value FROM json_each(${sids}))`,
            eq(users.signInMethod, 'password'),
          ),
        ),
      ...nominees.map(({ sid: userSid, signInMethod, connectionSid }) =>
        recordEvent(db, {
          actor,
          now,
          tenantSid,
          action: 'tester.nominate',
          subjectSid: userSid,
          before: { signInMethod, connectionSid },
          after: {
            signInMethod: signInMethod === 'password' ? 'sso_enabled' : signInMethod,
            connectionSid: sid,
          },
        }),
      ),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}

/**
 * Takes a nomination back, and SSO with it where the nomination had switched it on and nobody else has since: no rollout that
 * stands, and nobody by hand. False where there is no such tester.
 */
export async function deleteTester(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: Connection,
  userSid: string,
): Promise<boolean> {
  const tester = and(eq(testers.connectionSid, sid), eq(testers.userSid, userSid))
  const since = sql`(SELECT ${testers.createdAt} FROM ${testers} WHERE ${tester} AND ${testers.enabled})`
  const byRollout = sql`EXISTS (SELECT 1 FROM ${rolloutMembers} JOIN ${rollouts} ON ${rollouts.sid} = ${rolloutMembers.rolloutSid}
    WHERE ${rolloutMembers.userSid} = ${userSid} AND ${rolloutMembers.enabledAt} IS NOT NULL
    AND ${rollouts.connectionSid} = ${sid} AND ${rollouts.rolledBackAt} IS NULL)`
  const byHand = sql`EXISTS (SELECT 1 FROM ${events} WHERE ${events.subjectSid} = ${userSid}
    AND ${events.action} = 'user.set_sign_in_method' AND ${events.createdAt} >= ${since})`
  const [, , deleted] = await db.batch([
    db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null, updatedAt: now })
      .where(
        and(
          eq(users.sid, userSid),
          eq(users.connectionSid, sid),
          eq(users.signInMethod, 'sso_enabled'),
          sql`${since} IS NOT NULL`,
          sql`NOT ${byRollout}`,
          sql`NOT ${byHand}`,
        ),
      ),
    db.insert(events).select((query) =>
      query
        .select({
          ...eventColumns({
            actor,
            now,
            tenantSid,
            action: 'tester.withdraw',
            subjectSid: userSid,
          }),
          before: json({ connectionSid: sid }).as('before'),
          after: sql<
            Record<string, unknown>
          >`json_object('signInMethod', ${users.signInMethod})`.as('after'),
          createdAt: sql<number>`${now}`.as('created_at'),
        })
        .from(users)
        .where(and(eq(users.sid, userSid), sql`EXISTS (SELECT 1 FROM ${testers} WHERE ${tester})`)),
    ),
    db.delete(testers).where(tester).returning({ userSid: testers.userSid }),
  ])
  return deleted.length > 0
}

/** Newest first, with what each has proved by the IdP that is configured now, and the last attempt known to be theirs. */
export function findTesters(db: Database, connectionSid: string) {
  const last = alias(attempts, 'last_attempt')
  // Each column has a name of its own: D1 answers a batch with objects. The + keeps the index of the connection out, which
  // would be read to its end for somebody who never came.
  return db
    .select({
      userSid: testers.userSid,
      email: users.email,
      firstName: users.firstName,
      lastName: users.lastName,
      signInMethod: users.signInMethod,
      boundTo: sql<string | null>`${users.connectionSid}`.as('bound_to'),
      suspendedAt: users.suspendedAt,
      nominatedBy: testers.createdBy,
      nominatedAt: sql<number>`${testers.createdAt}`.as('nominated_at'),
      provedAt: sql<number | null>`${proofs.createdAt}`.as('proved_at'),
      attemptSid: sql<string | null>`${last.sid}`.as('attempt_sid'),
      attemptCode: sql<string | null>`${last.code}`.as('attempt_code'),
      attemptAt: sql<number | null>`${last.createdAt}`.as('attempt_at'),
      attemptIsTest: sql<number | null>`${last.isTest}`.as('attempt_is_test'),
      attemptRevision: sql<number | null>`${last.revision}`.as('attempt_revision'),
    })
    .from(testers)
    .innerJoin(users, eq(users.sid, testers.userSid))
    .innerJoin(connections, eq(connections.sid, testers.connectionSid))
    .leftJoin(
      proofs,
      and(
        eq(proofs.connectionSid, testers.connectionSid),
        eq(proofs.userSid, testers.userSid),
        eq(proofs.entityID, connections.entityID),
      ),
    )
    .leftJoin(
      last,
      sql`${last.sid} = (SELECT theirs.sid FROM ${attempts} AS theirs WHERE theirs.user_sid = ${testers.userSid} AND +theirs.connection_sid = ${connectionSid} ORDER BY theirs.created_at DESC LIMIT 1)`,
    )
    .where(eq(testers.connectionSid, connectionSid))
    .orderBy(desc(testers.createdAt), testers.userSid)
    .limit(MAXIMUM_TESTERS)
}

export type TesterRow = Awaited<ReturnType<typeof findTesters>>[number]

export function findSignOffs(
  db: Database,
  connectionSid: string,
  revision: number,
): Promise<SignOffRow[]> {
  return db.select().from(signOffs).where(ofRevision(connectionSid, revision))
}

/**
 * Records what a side says, and moves the connection where that decides it: to `validated` with the second pass, back to
 * `testing` with a fail. False, and nothing done, where the connection is at another revision or in another state, or (of a
 * pass) nobody has got in with it.
 */
export async function insertSignOff(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: Connection,
  signOff: SignOffRow,
  states: readonly Connection['state'][],
): Promise<boolean> {
  const { revision, side, verdict, name, note } = signOff
  const open = sql`(SELECT ${connections.revision} FROM ${connections} WHERE ${connections.sid} = ${sid} AND ${connections.state} IN ${states})`
  const guards = [sql`${open} = ${revision}`, ...(verdict === 'pass' ? [isTried(sid)] : [])]
  const move =
    verdict === 'pass'
      ? ({ event: 'validate', from: 'testing', to: 'validated', when: bothPassed(sid) } as const)
      : ({ event: 'break_trust', from: 'validated', to: 'testing', when: sql`true` } as const)
  const moves = and(eq(connections.sid, sid), eq(connections.state, move.from), move.when)
  try {
    await db.batch([
      db
        .insert(signOffs)
        // NULL where a guard does not hold, which the column does not take: the whole batch is taken back.
        .values({ ...signOff, revision: sql`CASE WHEN ${and(...guards)} THEN ${revision} END` })
        .onConflictDoUpdate({
          target: [signOffs.connectionSid, signOffs.revision, signOffs.side],
          set: { verdict, name, note, createdAt: now },
        }),
      recordEvent(db, {
        actor,
        now,
        tenantSid,
        action: 'connection.sign_off',
        subjectSid: sid,
        after: { revision, side, verdict, name, note },
      }),
      db.insert(events).select((query) =>
        query
          .select({
            ...eventColumns({
              actor,
              now,
              tenantSid,
              action: `connection.${move.event}`,
              subjectSid: sid,
            }),
            before: json({ state: move.from }).as('before'),
            after: json({ state: move.to }).as('after'),
            createdAt: sql<number>`${now}`.as('created_at'),
          })
          .from(connections)
          .where(moves),
      ),
      // As with every change of the row: whoever edits what they saw before is told so.
      db
        .update(connections)
        .set({ state: move.to, updatedAt: sql`max(${now}, ${connections.updatedAt} + 1)` })
        .where(moves),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}

/** Everything that a room shows besides the connection itself: one round trip. */
export async function findRoom(db: Database, connectionSid: string, revision: number) {
  const [attemptRows, certificateRows, signOffRows, testerRows, [tried], [rollout], [version]] =
    await db.batch([
      db
        .select({ ...getTableColumns(attempts), email: users.email })
        .from(attempts)
        .leftJoin(users, eq(users.sid, attempts.userSid))
        .where(eq(attempts.connectionSid, connectionSid))
        .orderBy(desc(attempts.createdAt), desc(attempts.sid))
        .limit(ROOM_ATTEMPTS),
      db
        .select({ fingerprint: certificates.fingerprint, certificate: certificates.certificate })
        .from(certificates)
        .where(eq(certificates.connectionSid, connectionSid)),
      db.select().from(signOffs).where(ofRevision(connectionSid, revision)),
      findTesters(db, connectionSid),
      db
        .select({ tried: sql<number>`${isTried(connectionSid)}`.as('tried') })
        .from(connections)
        .where(eq(connections.sid, connectionSid)),
      db
        .select()
        .from(rollouts)
        .where(eq(rollouts.connectionSid, connectionSid))
        .orderBy(desc(rollouts.createdAt))
        .limit(1),
      selectVersion(db, connectionSid),
    ])
  return {
    attempts: attemptRows,
    certificates: certificateRows,
    signOffs: signOffRows,
    testers: testerRows,
    isTried: tried?.tried === 1,
    rollout,
    version,
  }
}

export type RoomAttemptRow = Awaited<ReturnType<typeof findRoom>>['attempts'][number]

/** Texts that change when something a room shows does, and the tenant that it is of. */
function selectVersion(db: Database, connectionSid: string) {
  return db
    .select({
      tenantSid: connections.tenantSid,
      updatedAt: connections.updatedAt,
      metadataFetchedAt: connections.metadataFetchedAt,
      // An attempt may be written after a later one: the newest alone would not tell. Its code may change, at the finish.
      attempts: sql<
        string | null
      >`(SELECT group_concat(newest.sid || coalesce(newest.code, '')) FROM
        (SELECT shown.sid, shown.code FROM ${attempts} AS shown WHERE shown.connection_sid = ${connectionSid}
          ORDER BY shown.created_at DESC, shown.sid DESC LIMIT ${ROOM_ATTEMPTS}) AS newest)`.as(
        'attempts',
      ),
      signOffs: sql<
        string | null
      >`(SELECT group_concat(said.side || said.verdict || said.created_at || said.name || coalesce(said.note, '')) FROM ${signOffs} AS said
        WHERE said.connection_sid = ${connectionSid} AND said.revision = ${revisionNow(connectionSid)})`.as(
        'sign_offs',
      ),
      testers:
        sql<string>`(SELECT count(*) || '/' || coalesce(max(tester.created_at), 0) FROM ${testers} AS tester WHERE tester.connection_sid = ${connectionSid})`.as(
          'testers',
        ),
      rollouts: sql<
        string | null
      >`(SELECT newest.sid || newest.updated_at FROM ${rollouts} AS newest
        WHERE newest.connection_sid = ${connectionSid} ORDER BY newest.created_at DESC LIMIT 1)`.as(
        'rollouts',
      ),
    })
    .from(connections)
    .where(eq(connections.sid, connectionSid))
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

function ofRevision(connectionSid: string, revision: number) {
  return and(eq(signOffs.connectionSid, connectionSid), eq(signOffs.revision, revision))
}

/** The first columns of an event that depends on a row: the others follow in the order of the table. */
function eventColumns(event: Omit<Parameters<typeof recordEvent>[1], 'before' | 'after'>) {
  return {
    sid: sql<string>`${createSid('EV')}`.as('sid'),
    tenantSid: sql<string | null>`${event.tenantSid}`.as('tenant_sid'),
    actor: sql<string>`${describeActor(event.actor)}`.as('actor'),
    action: sql<string>`${event.action}`.as('action'),
    subjectSid: sql<string>`${event.subjectSid}`.as('subject_sid'),
  }
}

function json(value: Record<string, unknown>): SQL<Record<string, unknown>> {
  return sql<Record<string, unknown>>`${JSON.stringify(value)}`
}
