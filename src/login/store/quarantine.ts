// The SQL of keys in quarantine, as logins see them.
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { StoredKey } from '../../saml/signature/certificate.ts'
import { storedKeyOf } from '../../connections/certificates/store.ts'
import { quarantinedCertificates } from '../../connections/certificates/tables.ts'
import { recordEventFrom } from '../../events/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'

const MINUTE = 60_000

/** Notes a login signed by a quarantined key. The audit trail gets one event for each key. */
export async function noteQuarantined(
  db: Database,
  { sid: connectionSid, tenantSid }: { sid: string; tenantSid: string },
  fingerprint: string,
  now: number,
): Promise<void> {
  const { lastSeenAt } = quarantinedCertificates
  const isIt = and(
    eq(quarantinedCertificates.connectionSid, connectionSid),
    eq(quarantinedCertificates.fingerprint, fingerprint),
  )
  await batch(db, {
    event: recordEventFrom(
      db,
      {
        actor: { kind: 'maintenance' },
        now,
        tenantSid,
        action: 'certificate.sign_quarantined',
        subjectSid: connectionSid,
        after: { certificates: [fingerprint] },
      },
      (select) => select.from(quarantinedCertificates).where(and(isIt, isNull(lastSeenAt))),
    ),
    seen: db
      .update(quarantinedCertificates)
      .set({ lastSeenAt: now })
      .where(and(isIt, sql`coalesce(${lastSeenAt}, 0) <= ${now - MINUTE}`)),
  })
}

/** Quarantined certificates. They must never log anyone in. */
export async function findWaitingCertificates(
  db: Database,
  connectionSid: string,
): Promise<StoredKey[]> {
  const { refusedAt } = quarantinedCertificates
  return db
    .select(storedKeyOf(quarantinedCertificates))
    .from(quarantinedCertificates)
    .where(and(eq(quarantinedCertificates.connectionSid, connectionSid), isNull(refusedAt)))
}
