// The SQL of our own key pairs. A change is one batch with its audit events, and fails if the pairs
// have changed since they were read.
import { and, count, eq, or, sql } from 'drizzle-orm'
import { recordCreation, recordEvent, type AuditEvent } from '../events/store.ts'
import { guardedBatch, type Statement } from '../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../platform/db/client.ts'
import { keyPairs } from './tables.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Stage } from './key-pair.ts'

export type KeyPairRow = typeof keyPairs.$inferSelect

/** The statement that reads all of them, three at most, for a batch that reads more. */
export function selectKeyPairs(db: Database) {
  return db.select().from(keyPairs)
}

export type KeyPairChange =
  | { insert: typeof keyPairs.$inferInsert }
  | { delete: string }
  /** In an order in which no two rows ever have the same stage. */
  | { move: string; to: Stage; activatedAt?: number }

export type KeyPairEvent = Pick<AuditEvent, 'type' | 'subjectSid' | 'before' | 'after'>

/** Returns false and changes nothing where the rows differ from `seen`. */
export async function changeKeyPairs(
  context: OperationContext,
  seen: readonly KeyPairRow[],
  changes: readonly KeyPairChange[],
  events: readonly KeyPairEvent[],
): Promise<boolean> {
  const { db, actor, now } = context
  const creation = changes.some((change) => 'insert' in change)
  try {
    const changed = await guardedBatch(db, {
      // Without rows, the unique index on the stage lets only one call insert them.
      seen: seen.length > 0 ? stillSeen(db, seen) : undefined,
      changes: changes.map((change) => statement(db, change)),
      events: events.flatMap((event, index): Statement[] =>
        creation && index === events.length - 1
          ? recordCreation(context, { tenantSid: null, ...event })
          : [recordEvent(db, { actor, now, tenantSid: null, ...event })],
      ),
    })
    return changed !== undefined
  } catch (error) {
    if (isUniqueViolation(error)) return false
    throw error
  }
}

/** Changes nothing, or rolls the batch back: a stage must not be NULL. */
function stillSeen(db: Database, seen: readonly KeyPairRow[]) {
  const rows = (which?: ReturnType<typeof or>) =>
    db.select({ count: count() }).from(keyPairs).where(which)
  const same = or(
    ...seen.map(({ fingerprint, stage }) =>
      and(eq(keyPairs.fingerprint, fingerprint), eq(keyPairs.stage, stage)),
    ),
  )
  return db.update(keyPairs).set({
    stage: sql`CASE WHEN (${rows()}) = ${seen.length} AND (${rows(same)}) = ${seen.length}
      THEN ${keyPairs.stage} END`,
  })
}

function statement(db: Database, change: KeyPairChange) {
  if ('insert' in change) return db.insert(keyPairs).values(change.insert)
  if ('delete' in change) return db.delete(keyPairs).where(eq(keyPairs.fingerprint, change.delete))
  const { move, to, activatedAt } = change
  return db
    .update(keyPairs)
    .set({ stage: to, ...(activatedAt !== undefined && { activatedAt }) })
    .where(eq(keyPairs.fingerprint, move))
}
