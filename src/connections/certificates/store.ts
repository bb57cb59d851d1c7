// The SQL of certificates: those of IdPs, and the warnings before any of them, or of ours, expires.
import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { certificates, quarantinedCertificates } from './tables.ts'
import { connections } from '../tables.ts'
import { keyPairs } from '../../keys/tables.ts'
import { recordEventFrom } from '../../events/store.ts'
import type { Database } from '../../platform/db/client.ts'
import type { StoredKey } from '../../saml/signature/certificate.ts'

export type CertificateRow = typeof certificates.$inferSelect
export type QuarantinedRow = typeof quarantinedCertificates.$inferSelect

const DAY = 24 * 3600 * 1000

/** The columns that a login reads of a certificate. */
export function storedKeyOf<Table extends typeof certificates | typeof quarantinedCertificates>({
  fingerprint,
  subject,
  algorithm,
  spki,
}: Table) {
  return { fingerprint, subject, algorithm, spki } as Pick<Table, keyof StoredKey>
}

export function findCertificates(db: Database, connectionSid: string): Promise<CertificateRow[]> {
  return db
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, connectionSid))
    .orderBy(certificates.createdAt)
}

/** Rows from before the date was kept. */
export function findUndatedCertificates(db: Database, limit: number): Promise<CertificateRow[]> {
  return db.select().from(certificates).where(isNull(certificates.notAfter)).limit(limit)
}

export async function dateCertificates(
  db: Database,
  dated: readonly (Pick<CertificateRow, 'connectionSid' | 'fingerprint'> & { notAfter: number })[],
): Promise<void> {
  const [first, ...others] = dated.map(({ connectionSid, fingerprint, notAfter }) =>
    db
      .update(certificates)
      .set({ notAfter })
      .where(
        and(
          eq(certificates.connectionSid, connectionSid),
          eq(certificates.fingerprint, fingerprint),
        ),
      ),
  )
  if (first) await db.batch([first, ...others])
}

/**
 * Records a warning for each certificate, of IdPs and our own, that has come within another of
 * these numbers of days of its end. Each once: row and event are written together.
 */
export async function recordExpiryWarnings(
  db: Database,
  now: number,
  warningDays: readonly number[],
): Promise<void> {
  const theirs = warningsDue(certificates, now, warningDays)
  const ours = warningsDue(keyPairs, now, warningDays)
  const event = { actor: { kind: 'maintenance' }, now, action: 'certificate.expires_soon' } as const
  await db.batch([
    recordEventFrom(
      db,
      {
        ...event,
        tenantSid: connections.tenantSid,
        subjectSid: certificates.connectionSid,
        after: theirs.details,
      },
      (select) =>
        select
          .from(certificates)
          .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
          .where(theirs.isDue),
    ),
    db.update(certificates).set({ warnedDays: theirs.days }).where(theirs.isDue),
    recordEventFrom(
      db,
      { ...event, tenantSid: null, subjectSid: keyPairs.fingerprint, after: ours.details },
      (select) => select.from(keyPairs).where(ours.isDue),
    ),
    db.update(keyPairs).set({ warnedDays: ours.days }).where(ours.isDue),
  ])
}

/** Of a table of certificates: which are due, for which number of days, and what an event says. */
function warningsDue(
  table: typeof certificates | typeof keyPairs,
  now: number,
  warningDays: readonly number[],
) {
  const { fingerprint, notAfter, warnedDays } = table
  const ascending = warningDays.toSorted((left, right) => left - right)
  const cases = ascending.map((day) => sql`WHEN ${notAfter} <= ${now + day * DAY} THEN ${day}`)
  const days = sql<number>`CASE ${sql.join(cases, sql` `)} END`
  return {
    days,
    details: sql`json_object('fingerprint', ${fingerprint}, 'notAfter', ${notAfter},
      'days', ${days})`,
    isDue: and(
      gt(notAfter, now),
      lte(notAfter, now + Math.max(...ascending) * DAY),
      or(isNull(warnedDays), gt(warnedDays, days)),
    ),
  }
}
