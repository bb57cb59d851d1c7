// The SQL of tenants. Each change is one batch with its audit event.
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { offerPasswordResets } from '../store/password-resets.ts'
import { users } from '../tables.ts'
import { tenants } from './tables.ts'
import { recordCreation, recordEvent } from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { PROBE_TENANT } from '../../probe-sids.ts'

export type Tenant = typeof tenants.$inferSelect

export async function findTenant(db: Database, sid: string): Promise<Tenant | undefined> {
  const [tenant] = await db
    .select()
    .from(tenants)
    .where(and(eq(tenants.sid, sid), isNull(tenants.erasedAt)))
  return tenant
}

/** One row more than the page holds. */
export function findTenants(db: Database, page: PageRequest, search?: string): Promise<Tenant[]> {
  return db
    .select()
    .from(tenants)
    .where(
      and(
        ne(tenants.sid, PROBE_TENANT),
        isNull(tenants.erasedAt),
        search ? sql`instr(lower(${tenants.name}), lower(${search})) > 0` : undefined,
        newestFirst.after(tenants, page),
      ),
    )
    .orderBy(...newestFirst.order(tenants))
    .limit(page.limit + 1)
}

/**
 * With `liftEnforcement`, enforced users of the tenant become enabled ones: passwords work again.
 */
export async function updateTenant(
  context: OperationContext,
  sid: string,
  row: Omit<Tenant, 'sid' | 'erasedAt' | 'createdAt'>,
  change: { before: Record<string, unknown>; after: Record<string, unknown> },
  options: { liftEnforcement: boolean },
): Promise<void> {
  const { db, actor, now } = context
  const isEnforced = and(eq(users.tenantSid, sid), eq(users.signInMethod, 'sso_enforced'))!
  await db.batch([
    db.update(tenants).set(row).where(eq(tenants.sid, sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: sid,
      type: 'tenant.updated',
      subjectSid: sid,
      before: change.before,
      after: { ...change.after, ...(options.liftEnforcement && { enforcement: 'lifted' }) },
    }),
    ...(options.liftEnforcement
      ? [
          offerPasswordResets(context, isEnforced),
          db.update(users).set({ signInMethod: 'sso_enabled', updatedAt: now }).where(isEnforced),
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
      type: 'tenant.created',
      subjectSid: sid,
      after: { name, plan, supportContact },
    }),
  ])
}
