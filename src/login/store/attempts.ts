// The SQL of attempts: what each login looked like.
import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import { storedKeyOf } from '../../connections/certificates/store.ts'
import { quarantinedCertificates } from '../../connections/certificates/tables.ts'
import type { StoredKey } from '../../saml/signature/certificate.ts'
import { connections } from '../../connections/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { attempts } from '../tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { recordEventFrom } from '../../events/store.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import type { ErrorCode } from '../../errors.ts'
import type { CheckRow } from '../../saml/response/checks.ts'
import { countLogin } from './daily-logins.ts'

const MINUTE = 60_000
/** Refused attempts kept for each connection and ring. */
const RING_SIZE = 500

export type Attempt = {
  sid: string
  connectionSid: string
  checks: CheckRow[]
  message: string | null
  idpInitiated: boolean
  certificateFingerprint: string | null
  verifyMicros: number | null
  isTest: boolean
  /** The IdP's clock minus ours, in milliseconds; null if the response has no IssueInstant. */
  clockOffset: number | null
  /** The connection's revision. */
  revision: number
  createdAt: number
}

export type AttemptRow = typeof attempts.$inferSelect

/** Newest first; one row more than the page holds. */
export function findAttempts(
  db: Database,
  connectionSid: string,
  page: PageRequest,
  userSid?: string,
): Promise<AttemptRow[]> {
  return db
    .select()
    .from(attempts)
    .where(
      and(
        eq(attempts.connectionSid, connectionSid),
        userSid === undefined ? undefined : eq(attempts.userSid, userSid),
        newestFirst.after(attempts, page),
      ),
    )
    .orderBy(...newestFirst.order(attempts))
    .limit(page.limit + 1)
}

/** With its tenant and connection. */
export async function findAttempt(
  db: Database,
  sid: string,
): Promise<{ attempt: AttemptRow; tenantSid: string; connectionSid: string } | undefined> {
  const [found] = await db
    .select({
      attempt: attempts,
      tenantSid: connections.tenantSid,
      connectionSid: attempts.connectionSid,
    })
    .from(attempts)
    .innerJoin(connections, eq(connections.sid, attempts.connectionSid))
    .where(eq(attempts.sid, sid))
  return found
}

/** Undefined also for an attempt that is not a test sign-in. */
export async function findTestAttempt(db: Database, sid: string) {
  const [found] = await db
    .select({
      connectionSid: attempts.connectionSid,
      code: attempts.code,
      checks: attempts.checks,
      supportContact: tenants.supportContact,
    })
    .from(attempts)
    .innerJoin(connections, eq(connections.sid, attempts.connectionSid))
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(and(eq(attempts.sid, sid), eq(attempts.isTest, true)))
  return found
}

/** Records a login that was refused before it spent anything. */
export async function insertRefusedAttempt(
  db: Database,
  attempt: Attempt,
  ring: 'unproven' | 'refused',
  code: ErrorCode,
  quarantined?: { tenantSid: string; fingerprint: string },
): Promise<void> {
  const newest = sql`(SELECT max(${attempts.ringNumber}) FROM ${attempts}
    WHERE ${attempts.connectionSid} = ${attempt.connectionSid} AND ${attempts.ring} = ${ring})`
  await db.batch([
    db
      .insert(attempts)
      .values({ ...attempt, ring, code, ringNumber: sql`coalesce(${newest}, 0) + 1` }),
    db
      .delete(attempts)
      .where(
        and(
          eq(attempts.connectionSid, attempt.connectionSid),
          eq(attempts.ring, ring),
          lt(attempts.ringNumber, sql`${newest} - ${RING_SIZE - 1}`),
        ),
      ),
    // The login of a message that comes again has been counted.
    ...(code === 'replayed' ? [] : countLogin(db, attempt)),
    ...(quarantined ? noteQuarantined(db, attempt, quarantined) : []),
  ])
}

/** Notes a login signed by a quarantined key. The audit trail gets one event for each key. */
function noteQuarantined(
  db: Database,
  { connectionSid, createdAt }: Attempt,
  { tenantSid, fingerprint }: { tenantSid: string; fingerprint: string },
) {
  const { lastSeenAt } = quarantinedCertificates
  const isIt = and(
    eq(quarantinedCertificates.connectionSid, connectionSid),
    eq(quarantinedCertificates.fingerprint, fingerprint),
  )
  return [
    recordEventFrom(
      db,
      {
        actor: { kind: 'maintenance' },
        now: createdAt,
        tenantSid,
        action: 'certificate.sign_quarantined',
        subjectSid: connectionSid,
        after: { certificates: [fingerprint] },
      },
      (select) => select.from(quarantinedCertificates).where(and(isIt, isNull(lastSeenAt))),
    ),
    db
      .update(quarantinedCertificates)
      .set({ lastSeenAt: createdAt })
      .where(and(isIt, sql`coalesce(${lastSeenAt}, 0) <= ${createdAt - MINUTE}`)),
  ] as const
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
