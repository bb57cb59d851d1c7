// A key pair of ours: its stages, and what may be shown of it.

/**
 * `current` signs. `next` is published and will sign. `previous` is not published any more. All of
 * them decrypt: what an IdP has read of us at any time in between is good.
 */
export type Stage = 'current' | 'next' | 'previous'

export const STAGES: readonly Stage[] = ['current', 'next', 'previous']

export type OwnKeyPair = {
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  fingerprint: string
  stage: Stage
  /** Where its private key is: a secret of the Worker, or encrypted in the database. */
  home: 'secret' | 'database'
  /** X.509, DER in base64. */
  certificate: string
  subject: string
  /** Milliseconds since 1970, as all times here. */
  notBefore: number
  notAfter: number
  /** Since when our metadata has it; null where that is not known, as of secrets. */
  publishedAt: number | null
  /** Since when it signs; null where it has not yet, or that is not known. */
  activatedAt: number | null
}

export const SIGNING = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
