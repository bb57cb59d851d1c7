// The SQL of creations with an Idempotency-Key, and the sweep of this folder.
import { eq, lt } from 'drizzle-orm'
import { consoleSessions, signInLinks } from '../tables.ts'
import { idempotencyKeys } from '../../events/tables.ts'
import type { Database } from '../../platform/db/client.ts'

/** What an Idempotency-Key created, and for which request. */
export async function findCreation(
  db: Database,
  keyHash: string,
): Promise<{ requestHash: string; subjectSid: string } | undefined> {
  const { requestHash, subjectSid } = idempotencyKeys
  const [row] = await db
    .select({ requestHash, subjectSid })
    .from(idempotencyKeys)
    .where(eq(idempotencyKeys.keyHash, keyHash))
  return row
}

const DAY = 24 * 3600 * 1000

/** Deletes links and sessions a day after they ended, and Idempotency-Keys after a day. */
export async function sweepAccess(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(signInLinks).where(lt(signInLinks.expiresAt, now - DAY)),
    db.delete(consoleSessions).where(lt(consoleSessions.expiresAt, now - DAY)),
    db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, now - DAY)),
  ])
}
