// The SQL of users. Each change is one batch with its audit event.
import { and, eq, exists, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { emailKey } from '../email-key.ts'
import { users } from '../tables.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'
import {
  recordCreation,
  recordEvent,
  recordEventFrom,
  type AuditEvent,
} from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { isSid } from '../../ids.ts'
import { batch, guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed } from '../../platform/db/sql.ts'
import { admitNewcomers } from '../newcomers/store.ts'
import { selectBlocker } from './switch-on.ts'

export type User = typeof users.$inferSelect

export async function findUser(
  db: Database,
  by: { sid: string } | { emailKey: string },
): Promise<User | undefined> {
  const [user] = await db
    .select()
    .from(users)
    .where('sid' in by ? eq(users.sid, by.sid) : eq(users.emailKey, by.emailKey))
  return user
}

/** By SID or login e-mail. */
export function findNamedUser(db: Database, name: string): Promise<User | undefined> {
  const by = isSid(name, 'US') ? { sid: name } : { emailKey: emailKey(name) ?? '' }
  return findUser(db, by)
}

/** One row more than the page holds. */
export function findUsers(
  db: Database,
  tenantSid: string,
  connectionSid: string | undefined,
  page: PageRequest,
): Promise<User[]> {
  return db
    .select()
    .from(users)
    .where(
      and(
        eq(users.tenantSid, tenantSid),
        connectionSid === undefined ? undefined : eq(users.connectionSid, connectionSid),
        newestFirst.after(users, page),
      ),
    )
    .orderBy(...newestFirst.order(users))
    .limit(page.limit + 1)
}

/**
 * Users of the tenant that have the SID, the login e-mail or the external id: one user's external
 * id may be the e-mail of another.
 */
export async function findUsersNamed(
  db: Database,
  tenantSid: string,
  { sid, emailKey, externalID }: { sid?: string; emailKey?: string; externalID?: string },
): Promise<User[]> {
  const ofTenant = eq(users.tenantSid, tenantSid)
  const found = await batch(db, {
    bySid: db
      .select()
      .from(users)
      .where(and(ofTenant, eq(users.sid, sid ?? ''))),
    byEmail: db
      .select()
      .from(users)
      .where(and(ofTenant, eq(users.emailKey, emailKey ?? ''))),
    byID: db
      .select()
      .from(users)
      .where(and(ofTenant, eq(users.externalID, externalID ?? ''))),
  })
  const all = [...found.bySid, ...found.byEmail, ...found.byID]
  return [...new Map(all.map((user) => [user.sid, user])).values()]
}

/** Login e-mails by SID, of users of one tenant. */
export async function findEmails(
  db: Database,
  tenantSid: string,
  userSids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .select({ sid: users.sid, email: users.email })
    .from(users)
    .where(and(inArray(users.sid, listed(userSids)), sql`+${users.tenantSid} = ${tenantSid}`))
  return new Map(rows.map(({ sid, email }) => [sid, email]))
}

/**
 * Adds a user as a newcomer. Throws the UNIQUE violation where the login e-mail or the external id
 * is taken.
 */
export async function insertUser(context: OperationContext, user: User): Promise<void> {
  const { db } = context
  const { sid, tenantSid, email, externalID } = user
  await db.batch([
    db.insert(users).values(user),
    ...admitNewcomers(context, [sid]),
    ...recordCreation(context, {
      tenantSid,
      action: 'user.create',
      subjectSid: sid,
      after: { email, externalID },
    }),
  ])
}

/** Sets the sign-in method to the password alone. */
export async function switchOff(context: OperationContext, user: User): Promise<void> {
  const { db, now } = context
  const after = { signInMethod: 'password', connectionSid: null } as const
  await db.batch([
    db
      .update(users)
      .set({ ...after, updatedAt: now })
      .where(eq(users.sid, user.sid)),
    recordSignIn(context, user, after),
  ])
}

/**
 * Lets a user sign in through a connection as well as by password. False, and nothing done, where
 * the user has changed, a blocker holds, or people cannot sign in through the connection now.
 */
export async function switchOn(
  context: OperationContext,
  user: User,
  connectionSid: string,
): Promise<boolean> {
  const { db, now } = context
  const isOpen = db
    .select({ sid: connectionStanding.connectionSid })
    .from(connectionStanding)
    .where(
      and(
        eq(connectionStanding.connectionSid, connectionSid),
        isNull(connectionStanding.closedBecause),
      ),
    )
  const may = and(
    eq(users.signInMethod, user.signInMethod),
    isNull(selectBlocker({ tenantSid: user.tenantSid, connectionSid })),
    exists(isOpen),
  )!
  const switched = await guardedBatch(db, {
    user: db
      .update(users)
      .set({
        signInMethod: sql`CASE WHEN ${may} THEN 'sso_enabled' END`,
        connectionSid,
        updatedAt: now,
      })
      .where(eq(users.sid, user.sid)),
    event: recordSignIn(context, user, { signInMethod: 'sso_enabled', connectionSid }),
  })
  return switched !== undefined
}

function recordSignIn(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, signInMethod, connectionSid }: User,
  after: Pick<User, 'signInMethod' | 'connectionSid'>,
) {
  return recordEvent(db, {
    actor,
    now,
    tenantSid,
    action: 'user.set_sign_in_method',
    subjectSid: sid,
    before: { signInMethod, connectionSid },
    after,
  })
}

/** Throws the UNIQUE violation where the login e-mail or the external id is taken. */
export async function updateUser(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: User,
  row: Partial<User>,
  change: RecordedChange,
): Promise<void> {
  await db.batch([
    db
      .update(users)
      .set({ ...row, updatedAt: now })
      .where(eq(users.sid, sid)),
    recordEvent(db, { actor, now, tenantSid, action: 'user.edit', subjectSid: sid, ...change }),
  ])
}

/** Takes the way in that a break-glass owner keeps after a deactivation by the IdP. */
export async function endKeptWay(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: User,
): Promise<void> {
  const isKept = and(eq(breakGlass.userSid, sid), isNotNull(breakGlass.keptUntil))
  const event = { actor, now, tenantSid, subjectSid: sid, action: 'break_glass.keep' }
  await db.batch([
    recordEventFrom(db, { ...event, after: sql`json_object('keptUntil', NULL)` }, (select) =>
      select.from(breakGlass).where(isKept),
    ),
    db.update(breakGlass).set({ keptUntil: null }).where(isKept),
  ])
}

type RecordedChange = Required<Pick<AuditEvent, 'before' | 'after'>>

/** Changes of one user, whatever they are made of, and their event in one batch. */
export async function recordUserChange(
  context: OperationContext,
  change: Omit<AuditEvent, 'actor' | 'now'> & { statements: BatchItem<'sqlite'>[] },
): Promise<void> {
  const { db, actor, now } = context
  const { statements, ...event } = change
  await db.batch([recordEvent(db, { actor, now, ...event }), ...statements])
}
