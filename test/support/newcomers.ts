// A domain of a world whose newcomers sign in through its connection.
import { eq } from 'drizzle-orm'
import { connections, domains } from '../../src/platform/db/schema.ts'
import { db, type World } from './world.ts'

type Ways = Partial<
  Pick<typeof connections.$inferInsert, 'newcomers' | 'newcomersPerHour'> &
    Pick<typeof domains.$inferInsert, 'domain' | 'verifiedAt'>
>

/** By default, the first login creates a user who has SSO alone. */
export async function leadNewcomers(
  { tenantSid, connectionSid }: World,
  { domain = 'tenant.example', verifiedAt = 1, ...fields }: Ways = {},
): Promise<void> {
  await db.delete(domains).where(eq(domains.domain, domain))
  await db.insert(domains).values({
    tenantSid,
    domain,
    token: 'x',
    connectionSid,
    createdBy: 'operator olga',
    createdAt: 1,
    verifiedAt,
    verifiedBy: verifiedAt === null ? null : 'operator',
  })
  await db
    .update(connections)
    .set({ newcomers: 'sso_enforced', newcomersPerHour: 10, ...fields })
    .where(eq(connections.sid, connectionSid))
}
