// The SQL of API keys.
import { and, eq, getTableColumns, gt, isNull } from 'drizzle-orm'
import { apiKeys } from '../tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { recordCreation, recordEvent } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { note } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { HOUR } from '../../durations.ts'

const { secretHash: keyHash, ...apiKeyColumns } = getTableColumns(apiKeys)

/** A key without the hash of its secret. */
export type ApiKey = Omit<typeof apiKeys.$inferSelect, 'secretHash'>

/** Times of use are kept to the hour: a request need not write. */
const USE_MILLISECONDS = HOUR

/** False, and nothing done, where there are as many keys as there may be. */
export async function insertApiKey(
  context: OperationContext,
  row: typeof apiKeys.$inferInsert,
): Promise<boolean> {
  const { db, now } = context
  const { sid, tenantSid = null, name, expiresAt } = row
  const isValid = and(isOf(tenantSid), isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, now))
  const limit = { most: LIMITS.apiKeys.most, where: isValid }
  const creation = recordCreation(context, {
    tenantSid,
    type: 'api_key.created',
    subjectSid: sid,
    after: { name, expiresAt },
  })
  return insertWithin(db, apiKeys, row, limit, { creation })
}

/** Null: of operators. */
function isOf(tenantSid: string | null) {
  return tenantSid === null ? isNull(apiKeys.tenantSid) : eq(apiKeys.tenantSid, tenantSid)
}

export async function findApiKey(db: Database, sid: string): Promise<ApiKey | undefined> {
  const [row] = await db.select(apiKeyColumns).from(apiKeys).where(eq(apiKeys.sid, sid))
  return row
}

/** The keys of a tenant, or of operators (null); one row more than the page holds. */
export function findApiKeys(
  db: Database,
  tenantSid: string | null,
  page: PageRequest,
): Promise<ApiKey[]> {
  return db
    .select(apiKeyColumns)
    .from(apiKeys)
    .where(and(isOf(tenantSid), newestFirst.after(apiKeys, page)))
    .orderBy(...newestFirst.order(apiKeys))
    .limit(page.limit + 1)
}

export async function revokeApiKey(
  context: OperationContext,
  { sid, tenantSid }: ApiKey,
): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.update(apiKeys).set({ revokedAt: now }).where(eq(apiKeys.sid, sid)),
    recordEvent(db, { actor, now, tenantSid, type: 'api_key.revoked', subjectSid: sid }),
  ])
}

/** The key of a secret, if it works now; notes its use. Keys of a suspended tenant do not work. */
export async function useApiKey(
  db: Database,
  secretHash: string,
  now: number,
): Promise<ApiKey | undefined> {
  const [row] = await db
    .select(apiKeyColumns)
    .from(apiKeys)
    .leftJoin(tenants, eq(tenants.sid, apiKeys.tenantSid))
    .where(
      and(
        eq(keyHash, secretHash),
        isNull(apiKeys.revokedAt),
        gt(apiKeys.expiresAt, now),
        isNull(tenants.suspendedAt),
      ),
    )
  if (row && (row.lastUsedAt ?? 0) <= now - USE_MILLISECONDS)
    await note(db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.sid, row.sid)))
  return row
}
