// The SQL of creations with an Idempotency-Key, and which rows of this folder have expired.
import { eq, lt } from 'drizzle-orm'
import { apiKeys, consoleSessions, setupLinks, signInLinks } from '../tables.ts'
import { idempotencyKeys } from '../../events/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { endedExpiry, type Expiry } from '../../platform/db/sweep.ts'
import { DAY } from '../../durations.ts'

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

/** Console links and sessions a day after they ended, Idempotency-Keys after a day. */
export const accessExpiries: readonly Expiry[] = [
  { table: signInLinks, isDead: (now) => lt(signInLinks.expiresAt, now - DAY) },
  { table: consoleSessions, isDead: (now) => lt(consoleSessions.expiresAt, now - DAY) },
  { table: idempotencyKeys, isDead: (now) => lt(idempotencyKeys.createdAt, now - DAY) },
  endedExpiry(apiKeys, apiKeys.expiresAt),
  endedExpiry(setupLinks, setupLinks.expiresAt),
]
