// Whether a login that no pinned key has signed is signed by a key that waits for somebody's
// decision: to say so to administrators, and for nothing else. What it returns is a fingerprint,
// with which nobody is logged in.
import type { Database } from '../platform/db/client.ts'
import { parseCertificate, type Certificate } from '../saml/signature/certificate.ts'
import { verifySignatures, type Enveloped } from '../saml/signature/signature.ts'
import {
  verifyResponse,
  type Judgement,
  type Verification,
} from '../saml/response/verify-response.ts'
import { findWaitingCertificates } from './store/attempts.ts'

/**
 * What a login is refused with whose signature no pinned key verifies; the last where the signature
 * is in the ciphertext.
 */
const UNVERIFIED: ReadonlySet<string> = new Set([
  'signature_no_key',
  'signature_invalid',
  'encryption_failed',
])

/**
 * The fingerprint of the certificate that waits and whose key has signed; undefined: none. One
 * round trip where there may be one.
 */
export async function findWaitingSigner(
  db: Database,
  connectionSid: string,
  field: string,
  { refusal, response }: Judgement,
  verification: Verification,
): Promise<string | undefined> {
  if (!refusal || !response?.assertion || !UNVERIFIED.has(refusal.code)) return undefined
  const waiting = await findWaitingCertificates(db, connectionSid)
  if (waiting.length === 0) return undefined
  const [outermost, ...inner] = response.signatures
  return outermost
    ? signerOf([outermost, ...inner], waiting, verification)
    : // The signature is in the ciphertext. With no signature around it, nothing is decrypted that
      // was not before.
      ((await verifyResponse(field, { ...verification, certificates: waiting }))
        .certificateFingerprint ?? undefined)
}

/**
 * Of signatures outside a ciphertext, which is left alone: a key that nobody trusts must not have
 * it decrypted.
 */
async function signerOf(
  signatures: readonly [Enveloped, ...Enveloped[]],
  waiting: readonly string[],
  { allow }: Verification,
): Promise<string | undefined> {
  const certificates: Certificate[] = []
  for (const base64 of waiting) {
    const certificate = await parseCertificate(base64)
    if (certificate.ok) certificates.push(certificate.value)
  }
  const verified = await verifySignatures(signatures, { certificates, allow })
  return verified.ok ? verified.value.certificate.fingerprint : undefined
}
