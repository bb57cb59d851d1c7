// Warns before certificates expire: those of IdPs and our own, once at each of WARNING_DAYS; and
// when our key pairs should be rotated, so that customers have time to take the next one.
import { beginCondition } from '../../events/conditions/store.ts'
import { selectKeyPairs } from '../../keys/store.ts'
import type { Database } from '../../platform/db/client.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
import { DAY } from '../../durations.ts'
import { WARNING_DAYS } from './certificate-view.ts'
import { dateCertificates, findUndatedCertificates, recordExpiryWarnings } from './store.ts'

/** Rows from before their date was kept, a run. */
const UNDATED_A_RUN = 100

/**
 * Reads only certificates that expire within WARNING_DAYS, however many there are. Running it twice
 * warns once.
 */
export async function warnOfExpiry(db: Database, now: number): Promise<void> {
  const undated = await findUndatedCertificates(db, UNDATED_A_RUN)
  await dateCertificates(
    db,
    await Promise.all(
      undated.map(async ({ connectionSid, fingerprint, certificate }) => {
        const read = await parseCertificate(certificate)
        // What cannot be read verifies nothing: it has expired.
        return { connectionSid, fingerprint, notAfter: read.ok ? read.value.notAfter : 0 }
      }),
    ),
  )
  await recordExpiryWarnings(db, now, WARNING_DAYS)
  await tellOfRotation(db, now)
}

/** Before the first warning: IdPs need weeks to take a new certificate. */
const ROTATION_DAYS = 90

async function tellOfRotation(db: Database, now: number): Promise<void> {
  const current = (await selectKeyPairs(db)).find(({ stage }) => stage === 'current')
  if (!current || current.notAfter > now + ROTATION_DAYS * DAY) return
  const { fingerprint, notAfter } = current
  await db.batch(
    beginCondition(
      db,
      { name: 'rotation_due', subject: fingerprint, now },
      {
        actor: { kind: 'maintenance' },
        tenantSid: null,
        type: 'key.rotation_due',
        subjectSid: fingerprint,
        after: { fingerprint, notAfter },
      },
    ),
  )
}
