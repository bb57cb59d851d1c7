// The SQL of the directory. Each change is one batch with its audit event.
import { and, eq, sql } from 'drizzle-orm'
import { recordCreation, recordEvent } from '../audit/store.ts'
import type { Database } from '../db/client.ts'
import { newestFirst, type PageRequest } from '../db/page.ts'
import { tenants, users } from '../db/schema.ts'
import type { Request } from '../outcome.ts'

export type Tenant = typeof tenants.$inferSelect
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

/** With `liftEnforcement`, enforced users of the tenant become enabled ones: passwords count again. */
export async function updateTenant(
  { db, actor, now }: Request,
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

export async function insertTenant(request: Request, tenant: Tenant): Promise<void> {
  const { db } = request
  const { sid, name, plan, supportContact } = tenant
  await db.batch([
    db.insert(tenants).values(tenant),
    ...recordCreation(request, {
      tenantSid: sid,
      action: 'tenant.create',
      subjectSid: sid,
      after: { name, plan, supportContact },
    }),
  ])
}

/** Throws the UNIQUE violation where the login e-mail or the external id is taken. */
export async function insertUser(request: Request, user: User): Promise<void> {
  const { db } = request
  const { sid, tenantSid, email, externalID } = user
  await db.batch([
    db.insert(users).values(user),
    ...recordCreation(request, {
      tenantSid,
      action: 'user.create',
      subjectSid: sid,
      after: { email, externalID },
    }),
  ])
}

export async function updateSignIn(
  { db, actor, now }: Request,
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
