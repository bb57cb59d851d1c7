// The SQL of testers: users for whom SSO is switched on before anybody else.
import { and, desc, eq, exists, inArray, isNull, not, sql } from 'drizzle-orm'
import type { Connection } from '../../../connections/connection.ts'
import { connections } from '../../../connections/tables.ts'
import { mayComeThrough, openWays } from '../../../directory/moves/store.ts'
import { moves } from '../../../directory/moves/tables.ts'
import { selectBlocker, withMoving } from '../../../directory/store/switch-on.ts'
import type { User } from '../../../directory/store/users.ts'
import type { Blocker } from '../../../directory/switch-on.ts'
import { offerPasswordResets } from '../../../directory/store/password-resets.ts'
import { users } from '../../../directory/tables.ts'
import { describeActor } from '../../../events/actor.ts'
import type { OperationContext } from '../../../events/operation-context.ts'
import { recordEvent, recordEventFrom } from '../../../events/store.ts'
import { events } from '../../../events/tables.ts'
import { proofs } from '../../../login/tables.ts'
import { LIMITS } from '../../../limits.ts'
import { batch, guardedBatch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { excluded, listed, rowsOf } from '../../../platform/db/sql.ts'
import { withinLimit } from '../../../platform/db/within-limit.ts'
import { rollouts } from '../../cohort/tables.ts'
import { rolloutMembers } from '../../list/tables.ts'
import { testers } from '../tables.ts'

export type Nominee = {
  user: User
  nominatedAt: number | null
  /** Whether they may come in through the connection. */
  isOpen: boolean
  blocker: Blocker | null
}

/**
 * Users of the tenant by the keys of their login e-mails, whether they are testers already, and
 * what keeps them from it.
 */
export function findNominees(
  db: Database,
  { sid: connectionSid, tenantSid }: Connection,
  emailKeys: readonly string[],
): Promise<Nominee[]> {
  return db
    .select({
      user: users,
      nominatedAt: testers.createdAt,
      isOpen: sql<boolean>`${mayComeThrough(connectionSid)}`.mapWith(Boolean),
      blocker: selectBlocker(withMoving({ tenantSid, connectionSid })),
    })
    .from(users)
    .leftJoin(
      testers,
      and(eq(testers.connectionSid, connectionSid), eq(testers.userSid, users.sid)),
    )
    .where(and(inArray(users.emailKey, listed(emailKeys)), sql`+${users.tenantSid} = ${tenantSid}`))
}

/**
 * Makes testers of users, and switches SSO on for those who have passwords; people who move from
 * another connection may come in through this one too. False, and nothing done, where the
 * connection or one of the users has changed since it was read.
 */
export async function insertTesters(
  { db, actor, now }: OperationContext,
  connection: Connection,
  nominees: readonly User[],
): Promise<boolean> {
  const { sid, tenantSid } = connection
  const sids = nominees.map((user) => user.sid)
  const inserted = await guardedBatch(db, {
    testers: insertNominees(db, connection, nominees, { createdBy: describeActor(actor), now }),
    users: db
      .update(users)
      .set({ signInMethod: 'sso_enabled', connectionSid: sid, updatedAt: now })
      .where(and(inArray(users.sid, listed(sids)), eq(users.signInMethod, 'password'))),
    moves: openWays(db, sid, null, inArray(users.sid, listed(sids))),
    events: nominees.map(({ sid: userSid, signInMethod, connectionSid }) =>
      recordEvent(db, {
        actor,
        now,
        tenantSid,
        type: 'tester.nominated',
        subjectSid: userSid,
        before: { signInMethod, connectionSid },
        after: {
          signInMethod: signInMethod === 'password' ? 'sso_enabled' : signInMethod,
          connectionSid: sid,
        },
      }),
    ),
  })
  return inserted !== undefined
}

/** Its keys are NULL where a row has changed, which the columns do not take. */
function insertNominees(
  db: Database,
  { sid, tenantSid, updatedAt }: Connection,
  nominees: readonly User[],
  { createdBy, now }: { createdBy: string; now: number },
) {
  const named = rowsOf(nominees.map((user) => [user.sid, user.signInMethod]))
  // None of them is a tester yet.
  const createdAt = withinLimit(LIMITS.testers.most, now, {
    table: testers,
    where: eq(testers.connectionSid, sid),
    adding: nominees.length,
  })
  const asRead = db
    .select({ sid: connections.sid })
    .from(connections)
    .where(and(eq(connections.sid, sid), eq(connections.updatedAt, updatedAt)))
  const nominee = and(
    eq(users.sid, sql`json_extract(${named.value}, '$[0]')`),
    // Withdrawing goes back to the method that was there at the nomination.
    eq(users.signInMethod, sql`json_extract(${named.value}, '$[1]')`),
    eq(users.tenantSid, tenantSid),
    isNull(selectBlocker(withMoving({ tenantSid, connectionSid: sid }))),
  )
  return insertFromSelect(
    db,
    testers,
    {
      connectionSid: sql`${asRead}`,
      userSid: users.sid,
      enabled: sql`${users.signInMethod} = 'password'`,
      createdBy,
      createdAt: sql`(SELECT ${createdAt})`,
    },
    (select) =>
      select
        .from(named.from)
        .leftJoin(users, nominee)
        .where(sql`true`),
  ).onConflictDoUpdate({
    target: [testers.connectionSid, testers.userSid],
    set: {
      enabled: excluded(testers.enabled),
      createdBy: excluded(testers.createdBy),
      createdAt: excluded(testers.createdAt),
    },
  })
}

/**
 * Takes a nomination back, and SSO with it where the nomination had switched it on and neither a
 * rollout that stands nor a person has since. False where there is no such tester.
 */
export async function deleteTester(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: Connection,
  userSid: string,
): Promise<boolean> {
  const isTester = and(eq(testers.connectionSid, sid), eq(testers.userSid, userSid))
  const tester = db.select({ userSid: testers.userSid }).from(testers).where(isTester)
  const since = sql`(SELECT ${testers.createdAt} FROM ${testers}
    WHERE ${isTester} AND ${testers.enabled})`
  const byRollout = db
    .select({ sid: rollouts.sid })
    .from(rolloutMembers)
    .innerJoin(rollouts, eq(rollouts.sid, rolloutMembers.rolloutSid))
    .where(
      and(
        eq(rolloutMembers.userSid, userSid),
        sql`${rolloutMembers.enabledAt} IS NOT NULL`,
        eq(rollouts.connectionSid, sid),
        isNull(rollouts.rolledBackAt),
      ),
    )
  const byPerson = db
    .select({ sid: events.sid })
    .from(events)
    .where(
      and(
        eq(events.subjectSid, userSid),
        eq(events.type, 'user.sign_in_method_set'),
        sql`${events.createdAt} >= ${since}`,
      ),
    )
  const returns = and(
    eq(users.sid, userSid),
    eq(users.connectionSid, sid),
    eq(users.signInMethod, 'sso_enabled'),
    sql`${since} IS NOT NULL`,
    not(exists(byRollout)),
    not(exists(byPerson)),
  )!
  const way = and(
    eq(moves.userSid, userSid),
    eq(moves.connectionSid, sid),
    isNull(moves.rolloutSid),
    exists(tester),
  )
  const { deleted } = await batch(db, {
    way: db.delete(moves).where(way),
    resets: offerPasswordResets({ db, actor, now }, returns),
    user: db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null, updatedAt: now })
      .where(returns),
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid,
        type: 'tester.withdrawn',
        subjectSid: userSid,
        before: { connectionSid: sid },
        after: sql`json_object('signInMethod', ${users.signInMethod})`,
      },
      (select) => select.from(users).where(and(eq(users.sid, userSid), exists(tester))),
    ),
    deleted: db.delete(testers).where(isTester).returning({ userSid: testers.userSid }),
  })
  return deleted.length > 0
}

/** Newest first, with what each has proved by the IdP that is configured now. */
export function findTesters(db: Database, connectionSid: string) {
  // D1 answers a batch with objects: each column needs a name of its own.
  return db
    .select({
      userSid: testers.userSid,
      email: users.email,
      firstName: users.firstName,
      lastName: users.lastName,
      signInMethod: users.signInMethod,
      isOpen: sql<number>`${mayComeThrough(connectionSid)}`.as('is_open'),
      suspendedAt: users.suspendedAt,
      nominatedBy: testers.createdBy,
      nominatedAt: sql<number>`${testers.createdAt}`.as('nominated_at'),
      provedAt: sql<number | null>`${proofs.createdAt}`.as('proved_at'),
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
    .where(eq(testers.connectionSid, connectionSid))
    .orderBy(desc(testers.createdAt), testers.userSid)
    .limit(LIMITS.testers.most)
}

export type TesterRow = Awaited<ReturnType<typeof findTesters>>[number]
