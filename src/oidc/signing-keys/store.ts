// The SQL of the keys that sign tokens. A change is one batch with its audit events. It fails if
// the keys have changed since they were read.
import { eq, sql } from 'drizzle-orm'
import type { RecordedType } from '../../events/catalogue.ts'
import { recordEvent } from '../../events/store.ts'
import { guardedBatch, query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile } from '../../platform/db/compile.ts'
import { signingKeys } from './tables.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { IdTokenAlgorithm } from '../../clients/client.ts'

export type SigningKeyRow = typeof signingKeys.$inferSelect

/** All keys, in no order: sorting would cost a row more for each. */
export function findSigningKeys(db: Database): Promise<SigningKeyRow[]> {
  return query(db, allSigningKeys({}).found)
}

const allSigningKeys = compile('allSigningKeys', (db) => ({ found: selectSigningKeys(db) }))

/** The same, for a batch that reads more. */
export function selectSigningKeys(db: Database) {
  return db.select().from(signingKeys)
}

export type SigningKeyChange = {
  insert?: SigningKeyRow
  delete?: readonly string[]
  /** The kid of a next key that shall sign at once. */
  hasten?: string | undefined
}

/** False, without any change, if the algorithm's keys are no longer those that were `seen`. */
export async function changeSigningKeys(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  algorithm: IdTokenAlgorithm,
  seen: readonly SigningKeyRow[],
  change: SigningKeyChange,
): Promise<boolean> {
  const { kid, signsAt } = signingKeys
  const ofAlgorithm = eq(signingKeys.algorithm, algorithm)
  const kids = seen.map((key) => key.kid).join(' ')
  const isSame = sql`(SELECT coalesce(group_concat(ordered.keyID, ' '), '') FROM
    (SELECT ${kid} AS keyID FROM ${signingKeys} WHERE ${ofAlgorithm}
      ORDER BY ${signsAt}, ${kid}) AS ordered) = ${kids}`
  const event = (type: RecordedType, subjectSid: string, after: Record<string, unknown>) =>
    recordEvent(db, { actor, now, tenantSid: null, type, subjectSid, after })
  const { insert, hasten, delete: retired = [] } = change
  const changed = await guardedBatch(db, {
    insert:
      insert &&
      db
        .insert(signingKeys)
        .values({ ...insert, kid: sql`CASE WHEN ${isSame} THEN ${insert.kid} END` }),
    inserted: insert && event('signing_key.created', insert.kid, { signsAt: insert.signsAt }),
    check: insert
      ? undefined
      : db
          .update(signingKeys)
          .set({ kid: sql`CASE WHEN ${isSame} THEN ${kid} END` })
          .where(ofAlgorithm),
    hasten:
      hasten === undefined
        ? undefined
        : db.update(signingKeys).set({ signsAt: now }).where(eq(kid, hasten)),
    retire: retired.map((old) => db.delete(signingKeys).where(eq(kid, old))),
    retired: retired.map((old) => event('signing_key.deleted', old, {})),
  })
  return changed !== undefined
}
