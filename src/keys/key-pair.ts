// One of our key pairs: its stage, and the fields that may be shown.

/**
 * `current` signs. `next` is published and will sign. `previous` is no longer published. All of
 * them decrypt, so IdPs may use any metadata that we published meanwhile.
 */
export type Stage = 'current' | 'next' | 'previous'

export const STAGES: readonly Stage[] = ['current', 'next', 'previous']

export type OwnKeyPair = {
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  fingerprint: string
  stage: Stage
  /** The home of its private key: a secret of the Worker, or encrypted in the database. */
  home: 'secret' | 'database'
  /** X.509, DER in base64. */
  certificate: string
  subject: string
  /** Milliseconds since 1970, as all times here. */
  notBefore: number
  notAfter: number
  /** When our metadata first contained it. Null where that is unknown, as for secrets. */
  publishedAt: number | null
  /** When it began to sign. Null where it has not, or where that is unknown. */
  activatedAt: number | null
}

export const SIGNING = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
