// The SQL of accounts and their members. Each change is one batch with its audit event.
import { and, eq, gt, inArray } from 'drizzle-orm'
import { accounts, memberships, users } from '../tables.ts'
import { recordCreation, recordEvent } from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { batch } from '../../platform/db/batch.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed, rowsOf } from '../../platform/db/sql.ts'
import { isSid } from '../../ids.ts'
import type { User } from './users.ts'

export type Account = typeof accounts.$inferSelect

/** By SID or external id. */
export async function findAccount(
  db: Database,
  tenantSid: string,
  name: string,
): Promise<Account | undefined> {
  const [account] = await db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.tenantSid, tenantSid),
        isSid(name, 'AC') ? eq(accounts.sid, name) : eq(accounts.externalID, name),
      ),
    )
  return account
}

/** One row more than the page holds. */
export function findAccounts(
  db: Database,
  tenantSid: string,
  page: PageRequest,
): Promise<Account[]> {
  return db
    .select()
    .from(accounts)
    .where(and(eq(accounts.tenantSid, tenantSid), newestFirst.after(accounts, page)))
    .orderBy(...newestFirst.order(accounts))
    .limit(page.limit + 1)
}

/** Accounts of any tenant by SID, of this one by external id. */
export async function findAccountsNamed(
  db: Database,
  tenantSid: string,
  names: readonly string[],
): Promise<Account[]> {
  const sids = names.filter((name) => isSid(name, 'AC'))
  const externalIDs = names.filter((name) => !isSid(name, 'AC'))
  const { bySid, byID } = await batch(db, {
    bySid: db
      .select()
      .from(accounts)
      .where(inArray(accounts.sid, listed(sids))),
    byID: db
      .select()
      .from(accounts)
      .where(
        and(eq(accounts.tenantSid, tenantSid), inArray(accounts.externalID, listed(externalIDs))),
      ),
  })
  return [...new Map([...bySid, ...byID].map((account) => [account.sid, account])).values()]
}

/** The accounts that a user belongs to, by name. */
export async function findMemberships(db: Database, userSid: string): Promise<Account[]> {
  const rows = await db
    .select({ account: accounts })
    .from(memberships)
    .innerJoin(accounts, eq(accounts.sid, memberships.accountSid))
    .where(eq(memberships.userSid, userSid))
    .orderBy(accounts.name, accounts.sid)
  return rows.map(({ account }) => account)
}

/**
 * Members of an account in the order of their SIDs, of one tenant where it is named. One row more
 * than the page holds.
 */
export async function findMembers(
  db: Database,
  accountSid: string,
  tenantSid: string | undefined,
  { limit, after }: PageRequest,
): Promise<User[]> {
  const rows = await db
    .select({ user: users })
    .from(memberships)
    // Keeps the order: from the account's members to the users.
    .crossJoin(users)
    .where(
      and(
        eq(memberships.accountSid, accountSid),
        after ? gt(memberships.userSid, after.sid) : undefined,
        eq(users.sid, memberships.userSid),
        tenantSid === undefined ? undefined : eq(users.tenantSid, tenantSid),
      ),
    )
    .orderBy(memberships.userSid)
    .limit(limit + 1)
  return rows.map(({ user }) => user)
}

export async function replaceMemberships(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: User,
  change: { before: string[]; after: string[] },
): Promise<void> {
  const named = rowsOf(change.after)
  await db.batch([
    db.delete(memberships).where(eq(memberships.userSid, sid)),
    insertFromSelect(db, memberships, { accountSid: named.value, userSid: sid }, (select) =>
      select.from(named.from),
    ),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      type: 'user.accounts_set',
      subjectSid: sid,
      before: { accounts: change.before },
      after: { accounts: change.after },
    }),
  ])
}

/** Throws the UNIQUE violation where the tenant has the external id. */
export async function insertAccount(context: OperationContext, account: Account): Promise<void> {
  const { db } = context
  const { sid, tenantSid, name, externalID } = account
  await db.batch([
    db.insert(accounts).values(account),
    ...recordCreation(context, {
      tenantSid,
      type: 'account.created',
      subjectSid: sid,
      after: { name, externalID },
    }),
  ])
}

export async function renameAccount(
  { db, actor, now }: OperationContext,
  { sid, tenantSid, name: before }: Account,
  name: string,
): Promise<void> {
  await db.batch([
    db.update(accounts).set({ name }).where(eq(accounts.sid, sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      type: 'account.updated',
      subjectSid: sid,
      before: { name: before },
      after: { name },
    }),
  ])
}
