// The SQL of the synthetic login: its tenant, its connection, and the keys of the runs.
import { and, eq, lte } from 'drizzle-orm'
import { certificates } from '../connections/certificates/tables.ts'
import { connections } from '../connections/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { MINUTE } from '../durations.ts'
import { guardedBatch } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { withinLimit } from '../platform/db/within-limit.ts'
import { PROBE_CONNECTION, PROBE_TENANT } from '../probe-sids.ts'
import { storeKey, type Certificate } from '../saml/signature/certificate.ts'

/** A run takes seconds. What is older was left by one that was killed. */
export const KEY_MILLISECONDS = 10 * MINUTE
/** Several monitors may probe at once. */
const MOST_KEYS = 20

/** What the run signs as, and where it would be sent: nothing is ever sent there. */
export const PROBE_IDP = {
  entityID: 'https://probe.invalid/metadata',
  ssoURL: 'https://probe.invalid/sso',
}

const isOfProbe = eq(certificates.connectionSid, PROBE_CONNECTION)

/** False, and nothing done, where as many runs are under way as may be. Makes what is not there. */
export async function insertProbeKey(
  db: Database,
  certificate: Certificate,
  now: number,
): Promise<boolean> {
  const createdAt = withinLimit(MOST_KEYS, now, { table: certificates, where: isOfProbe })
  const inserted = await guardedBatch(db, {
    tenant: db
      .insert(tenants)
      .values({ sid: PROBE_TENANT, name: 'Synthetic login', plan: 'enterprise', createdAt: now })
      .onConflictDoNothing(),
    connection: db
      .insert(connections)
      .values({
        sid: PROBE_CONNECTION,
        tenantSid: PROBE_TENANT,
        purpose: 'probe',
        name: 'Synthetic login',
        state: 'testing',
        entityID: PROBE_IDP.entityID,
        ssoRedirectURL: PROBE_IDP.ssoURL,
        idpInitiated: 'refuse',
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoNothing(),
    stale: deleteStale(db, now),
    key: db.insert(certificates).values({
      connectionSid: PROBE_CONNECTION,
      certificate: certificate.base64,
      ...storeKey(certificate),
      notAfter: certificate.notAfter,
      // The last warning has been given: nobody is told that it expires.
      warnedDays: 1,
      createdAt,
    }),
  })
  return inserted !== undefined
}

export async function deleteProbeKey(db: Database, fingerprint: string): Promise<void> {
  await db.delete(certificates).where(and(isOfProbe, eq(certificates.fingerprint, fingerprint)))
}

/** The keys that killed runs have left. */
export async function deleteStaleProbeKeys(db: Database, now: number): Promise<void> {
  await deleteStale(db, now)
}

function deleteStale(db: Database, now: number) {
  return db
    .delete(certificates)
    .where(and(isOfProbe, lte(certificates.createdAt, now - KEY_MILLISECONDS)))
}
