// The SQL of keys in quarantine, as logins see them.
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { StoredKey } from '../../saml/signature/certificate.ts'
import { storedKeyOf } from '../../connections/certificates/store.ts'
import { quarantinedCertificates } from '../../connections/certificates/tables.ts'
import { pendingChanges } from '../../connections/pending/tables.ts'
import { noteRecorded } from '../../events/outbox/recorded.ts'
import { recordEventFrom, recordedEvents } from '../../events/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, encoded, type Placeholders } from '../../platform/db/compile.ts'
import { MINUTE } from '../../durations.ts'

/** Notes a login signed by a quarantined key. The audit trail gets one event for each key. */
export async function noteQuarantined(
  db: Database,
  { sid: connectionSid, tenantSid }: { sid: string; tenantSid: string },
  fingerprint: string,
  now: number,
): Promise<void> {
  const after = { certificates: [fingerprint] }
  noteRecorded()
  await batch(db, noteStatements({ connectionSid, tenantSid, fingerprint, after, now }))
}

type NoteParameters = Placeholders<{
  connectionSid: string
  tenantSid: string
  fingerprint: string
  after: Record<string, unknown>
  now: number
}>

const noteStatements = compile('noteStatements', (db, values: NoteParameters) => {
  const { connectionSid, tenantSid, fingerprint, now } = values
  const { lastSeenAt } = quarantinedCertificates
  const isIt = and(
    eq(quarantinedCertificates.connectionSid, connectionSid),
    eq(quarantinedCertificates.fingerprint, fingerprint),
  )
  const event = {
    actor: { kind: 'maintenance' },
    now,
    tenantSid,
    type: 'certificate.quarantined_used',
    subjectSid: connectionSid,
    after: encoded(values.after, recordedEvents.after),
  } as const
  return {
    event: recordEventFrom(db, event, (select) =>
      select.from(quarantinedCertificates).where(and(isIt, isNull(lastSeenAt))),
    ),
    seen: db
      .update(quarantinedCertificates)
      .set({ lastSeenAt: now })
      .where(and(isIt, sql`coalesce(${lastSeenAt}, 0) <= ${now} - ${MINUTE}`)),
  }
})

/**
 * Quarantined certificates, and those of changes that wait (DER in base64). They must never log
 * anyone in.
 */
export async function findWaitingCertificates(
  db: Database,
  connectionSid: string,
): Promise<{ quarantined: StoredKey[]; proposed: string[] }> {
  const { found, pending } = await batch(db, waitingCertificates({ connectionSid }))
  return { quarantined: found, proposed: pending.flatMap(({ certificates }) => certificates) }
}

const waitingCertificates = compile(
  'waitingCertificates',
  (db, { connectionSid }: Placeholders<{ connectionSid: string }>) => {
    const { refusedAt } = quarantinedCertificates
    const isIt = eq(quarantinedCertificates.connectionSid, connectionSid)
    const found = db
      .select(storedKeyOf(quarantinedCertificates))
      .from(quarantinedCertificates)
      .where(and(isIt, isNull(refusedAt)))
    const pending = db
      .select({ certificates: pendingChanges.certificates })
      .from(pendingChanges)
      .where(eq(pendingChanges.connectionSid, connectionSid))
      .orderBy(pendingChanges.createdAt)
    return { found, pending }
  },
)
