// The SQL of a response that opens the console: one batch spends it and makes the one-time code of
// the operator. No user of any tenant has a part in it.
import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { operators, signInLinks } from '../../access/tables.ts'
import { certificates } from '../../connections/certificates/tables.ts'
import { connections } from '../../connections/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { spent } from '../tables.ts'
import { noteSuccess, type AcceptedResponse } from './spend-response.ts'

export type AdminResponse = Pick<AcceptedResponse, 'attempt' | 'request' | 'assertion'> & {
  /** Of the e-mail that the IdP asserts. */
  emailKey: string
  /** The NameID, hashed; null: it was transient, and binds nothing. */
  binding: string | null
  /** Null: a test, which opens nothing. */
  code: { hash: string; expiresAt: number } | null
}

export type AdminOutcome = 'replayed' | 'admin_unknown' | 'admin_name_id' | 'admitted'

/** Sent again after a lost answer it is refused as `replayed`: the person begins again. */
export async function spendForOperator(
  db: Database,
  { attempt, request, assertion, emailKey, binding, code }: AdminResponse,
): Promise<AdminOutcome> {
  const { sid: attemptSid, connectionSid, revision, createdAt: now } = attempt
  const isThem = and(eq(operators.emailKey, emailKey), isNull(operators.removedAt))
  const fits = or(isNull(operators.idpBinding), sql`${operators.idpBinding} IS ${binding}`)
  const spend = (kind: 'request' | 'assertion', { id, until }: { id: string; until: number }) =>
    db.insert(spent).values({ connectionSid, kind, id, attemptSid, expiresAt: until })
  const isAdmitted = sql`EXISTS (SELECT 1 FROM ${operators} WHERE ${and(isThem, fits)})`
  try {
    const { found } = await batch(db, {
      request: request ? spend('request', request) : undefined,
      assertion: spend('assertion', assertion),
      found: db
        .select({ fits: sql<number>`${fits}` })
        .from(operators)
        .where(isThem),
      code:
        code === null
          ? undefined
          : insertFromSelect(
              db,
              signInLinks,
              {
                secretHash: code.hash,
                operatorSid: operators.sid,
                connectionSid,
                revision,
                idpBinding: binding,
                createdAt: now,
                expiresAt: code.expiresAt,
              },
              (select) => select.from(operators).where(and(isThem, fits)),
            ),
      use: db
        .update(certificates)
        .set({ lastUsedAt: now })
        .where(
          and(
            eq(certificates.connectionSid, connectionSid),
            eq(certificates.fingerprint, attempt.certificateFingerprint ?? ''),
            isAdmitted,
          ),
        ),
      success: noteSuccess(
        db,
        sql`${now}`,
        sql`${revision}`,
        and(eq(connections.sid, connectionSid), isAdmitted),
      ),
    })
    const [person] = found
    if (!person) return 'admin_unknown'
    return person.fits ? 'admitted' : 'admin_name_id'
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return 'replayed'
  }
}
