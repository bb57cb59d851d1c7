// Finds out if a refused login was signed by a key that waits for a decision, in quarantine or in a
// proposed change, so that administrators learn it. It returns a fingerprint only, which cannot log
// anyone in.
import { LIMITS } from '../limits.ts'
import type { Database } from '../platform/db/client.ts'
import {
  parseCertificate,
  storeKey,
  trustedKey,
  type StoredKey,
} from '../saml/signature/certificate.ts'
import { verifySignatures, type Enveloped } from '../saml/signature/signature.ts'
import {
  verifyResponse,
  type Judgement,
  type Verification,
} from '../saml/response/verify-response.ts'
import { findWaitingCertificates } from './store/quarantine.ts'

/**
 * The codes of a login whose signature no pinned key verifies. `encryption_failed` is among them
 * because the signature may be in the ciphertext.
 */
const UNVERIFIED: ReadonlySet<string> = new Set([
  'signature_no_key',
  'signature_invalid',
  'encryption_failed',
])

/**
 * The fingerprint of the waiting certificate whose key signed, or undefined. Costs a round trip
 * only after one of the codes above.
 */
export async function findWaitingSigner(
  db: Database,
  connectionSid: string,
  field: string,
  { refusal, response }: Judgement,
  verification: Verification,
): Promise<string | undefined> {
  if (!refusal || !response?.assertion || !UNVERIFIED.has(refusal.code)) return undefined
  const waiting = await readWaiting(db, connectionSid)
  if (waiting.length === 0) return undefined
  const [outermost, ...inner] = response.signatures
  return outermost
    ? signerOf([outermost, ...inner], waiting, verification)
    : // The signature is in the ciphertext, with none around it: the first verification has
      // decrypted it as well.
      ((await verifyResponse(field, { ...verification, certificates: waiting }))
        .certificateFingerprint ?? undefined)
}

/** Proposed keys that a refused login is compared with: a stranger's message costs no more. */
const MOST_PROPOSED = LIMITS.certificates.most

async function readWaiting(db: Database, connectionSid: string): Promise<StoredKey[]> {
  const { quarantined, proposed } = await findWaitingCertificates(db, connectionSid)
  const read = await Promise.all(proposed.slice(0, MOST_PROPOSED).map(parseCertificate))
  return [...quarantined, ...read.flatMap((one) => (one.ok ? [storeKey(one.value)] : []))]
}

/**
 * Verifies signatures outside a ciphertext and decrypts nothing: a key that no one trusts must not
 * cause a decryption.
 */
async function signerOf(
  signatures: readonly [Enveloped, ...Enveloped[]],
  waiting: readonly StoredKey[],
  { allow }: Verification,
): Promise<string | undefined> {
  const certificates = waiting.map(trustedKey)
  const verified = await verifySignatures(signatures, { certificates, allow })
  return verified.ok ? verified.value.certificate.fingerprint : undefined
}
