// The SQL of certificates: those of IdPs, and the warnings before any of them, or of ours, expires.
import { and, eq, gt, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import { certificates, quarantinedCertificates } from './tables.ts'
import { connections } from '../tables.ts'
import { keyPairs } from '../../keys/tables.ts'
import { recordEventFrom } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { loginCodes } from '../../login/tables.ts'
import type { Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { sessions } from '../../sessions/tables.ts'
import { withinLimit } from '../../platform/db/within-limit.ts'
import type { StoredKey } from '../../saml/signature/certificate.ts'
import { DAY } from '../../durations.ts'

export type CertificateRow = typeof certificates.$inferSelect
export type QuarantinedRow = typeof quarantinedCertificates.$inferSelect

/** The columns that a login reads of a certificate. */
export function storedKeyOf<Table extends typeof certificates | typeof quarantinedCertificates>({
  fingerprint,
  subject,
  algorithm,
  spki,
}: Table) {
  return { fingerprint, subject, algorithm, spki } as Pick<Table, keyof StoredKey>
}

/** What a key has opened: the first 16 digits of its certificate’s fingerprint are kept with it. */
type OpenedBy = { connectionSid: string; fingerprint: string; now: number }

const openedBy = (
  table: typeof sessions | typeof loginCodes,
  { connectionSid, fingerprint }: Omit<OpenedBy, 'now'>,
) => and(eq(table.connectionSid, connectionSid), eq(table.certificate, fingerprint.slice(0, 16)))

/** Ends the sessions that a key has opened, and the logins that are not finished yet. */
export function endOpened(db: Database, key: OpenedBy): [Statement, Statement] {
  return [
    db
      .update(sessions)
      .set({ endedAt: key.now, endedBecause: 'certificate_removed' })
      .where(and(openedBy(sessions, key), isNull(sessions.endedAt))),
    db.delete(loginCodes).where(and(openedBy(loginCodes, key), isNull(loginCodes.spentBy))),
  ]
}

/** How many sessions that these keys have opened are open. */
export async function countOpened(
  { db, now }: { db: Database; now: number },
  connectionSid: string,
  fingerprints: readonly string[],
): Promise<number> {
  const counts = await Promise.all(
    fingerprints.map((fingerprint) =>
      db.$count(
        sessions,
        and(
          openedBy(sessions, { connectionSid, fingerprint }),
          isNull(sessions.endedAt),
          gt(sessions.expiresAt, now),
        ),
      ),
    ),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

export function findCertificates(db: Database, connectionSid: string): Promise<CertificateRow[]> {
  return db
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, connectionSid))
    .orderBy(certificates.createdAt)
}

/** Of a guarded batch, which is rolled back where the connection has as many as it may have. */
export function insertCertificate(db: Database, row: typeof certificates.$inferInsert) {
  const where = eq(certificates.connectionSid, row.connectionSid)
  const limit = { table: certificates, where }
  const createdAt = withinLimit(LIMITS.certificates.most, row.createdAt, limit)
  return db
    .insert(certificates)
    .values({ ...row, createdAt })
    .onConflictDoNothing()
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
  const event = { actor: { kind: 'maintenance' }, now } as const
  const ofIdp = {
    ...event,
    tenantSid: connections.tenantSid,
    subjectSid: certificates.connectionSid,
  }
  const ofUs = { ...event, tenantSid: null, subjectSid: keyPairs.fingerprint }
  const fromIdps = (isDue: SQL | undefined) => (select: Parameters<From>[0]) =>
    select
      .from(certificates)
      .innerJoin(connections, eq(connections.sid, certificates.connectionSid))
      .where(isDue)
  const { details, days, isDue, isOver } = theirs
  await db.batch([
    recordEventFrom(
      db,
      { ...ofIdp, type: 'certificate.expiring', after: details },
      fromIdps(isDue),
    ),
    db.update(certificates).set({ warnedDays: days }).where(isDue),
    recordEventFrom(
      db,
      { ...ofIdp, type: 'certificate.expired', after: details },
      fromIdps(isOver),
    ),
    db.update(certificates).set({ warnedDays: 0 }).where(isOver),
    recordEventFrom(db, { ...ofUs, type: 'key.expiring', after: ours.details }, (select) =>
      select.from(keyPairs).where(ours.isDue),
    ),
    db.update(keyPairs).set({ warnedDays: ours.days }).where(ours.isDue),
    recordEventFrom(db, { ...ofUs, type: 'key.expired', after: ours.details }, (select) =>
      select.from(keyPairs).where(ours.isOver),
    ),
    db.update(keyPairs).set({ warnedDays: 0 }).where(ours.isOver),
  ])
}

type From = Parameters<typeof recordEventFrom>[2]

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
    isOver: and(
      lte(notAfter, now),
      // What ended long ago is not read again each hour.
      gt(notAfter, now - 30 * DAY),
      or(isNull(warnedDays), gt(warnedDays, 0)),
    ),
    isDue: and(
      gt(notAfter, now),
      lte(notAfter, now + Math.max(...ascending) * DAY),
      or(isNull(warnedDays), gt(warnedDays, days)),
    ),
  }
}
