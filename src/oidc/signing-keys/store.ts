// The SQL of the keys that sign tokens. A change is one batch with its audit events, and happens only if nothing has changed since the
// keys were read.
import { asc, eq, sql } from 'drizzle-orm'
import { recordEvent } from '../../events/store.ts'
import { isNotNullViolation, type Database } from '../../platform/db/client.ts'
import { signingKeys } from './tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'

export type SigningKeyRow = typeof signingKeys.$inferSelect

/** All of them, in the order in which they sign. */
export function selectSigningKeys(db: Database) {
  return db.select().from(signingKeys).orderBy(asc(signingKeys.signsAt), asc(signingKeys.kid))
}

export type SigningKeyChange = {
  insert?: SigningKeyRow
  delete?: readonly string[]
  /** The kid of one that waits, and shall not any longer. */
  hasten?: string | undefined
}

/** False, and nothing done, where the keys are not those that were `seen` any more. */
export async function changeSigningKeys(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  seen: readonly SigningKeyRow[],
  change: SigningKeyChange,
): Promise<boolean> {
  const isSame = sql`(SELECT coalesce(group_concat(kid, ' '), '') FROM (SELECT kid FROM ${signingKeys} ORDER BY signs_at, kid)) = ${seen.map(({ kid }) => kid).join(' ')}`
  const event = (action: string, kid: string, after: Record<string, unknown>) =>
    recordEvent(db, { actor, now, tenantSid: null, action, subjectSid: kid, after })
  const { insert, hasten } = change
  try {
    await db.batch([
      // Takes the batch back where it is not so: NULL is no kid.
      ...(insert
        ? [
            db.insert(signingKeys).values({
              ...insert,
              kid: sql`CASE WHEN ${isSame} THEN ${insert.kid} END`,
            }),
            event('signing_key.create', insert.kid, { signsAt: insert.signsAt }),
          ]
        : [
            db
              .update(signingKeys)
              .set({ kid: sql`CASE WHEN ${isSame} THEN ${signingKeys.kid} END` }),
          ]),
      ...(hasten
        ? [db.update(signingKeys).set({ signsAt: now }).where(eq(signingKeys.kid, hasten))]
        : []),
      ...(change.delete ?? []).flatMap((kid) => [
        db.delete(signingKeys).where(eq(signingKeys.kid, kid)),
        event('signing_key.delete', kid, {}),
      ]),
    ] as unknown as Parameters<Database['batch']>[0])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}
