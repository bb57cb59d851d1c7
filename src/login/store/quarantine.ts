// The SQL of keys in quarantine, as logins see them.
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { StoredKey } from '../../saml/signature/certificate.ts'
import { storedKeyOf } from '../../connections/certificates/store.ts'
import { quarantinedCertificates } from '../../connections/certificates/tables.ts'
import { recordEventFrom } from '../../events/store.ts'
import { events } from '../../events/tables.ts'
import { batch, query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, encoded, type Placeholders } from '../../platform/db/compile.ts'

const MINUTE = 60_000

/** Notes a login signed by a quarantined key. The audit trail gets one event for each key. */
export async function noteQuarantined(
  db: Database,
  { sid: connectionSid, tenantSid }: { sid: string; tenantSid: string },
  fingerprint: string,
  now: number,
): Promise<void> {
  const after = { certificates: [fingerprint] }
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
    action: 'certificate.sign_quarantined',
    subjectSid: connectionSid,
    after: encoded(values.after, events.after),
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

/** Quarantined certificates. They must never log anyone in. */
export function findWaitingCertificates(db: Database, connectionSid: string): Promise<StoredKey[]> {
  return query(db, waitingCertificates({ connectionSid }).found)
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
    return { found }
  },
)
