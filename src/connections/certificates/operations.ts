// The operations on the certificates of a connection's IdP: list them, and decide about those from
// its metadata.
import type { OperationContext } from '../../events/operation-context.ts'
import { may } from '../../events/actor.ts'
import { LIMITS, limitReached } from '../../limits.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { parseCertificate, type Certificate } from '../../saml/signature/certificate.ts'
import { checkKeyStrength } from '../../saml/signature/public-key.ts'
import { isUnused, summarize, type CertificateView } from './certificate-view.ts'
import type { Connection } from '../connection.ts'
import { fromRefusal, pinnedRow } from '../edit.ts'
import { getConnection, getConnectionTo } from '../operations.ts'
import { findKeyring, type Keyring } from '../metadata/store.ts'
import { mustWait } from '../pending/store.ts'
import { updateConnection } from '../store.ts'
import type { QuarantinedRow } from './store.ts'

export type { CertificateView } from './certificate-view.ts'

export type CertificateList = {
  /** Those that logins trust. */
  pinned: CertificateView[]
  /** Certificates from the IdP's metadata that wait for a decision. */
  quarantined: CertificateView[]
}

/** The oldest first. Refuses `not_there`. */
export async function listCertificates(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<CertificateList, Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const keyring = await findKeyring(context.db, connectionSid)
  const [pinned, quarantined] = await Promise.all([
    Promise.all(keyring.pinned.map((row) => viewPinned(row, keyring, context.now))),
    Promise.all(waitingIn(keyring).map((row) => viewQuarantined(row, context.now))),
  ])
  return ok({ pinned, quarantined })
}

/**
 * Takes one out of quarantine: from now on its key signs logins. Refuses `not_there`, `forbidden`,
 * `certificate_unknown`, `waits_for_operator`, `signature_key_weak`, `signature_key_unsupported`,
 * `limit_reached`, and `revision_changed` if somebody else saved first.
 */
export async function trustCertificate(
  context: OperationContext,
  connectionSid: string,
  fingerprint: string,
): Promise<Result<CertificateView, Problem>> {
  const found = await getWaiting(context, connectionSid, fingerprint)
  if (!found.ok) return found
  const { connection, keyring, row } = found.value
  if (!mayTrust(context, connection) && (await mustWait(context.db, connectionSid)))
    return problem('waits_for_operator', 'an operator', context.actor.kind)
  const certificate = await read(row.certificate)
  const strength = checkKeyStrength(certificate.key)
  if (!strength.ok) return fromRefusal(strength.error, 'certificate', 'certificate')
  if (keyring.pinned.length >= LIMITS.certificates.most) return limitReached('certificates')
  const pinned = pinnedRow(connectionSid, certificate, context.now)
  const changed = await updateConnection(context, connection, {
    row: {},
    addCertificates: [pinned],
    events: [{ type: 'certificate.trusted', after: { addedCertificates: [fingerprint] } }],
  })
  if (!changed) return tooLate(connection)
  const { createdAt } = pinned
  return ok(await viewPinned({ ...row, lastUsedAt: null, createdAt }, keyring, context.now))
}

/**
 * Says no to one in quarantine. It is not offered again while the metadata has it. Refuses what
 * `trustCertificate` refuses.
 */
export async function refuseCertificate(
  context: OperationContext,
  connectionSid: string,
  fingerprint: string,
): Promise<Result<null, Problem>> {
  const found = await getWaiting(context, connectionSid, fingerprint)
  if (!found.ok) return found
  const { connection, row } = found.value
  const changed = await updateConnection(context, connection, {
    row: {},
    refuse: [{ ...row, refusedAt: context.now }],
    events: [{ type: 'certificate.refused', after: { certificates: [fingerprint] } }],
  })
  return changed ? ok(null) : tooLate(connection)
}

function mayTrust({ actor }: OperationContext, { tenantSid, sid }: Connection): boolean {
  return may(actor, 'operate', { tenantSid, connectionSid: sid })
}

async function getWaiting(
  context: OperationContext,
  connectionSid: string,
  fingerprint: string,
): Promise<Result<{ connection: Connection; keyring: Keyring; row: QuarantinedRow }, Problem>> {
  const found = await getConnectionTo('configure', context, connectionSid)
  if (!found.ok) return found
  const keyring = await findKeyring(context.db, connectionSid)
  const row = waitingIn(keyring).find((one) => one.fingerprint === fingerprint)
  return row
    ? ok({ connection: found.value, keyring, row })
    : problem('certificate_unknown', 'a certificate that waits', fingerprint, 'certificate')
}

function waitingIn({ quarantined }: Keyring): QuarantinedRow[] {
  return quarantined.filter(({ refusedAt }) => refusedAt === null)
}

type Pinned = Pick<
  Keyring['pinned'][number],
  'certificate' | 'fingerprint' | 'lastUsedAt' | 'createdAt'
>

async function viewPinned(
  row: Pinned,
  { pinned, source }: Keyring,
  now: number,
): Promise<CertificateView> {
  const summary = summarize(await read(row.certificate), now)
  const unused = isUnused(row, pinned, now)
  return {
    ...summary,
    warnings: [
      ...summary.warnings,
      ...(unused ? (['unused'] as const) : []),
      ...(source?.missing?.includes(row.fingerprint) ? (['missing_in_metadata'] as const) : []),
    ],
    firstSeenAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    safeToRemove: unused,
  }
}

async function viewQuarantined(row: QuarantinedRow, now: number): Promise<CertificateView> {
  return {
    ...summarize(await read(row.certificate), now),
    firstSeenAt: row.createdAt,
    lastUsedAt: row.lastSeenAt,
    safeToRemove: false,
  }
}

/** Only what could be read was stored. */
async function read(base64: string): Promise<Certificate> {
  const certificate = await parseCertificate(base64)
  if (!certificate.ok) throw new TypeError('a stored certificate cannot be read')
  return certificate.value
}

function tooLate({ revision }: Connection) {
  return problem('revision_changed', `revision ${revision}`, 'another')
}
