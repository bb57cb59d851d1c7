// The SQL of the directory. Each change is one batch with its audit event.
import { eq } from 'drizzle-orm'
import { recordEvent } from '../audit/store.ts'
import type { Database } from '../db/client.ts'
import { tenants, users } from '../db/schema.ts'
import type { Request } from '../outcome.ts'

export type Tenant = typeof tenants.$inferSelect
export type User = typeof users.$inferSelect

export async function findTenant(db: Database, sid: string): Promise<Tenant | undefined> {
  const [tenant] = await db.select().from(tenants).where(eq(tenants.sid, sid))
  return tenant
}

export function findTenants(db: Database): Promise<Tenant[]> {
  return db.select().from(tenants).orderBy(tenants.createdAt).limit(1000)
}

export async function findUser(db: Database, emailKey: string): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(eq(users.emailKey, emailKey))
  return user
}

export async function insertTenant({ db, actor, now }: Request, tenant: Tenant): Promise<void> {
  const { sid, name, plan, supportContact } = tenant
  await db.batch([
    db.insert(tenants).values(tenant),
    recordEvent(db, {
      actor,
      now,
      tenantSid: sid,
      action: 'tenant.create',
      subjectSid: sid,
      after: { name, plan, supportContact },
    }),
  ])
}

/** Throws the UNIQUE violation where the login e-mail or the external id is taken. */
export async function insertUser({ db, actor, now }: Request, user: User): Promise<void> {
  const { sid, tenantSid, email, externalID } = user
  await db.batch([
    db.insert(users).values(user),
    recordEvent(db, {
      actor,
      now,
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
