// The SQL of users. Each change is one batch with its audit event.
import { and, eq, exists, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { emailKey } from '../email-key.ts'
import { users } from '../tables.ts'
import { recordCreation, recordEvent, type AuditEvent } from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { isSid } from '../../ids.ts'
import { batch, guardedBatch, type Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import { admitNewcomers } from '../newcomers/store.ts'
import { endKeptWays } from './kept-ways.ts'
import { offerPasswordResets } from './password-resets.ts'
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
      type: 'user.created',
      subjectSid: sid,
      after: { email, externalID },
    }),
  ])
}

/** Sets the sign-in method to the password alone. */
export async function switchOff(context: OperationContext, user: User): Promise<void> {
  await batch(context.db, { all: switchOffStatements(context, user) })
}

/** Its statements. */
export function switchOffStatements(context: OperationContext, user: User): Statement[] {
  const { db, now } = context
  const after = { signInMethod: 'password', connectionSid: null } as const
  const isUser = eq(users.sid, user.sid)
  return [
    offerPasswordResets(context, and(isUser, ne(users.signInMethod, 'password'))!),
    db
      .update(users)
      .set({ ...after, updatedAt: now })
      .where(isUser),
    recordSignIn(context, user, after),
  ]
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
    type: 'user.sign_in_method_set',
    subjectSid: sid,
    before: { signInMethod, connectionSid },
    after,
  })
}

/** Throws the UNIQUE violation where the login e-mail or the external id is taken. */
export async function updateUser(
  context: OperationContext,
  { sid, tenantSid }: User,
  row: Partial<User>,
  change: RecordedChange & { endsKeptWay: boolean },
): Promise<void> {
  const { db, actor, now } = context
  const { endsKeptWay, before, after } = change
  const type = 'user.updated'
  await db.batch([
    db
      .update(users)
      .set({ ...row, updatedAt: now })
      .where(eq(users.sid, sid)),
    recordEvent(db, { actor, now, tenantSid, type, subjectSid: sid, before, after }),
    ...(endsKeptWay ? endKeptWays(context, tenantSid, [sid]) : []),
  ])
}

/** Takes the way in that a break-glass owner keeps after a deactivation by the IdP. */
export async function endKeptWay(context: OperationContext, user: User): Promise<void> {
  await context.db.batch(endKeptWays(context, user.tenantSid, [user.sid]))
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
