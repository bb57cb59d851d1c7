// The SQL of the directory. Each change is one batch with its audit event.
import { and, eq, gt, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { recordCreation, recordEvent, type AuditEvent } from '../events/store.ts'
import type { Database } from '../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { accounts, memberships, users } from './tables.ts'
import { tenants } from './tenants/tables.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { isSid } from '../ids.ts'

export type Tenant = typeof tenants.$inferSelect
export type Account = typeof accounts.$inferSelect
export type User = typeof users.$inferSelect

export async function findTenant(db: Database, sid: string): Promise<Tenant | undefined> {
  const [tenant] = await db.select().from(tenants).where(eq(tenants.sid, sid))
  return tenant
}

/** One row more than the page holds. */
export function findTenants(db: Database, page: PageRequest, search?: string): Promise<Tenant[]> {
  return db
    .select()
    .from(tenants)
    .where(
      and(
        search ? sql`instr(lower(${tenants.name}), lower(${search})) > 0` : undefined,
        newestFirst.after(tenants, page),
      ),
    )
    .orderBy(...newestFirst.order(tenants))
    .limit(page.limit + 1)
}

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

/** Who of the tenant has the SID, or else the login e-mail or the external id: one may be the e-mail of another. */
export async function findUsersNamed(
  db: Database,
  tenantSid: string,
  { sid, emailKey, externalID }: { sid?: string; emailKey?: string; externalID?: string },
): Promise<User[]> {
  const ofTenant = eq(users.tenantSid, tenantSid)
  const [bySid, byEmail, byID] = await db.batch([
    db
      .select()
      .from(users)
      .where(and(ofTenant, eq(users.sid, sid ?? ''))),
    db
      .select()
      .from(users)
      .where(and(ofTenant, eq(users.emailKey, emailKey ?? ''))),
    db
      .select()
      .from(users)
      .where(and(ofTenant, eq(users.externalID, externalID ?? ''))),
  ])
  return [...new Map([...bySid, ...byEmail, ...byID].map((user) => [user.sid, user])).values()]
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
    .where(
      sql`${users.sid} IN (SELECT value FROM json_each(${JSON.stringify(userSids)})) AND +${users.tenantSid} = ${tenantSid}`,
    )
  return new Map(rows.map(({ sid, email }) => [sid, email]))
}

/** With `liftEnforcement`, enforced users of the tenant become enabled ones: passwords count again. */
export async function updateTenant(
  { db, actor, now }: OperationContext,
  sid: string,
  row: Pick<Tenant, 'name' | 'plan' | 'supportContact' | 'suspendedAt'>,
  change: { before: Record<string, unknown>; after: Record<string, unknown> },
  options: { liftEnforcement: boolean },
): Promise<void> {
  await db.batch([
    db.update(tenants).set(row).where(eq(tenants.sid, sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: sid,
      action: 'tenant.edit',
      subjectSid: sid,
      before: change.before,
      after: { ...change.after, ...(options.liftEnforcement && { enforcement: 'lifted' }) },
    }),
    ...(options.liftEnforcement
      ? [
          db
            .update(users)
            .set({ signInMethod: 'sso_enabled', updatedAt: now })
            .where(and(eq(users.tenantSid, sid), eq(users.signInMethod, 'sso_enforced'))),
        ]
      : []),
  ])
}

export async function insertTenant(context: OperationContext, tenant: Tenant): Promise<void> {
  const { db } = context
  const { sid, name, plan, supportContact } = tenant
  await db.batch([
    db.insert(tenants).values(tenant),
    ...recordCreation(context, {
      tenantSid: sid,
      action: 'tenant.create',
      subjectSid: sid,
      after: { name, plan, supportContact },
    }),
  ])
}

/** Throws the UNIQUE violation where the login e-mail or the external id is taken. */
export async function insertUser(context: OperationContext, user: User): Promise<void> {
  const { db } = context
  const { sid, tenantSid, email, externalID } = user
  await db.batch([
    db.insert(users).values(user),
    ...recordCreation(context, {
      tenantSid,
      action: 'user.create',
      subjectSid: sid,
      after: { email, externalID },
    }),
  ])
}

export async function updateSignIn(
  { db, actor, now }: OperationContext,
  user: User,
  signInMethod: User['signInMethod'],
  connectionSid: string | null,
): Promise<void> {
  await db.batch([
    db
      .update(users)
      .set({ signInMethod, connectionSid, updatedAt: now })
      .where(eq(users.sid, user.sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: user.tenantSid,
      action: 'user.set_sign_in_method',
      subjectSid: user.sid,
      before: { signInMethod: user.signInMethod, connectionSid: user.connectionSid },
      after: { signInMethod, connectionSid },
    }),
  ])
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
  const named = (of: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(of)}))`
  const [bySid, byID] = await db.batch([
    db
      .select()
      .from(accounts)
      .where(sql`${accounts.sid} IN ${named(names.filter((name) => isSid(name, 'AC')))}`),
    db
      .select()
      .from(accounts)
      .where(
        and(
          eq(accounts.tenantSid, tenantSid),
          sql`${accounts.externalID} IN ${named(names.filter((name) => !isSid(name, 'AC')))}`,
        ),
      ),
  ])
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

/** Members of an account in the order of their SIDs, of one tenant where it is named. One row more than the page holds. */
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
  await db.batch([
    db.delete(memberships).where(eq(memberships.userSid, sid)),
    db.insert(memberships).select((query) =>
      query
        .select({
          accountSid: sql<string>`named.value`.as('account_sid'),
          userSid: sql<string>`${sid}`.as('user_sid'),
        })
        .from(sql`json_each(${JSON.stringify(change.after)}) AS named`),
    ),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      action: 'user.set_accounts',
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
      action: 'account.create',
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
      action: 'account.edit',
      subjectSid: sid,
      before: { name: before },
      after: { name },
    }),
  ])
}
