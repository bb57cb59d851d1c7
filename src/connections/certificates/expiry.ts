// Warns before certificates expire: those of IdPs and our own, once at each of WARNING_DAYS.
import type { Database } from '../../platform/db/client.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
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
}
