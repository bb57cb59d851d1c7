// The SQL of exceptions. Each change is one batch with its event.
import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import { describeActor } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEvent, recordEventFrom } from '../../events/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed } from '../../platform/db/sql.ts'
import { DOMAIN_OF_USER } from '../domains/store.ts'
import { domains } from '../domains/tables.ts'
import { admitNewcomers } from '../newcomers/store.ts'
import { switchOffStatements, type User } from '../store/users.ts'
import { users } from '../tables.ts'
import { exceptions } from './tables.ts'

export type ExceptionRow = typeof exceptions.$inferSelect & { email: string }

const COLUMNS = {
  userSid: exceptions.userSid,
  tenantSid: exceptions.tenantSid,
  reason: exceptions.reason,
  expiresAt: exceptions.expiresAt,
  createdBy: exceptions.createdBy,
  createdAt: exceptions.createdAt,
  email: users.email,
}
const ORDER = { createdAt: exceptions.createdAt, sid: exceptions.userSid }

/**
 * Of a tenant, newest first; with a connection, those whose domain leads to it. One row more than
 * the page holds.
 */
export function findExceptions(
  db: Database,
  tenantSid: string,
  connectionSid: string | undefined,
  page: PageRequest,
): Promise<ExceptionRow[]> {
  const leadsThere = sql`EXISTS (SELECT 1 FROM ${domains} WHERE ${domains.tenantSid} = ${tenantSid}
    AND ${domains.domain} = ${DOMAIN_OF_USER} AND ${domains.connectionSid} = ${connectionSid})`
  return db
    .select(COLUMNS)
    .from(exceptions)
    .innerJoin(users, eq(users.sid, exceptions.userSid))
    .where(
      and(
        eq(exceptions.tenantSid, tenantSid),
        connectionSid === undefined ? undefined : leadsThere,
        newestFirst.after(ORDER, page),
      ),
    )
    .orderBy(...newestFirst.order(ORDER))
    .limit(page.limit + 1)
}

export async function findException(
  db: Database,
  userSid: string,
): Promise<ExceptionRow | undefined> {
  const [row] = await db
    .select(COLUMNS)
    .from(exceptions)
    .innerJoin(users, eq(users.sid, exceptions.userSid))
    .where(eq(exceptions.userSid, userSid))
  return row
}

/** Excepts a user, or changes reason and date. A user with SSO has the password alone from now. */
export async function insertException(
  context: OperationContext,
  user: User,
  { reason, expiresAt }: { reason: string; expiresAt: number },
): Promise<void> {
  const { db, actor, now } = context
  const { sid: userSid, tenantSid } = user
  const row = { reason, expiresAt, createdBy: describeActor(actor), createdAt: now }
  await db.batch([
    db
      .insert(exceptions)
      .values({ userSid, tenantSid, ...row })
      .onConflictDoUpdate({ target: exceptions.userSid, set: row }),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: userSid,
      type: 'user.exception_granted',
      after: { reason, expiresAt },
    }),
    ...(user.signInMethod === 'password' ? [] : switchOffStatements(context, user)),
  ])
}

/** Expired ones, the oldest first. */
export async function findExpired(db: Database, now: number, limit: number): Promise<string[]> {
  const rows = await db
    .select({ userSid: exceptions.userSid })
    .from(exceptions)
    .where(lte(exceptions.expiresAt, now))
    .orderBy(exceptions.expiresAt)
    .limit(limit)
  return rows.map(({ userSid }) => userSid)
}

/**
 * Ends exceptions, and treats the people as newcomers from then on. `ifExpired`: only those that
 * are still expired.
 */
export async function deleteExceptions(
  context: OperationContext,
  userSids: readonly string[],
  { ifExpired }: { ifExpired: boolean },
): Promise<void> {
  const { db, actor, now } = context
  const isOne = and(
    inArray(exceptions.userSid, listed(userSids)),
    ifExpired ? lte(exceptions.expiresAt, now) : undefined,
  )
  await batch(db, {
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid: sql`${exceptions.tenantSid}`,
        type: 'user.exception_ended',
        subjectSid: sql`${exceptions.userSid}`,
        before: sql`json_object('reason', ${exceptions.reason},
          'expiresAt', ${exceptions.expiresAt})`,
      },
      (select) => select.from(exceptions).where(isOne),
    ),
    ended: db.delete(exceptions).where(isOne),
    admit: admitNewcomers(context, userSids),
  })
}
