// The facts of a certificate for administrators, and whether it is safe to remove. Pure.
import type { Certificate } from '../../saml/signature/certificate.ts'
import { DAY } from '../../durations.ts'

export type CertificateWarning =
  'expired' | 'not_yet_valid' | 'expires_soon' | 'unused' | 'missing_in_metadata'

/** A certificate as it is before anybody has trusted it. Times are milliseconds since 1970. */
export type CertificateSummary = {
  /** SHA-256 of the DER, lower-case hexadecimal. */
  fingerprint: string
  /** DER in base64. */
  certificate: string
  subject: string
  issuer: string
  /** `RSA 2048`, `EC P-256`. */
  key: string
  notBefore: number
  notAfter: number
  warnings: CertificateWarning[]
}

export type CertificateView = CertificateSummary & {
  firstSeenAt: number
  /**
   * When it last signed a login that was accepted; of one in quarantine, that was refused for that.
   */
  lastUsedAt: number | null
  /** Unused for a long time, while another one is in use. */
  safeToRemove: boolean
}

/** Days before the end at which administrators are warned, once each. */
export const WARNING_DAYS = [60, 30, 14, 7, 1] as const

/** A certificate that signed nothing for so long, while another one did, is not needed any more. */
export const UNUSED_DAYS = 30

/** A pinned key is not a PKI: dates warn and never refuse. */
export function summarize(certificate: Certificate, now: number): CertificateSummary {
  const { base64, fingerprint, subject, issuer, key, notBefore, notAfter } = certificate
  const warnings: CertificateWarning[] = []
  if (notAfter <= now) warnings.push('expired')
  else if (notAfter <= now + WARNING_DAYS[0] * DAY) warnings.push('expires_soon')
  if (notBefore > now) warnings.push('not_yet_valid')
  return {
    fingerprint,
    certificate: base64,
    subject,
    issuer,
    key: key.type === 'RSA' ? `RSA ${key.bits}` : key.type === 'EC' ? `EC ${key.curve}` : key.name,
    notBefore,
    notAfter,
    warnings,
  }
}

type Use = { fingerprint: string; lastUsedAt: number | null; createdAt: number }

/** Whether it was unused for UNUSED_DAYS while another one of `pinned` was used. */
export function isUnused(one: Use, pinned: readonly Use[], now: number): boolean {
  const since = one.lastUsedAt ?? one.createdAt
  return (
    since <= now - UNUSED_DAYS * DAY &&
    pinned.some((other) => other.fingerprint !== one.fingerprint && (other.lastUsedAt ?? 0) > since)
  )
}
